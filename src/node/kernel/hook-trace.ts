/** What a hook leaves behind for whoever looks: which rules were tried, which decided, and one sentence. */
import type { KernelContext } from "./api";
import type { HookVerdict } from "./hooks";
import type { Step, StepName, Walk } from "./hop";
import type { IpvsAct } from "./ipvs/hook";
import type { Evaluation } from "./netfilter/evaluation";
import type { Hook } from "./netfilter/rules";
import { saveLine } from "./netfilter/show";
import type { NftEvaluation } from "./nftables/evaluation";
import { elementText } from "./nftables/script";
import { listedRule } from "./nftables/show";
import { connectionOf, destinationText, sourceText } from "./record";
import type { SocketBuffer } from "./socket-buffer";
import type { Host } from "./state";
import type { Packet } from "../../network/packet";

/** What is kept while a hook runs. */
export interface HookTrace {
  readonly before: Packet;
  /** Whether the packet came with a connection that is in the table. */
  readonly evaluations: (Evaluation | NftEvaluation)[];
  /** What IPVS did at the hook. */
  ipvs: IpvsAct | null;
}

/** Begins keeping. */
export function openTrace(skb: SocketBuffer): HookTrace {
  return { before: skb.packet, evaluations: [], ipvs: null };
}

const STEP_OF: Readonly<Record<Hook, StepName>> = {
  PREROUTING: "prerouting",
  INPUT: "input",
  FORWARD: "forward",
  OUTPUT: "output",
  POSTROUTING: "postrouting",
};

type Decision = NonNullable<(Evaluation | NftEvaluation)["decidedBy"]>;

/** Everything about a hook that has run. */
interface Closing {
  readonly host: Host;
  readonly hook: Hook;
  readonly skb: SocketBuffer;
  readonly ctx: KernelContext;
  readonly bridged: boolean;
  readonly trace: HookTrace;
  readonly verdict: HookVerdict;
  /** False where conntrack has refused to take the connection in. */
  readonly isConfirmed: boolean;
}

/** Records the step. */
export function closeTrace(closing: Closing): void {
  const { host, hook, skb, ctx, bridged, trace } = closing;
  const decision = decisive(trace.evaluations);
  const step: Step = {
    kind: "step",
    at: skb.at,
    host: host.name,
    step: STEP_OF[hook],
    hook,
    ...(bridged ? { bridged } : {}),
    walk: trace.evaluations.flatMap(({ walk = [] }): readonly Walk[] => walk),
    ...placeOf(trace, decision),
    did: sentence(closing, decision),
    before: trace.before,
    after: skb.packet,
    ...connectionOf(skb),
  };
  ctx.record?.(step, skb.packet.journey);
}

/** Where it was decided: by a rule, or by a real server of IPVS. */
function placeOf({ ipvs }: HookTrace, decision: Decision | undefined): Partial<Step> {
  if (ipvs !== null) return { table: "ipvs", chain: ipvs.virtual, rule: ipvs.line, ipvs };
  if (decision === undefined) return {};
  return { table: decision.table, chain: decision.chain, ruleNumber: decision.number, ...ruleTexts(decision) };
}

function ruleTexts(decision: Decision): Pick<Step, "rule" | "element"> {
  const { rule } = decision;
  if (!("expressions" in rule)) return { rule: saveLine(decision.chain, rule) };
  const element = "element" in decision ? decision.element : undefined;
  return { rule: listedRule(rule), ...(element?.verdict === undefined ? {} : { element: elementText(element) }) };
}

/** What the rule does, in the word of its engine; "" for what neither rewrites nor accepts. */
function actionOf({ rule }: Decision): string {
  if ("expressions" in rule) {
    const kind = rule.expressions.at(-1)?.kind;
    return kind === "dnat" || kind === "masquerade" ? kind : "";
  }
  const { kind } = rule.target;
  return kind === "DNAT" || kind === "MASQUERADE" || kind === "ACCEPT" ? kind : "";
}

