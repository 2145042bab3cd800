/**
 * The contract between the packet's walk and the rule engine: facts about one packet at one hook in,
 * a verdict and the rule that gave it out. `evaluate.ts` implements it for the iptables tables.
 */
import type { Packet } from "../../../network/packet";
import type { ChainWalk } from "../hop";
import type { VirtualServer } from "../ipvs/table";
import type { CtState, Hook, Rule, Ruleset, TableName } from "./rules";

/** What rules may ask about a packet. */
export interface PacketFacts {
  readonly packet: Packet;
  /** skb->mark. */
  readonly mark: number;
  /** Input interface as IP sees it (the bridge for bridged frames), "" where there is none. */
  readonly inInterface: string;
  /** Output interface, "" where there is none yet. */
  readonly outInterface: string;
  /** Whether the frame came in by a bridge port (`-m physdev --physdev-is-in`). */
  readonly physicalIn: boolean;
  /** Connection state of the packet. */
  readonly state: Exclude<CtState, "DNAT" | "SNAT">;
  /** The virtual server by which IPVS has put the packet on its way; absent where it has not. */
  readonly virtual?: Pick<VirtualServer, "address" | "protocol" | "port"> | undefined;
  /** Whether the packet's entry is destination- or source-translated (virtual states DNAT and SNAT). */
  readonly translated: { readonly destination: boolean; readonly source: boolean };
}

/** What the evaluation asks of its host. */
export interface EvaluationHost {
  /** Whether an address is one of this host's own (fib type LOCAL). */
  isLocal(address: string): boolean;
  /**
   * A draw out of 2^31 for a statistic match. `rule` and `chain` say which, so that a trace can be replayed
   * with given choices; an ordinary host ignores them and draws.
   */
  drawStatistic(chain: string, rule: Rule, ruleset: Ruleset): number;
  /** Counts a packet on a rule; called for every rule whose conditions all held. Absent where nobody counts. */
  count?(table: TableName, chain: string, ruleIndex: number): void;
  /** A rule wants conntrack to leave the packet alone. Absent where there is no conntrack. */
  untrack?(): void;
  /** The source lists of `-m recent`. Absent where none are kept: then `--rcheck` never holds and `--set` always does. */
  readonly recent?: RecentLists;
}

/** Who was seen lately, by list name. Source: net/netfilter/xt_recent.c. */
export interface RecentLists {
  /** Whether the source is on the list and was seen within so many seconds; `reap` drops older entries on the way. */
  seen(asked: { readonly name: string; readonly source: string; readonly seconds: number; readonly reap: boolean }): boolean;
  /** Puts the source on the list as seen now. */
  remember(seen: { readonly name: string; readonly source: string }): void;
}

/** What a table decided. */
export type TableVerdict =
  | { readonly kind: "accept" }
  | { readonly kind: "drop" }
  | { readonly kind: "reject" }
  | { readonly kind: "dnat"; readonly address: string; readonly port: number }
  | { readonly kind: "masquerade"; readonly randomFully: boolean };

/** A table's answer. */
export interface Evaluation {
  readonly verdict: TableVerdict;
  /** The mark after the rules ran. */
  readonly mark: number;
  /** The rule that gave the verdict; absent where a chain's policy did. Number counts from 1. */
  readonly decidedBy?: { readonly table: TableName; readonly chain: string; readonly number: number; readonly rule: Rule };
  /** How many rules were passed in all (as a linear walk would pass them, index or not). */
  readonly rulesPassed: number;
  /** Every chain and rule that was tried; only where asked for. */
  readonly walk?: readonly ChainWalk[];
}

/** Runs one table's built-in chain for one hook over one packet. Pure but for `host.count`. */
export type EvaluateTable = (options: {
  readonly ruleset: Ruleset;
  readonly table: TableName;
  readonly hook: Hook;
  readonly facts: PacketFacts;
  readonly host: EvaluationHost;
  /** Whether to keep the walk. */
  readonly recordWalk: boolean;
}) => Evaluation;
