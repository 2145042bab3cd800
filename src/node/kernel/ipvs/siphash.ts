/**
 * The hash of the mh scheduler: SipHash-1-3 of one 32-bit word, folded to 32 bits, as 64-bit kernels compute it.
 * Source: lib/siphash.c (hsiphash_1u32), include/linux/siphash.h; the algorithm: J.-P. Aumasson, D. J. Bernstein, SipHash (2012).
 */
const MASK = 0xffff_ffff_ffff_ffffn;
const START = [0x736f_6d65_7073_6575n, 0x646f_7261_6e64_6f6dn, 0x6c79_6765_6e65_7261n, 0x7465_6462_7974_6573n] as const;
/** Length of the input in bytes, in the last word's top byte. */
const FOUR_BYTES = 4n << 56n;

interface Words {
  v0: bigint;
  v1: bigint;
  v2: bigint;
  v3: bigint;
}

function rotated(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & MASK;
}

function round(words: Words): void {
  words.v0 = (words.v0 + words.v1) & MASK;
  words.v1 = rotated(words.v1, 13n) ^ words.v0;
  words.v0 = rotated(words.v0, 32n);
  words.v2 = (words.v2 + words.v3) & MASK;
  words.v3 = rotated(words.v3, 16n) ^ words.v2;
  words.v0 = (words.v0 + words.v3) & MASK;
  words.v3 = rotated(words.v3, 21n) ^ words.v0;
  words.v2 = (words.v2 + words.v1) & MASK;
  words.v1 = rotated(words.v1, 17n) ^ words.v2;
  words.v2 = rotated(words.v2, 32n);
}

/** The hash of a 32-bit word under a key of two 64-bit words. */
export function hsiphash(word: number, [key0, key1]: readonly [bigint, bigint]): number {
  const words: Words = { v0: START[0] ^ key0, v1: START[1] ^ key1, v2: START[2] ^ key0, v3: START[3] ^ key1 };
  const block = FOUR_BYTES | BigInt(word >>> 0);
  words.v3 ^= block;
  round(words);
  words.v0 ^= block;
  words.v2 ^= 0xffn;
  for (let turn = 0; turn < 3; turn += 1) round(words);
  return Number((words.v0 ^ words.v1 ^ words.v2 ^ words.v3) & 0xffff_ffffn);
}
