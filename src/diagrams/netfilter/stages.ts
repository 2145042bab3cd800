/**
 * What each netfilter hook does in turn: tables of iptables and the kernel's own steps by their priorities, with the base
 * chains of nftables among them. Source: include/uapi/linux/netfilter_ipv4.h; base chains as `nft list` heads them.
 */

export const HOOKS = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"] as const;

export type HookName = (typeof HOOKS)[number];

/** A stage of a hook. */
export interface HookStage {
  /** `raw`, `conntrack`, `mangle`, `nat`, `filter`, `ipvs`, `confirm`, or an nftables base chain. */
  readonly name: string;
  /** Infinity comes last. */
  readonly priority: number;
  readonly engine: "iptables" | "nftables" | "kernel";
}

const OWN: Readonly<Record<HookName, readonly (readonly [string, number])[]>> = {
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
    ["filter", 0],
  ],
  POSTROUTING: [
    ["mangle", -150],
    ["nat", 100],
    ["confirm", Number.POSITIVE_INFINITY],
  ],
};

/** A chain that hangs on a hook. */
export interface BaseChain {
  readonly name: string;
  readonly hook: HookName;
  readonly priority: number;
  /** Absent: nftables. */
  readonly engine?: "kernel";
}

/**
 * Where IPVS stands: behind filter on the way in and through, behind nat on the way out. At FORWARD
 * stand answers; at the others the number is that of requests, answers come one earlier. Source: net/netfilter/ipvs/ip_vs_core.c (ip_vs_ops4).
 */
export const IPVS_PLACES: readonly BaseChain[] = [
  { name: "ipvs", hook: "INPUT", priority: 99, engine: "kernel" },
  { name: "ipvs", hook: "FORWARD", priority: 100, engine: "kernel" },
  { name: "ipvs", hook: "OUTPUT", priority: -98, engine: "kernel" },
];

const PRIORITIES: Readonly<Record<string, number>> = { raw: -300, mangle: -150, dstnat: -100, filter: 0, security: 50, srcnat: 100 };

/** Reads what hangs a chain on its hook: `type nat hook prerouting priority dstnat; policy accept;`; null for other heads. */
export function baseChainOf(name: string, heading: string): BaseChain | null {
  const [, hook = "", text = ""] = /^type \S+ hook (\S+) priority ([^;]+);/.exec(heading) ?? [];
  const found = HOOKS.find((one) => one.toLowerCase() === hook);
  if (found === undefined) return null;
  const [, base = "", sign = "", away = "0"] = /^(\S+)(?: ([+-]) (\d+))?$/.exec(text) ?? [];
  const priority = (PRIORITIES[base] ?? Number(base)) + (sign === "-" ? -Number(away) : Number(away));
  return Number.isNaN(priority) ? null : { name, hook: found, priority };
}

/** The stages of a hook in their order. */
export function stagesOf(hook: HookName, bases: readonly BaseChain[]): readonly HookStage[] {
  const own = OWN[hook].map(([name, priority]): HookStage => ({
    name,
    priority,
    engine: name === "conntrack" || name === "confirm" ? "kernel" : "iptables",
  }));
  const chains = bases
    .filter((base) => base.hook === hook)
    .map(({ name, priority, engine }): HookStage => ({ name, priority, engine: engine ?? "nftables" }));
  return [...own, ...chains].toSorted((a, b) => (a.priority === b.priority ? 0 : a.priority - b.priority));
}

/**
 * Lines that a stage takes. INPUT, FORWARD and OUTPUT stand in half the width: what has a long name there, or may say where
 * a packet is rewritten to, says it in a line of its own.
 */
export function linesOf(hook: HookName, { name }: HookStage): number {
  if (hook === "PREROUTING" || hook === "POSTROUTING") return 1;
  const rewrites = name === "ipvs" || name.startsWith("nat-") || (name === "nat" && hook === "OUTPUT");
  return rewrites || name.length > 12 ? 2 : 1;
}

/** `-100`, or that it comes last. */
export function priorityText(priority: number): string {
  if (priority === Number.POSITIVE_INFINITY) return "last";
  return priority < 0 ? `−${-priority}` : `${priority}`;
}
