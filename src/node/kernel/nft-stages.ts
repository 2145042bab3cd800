/**
 * Where nftables' base chains stand among iptables' tables at a hook, and what its rules may ask of the host.
 * Chains come by priority, each behind what stands there of iptables at the same number. Chains of type nat have no
 * place of their own: whatever their priority, the NAT core asks them where it translates.
 * Source: include/uapi/linux/netfilter_ipv4.h (priorities), net/netfilter/nf_nat_core.c (nf_nat_register_fn).
 */
import { ensure } from "../../base/assert";
import { packetLength } from "../../network/payload";
import type { KernelContext } from "./api";
import type { Hook, TableName } from "./netfilter/rules";
import { DynamicSets } from "./nftables/dynamic-sets";
import type { DynamicElements, NftHost } from "./nftables/evaluation";
import type { NftHook, NftRule, NftTable } from "./nftables/tables";
import type { SocketBuffer } from "./socket-buffer";
import type { Host } from "./state";
import { ownsAddress } from "./state";

/** What a hook does in turn: a table of iptables, a step of the kernel's own, or a base chain of nftables. */
export type Stage =
  | Exclude<TableName, "nat">
  | "conntrack"
  | "nat"
  | "reroute"
  | "ipvs-reply"
  | "ipvs-request"
  | "confirm"
  | { readonly chain: string };

/** Where each stage of a hook stands; `reroute` belongs to the translation before it, `confirm` comes last. */
const PRIORITIES: Readonly<Record<Hook, readonly (readonly [Exclude<Stage, object>, number])[]>> = {
  PREROUTING: [
    ["raw", -300],
    ["conntrack", -200],
    ["mangle", -150],
    ["nat", -100],
  ],
  INPUT: [
    ["mangle", -150],
    ["filter", 0],
    ["nat", 100],
    ["confirm", Number.POSITIVE_INFINITY],
  ],
  FORWARD: [
    ["mangle", -150],
    ["filter", 0],
  ],
  OUTPUT: [
    ["raw", -300],
    ["conntrack", -200],
    ["mangle", -150],
    ["nat", -100],
    ["reroute", -100],
    ["filter", 0],
  ],
  POSTROUTING: [
    ["mangle", -150],
    ["nat", 100],
    ["confirm", Number.POSITIVE_INFINITY],
  ],
};

/** The stages of a hook where no nftables table stands. */
export const IPTABLES_STAGES: Readonly<Record<Hook, readonly Stage[]>> = {
  PREROUTING: namesOf("PREROUTING"),
  INPUT: namesOf("INPUT"),
  FORWARD: namesOf("FORWARD"),
  OUTPUT: namesOf("OUTPUT"),
  POSTROUTING: namesOf("POSTROUTING"),
};

/** The stages where IPVS stands beside iptables: behind filter on the way in and through, behind nat on the way out. */
export const IPVS_STAGES: Readonly<Record<Hook, readonly Stage[]>> = {
  ...IPTABLES_STAGES,
  INPUT: ["mangle", "filter", "ipvs-reply", "ipvs-request", "nat", "confirm"],
  FORWARD: ["mangle", "filter", "ipvs-reply"],
  OUTPUT: ["raw", "conntrack", "mangle", "nat", "reroute", "ipvs-reply", "ipvs-request", "filter"],
};

const NFT_HOOKS: Readonly<Record<Hook, NftHook>> = {
  PREROUTING: "prerouting",
  INPUT: "input",
  FORWARD: "forward",
  OUTPUT: "output",
  POSTROUTING: "postrouting",
};

function namesOf(hook: Hook): readonly Stage[] {
  return PRIORITIES[hook].map(([name]) => name);
}

/** A table's part of one hook. */
interface HookPlan {
  readonly stages: readonly Stage[];
  /** Base chains of type nat, in order. */
  readonly nat: readonly string[];
}

/** By the map of hooks, which transactions keep while no base chain comes or goes. */
const plans = new WeakMap<NftTable["hooks"], Map<Hook, HookPlan>>();

/** What a hook does in turn where a table stands, and which of its chains translate. */
export function planOf(table: NftTable, hook: Hook): HookPlan {
  const known = plans.get(table.hooks) ?? new Map<Hook, HookPlan>();
  const before = known.get(hook);
  if (before !== undefined) return before;
  const bases = (table.hooks.get(NFT_HOOKS[hook]) ?? []).map((name) => ({ name, base: ensure(table.chains.get(name)?.base, "base") }));
  const filters = bases.flatMap(({ name, base }) => (base.type === "filter" ? [[{ chain: name }, base.priority] as const] : []));
  const plan: HookPlan = {
    stages: [...PRIORITIES[hook], ...filters].toSorted(([, a], [, b]) => a - b).map(([stage]) => stage),
    nat: bases.flatMap(({ name, base }) => (base.type === "nat" ? [name] : [])),
  };
  plans.set(table.hooks, known.set(hook, plan));
  return plan;
}

/** What nftables' rules ask about the packet at hand. One object without closures: it is made for every base chain. */
export class NftRuleHost implements NftHost, DynamicElements {
  readonly dynamic: DynamicElements = this;

  constructor(
    private readonly host: Host,
    private readonly skb: SocketBuffer,
    private readonly ctx: KernelContext,
  ) {}

  isLocal(address: string): boolean {
    return ownsAddress(this.host, address);
  }

  drawNumgen(_chain: string, rule: NftRule, table: NftTable): number {
    const { host, ctx } = this;
    return ctx.chooseNumgen?.(host.name, rule, table) ?? ctx.draw(host.name, "numgen");
  }

  count(table: string, chain: string, ruleIndex: number): void {
    this.ctx.countRule?.(this.host.name, table, chain, ruleIndex, packetLength(this.skb.packet));
  }

  holds(set: string, address: string): boolean {
    return this.host.dynamic?.holds(set, address, this.skb.at) ?? false;
  }

  update(entry: Parameters<DynamicElements["update"]>[0]): void {
    this.host.dynamic ??= new DynamicSets();
    this.host.dynamic.update({ ...entry, now: this.skb.at });
  }
}
