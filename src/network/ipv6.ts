/** IPv6 addresses: eight groups of sixteen bits, and canonical text (RFC 4291 §2.2, RFC 5952). */
import { ipv4Number } from "./ipv4";

/** The eight groups of an IPv6 address; undefined where the text is none. */
export function ipv6Groups(text: string): readonly number[] | undefined {
  const halves = expandIpv4Tail(text)?.split("::");
  if (halves === undefined || halves.length > 2) return undefined;
  const [head, tail] = halves.map(groupsOf);
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  if (tail === undefined || head.length + tail.length > 7) return undefined;
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

function expandIpv4Tail(text: string): string | undefined {
  if (!text.includes(".")) return text;
  const cut = text.lastIndexOf(":") + 1;
  const value = ipv4Number(text.slice(cut));
  if (cut === 0 || Number.isNaN(value)) return undefined;
  return `${text.slice(0, cut)}${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
}

function groupsOf(half: string): number[] | undefined {
  if (half === "") return [];
  const groups = half.split(":");
  return groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) ? groups.map((group) => Number.parseInt(group, 16)) : undefined;
}

/** Canonical text: lower case, the longest run of two or more zero groups (the first of equals) as `::`. */
export function ipv6Text(groups: readonly number[]): string {
  const run = longestZeroRun(groups);
  if (run.length < 2) return hexGroups(groups);
  return `${hexGroups(groups.slice(0, run.start))}::${hexGroups(groups.slice(run.start + run.length))}`;
}

function hexGroups(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(":");
}

function longestZeroRun(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let index = 0; index <= groups.length; index += 1) {
    if (groups[index] === 0) continue;
    if (index - start > best.length) best = { start, length: index - start };
    start = index + 1;
  }
  return best;
}
