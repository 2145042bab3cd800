/**
 * Named things in the order in which they were made, immutable and cheap to change: a large map that many tables share,
 * and a small one of what is different. One changed entry of forty thousand copies the small map only; when that has
 * grown, both are merged into a new large one. What is taken out and comes back stands at the end, as in a kernel's list.
 */

/** A map from entries, in their order. */
export function layeredMap<V>(entries: Iterable<readonly [string, V]> = []): ReadonlyMap<string, V> {
  const base = new Map(entries);
  return whole(base);
}

/** What is different. `drop` comes first: an entry that is dropped and put is a new one and stands at the end. */
export interface MapChange<V> {
  readonly drop?: Iterable<string>;
  readonly put?: Iterable<readonly [string, V]>;
}

/** The map with a change made. The old map does not change. */
export function changeMap<V>(from: ReadonlyMap<string, V>, change: MapChange<V>): ReadonlyMap<string, V> {
  const before: LayeredMap<V> =
    from instanceof LayeredMap ? from : new LayeredMap({ base: from, differences: new Map(), moved: new Set() }, from.size);
  return before.changed(change);
}

/** The small map may grow to this share of the large one, but always to so many. */
const SHARE = 8;
const ALWAYS = 64;

/** What a map is made of. */
interface Layers<V> {
  readonly base: ReadonlyMap<string, V>;
  /** What differs from the base; null is taken out. */
  readonly differences: ReadonlyMap<string, V | null>;
  /** Keys of the base that were taken out once and came back: they stand where the differences have them. */
  readonly moved: ReadonlySet<string>;
}

function whole<V>(base: ReadonlyMap<string, V>): LayeredMap<V> {
  return new LayeredMap({ base, differences: new Map(), moved: new Set() }, base.size);
}

class LayeredMap<V> implements ReadonlyMap<string, V> {
  private readonly base: Layers<V>["base"];
  private readonly differences: Layers<V>["differences"];
  private readonly moved: Layers<V>["moved"];

  constructor(
    layers: Layers<V>,
    readonly size: number,
  ) {
    this.base = layers.base;
    this.differences = layers.differences;
    this.moved = layers.moved;
  }

  changed({ drop = [], put = [] }: MapChange<V>): LayeredMap<V> {
    const { base } = this;
    const differences = new Map(this.differences);
    const moved = new Set(this.moved);
    let { size } = this;
    for (const key of drop) {
      if (!isHeld(base, differences, key)) continue;
      size -= 1;
      if (base.has(key)) differences.set(key, null);
      else differences.delete(key);
    }
    for (const [key, value] of put) {
      if (!isHeld(base, differences, key)) size += 1;
      if (differences.get(key) === null) {
        differences.delete(key);
        moved.add(key);
      }
      differences.set(key, value);
    }
    const made = new LayeredMap({ base, differences, moved }, size);
    return differences.size <= Math.max(ALWAYS, base.size / SHARE) ? made : whole(new Map(made));
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

  /** The base in its order, then what is new and what came back. */
  private *pairs(): MapIterator<[string, V]> {
    for (const [key, value] of this.base) {
      const difference = this.differences.get(key);
      if (difference !== null && !this.moved.has(key)) yield [key, difference ?? value];
    }
    for (const [key, value] of this.differences) {
      if (value !== null && (!this.base.has(key) || this.moved.has(key))) yield [key, value];
    }
  }
}

function isHeld<V>(base: ReadonlyMap<string, V>, differences: ReadonlyMap<string, V | null>, key: string): boolean {
  const difference = differences.get(key);
  return difference === undefined ? base.has(key) : difference !== null;
}
