/**
 * One netfilter hook over one packet: tables by priority, connection tracking and NAT in their places.
 *
 *   PREROUTING   raw, conntrack, mangle, nat (destination)
 *   INPUT        mangle, filter, (IPVS), nat (source), confirm
 *   FORWARD      mangle, filter, (IPVS: answers)
 *   OUTPUT       raw, conntrack, mangle, nat (destination), re-route, (IPVS), filter
 *   POSTROUTING  mangle, nat (source), confirm
 *
 * Where an nftables table stands beside them, its base chains come in between by priority (see nft-stages.ts). To accept
 * ends one table or base chain, to drop or reject ends the packet; of those that could translate the first that does wins.
 *
 * Source: include/uapi/linux/netfilter_ipv4.h (priorities), net/netfilter/nf_nat_core.c (nf_nat_inet_fn).
 * A host without a rule set has no hooks at all, and so no connection tracking: Pods, the gateway, external hosts.
 */
import { below } from "../../base/draw";
import { ip } from "../../network/address";
import type { Packet } from "../../network/packet";
import { packetLength } from "../../network/payload";
import type { KernelContext } from "./api";
import type { Manipulation } from "./conntrack/nat";
import { bindDestination, bindSource, translate, translateError } from "./conntrack/nat";
import type { Cpus } from "./conntrack/track";
import { confirm, trackPacket } from "./conntrack/track";
import type { HookTrace } from "./hook-trace";
import { closeTrace, openTrace } from "./hook-trace";
import { ipvsReply, ipvsRequest } from "./ipvs/hook";
import type { IpvsTable } from "./ipvs/table";
import { evaluateTable } from "./netfilter/evaluate";
import type { Evaluation, EvaluationHost, PacketFacts, RecentLists, TableVerdict } from "./netfilter/evaluation";
import type { Hook, Rule, Ruleset, TableName } from "./netfilter/rules";
import type { Stage } from "./nft-stages";
import { IPTABLES_STAGES, IPVS_STAGES, NftRuleHost, planOf } from "./nft-stages";
import { evaluateBaseChain } from "./nftables/evaluate";
import type { NftTable } from "./nftables/tables";
import { primaryAddress } from "./routing/interfaces";
import { lookupRoute } from "./routing/routes";
import type { SocketBuffer } from "./socket-buffer";
import { stack } from "./stack";
import type { Host } from "./state";
import { ownsAddress } from "./state";

/** What a hook decided about a packet. One that was stolen is on its way already. */
export type HookVerdict = "accept" | "drop" | "reject" | "stolen";

/** Where the packet is going when the hook is called. */
export interface HookPlace {
  /** Output interface; "" where it is not known yet. */
  readonly out: string;
  /** Called by a bridge port. */
  readonly bridged?: boolean;
}

/** One packet of so many comes to another CPU than the one before it. Our figure, and high, so that one sees it happen. */
const CPUS = 8;

/**
 * One hook under way. It is also what rules may ask of this host about the packet, and the facts about it: packets pass
 * many tables, and each would need objects of its own.
 */
class HookRun implements PacketFacts, EvaluationHost, RecentLists, Cpus {
  readonly recent: RecentLists = this;
  readonly host: Host;
  readonly hook: Hook;
  readonly skb: SocketBuffer;
  readonly ctx: KernelContext;
  readonly ruleset: Ruleset;
  readonly nft: NftTable | null;
  readonly ipvs: IpvsTable | null;
  readonly bridged: boolean;
  readonly trace: HookTrace | null;
  out: string;
  /** False once conntrack has refused to take the connection in. */
  isConfirmed = true;

  constructor(host: Host, hook: Hook, skb: SocketBuffer, ctx: KernelContext, ruleset: Ruleset, place: HookPlace) {
    this.host = host;
    this.hook = hook;
    this.skb = skb;
    this.ctx = ctx;
    this.ruleset = ruleset;
    this.nft = ctx.nftTableOf?.(host.name) ?? null;
    this.ipvs = host.ipvs === null ? null : (ctx.ipvsTableOf?.(host.name) ?? null);
    this.bridged = place.bridged === true;
    this.trace = ctx.record === undefined ? null : openTrace(skb);
    this.out = place.out;
  }

  /**
   * Whether another CPU has this packet than the one just before it: a matter of packets that come out of a namespace by its
   * veth pair. What this host sends itself, and what came in one flow over the wire, stays in order. Only where it matters
   * is a number drawn.
   */
  isOnOther(): boolean {
    const { host, skb, hook } = this;
    if (host.settings.clash !== "lost" || hook !== "PREROUTING") return false;
    return host.interfaces.get(skb.port)?.role === "veth" && below(this.ctx.draw(host.name, "cpu"), CPUS) === 0;
  }

