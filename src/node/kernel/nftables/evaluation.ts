/**
 * The contract between the packet's walk and nftables' rules: facts about one packet at one hook in, a verdict and the
 * rule that gave it out. The sibling of netfilter/evaluation.ts, with the same facts and the same verdicts.
 */
import type { PacketFacts, TableVerdict } from "../netfilter/evaluation";
import type { NftElement, NftRule, NftTable } from "./tables";

/** What the evaluation asks of its host. */
export interface NftHost {
  /** Whether an address is one of this host's own (`fib … type local`). */
  isLocal(address: string): boolean;
  /**
   * A 32-bit draw for a `numgen random`: the choice is draw · modulus / 2^32, rounded down (see `drawFor`). Chain and
   * rule say which, so that a trace can be replayed with given choices; an ordinary host ignores them and draws.
   */
  drawNumgen(chain: string, rule: NftRule, table: NftTable): number;
  /** Counts a packet on a rule; called for every rule that ran to its end. kube-proxy's rules carry no counters. */
  count?(table: string, chain: string, ruleIndex: number): void;
  /** Elements of dynamic sets. Absent where none are kept: then they hold nobody. */
  readonly dynamic?: DynamicElements;
}

/** Elements that rules put into sets. Source: net/netfilter/nft_dynset.c. */
export interface DynamicElements {
  holds(set: string, address: string): boolean;
  /** Puts an address in, or its timeout (seconds) back to the start. */
  update(entry: { readonly set: string; readonly address: string; readonly timeout: number }): void;
}

/** One rule that was looked at. */
export interface NftRuleTry {
  readonly chain: string;
  /** Position in the chain, from 1. */
  readonly number: number;
  readonly matched: boolean;
  /** For an unmatched rule, the index in `rule.expressions` of the first that did not hold. */
  readonly failed?: number;
  /** What chance chose, out of how many. */
  readonly draw?: { readonly value: number; readonly limit: number };
  /** What was looked up in a set or a map, and whether it was there. */
  readonly lookup?: { readonly set: string; readonly key: string; readonly found: boolean };
}

/** One chain as it was walked. */
export interface NftChainWalk {
  readonly engine: "nftables";
  readonly table: string;
  readonly chain: string;
  readonly length: number;
  readonly tries: readonly NftRuleTry[];
}

/** A base chain's answer. */
export interface NftEvaluation {
  readonly verdict: TableVerdict;
  /** The mark after the rules ran. */
  readonly mark: number;
  /** The rule that gave the verdict, and the map element where it came from one; absent where the policy did. */
  readonly decidedBy?: {
    readonly table: string;
    readonly chain: string;
    readonly number: number;
    readonly rule: NftRule;
    readonly element?: NftElement;
  };
  /** How many rules were looked at. */
  readonly rulesPassed: number;
  /** How many keys were looked up in sets and maps: each costs the same, however large the map is. */
  readonly lookups: number;
  /** Every chain and rule that was tried; only where asked for. */
  readonly walk?: readonly NftChainWalk[];
}

/** Runs one base chain over one packet. Pure but for `host.count` and `host.dynamic`. */
export type EvaluateBaseChain = (options: {
  readonly table: NftTable;
  /** Name of the base chain; see `NftTable.hooks`. */
  readonly chain: string;
  readonly facts: PacketFacts;
  readonly host: NftHost;
  readonly recordWalk: boolean;
}) => NftEvaluation;

/** A draw that makes a `numgen random mod LIMIT` choose the given number: for replays and tests. */
export function drawFor(value: number, limit: number): number {
  return Math.ceil((value * 0x1_0000_0000) / limit);
}