/** The rule that rewrote or stopped the packet, else the last one that accepted it. */
function decisive(evaluations: HookTrace["evaluations"]): Decision | undefined {
  const strong = evaluations.findLast(({ verdict }) => verdict.kind !== "accept" && verdict.kind !== undefined);
  return (strong ?? evaluations.findLast(({ decidedBy }) => decidedBy !== undefined))?.decidedBy;
}

function sentence(closing: Closing, decision: Decision | undefined): string {
  const { hook, skb, verdict, trace } = closing;
  if (trace.ipvs !== null) return ipvsSentence(closing, trace.ipvs);
  const by = decision === undefined ? `the policy of ${hook}` : `${decision.chain} rule ${decision.number}`;
  if (verdict === "reject") return `${by} refuses the packet: ICMP port unreachable goes back to ${skb.packet.src}.`;
  if (!closing.isConfirmed) {
    return "Another packet of the same socket has just entered conntrack under the same tuple: this one is lost (insert_failed), and nothing goes back.";
  }
  if (verdict === "drop") return `The packet is dropped by ${by}; nothing goes back.`;
  return rewriteSentence(closing, decision) ?? passSentence(closing, decision);
}

function ipvsSentence({ skb, trace }: Closing, { kind, virtual, scheduler, persistence, real, servers }: IpvsAct): string {
  const destination = `the destination ${destinationText(trace.before)} to ${destinationText(skb.packet)}`;
  switch (kind) {
    case "chose": {
      const open = servers.filter(({ weight }) => weight > 0).length;
      const among = open === 1 ? "the only real server" : `${scheduler} among ${open} real servers`;
      const kept = persistence === 0 ? "" : ` This client stays there for ${persistence} s.`;
      return `IPVS chooses ${real} for ${virtual} (${among}) and rewrites ${destination}.${kept}`;
    }
    case "knew":
      return `IPVS knows the connection and rewrites ${destination}.`;
    case "answered":
      return `IPVS knows the answer's connection and rewrites the source ${sourceText(trace.before)} to ${sourceText(skb.packet)}.`;
    case "error":
      return "The error is about a connection of IPVS: it puts the quoted packet back to what its sender sent.";
    case "refused":
      return `${virtual} has no real server: IPVS refuses the packet, ICMP port unreachable goes back to ${skb.packet.src}.`;
    case "gone":
      return `The real server ${real} of ${virtual} is gone: IPVS forgets the connection and drops the packet.`;
  }
}

function rewriteSentence({ skb, trace }: Closing, decision: Decision | undefined): string | null {
  const { before } = trace;
  const after = skb.packet;
  if (before === after) return null;
  if (skb.state === "RELATED") return errorSentence(before, after);
  const changes = [
    ...(sourceText(before) === sourceText(after) ? [] : [`the source ${sourceText(before)} to ${sourceText(after)}`]),
    ...(destinationText(before) === destinationText(after)
      ? []
      : [`the destination ${destinationText(before)} to ${destinationText(after)}`]),
  ].join(" and ");
  const action = decision === undefined ? "" : actionOf(decision);
  if (action !== "" && action !== "ACCEPT") return `${decision?.chain} rule ${decision?.number} (${action}) rewrites ${changes}.`;
  return `The connection is known: conntrack rewrites ${changes}, no nat rule is asked.`;
}

function errorSentence(before: Packet, after: Packet): string {
  const moved = before.src === after.src ? `the destination ${before.dst} to ${after.dst}` : `the source ${before.src} to ${after.src}`;
  const outer = before.src === after.src && before.dst === after.dst ? "" : `, and ${moved}`;
  return `The error is about a translated connection: conntrack puts the quoted packet back to what its sender sent${outer}.`;
}

function passSentence({ skb, hook }: Closing, decision: Decision | undefined): string {
  if (decision !== undefined && actionOf(decision) === "ACCEPT") return `${decision.chain} rule ${decision.number} accepts the packet.`;
  if (skb.state === "ESTABLISHED") return `The packet belongs to a known connection and passes ${hook} unchanged.`;
  if (skb.state === "INVALID") return `The packet belongs to no connection (INVALID) and passes ${hook} unchanged.`;
  return `No rule of ${hook} rewrites or stops the packet to ${destinationText(skb.packet)}.`;
}
