/**
 * Packet counters of rules: hot state beside the immutable rules, as the kernel keeps them beside its tables.
 * nftables counts only where a rule says so, which kube-proxy's do not: its hits are counted here all the same.
 */
import type { Fingerprint } from "../../../base/hash";
import { compareText } from "../../../base/order";
import type { CountSource, RuleCount } from "./show";

/** Counts of one rule. Written in place by the counters that own it, replaced by all others. */
interface OwnedCount {
  readonly owner: object;
  packets: number;
  bytes: number;
}

/** Counts of one chain by rule index. Owned likewise. */
interface ChainCounts {
  readonly owner: object;
  readonly rules: Map<number, OwnedCount>;
}

type TableCounts = Map<string, ChainCounts>;

/** Counts by table and chain. Nothing in it changes any more: whoever counts on copies a chain when it first writes to it. */
export type CountersCheckpoint = ReadonlyMap<string, ReadonlyMap<string, ChainCounts>>;

const ZERO: RuleCount = { packets: 0, bytes: 0 };

/** How many packets and bytes matched each rule of one host. */
export class Counters implements CountSource {
  private tables: Map<string, TableCounts>;
  /** What bears this mark is ours to write; a checkpoint takes a new one, so that all that stands is shared. */
  private owner: object = {};

  constructor(checkpoint: CountersCheckpoint = new Map()) {
    this.tables = copyTables(checkpoint);
  }

  /** Counts one packet of `bytes` (IP length) on the rule at `ruleIndex` (from 0) of a chain. */
  count(table: string, chain: string, ruleIndex: number, bytes: number): void {
    const { rules } = this.chainCounts(table, chain);
    const count = rules.get(ruleIndex);
    if (count !== undefined && count.owner === this.owner) {
      count.packets += 1;
      count.bytes += bytes;
      return;
    }
    const { packets, bytes: before } = count ?? ZERO;
    rules.set(ruleIndex, { owner: this.owner, packets: packets + 1, bytes: before + bytes });
  }

  /** What matched the rule at `ruleIndex` (from 0) of a chain. */
  of(table: string, chain: string, ruleIndex: number): RuleCount {
    const count = this.tables.get(table)?.get(chain)?.rules.get(ruleIndex);
    return count === undefined ? ZERO : { packets: count.packets, bytes: count.bytes };
  }

  /** Every rule that was counted. */
  *all(): IterableIterator<{ readonly table: string; readonly chain: string; readonly ruleIndex: number; readonly count: RuleCount }> {
    for (const [table, chains] of this.tables) {
      for (const [chain, { rules }] of chains) for (const [ruleIndex, count] of rules) yield { table, chain, ruleIndex, count };
    }
  }

  /** Starts the rules of some chains at zero, as rewriting a chain does (even with the same rules). */
  resetChains(table: string, chains: ReadonlySet<string>): void {
    const counts = this.tables.get(table);
    if (counts !== undefined) for (const chain of chains) counts.delete(chain);
  }

  /** Whether nothing was counted. */
  get isEmpty(): boolean {
    for (const counts of this.tables.values()) if (counts.size > 0) return false;
    return true;
  }

  /** Forgets everything. */
  reset(): void {
    this.tables.clear();
  }

  /** A copy that later counting does not change. */
  checkpoint(): CountersCheckpoint {
    this.owner = {};
    return copyTables(this.tables);
  }

  /** Goes back to a checkpoint. */
  restore(checkpoint: CountersCheckpoint): void {
    this.owner = {};
    this.tables = copyTables(checkpoint);
  }

  /** Mixes the counts into a state hash, in order of place. */
  hash(into: Fingerprint): void {
    const places = [...this.all()].map(({ table, chain, ruleIndex, count }) => ({ place: `${table} ${chain} ${ruleIndex}`, count }));
    for (const { place, count } of places.toSorted((a, b) => compareText(a.place, b.place))) {
      into.text(place);
      into.number(count.packets);
      into.number(count.bytes);
    }
  }

  private chainCounts(table: string, chain: string): ChainCounts {
    let chains = this.tables.get(table);
    if (chains === undefined) {
      chains = new Map();
      this.tables.set(table, chains);
    }
    const counts = chains.get(chain);
    if (counts !== undefined && counts.owner === this.owner) return counts;
    const own = { owner: this.owner, rules: new Map(counts?.rules) };
    chains.set(chain, own);
    return own;
  }
}

function copyTables(tables: CountersCheckpoint): Map<string, TableCounts> {
  const copy = new Map<string, TableCounts>();
  for (const [table, chains] of tables) copy.set(table, new Map(chains));
  return copy;
}
