/**
 * Packet counters of rules: hot state beside the immutable rules, as the kernel keeps them beside its tables.
 * nftables counts only where a rule says so, which kube-proxy's do not: its hits are counted here all the same.
 */
import type { Fingerprint } from "../../../base/hash";
import { compareText } from "../../../base/order";
import type { CountSource, RuleCount } from "./show";

/** Counts by rule place; entries are replaced and never changed, so that a checkpoint is a copy of the map. */
export type CountersCheckpoint = ReadonlyMap<string, RuleCount>;

const ZERO: RuleCount = { packets: 0, bytes: 0 };

/** How many packets and bytes matched each rule of one host. */
export class Counters implements CountSource {
  private counts: Map<string, RuleCount>;

  constructor(checkpoint: CountersCheckpoint = new Map()) {
    this.counts = new Map(checkpoint);
  }

  /** Counts one packet of `bytes` (IP length) on the rule at `ruleIndex` (from 0) of a chain. */
  count(table: string, chain: string, ruleIndex: number, bytes: number): void {
    const place = placeOf(table, chain, ruleIndex);
    const before = this.counts.get(place) ?? ZERO;
    this.counts.set(place, { packets: before.packets + 1, bytes: before.bytes + bytes });
  }

  /** What matched the rule at `ruleIndex` (from 0) of a chain. */
  of(table: string, chain: string, ruleIndex: number): RuleCount {
    return this.counts.get(placeOf(table, chain, ruleIndex)) ?? ZERO;
  }

  /** Starts the rules of some chains at zero, as rewriting a chain does (even with the same rules). */
  resetChains(table: string, chains: ReadonlySet<string>): void {
    for (const place of this.counts.keys()) {
      const [inTable = "", chain = ""] = place.split(" ");
      if (inTable === table && chains.has(chain)) this.counts.delete(place);
    }
  }

  /** Whether nothing was counted. */
  get isEmpty(): boolean {
    return this.counts.size === 0;
  }

  /** Forgets everything. */
  reset(): void {
    this.counts.clear();
  }

  /** A copy that later counting does not change. */
  checkpoint(): CountersCheckpoint {
    return new Map(this.counts);
  }

  /** Goes back to a checkpoint. */
  restore(checkpoint: CountersCheckpoint): void {
    this.counts = new Map(checkpoint);
  }

  /** Mixes the counts into a state hash, in order of place. */
  hash(into: Fingerprint): void {
    for (const place of [...this.counts.keys()].toSorted(compareText)) {
      const { packets, bytes } = this.counts.get(place) ?? ZERO;
      into.text(place);
      into.number(packets);
      into.number(bytes);
    }
  }
}

function placeOf(table: string, chain: string, ruleIndex: number): string {
  return `${table} ${chain} ${ruleIndex}`;
}
