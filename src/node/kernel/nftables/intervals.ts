/**
 * Anonymous sets of addresses as `nft list` shows them: sorted, and where ranges are in them, merged.
 * Source: nftables src/interval.c (set_automerge); observed with nft 1.0.6.
 */
import { familyOf, ipv4Number, ipv4Text, networkText, prefix } from "../../../network/address";
import { ipv6Groups, ipv6Text } from "../../../network/ipv6";

interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

/** A prefix as nft prints it: its network address, without a length where it names one address. */
export function prefixText(text: string): string {
  return networkText(prefix(text)).replace(familyOf(text) === "IPv6" ? /\/128$/ : /\/32$/, "");
}

/** An address of either family as a number. */
export function addressNumber(text: string): bigint {
  if (familyOf(text) === "IPv4") return BigInt(ipv4Number(text));
  return (ipv6Groups(text) ?? []).reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

/** Negative, zero or positive as `a` comes before, with or after `b`. */
export function compareAddresses(a: string, b: string): number {
  const difference = addressNumber(a) - addressNumber(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The elements of an anonymous set of addresses and prefixes of one family, as listed. Plain addresses alone are only sorted. */
export function listedPrefixes(prefixes: readonly string[]): readonly string[] {
  if (!prefixes.some((text) => text.includes("/"))) return [...new Set(prefixes)].toSorted(compareAddresses);
  const bits = familyOf(prefixes[0] ?? "") === "IPv6" ? 128 : 32;
  return merged(prefixes.map((text) => intervalOf(text, bits))).map((interval) => intervalText(interval, bits));
}

function intervalOf(text: string, bits: number): Interval {
  const [network = "", length = ""] = networkText(prefix(text)).split("/");
  const first = addressNumber(network);
  return { first, last: first + (1n << BigInt(bits - Number(length))) - 1n };
}

/** Intervals that touch or overlap become one. */
function merged(intervals: readonly Interval[]): readonly Interval[] {
  const made: Interval[] = [];
  for (const one of intervals.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))) {
    const before = made.at(-1);
    if (before === undefined || one.first > before.last + 1n) made.push(one);
    else made.splice(-1, 1, { first: before.first, last: one.last > before.last ? one.last : before.last });
  }
  return made;
}

/** As a prefix where it is one, else as `first-last`. */
function intervalText({ first, last }: Interval, bits: number): string {
  const size = last - first + 1n;
  for (let length = 0; length <= bits; length += 1) {
    if (1n << BigInt(bits - length) === size && first % size === 0n) return prefixText(`${addressText(first, bits)}/${length}`);
  }
  return `${addressText(first, bits)}-${addressText(last, bits)}`;
}

function addressText(value: bigint, bits: number): string {
  if (bits === 32) return ipv4Text(Number(value));
  return ipv6Text(Array.from({ length: 8 }, (_, index) => Number((value >> BigInt(16 * (7 - index))) & 0xffffn)));
}
