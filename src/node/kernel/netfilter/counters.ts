/**
 * Packet counters of rules: hot state beside the immutable rules, as the kernel keeps them beside its tables.
 * Left out: bytes.
 */
import type { Fingerprint } from "../../../base/hash";
import { compareText } from "../../../base/order";
import type { Rule, Ruleset, TableName } from "./rules";

/** Counters by rule place; entries are numbers, so that a checkpoint is a copy of the map. */
export type CountersCheckpoint = ReadonlyMap<string, number>;

/** How many packets matched each rule of one host. */
export class Counters {
  private packets: Map<string, number>;

  constructor(checkpoint: CountersCheckpoint = new Map()) {
    this.packets = new Map(checkpoint);
  }

  /** Counts one packet on the rule at `ruleIndex` (from 0) of a chain. */
  count(table: TableName, chain: string, ruleIndex: number): void {
    const place = placeOf(table, chain, ruleIndex);
    this.packets.set(place, (this.packets.get(place) ?? 0) + 1);
  }

  /** Packets that matched the rule at `ruleIndex` (from 0) of a chain. */
  of(table: TableName, chain: string, ruleIndex: number): number {
    return this.packets.get(placeOf(table, chain, ruleIndex)) ?? 0;
  }

  /**
   * Moves the counters over to a new rule set, as `iptables-restore --counters` leaves them: a chain that was not
   * rewritten (the same object) keeps them; in a rewritten chain every rule starts at zero.
   */
  carryOver(from: Ruleset, to: Ruleset): void {
    const kept = new Map<string, number>();
    for (const [place, packets] of this.packets) {
      const [table = "", chain = ""] = place.split(" ");
      if (chainAt(from, table, chain) === chainAt(to, table, chain)) kept.set(place, packets);
    }
    this.packets = kept;
  }

  /** Forgets everything. */
  reset(): void {
    this.packets.clear();
  }

  /** A copy that later counting does not change. */
  checkpoint(): CountersCheckpoint {
    return new Map(this.packets);
  }

  /** Goes back to a checkpoint. */
  restore(checkpoint: CountersCheckpoint): void {
    this.packets = new Map(checkpoint);
  }

  /** Mixes the counters into a state hash, in order of place. */
  hash(into: Fingerprint): void {
    for (const place of [...this.packets.keys()].toSorted(compareText)) {
      into.text(place);
      into.number(this.packets.get(place) ?? 0);
    }
  }
}

function placeOf(table: TableName, chain: string, ruleIndex: number): string {
  return `${table} ${chain} ${ruleIndex}`;
}

function chainAt(ruleset: Ruleset, table: string, chain: string): readonly Rule[] | undefined {
  for (const [name, { chains }] of ruleset.tables) {
    if (name === table) return chains.get(chain)?.rules;
  }
  return undefined;
}
