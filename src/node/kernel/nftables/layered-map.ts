/**
 * Named things in the order in which they were made, immutable and cheap to change: a large map that many tables share,
 * and a small one of what is different. One changed entry of forty thousand copies the small map only; when that has
 * grown, both are merged into a new large one. What is taken out and comes back stands at the end, as in a kernel's list.
 */

/** A map from entries, in their order. */
export function layeredMap<V>(entries: Iterable<readonly [string, V]> = []): ReadonlyMap<string, V> {
  const base = new Map(entries);
  return new LayeredMap(base, new Map(), base.size);
}

/** What is different. `drop` comes first: an entry that is dropped and put is a new one and stands at the end. */
export interface MapChange<V> {
  readonly drop?: Iterable<string>;
  readonly put?: Iterable<readonly [string, V]>;
}

/** The map with a change made. The old map does not change. */
export function changeMap<V>(from: ReadonlyMap<string, V>, change: MapChange<V>): ReadonlyMap<string, V> {
  const before = from instanceof LayeredMap ? layersOf<V>(from) : new LayeredMap(from, new Map<string, V | null>(), from.size);
  return before.changed(change);
}

/** `instanceof` forgets the type of the values; it is the map's own. */
function layersOf<V>(map: LayeredMap<V>): LayeredMap<V> {
  return map;
}

/** The small map may grow to this share of the large one, but always to so many. */
const SHARE = 8;
const ALWAYS = 64;

class LayeredMap<V> implements ReadonlyMap<string, V> {
  constructor(
    private readonly base: ReadonlyMap<string, V>,
    /** What differs from the base; null is taken out. */
    private readonly differences: ReadonlyMap<string, V | null>,
    readonly size: number,
  ) {}

  changed({ drop = [], put = [] }: MapChange<V>): LayeredMap<V> {
    const differences = new Map(this.differences);
    let { size } = this;
    for (const key of drop) {
      if (!isHeld(this.base, differences, key)) continue;
      size -= 1;
      if (this.base.has(key)) differences.set(key, null);
      else differences.delete(key);
    }
    const entries = [...put];
    if (entries.some(([key]) => differences.get(key) === null)) {
      const kept = new LayeredMap(this.base, differences, size);
      const merged = new Map([...kept, ...entries]);
      return new LayeredMap(merged, new Map(), merged.size);
    }
    for (const [key, value] of entries) {
      if (!isHeld(this.base, differences, key)) size += 1;
      differences.set(key, value);
    }
    const made = new LayeredMap(this.base, differences, size);
    const isSmall = differences.size <= Math.max(ALWAYS, this.base.size / SHARE);
    return isSmall ? made : new LayeredMap(new Map(made), new Map(), size);
  }

  get(key: string): V | undefined {
    const difference = this.differences.get(key);
    return difference === undefined ? this.base.get(key) : (difference ?? undefined);
  }

  has(key: string): boolean {
    return isHeld(this.base, this.differences, key);
  }

  forEach(visit: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this.pairs()) visit(value, key, this);
  }

  entries(): MapIterator<[string, V]> {
    return this.pairs();
  }

  *keys(): MapIterator<string> {
    for (const [key] of this.pairs()) yield key;
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.pairs()) yield value;
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.pairs();
  }

  /** The base in its order, then what is new. */
  private *pairs(): MapIterator<[string, V]> {
    for (const [key, value] of this.base) {
      const difference = this.differences.get(key);
      if (difference !== null) yield [key, difference ?? value];
    }
    for (const [key, value] of this.differences) {
      if (value !== null && !this.base.has(key)) yield [key, value];
    }
  }
}

function isHeld<V>(base: ReadonlyMap<string, V>, differences: ReadonlyMap<string, V | null>, key: string): boolean {
  const difference = differences.get(key);
  return difference === undefined ? base.has(key) : difference !== null;
}
