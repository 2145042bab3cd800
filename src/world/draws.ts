/** Addressed draws with their counters: the n-th draw of somebody for something. The counters are state. */
import type { Fingerprint } from "../base/hash";
import type { Seed } from "../base/draw";
import { below, draw } from "../base/draw";
import type { QuantileTable } from "../base/quantile";
import { quantile } from "../base/quantile";
import type { Micros } from "../engine/time";
import { micros } from "../engine/time";

/** All draws of one run. */
export class Draws {
  private counts = new Map<string, number>();

  constructor(readonly seed: Seed) {}

  /** The next 32-bit draw of a component for a purpose. */
  next(component: string, purpose: string): number {
    const key = `${component}\u0000${purpose}`;
    const n = this.counts.get(key) ?? 0;
    this.counts.set(key, n + 1);
    return draw(this.seed, component, purpose, n);
  }

  /** The next draw as a whole number below `size`. */
  below(component: string, purpose: string, size: number): number {
    return below(this.next(component, purpose), size);
  }

  /** The next draw as a span from a table. */
  span(component: string, purpose: string, table: QuantileTable): Micros {
    return micros(quantile(table, this.next(component, purpose)));
  }

  /** Forgets the counters of a component that is gone for good. */
  forget(component: string): void {
    const prefix = `${component}\u0000`;
    for (const key of this.counts.keys()) if (key.startsWith(prefix)) this.counts.delete(key);
  }

  /** A copy of the counters. */
  checkpoint(): ReadonlyMap<string, number> {
    return new Map(this.counts);
  }

  /** Goes to a copy. */
  restore(checkpoint: ReadonlyMap<string, number>): void {
    this.counts = new Map(checkpoint);
  }

  /** Mixes the counters in. */
  hash(into: Fingerprint): void {
    for (const [key, count] of this.counts) {
      into.text(key);
      into.number(count);
    }
  }
}
