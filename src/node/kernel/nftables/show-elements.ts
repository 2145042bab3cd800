/**
 * Elements of sets and maps as `nft list` prints them: in its order, and so many on a line.
 * Source: nftables src/mergesort.c (expr_msort_cmp), src/expression.c (calculate_delim); observed with nft 1.0.6.
 */
import { ensure } from "../../../base/assert";
import type { SimTime } from "../../../engine/time";
import { ipv4Number } from "../../../network/address";
import { ipv6Groups } from "../../../network/ipv6";
import type { DynamicElement } from "./dynamic-sets";
import { compareAddresses } from "./intervals";
import { elementText } from "./script";
import type { NftSet } from "./tables";

const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, sctp: 132 };

/** The `elements = { … }` lines of a set, indented as in a listing; none where it is empty. */
export function elementLines(set: NftSet, dynamic: readonly DynamicElement[], now: SimTime): readonly string[] {
  const texts = set.flags?.includes("dynamic") === true ? dynamicTexts(dynamic, now) : staticTexts(set);
  if (texts.length === 0) return [];
  const perLine = set.kind === "set" && set.type === "ipv4_addr" ? 2 : 1;
  const rows: string[] = [];
  for (let at = 0; at < texts.length; at += perLine) rows.push(texts.slice(at, at + perLine).join(", "));
  return [`\t\telements = { ${rows.join(",\n\t\t\t     ")} }`];
}

function staticTexts({ elements }: NftSet): readonly string[] {
  const sorted = [...elements.values()]
    .map((element) => ({ element, rank: sortBytes(element.key) }))
    .toSorted((a, b) => compareBytes(a.rank, b.rank));
  return sorted.map(({ element }) => elementText(element));
}

function dynamicTexts(elements: readonly DynamicElement[], now: SimTime): readonly string[] {
  const sorted = elements.toSorted((a, b) => compareAddresses(a.address, b.address));
  return sorted.map(({ address, expires }) => `${address} expires ${durationText(Math.trunc((expires - now) / 1000))}`);
}

/** A time as nft prints it, such as `1d2h3m4s5ms`; `millis` are whole milliseconds. */
export function durationText(millis: number): string {
  const units = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1000],
    ["ms", 1],
  ] as const;
  let left = millis;
  const parts = units.map(([unit, size]) => {
    const count = Math.trunc(left / size);
    left -= count * size;
    return count === 0 ? "" : `${count}${unit}`;
  });
  return parts.join("") || "0s";
}

/**
 * What a key is sorted by. A single address sorts as a number. A concatenated key is read as one number in the byte
 * order of the host, and hosts are little-endian: its last byte weighs most, and that is the low byte of the port.
 */
function sortBytes(key: string): readonly number[] {
  const parts = key.split(" . ");
  return parts.length === 1 ? partBytes(key) : parts.flatMap(partBytes).toReversed();
}

function partBytes(part: string): readonly number[] {
  const protocol = PROTOCOL_NUMBERS[part];
  if (protocol !== undefined) return [protocol];
  if (part.includes(":")) return (ipv6Groups(part) ?? []).flatMap((group) => [group >>> 8, group & 255]);
  if (!part.includes(".")) return [Number(part) >>> 8, Number(part) & 255];
  const value = ipv4Number(part);
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

function compareBytes(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < a.length; index += 1) {
    const difference = ensure(a[index], "byte") - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