  untrack(): void {
    this.skb.untracked = true;
  }

  get packet(): Packet {
    return this.skb.packet;
  }

  get mark(): number {
    return this.skb.mark;
  }

  get inInterface(): string {
    return this.skb.inInterface;
  }

  get outInterface(): string {
    return this.out;
  }

  get physicalIn(): boolean {
    return this.skb.port !== "";
  }

  get state(): PacketFacts["state"] {
    return this.skb.state;
  }

  get virtual(): PacketFacts["virtual"] {
    return this.skb.virtual;
  }

  get translated(): PacketFacts["translated"] {
    const entry = this.skb.flow?.entry;
    return { destination: entry?.destinationNat === true, source: entry?.sourceNat === true };
  }

  isLocal(address: string): boolean {
    return ownsAddress(this.host, address);
  }

  drawStatistic(chain: string, rule: Rule, ruleset: Ruleset): number {
    const { host, ctx } = this;
    const chosen = ctx.chooseStatistic?.(host.name, chain, rule, ruleset);
    if (chosen !== undefined) return chosen ? 0 : 0x7fff_ffff;
    return ctx.draw(host.name, "statistic match") >>> 1;
  }

  count(table: TableName, chain: string, ruleIndex: number): void {
    const { host, skb, ctx } = this;
    ctx.countRule?.(host.name, table, chain, ruleIndex, packetLength(skb.packet));
  }

  seen({ name, source, seconds }: Parameters<RecentLists["seen"]>[0]): boolean {
    const last = this.host.recent.get(`${name} ${source}`);
    return last !== undefined && this.skb.at - last <= seconds * 1_000_000;
  }

  remember({ name, source }: Parameters<RecentLists["remember"]>[0]): void {
    this.host.recent.set(`${name} ${source}`, this.skb.at);
  }
}

/** Runs a hook. The packet, its mark and its connection may be rewritten; what a REJECT sends is the caller's. */
export function runHook(host: Host, hook: Hook, skb: SocketBuffer, ctx: KernelContext, place: HookPlace): HookVerdict {
  const ruleset = ctx.rulesetOf(host.name);
  if (ruleset === null) return "accept";
  const before = skb.packet;
  const run = new HookRun(host, hook, skb, ctx, ruleset, place);
  const { bridged, trace } = run;
  let verdict: HookVerdict = "accept";
  for (const stage of stagesOf(run)) {
    verdict = runStage(run, stage);
    if (verdict !== "accept") break;
  }
  if (trace !== null) closeTrace({ host, hook, skb, ctx, bridged, trace, verdict, isConfirmed: run.isConfirmed });
  if (verdict === "drop") {
    const why = run.isConfirmed ? `dropped at ${hook}` : "insert_failed, a packet of the same socket has just entered conntrack";
    ctx.note?.({ kind: "dropped", host: host.name, packet: skb.packet, why });
  }
  if (verdict === "reject") ctx.note?.({ kind: "rejected", host: host.name, packet: skb.packet, why: `rejected at ${hook}` });
  if (skb.packet !== before) {
    const entryIsNew = skb.flow !== null && !skb.flow.entry.seenReply && skb.direction === "original";
    ctx.note?.({ kind: "translated", host: host.name, before, after: skb.packet, entryIsNew });
  }
  if (verdict === "stolen") stack().sendVirtual(host, skb, ctx);
  return verdict;
}

function stagesOf({ nft, ipvs, hook }: HookRun): readonly Stage[] {
  if (nft !== null) return planOf(nft, hook).stages;
  return ipvs === null ? IPTABLES_STAGES[hook] : IPVS_STAGES[hook];
}

function runStage(run: HookRun, stage: Stage): HookVerdict {
  const { host, skb } = run;
  switch (stage) {
    case "conntrack":
      trackPacket(host.conntrack, skb, run);
      return "accept";
    case "nat":
      return runNat(run);
    case "reroute":
      run.out = lookupRoute(host, skb.packet.dst)?.device ?? run.out;
      return "accept";
    case "ipvs-reply":
    case "ipvs-request":
      return runIpvs(run, stage);
    case "confirm":
      run.isConfirmed = confirm(host.conntrack, skb, host.settings.clash);
      return run.isConfirmed ? "accept" : "drop";
    case "raw":
    case "mangle":
    case "filter":
      return asFilter(evaluate(run, stage)?.verdict);
    default:
      return run.nft === null ? "accept" : asFilter(evaluateNft(run, run.nft, stage.chain));
  }
}

