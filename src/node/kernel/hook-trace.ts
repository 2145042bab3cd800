/** What a hook leaves behind for whoever looks: which rules were tried, which decided, and one sentence. */
import type { KernelContext } from "./api";
import type { HookVerdict } from "./hooks";
import type { Step, StepName } from "./hop";
import type { Evaluation } from "./netfilter/evaluation";
import type { Hook } from "./netfilter/rules";
import { saveLine } from "./netfilter/show";
import { connectionOf, destinationText, sourceText } from "./record";
import type { SocketBuffer } from "./socket-buffer";
import type { Host } from "./state";
import type { Packet } from "../../network/packet";

/** What is kept while a hook runs. */
export interface HookTrace {
  readonly before: Packet;
  /** Whether the packet came with a connection that is in the table. */
  readonly evaluations: Evaluation[];
}

/** Begins keeping. */
export function openTrace(skb: SocketBuffer): HookTrace {
  return { before: skb.packet, evaluations: [] };
}

const STEP_OF: Readonly<Record<Hook, StepName>> = {
  PREROUTING: "prerouting",
  INPUT: "input",
  FORWARD: "forward",
  OUTPUT: "output",
  POSTROUTING: "postrouting",
};

type Decision = NonNullable<Evaluation["decidedBy"]>;

/** Everything about a hook that has run. */
interface Closing {
  readonly host: Host;
  readonly hook: Hook;
  readonly skb: SocketBuffer;
  readonly ctx: KernelContext;
  readonly bridged: boolean;
  readonly trace: HookTrace;
  readonly verdict: HookVerdict;
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
    walk: trace.evaluations.flatMap(({ walk }) => walk ?? []),
    ...(decision === undefined
      ? {}
      : { table: decision.table, chain: decision.chain, ruleNumber: decision.number, rule: saveLine(decision.chain, decision.rule) }),
    did: sentence(closing, decision),
    before: trace.before,
    after: skb.packet,
    ...connectionOf(skb),
  };
  ctx.record?.(step, skb.packet.journey);
}

/** The rule that rewrote or stopped the packet, else the last one that accepted it. */
function decisive(evaluations: readonly Evaluation[]): Decision | undefined {
  const strong = evaluations.findLast(({ verdict }) => verdict.kind !== "accept" && verdict.kind !== undefined);
  return (strong ?? evaluations.findLast(({ decidedBy }) => decidedBy !== undefined))?.decidedBy;
}

function sentence(closing: Closing, decision: Decision | undefined): string {
  const { hook, skb, verdict } = closing;
  const by = decision === undefined ? `the policy of ${hook}` : `${decision.chain} rule ${decision.number}`;
  if (verdict === "reject") return `${by} refuses the packet: ICMP port unreachable goes back to ${skb.packet.src}.`;
  if (verdict === "drop") return `The packet is dropped by ${by}; nothing goes back.`;
  return rewriteSentence(closing, decision) ?? passSentence(closing, decision);
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
  const kind = decision?.rule.target.kind;
  if (kind === "DNAT" || kind === "MASQUERADE") return `${decision?.chain} rule ${decision?.number} (${kind}) rewrites ${changes}.`;
  return `The connection is known: conntrack rewrites ${changes}, no nat rule is asked.`;
}

function errorSentence(before: Packet, after: Packet): string {
  const moved = before.src === after.src ? `the destination ${before.dst} to ${after.dst}` : `the source ${before.src} to ${after.src}`;
  const outer = before.src === after.src && before.dst === after.dst ? "" : `, and ${moved}`;
  return `The error is about a translated connection: conntrack puts the quoted packet back to what its sender sent${outer}.`;
}

function passSentence({ skb, hook }: Closing, decision: Decision | undefined): string {
  if (decision?.rule.target.kind === "ACCEPT") return `${decision.chain} rule ${decision.number} accepts the packet.`;
  if (skb.state === "ESTABLISHED") return `The packet belongs to a known connection and passes ${hook} unchanged.`;
  if (skb.state === "INVALID") return `The packet belongs to no connection (INVALID) and passes ${hook} unchanged.`;
  return `No rule of ${hook} rewrites or stops the packet to ${destinationText(skb.packet)}.`;
}
