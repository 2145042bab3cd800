/**
 * nftables' objects as the kernel holds them, one object for printing and for deciding.
 * A table is one person's own: its base chains hang on hooks, its maps and sets replace long chains of rules.
 * Source: nft(8); net/netfilter/nf_tables_api.c.
 */

/** The two address families of tables. */
export type NftFamily = "ip" | "ip6";

/** Hooks of both families, as nft writes them. */
export type NftHook = "prerouting" | "input" | "forward" | "output" | "postrouting";

/** What ends a rule. `goto` does not come back to its chain, `jump` does. */
export type NftVerdict = { readonly kind: "accept" | "drop" | "return" } | { readonly kind: "jump" | "goto"; readonly chain: string };

/** Which address of the packet. */
export type NftSide = "saddr" | "daddr";

/** Parts of a concatenated key, in nft's words. */
export type NftKeyPart = "ip daddr" | "ip saddr" | "ip6 daddr" | "ip6 saddr" | "meta l4proto" | "th dport";

/** Protocols by the names that nft uses. */
export type NftProtocol = "tcp" | "udp" | "sctp" | "icmp";

/** One expression or statement of a rule; they run in order, and the first that does not hold ends the rule. */
export type NftExpression =
  /** `ip saddr [!=] 10.0.0.0/8`. */
  | { readonly kind: "address"; readonly side: NftSide; readonly prefix: string; readonly not?: boolean }
  /** `ip daddr @cluster-ips`. */
  | { readonly kind: "address-in"; readonly side: NftSide; readonly set: string; readonly not?: boolean; readonly family?: "ip6" }
  /** `ip saddr [!=] { a , b }`; `compact` where the author writes `{ a,b }`. */
  | {
      readonly kind: "address-among";
      readonly side: NftSide;
      readonly prefixes: readonly string[];
      readonly compact?: boolean;
      readonly not?: boolean;
    }
  | { readonly kind: "ct-state"; readonly state: "new" }
  /** `fib daddr type local`: whether the address is one of this host's own. */
  | { readonly kind: "fib"; readonly side: NftSide }
  /** `iif NAME`: the very interface. */
  | { readonly kind: "iif"; readonly name: string; readonly not?: boolean }
  /** `iifname NAME*`: the interface by a name or its beginning. */
  | { readonly kind: "iifname"; readonly pattern: string; readonly not?: boolean }
  | { readonly kind: "l4proto"; readonly protocol: NftProtocol }
  /** `mark and MASK == 0`, the mask as its author wrote it. */
  | { readonly kind: "mark-clear"; readonly mask: string }
  | { readonly kind: "set-mark"; readonly operation: "or" | "xor"; readonly value: string }
  /** `KEY vmap @map`: the element's verdict, where there is one; else the rule does not match. */
  | { readonly kind: "vmap"; readonly key: readonly NftKeyPart[]; readonly map: string }
  /** `numgen random mod N vmap { 0 : …, 1 : … }`. */
  | { readonly kind: "numgen"; readonly verdicts: readonly NftVerdict[] }
  /** `update @set { ip saddr }`: puts the source into a dynamic set, or its timeout back to the start. */
  | { readonly kind: "update"; readonly set: string; readonly family?: "ip6" }
  | { readonly kind: "verdict"; readonly verdict: NftVerdict }
  /** `reject`: ICMP port unreachable. */
  | { readonly kind: "reject" }
  | { readonly kind: "dnat"; readonly address: string; readonly port: number }
  | { readonly kind: "masquerade"; readonly fullyRandom: boolean };

/** One rule. Immutable; shared between tables that did not change it. */
export interface NftRule {
  readonly expressions: readonly NftExpression[];
  readonly comment?: string;
}

/** What hangs a chain on a hook. */
export interface NftBase {
  readonly type: "filter" | "nat";
  readonly hook: NftHook;
  /** As a number; lower comes first. */
  readonly priority: number;
  readonly policy: "accept" | "drop";
}

/** One chain; without a base it runs only when a rule sends a packet there. */
export interface NftChain {
  readonly name: string;
  readonly base?: NftBase;
  readonly comment?: string;
  readonly rules: readonly NftRule[];
}

/** One element of a set or a map. */
export interface NftElement {
  /** Its parts with ` . ` between, as nft prints them: `10.96.0.1 . tcp . 443`. */
  readonly key: string;
  readonly comment?: string;
  /** In a verdict map: what happens to a packet with this key. */
  readonly verdict?: NftVerdict;
}

/** A set, or a verdict map. A dynamic set's elements are hot state and not here (see dynamic-sets.ts). */
export interface NftSet {
  readonly kind: "set" | "map";
  readonly name: string;
  /** Type of the key: `ipv4_addr . inet_proto . inet_service`. */
  readonly type: string;
  readonly flags?: readonly ("dynamic" | "timeout")[];
  /** How long an element lives, seconds. */
  readonly timeout?: number;
  readonly comment?: string;
  readonly elements: ReadonlyMap<string, NftElement>;
}

/**
 * One table. Immutable; a transaction makes a new one that shares what it did not change.
 * Sets, maps and chains stand in the order in which they were made, as the kernel lists them.
 */
export interface NftTable {
  /** Absent: `ip`. */
  readonly family?: "ip6";
  readonly name: string;
  readonly comment?: string;
  /** Names the content: two tables with the same version are the same. */
  readonly version: string;
  /** Sets and maps by name: one namespace, as in the kernel. */
  readonly sets: ReadonlyMap<string, NftSet>;
  readonly chains: ReadonlyMap<string, NftChain>;
  /** Names of the base chains of each hook, in the order in which a packet meets them. */
  readonly hooks: ReadonlyMap<NftHook, readonly string[]>;
}
