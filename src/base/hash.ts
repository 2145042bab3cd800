/**
 * A fingerprint of plain state. Two runs are the same run when their fingerprints agree at every event,
 * so the walk is canonical: object keys sorted, Maps and Sets in their (meaningful) order.
 * 64 bits as two FNV-1a lanes; not for secrets.
 */

/** Something plain state may hold. Functions and class instances are not plain state. */
export type Plain =
  | string
  | number
  | boolean
  | bigint
  | null
  | undefined
  | readonly Plain[]
  | Uint8Array
  | ReadonlyMap<Plain, Plain>
  | ReadonlySet<Plain>
  | { readonly [key: string]: Plain };

/** An accumulating fingerprint. */
export class Fingerprint {
  private low = 0x811c9dc5;
  private high = 0x9e3779b9;

  /** Mixes one 32-bit word in. */
  word(value: number): void {
    this.low = Math.imul(this.low ^ value, 0x01000193);
    this.high = Math.imul(this.high ^ (value + 0x7f4a7c15), 0x85ebca6b);
    this.high ^= this.high >>> 15;
  }

  /** Mixes a text in, its length first. */
  text(value: string): void {
    this.word(value.length);
    for (let index = 0; index < value.length; index += 1) this.word(value.charCodeAt(index));
  }

  /** Mixes a number in; whole numbers by their two halves, others by their shortest text. */
  number(value: number): void {
    if (!Number.isSafeInteger(value)) return this.text(`${value}`);
    this.word(value | 0);
    this.word(Math.trunc(value / 0x1_0000_0000) | 0);
  }

  /** Sixteen hexadecimal digits. */
  hex(): string {
    return (this.high >>> 0).toString(16).padStart(8, "0") + (this.low >>> 0).toString(16).padStart(8, "0");
  }
}

/** Mixes any plain value in, with a tag for its kind so that `1` and `"1"` differ. */
export function mix(into: Fingerprint, value: unknown): void {
  switch (typeof value) {
    case "string":
      into.word(1);
      return into.text(value);
    case "number":
      into.word(2);
      return into.number(value);
    case "boolean":
      return into.word(value ? 3 : 4);
    case "bigint":
      into.word(5);
      return into.text(value.toString());
    case "undefined":
      return into.word(6);
    case "object":
      return mixObject(into, value);
    default:
      throw new Error(`invariant broken: ${typeof value} in state`);
  }
}

function mixObject(into: Fingerprint, value: object | null): void {
  if (value === null) return into.word(7);
  if (Array.isArray(value)) return mixList(into, 8, value);
  if (value instanceof Uint8Array) return mixList(into, 9, value);
  if (value instanceof Map) return mixList(into, 10, [...value].flat(1));
  if (value instanceof Set) return mixList(into, 11, [...value]);
  into.word(12);
  for (const key of Object.keys(value).toSorted()) {
    const field: unknown = Reflect.get(value, key);
    if (field === undefined) continue;
    into.text(key);
    mix(into, field);
  }
  into.word(13);
}

function mixList(into: Fingerprint, tag: number, items: ArrayLike<unknown>): void {
  into.word(tag);
  into.word(items.length);
  for (let index = 0; index < items.length; index += 1) mix(into, items[index]);
}

/** The fingerprint of one plain value: sixteen hexadecimal digits. */
export function fingerprint(value: unknown): string {
  const into = new Fingerprint();
  mix(into, value);
  return into.hex();
}

const once = new WeakMap<object, string>();

/** The fingerprint of a value that never changes once made: worked out once and remembered with it. */
export function fingerprintOnce(value: unknown): string {
  if (typeof value !== "object" || value === null) return fingerprint(value);
  let hash = once.get(value);
  if (hash === undefined) {
    hash = fingerprint(value);
    once.set(value, hash);
  }
  return hash;
}
