/**
 * Chains by name, immutable and cheap to change: a large map that many rule sets share, and a small one of what is
 * different. A sync that changes four chains of forty thousand copies the small one only; when that has grown, both
 * are merged into a new large one.
 */
import type { Chain } from "./rules";

/** Chains by name, in the given order. */
export function chainMap(chains: Iterable<Chain>): ReadonlyMap<string, Chain> {
  const base = new Map<string, Chain>();
  for (const chain of chains) base.set(chain.name, chain);
  return new ChainMap(base, new Map(), base.size);
}

/** The chains with some put in (over those of the same name) and some taken out. The old map does not change. */
export function changeChains(
  from: ReadonlyMap<string, Chain>,
  change: { readonly put?: Iterable<Chain>; readonly drop?: Iterable<string> },
): ReadonlyMap<string, Chain> {
  const before = from instanceof ChainMap ? from : new ChainMap(new Map(from), new Map(), from.size);
  return before.changed(change.put ?? [], change.drop ?? []);
}

/** The small map may grow to this share of the large one, but always to so many. */
const SHARE = 8;
const ALWAYS = 64;

class ChainMap implements ReadonlyMap<string, Chain> {
  constructor(
    private readonly base: ReadonlyMap<string, Chain>,
    /** What differs from the base; null is taken out. */
    private readonly differences: ReadonlyMap<string, Chain | null>,
    readonly size: number,
  ) {}

  changed(put: Iterable<Chain>, drop: Iterable<string>): ChainMap {
    const differences = new Map(this.differences);
    let { size } = this;
    const write = (name: string, chain: Chain | null): void => {
      const before = differences.has(name) ? differences.get(name) : this.base.get(name);
      size += Number(chain !== null) - Number(before !== null && before !== undefined);
      if (chain === null && !this.base.has(name)) differences.delete(name);
      else differences.set(name, chain);
    };
    for (const name of drop) write(name, null);
    for (const chain of put) write(chain.name, chain);
    const made = new ChainMap(this.base, differences, size);
    const isSmall = differences.size <= Math.max(ALWAYS, this.base.size / SHARE);
    return isSmall ? made : new ChainMap(new Map(made), new Map(), size);
  }

  get(name: string): Chain | undefined {
    if (this.differences.size === 0) return this.base.get(name);
    const difference = this.differences.get(name);
    return difference === undefined ? this.base.get(name) : (difference ?? undefined);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  forEach(visit: (chain: Chain, name: string, map: ReadonlyMap<string, Chain>) => void): void {
    for (const [name, chain] of this.pairs()) visit(chain, name, this);
  }

  entries(): MapIterator<[string, Chain]> {
    return this.pairs();
  }

  *keys(): MapIterator<string> {
    for (const [name] of this.pairs()) yield name;
  }

  *values(): MapIterator<Chain> {
    for (const [, chain] of this.pairs()) yield chain;
  }

  [Symbol.iterator](): MapIterator<[string, Chain]> {
    return this.pairs();
  }

  /** The base in its order, then what is new. */
  private *pairs(): MapIterator<[string, Chain]> {
    for (const [name, chain] of this.base) {
      const difference = this.differences.get(name);
      if (difference !== null) yield [name, difference ?? chain];
    }
    for (const [name, chain] of this.differences) {
      if (chain !== null && !this.base.has(name)) yield [name, chain];
    }
  }
}
