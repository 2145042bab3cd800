/**
 * Versions of a rule set that thousands of Services share: sums over the Services' fingerprints, so that one changed
 * Service changes the version at the cost of one.
 */
import { Fingerprint } from "../../../../base/hash";

/** Sums modulo 2^32 of the two halves of the fingerprints. */
export type Sums = readonly [number, number];

/** The sums over nothing. */
export const ZERO_SUMS: Sums = [0, 0];

/** Adds a fingerprint (sixteen hexadecimal digits) or takes it away. */
export function addToSums([high, low]: Sums, fingerprint: string, sign: 1 | -1): Sums {
  const halfAt = (at: number): number => sign * Number.parseInt(fingerprint.slice(at, at + 8), 16);
  return [(high + halfAt(0)) >>> 0, (low + halfAt(8)) >>> 0];
}

/** The version: the sums, and the fingerprint of everything else that shapes the rules. */
export function versionText([high, low]: Sums, rest: string): string {
  const into = new Fingerprint();
  into.number(high);
  into.number(low);
  into.text(rest);
  return into.hex();
}
