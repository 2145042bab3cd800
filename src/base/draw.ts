/**
 * Chance is addressed, not sequential: a draw is a hash of who draws, what for, and the how-manieth time.
 * Adding a component disturbs no other, and the n-th draw can be had without those before it.
 * Mixing: FNV-1a over the words, then the finaliser of MurmurHash3 (fmix32).
 */

/** A seed of a run: an unsigned 32-bit number. */
export type Seed = number;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

function mixText(hash: number, text: string): number {
  let mixed = hash;
  for (let index = 0; index < text.length; index += 1) {
    mixed = Math.imul(mixed ^ text.charCodeAt(index), FNV_PRIME);
  }
  return Math.imul(mixed ^ 0xff, FNV_PRIME);
}

function mixNumber(hash: number, value: number): number {
  const low = Math.imul(hash ^ (value >>> 0), FNV_PRIME);
  return Math.imul(low ^ Math.trunc(value / 0x1_0000_0000), FNV_PRIME);
}

function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** The n-th draw of `component` for `purpose`: an unsigned 32-bit number, evenly spread. */
export function draw(seed: Seed, component: string, purpose: string, n: number): number {
  return finish(mixNumber(mixText(mixText(mixNumber(FNV_OFFSET, seed), component), purpose), n));
}

/** Maps a 32-bit draw to a whole number from 0 to `size - 1` (multiply and shift; `size` up to 2^21). */
export function below(bits: number, size: number): number {
  return Math.floor((bits * size) / 0x1_0000_0000);
}

/** Kubernetes' alphabet for generated names: no vowels, no look-alikes. Source: apimachinery/pkg/util/rand. */
export const NAME_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