/** IPVS at one of its places. It steals what goes to another host's real server: that is sent when the hook is told of. */
function runIpvs(run: HookRun, stage: "ipvs-reply" | "ipvs-request"): HookVerdict {
  const { host, skb, ctx, ipvs, trace } = run;
  if (ipvs === null || host.ipvs === null) return "accept";
  const work = { state: host.ipvs, table: ipvs, conntrack: host.conntrack, skb, isTold: trace !== null };
  const isLocal = (address: string): boolean => ownsAddress(host, address);
  const { kind, act } =
    stage === "ipvs-reply" ? ipvsReply(work) : ipvsRequest(work, isLocal, (virtual) => ctx.chooseServer?.(host.name, virtual));
  if (trace !== null && act !== null) trace.ipvs = act;
  switch (kind) {
    case "send":
      return "stolen";
    case "drop":
    case "reject":
      return kind;
    case "pass":
    case "translated":
      return "accept";
  }
}

function asFilter(verdict: TableVerdict | undefined): HookVerdict {
  const kind = verdict?.kind;
  return kind === "drop" || kind === "reject" ? kind : "accept";
}

function evaluate(run: HookRun, table: TableName): Evaluation | null {
  const { ruleset, hook, skb, trace } = run;
  const chain = ruleset.tables.get(table)?.chains.get(hook);
  if (chain === undefined || (chain.rules.length === 0 && chain.policy !== "DROP")) return null;
  const evaluation = evaluateTable({ ruleset, table, hook, facts: run, host: run, recordWalk: trace !== null });
  skb.mark = evaluation.mark;
  trace?.evaluations.push(evaluation);
  return evaluation;
}

function evaluateNft(run: HookRun, table: NftTable, chain: string): TableVerdict {
  const { skb, trace } = run;
  const host = new NftRuleHost(run.host, skb, run.ctx);
  const evaluation = evaluateBaseChain({ table, chain, facts: run, host, recordWalk: trace !== null });
  skb.mark = evaluation.mark;
  trace?.evaluations.push(evaluation);
  return evaluation.verdict;
}

/** nf_nat_inet_fn: rules are asked once per connection and side; then the connection decides. */
function runNat(run: HookRun): HookVerdict {
  const { hook, skb } = run;
  const flow = skb.flow;
  if (flow === null) return "accept";
  const side: Manipulation = hook === "PREROUTING" || hook === "OUTPUT" ? "destination" : "source";
  if (skb.state === "RELATED") {
    skb.packet = translateError(skb.packet, flow.entry, skb.direction, side);
    return "accept";
  }
  if (!flow.confirmed && skb.direction === "original") {
    const verdict = side === "destination" ? bindDestinationOnce(run) : bindSourceOnce(run);
    if (verdict !== "accept") return verdict;
  }
  skb.packet = translate(skb.packet, flow.entry, skb.direction, side);
  return "accept";
}

/** Asks whoever may translate on this side until one does: nftables' chains, then iptables' table. */
function askNat(run: HookRun): TableVerdict | undefined {
  const { nft } = run;
  if (nft !== null) {
    for (const chain of planOf(nft, run.hook).nat) {
      const verdict = evaluateNft(run, nft, chain);
      if (verdict.kind !== "accept") return verdict;
    }
  }
  return evaluate(run, "nat")?.verdict;
}

function bindDestinationOnce(run: HookRun): HookVerdict {
  const flow = run.skb.flow;
  if (flow === null || flow.destinationBound) return "accept";
  const verdict = askNat(run);
  if (verdict?.kind === "drop") return "drop";
  if (verdict?.kind === "dnat") flow.entry = bindDestination(flow.entry, ip(verdict.address), verdict.port);
  flow.destinationBound = true;
  return "accept";
}

function bindSourceOnce(run: HookRun): HookVerdict {
  const { host, skb, ctx } = run;
  const flow = skb.flow;
  if (flow === null || flow.sourceBound) return "accept";
  const verdict = askNat(run);
  if (verdict?.kind === "drop") return "drop";
  const masquerade = verdict?.kind === "masquerade" ? verdict : null;
  const address = masquerade === null ? flow.entry.original.src : primaryAddress(host, run.out);
  if (address === undefined) return "drop";
  const entry = bindSource(flow.entry, address, masquerade?.randomFully === true, {
    table: host.conntrack,
    now: skb.at,
    chosen: masquerade === null ? undefined : ctx.choose?.(host.name, "snatPort", skb.packet),
    draw: () => ctx.draw(host.name, "port"),
  });
  if (entry === null) return "drop";
  flow.entry = entry;
  flow.sourceBound = true;
  return "accept";
}
