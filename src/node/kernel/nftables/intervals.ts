/**
 * Anonymous sets of addresses as `nft list` shows them: sorted, and where ranges are in them, merged.
 * Source: nftables src/interval.c (set_automerge); observed with nft 1.0.6.
 */
import { ipv4Number, ipv4Text, prefix } from "../../../network/address";

interface Interval {
  readonly first: number;
  readonly last: number;
}

const SIZE = 0x1_0000_0000;

/** A prefix as nft prints it: its network address, without a length where it names one address. */
export function prefixText(text: string): string {
  const { base, length } = prefix(text);
  return length === 32 ? ipv4Text(base) : `${ipv4Text(base)}/${length}`;
}

/** The elements of an anonymous set of addresses and prefixes, as listed. Plain addresses alone are only sorted. */
export function listedPrefixes(prefixes: readonly string[]): readonly string[] {
  if (!prefixes.some((text) => text.includes("/"))) {
    return [...new Set(prefixes)].toSorted((a, b) => ipv4Number(a) - ipv4Number(b));
  }
  return merged(prefixes.map(intervalOf)).map(intervalText);
}

function intervalOf(text: string): Interval {
  const { base, length } = prefix(text);
  return { first: base, last: base + SIZE / powerOfTwo(length) - 1 };
}

function powerOfTwo(exponent: number): number {
  return exponent === 32 ? SIZE : (1 << exponent) >>> 0;
}

/** Intervals that touch or overlap become one. */
function merged(intervals: readonly Interval[]): readonly Interval[] {
  const made: Interval[] = [];
  for (const one of intervals.toSorted((a, b) => a.first - b.first)) {
    const before = made.at(-1);
    if (before === undefined || one.first > before.last + 1) made.push(one);
    else made.splice(-1, 1, { first: before.first, last: Math.max(before.last, one.last) });
  }
  return made;
}

/** As a prefix where it is one, else as `first-last`. */
function intervalText({ first, last }: Interval): string {
  const size = last - first + 1;
  for (let length = 0; length <= 32; length += 1) {
    if (powerOfTwo(length) * size === SIZE && first % size === 0) return prefixText(`${ipv4Text(first)}/${length}`);
  }
  return `${ipv4Text(first)}-${ipv4Text(last)}`;
}
