/**
 * A map that is copied in no time: its parts are shared with the copy, and a part is copied only when one of the two
 * writes to it. For hot tables that grow large while a checkpoint is taken again and again.
 */

/** Parts of one map; a power of two. */
const PARTS = 64;

/** Which part a number belongs to: neighbours stay together. */
export function partOfNumber(key: number): number {
  return (key >>> 5) & (PARTS - 1);
}

/** Which part a text belongs to. */
export function partOfText(key: string): number {
  let hash = 0;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash, 31) + key.charCodeAt(index);
  return (hash ^ (hash >>> 11)) & (PARTS - 1);
}

/** The map. Its order is that of its parts, then of insertion: fixed, but not of insertion alone. */
export class CowMap<K, V> {
  private readonly parts: (Map<K, V> | undefined)[];
  private readonly own: boolean[];
  private count: number;

  constructor(
    private readonly partOf: (key: K) => number,
    from?: CowMap<K, V>,
  ) {
    this.parts = from === undefined ? [] : from.parts.slice();
    this.own = [];
    this.count = from === undefined ? 0 : from.count;
  }

  /** How many entries there are. */
  get size(): number {
    return this.count;
  }

  /** The value of a key. */
  get(key: K): V | undefined {
    return this.parts[this.partOf(key)]?.get(key);
  }

  /** Whether there is a value of that key. */
  has(key: K): boolean {
    return this.parts[this.partOf(key)]?.has(key) ?? false;
  }

  /** Puts a value in, or another in its place. */
  set(key: K, value: V): void {
    const part = this.owned(this.partOf(key));
    const before = part.size;
    part.set(key, value);
    this.count += part.size - before;
  }

  /** Takes a key out; whether it was there. */
  delete(key: K): boolean {
    if (!this.has(key)) return false;
    this.count -= 1;
    return this.owned(this.partOf(key)).delete(key);
  }

  private owned(index: number): Map<K, V> {
    const part = this.parts[index];
    if (part !== undefined && this.own[index] === true) return part;
    const copy = new Map(part);
    this.parts[index] = copy;
    this.own[index] = true;
    return copy;
  }

  /** All values. */
  *values(): IterableIterator<V> {
    for (const part of this.parts) if (part !== undefined) yield* part.values();
  }

  /** A copy; from now on both copy a part before they write to it. */
  copy(): CowMap<K, V> {
    this.own.length = 0;
    return new CowMap(this.partOf, this);
  }
}
