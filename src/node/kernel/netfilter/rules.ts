/**
 * Rules as the kernel holds them, one object for printing and for deciding.
 * A rule keeps its matches in the order in which its author wrote them (`iptables-restore` input);
 * `iptables-save` has an order of its own (see show.ts).
 * Source: net/netfilter/x_tables.c, iptables extensions(8).
 */

import type { IpSet, SetSides } from "./ipsets";

/** Netfilter hooks of both IP families. Source: include/uapi/linux/netfilter.h. */
export type Hook = "PREROUTING" | "INPUT" | "FORWARD" | "OUTPUT" | "POSTROUTING";

/** Tables that a hook consults, by priority: raw -300, (conntrack -200), mangle -150, nat dst -100, filter 0, nat src 100. */
export type TableName = "raw" | "mangle" | "nat" | "filter";

/** Connection states of `-m conntrack --ctstate`. DNAT and SNAT are virtual states of translated entries. */
export type CtState = "INVALID" | "NEW" | "ESTABLISHED" | "RELATED" | "UNTRACKED" | "DNAT" | "SNAT";

/** One condition of a rule; all of a rule's conditions must hold. `not` inverts (`!`). */
export type Match =
  | { readonly kind: "protocol"; readonly protocol: "tcp" | "udp" | "sctp" | "icmp"; readonly not?: boolean }
  /** `-s`: `text` as the author wrote it, bare or with a length. */
  | { readonly kind: "source"; readonly text: string; readonly not?: boolean }
  | { readonly kind: "destination"; readonly text: string; readonly not?: boolean }
  | { readonly kind: "in-interface"; readonly name: string; readonly not?: boolean }
  | { readonly kind: "out-interface"; readonly name: string; readonly not?: boolean }
  /** `-m tcp|udp|sctp`: loads the extension; decides nothing by itself. */
  | { readonly kind: "extension"; readonly name: "tcp" | "udp" | "sctp" }
  | { readonly kind: "destination-port"; readonly port: number; readonly not?: boolean }
  | { readonly kind: "source-port"; readonly port: number; readonly not?: boolean }
  | { readonly kind: "comment"; readonly text: string }
  /** `--mark value/mask`, texts as the author wrote them. */
  | { readonly kind: "mark"; readonly value: string; readonly mask: string; readonly not?: boolean }
  | { readonly kind: "conntrack"; readonly states: readonly CtState[]; readonly not?: boolean }
  | { readonly kind: "addrtype"; readonly side: "src" | "dst"; readonly type: "LOCAL"; readonly not?: boolean }
  /** `-m statistic --mode random --probability p`, the text with the author's decimals. */
  | { readonly kind: "statistic"; readonly probability: string }
  | { readonly kind: "recent"; readonly name: string; readonly action: "set"; readonly family?: "IPv6" }
  | {
      readonly kind: "recent";
      readonly name: string;
      readonly action: "rcheck";
      readonly seconds: number;
      readonly reap: boolean;
      readonly family?: "IPv6";
    }
  | { readonly kind: "nfacct"; readonly name: string }
  | { readonly kind: "physdev"; readonly isIn: boolean; readonly not?: boolean }
  /** `-m set --match-set NAME dst,dst`. */
  | { readonly kind: "set"; readonly name: string; readonly sides: SetSides; readonly not?: boolean }
  /** `-m ipvs --vaddr A --vproto P --vport N`: the packet is one that IPVS has put on its way, from that virtual server. */
  | { readonly kind: "ipvs"; readonly address: string; readonly protocol: "tcp" | "udp" | "sctp"; readonly port: number };

/** What a rule does when all its conditions hold. */
export type Target =
  | { readonly kind: "jump"; readonly chain: string }
  | { readonly kind: "ACCEPT" }
  | { readonly kind: "DROP" }
  | { readonly kind: "RETURN" }
  /** `--reject-with icmp-port-unreachable`, in `ip6tables` `icmp6-port-unreachable`. */
  | { readonly kind: "REJECT"; readonly family?: "IPv6" }
  | { readonly kind: "DNAT"; readonly address: string; readonly port: number }
  | { readonly kind: "MASQUERADE"; readonly randomFully: boolean }
  /** `-j MARK --or-mark` / `--xor-mark`, text as written. */
  | { readonly kind: "MARK"; readonly operation: "or" | "xor"; readonly value: string }
  /** raw only: conntrack leaves the packet alone (xt_CT.c, IP_CT_UNTRACKED); the next rule is asked. */
  | { readonly kind: "NOTRACK" }
  /** No `-j` at all: the rule counts and decides nothing. */
  | { readonly kind: "none" };

/** One rule of a chain. Immutable; shared between rule sets that did not change it. */
export interface Rule {
  readonly matches: readonly Match[];
  readonly target: Target;
}

/** One chain. Built-in chains have a policy; others have none and return at their end. */
export interface Chain {
  readonly name: string;
  readonly policy: "ACCEPT" | "DROP" | null;
  readonly rules: readonly Rule[];
}

/** One table: its chains by name, in the order in which they were made. */
export interface Table {
  readonly name: TableName;
  readonly chains: ReadonlyMap<string, Chain>;
}

/**
 * All tables of one network namespace. Immutable; a sync makes a new one that shares unchanged chains.
 * `version` names its content: two rule sets with the same version are the same.
 */
export interface Ruleset {
  readonly version: string;
  readonly tables: ReadonlyMap<TableName, Table>;
  /** The IP sets that rules ask, by name; absent where there are none. */
  readonly sets?: ReadonlyMap<string, IpSet>;
}
