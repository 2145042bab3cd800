/** IPv4 text and ranges as far as the API server needs them: 32-bit arithmetic of its own, for this room is above network. */

/** An address as the API writes it, such as `10.96.0.10`. */
export type IpText = string;

/** An IPv4 range: the first address as a number, and the prefix length. */
export interface Ipv4Range {
  readonly base: number;
  readonly prefix: number;
}

const IPV4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

/** The number of an IPv4 address, undefined where the text is none (leading zeros are refused, as by Go's netip). */
export function parseIpv4(text: string): number | undefined {
  const found = IPV4.exec(text);
  if (found === null) return undefined;
  const bytes = found.slice(1).map(Number);
  if (bytes.some((byte) => byte > 255)) return undefined;
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** `10.96.0.10` from its number. */
export function showIpv4(value: number): IpText {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
}

/** Addresses in a range of this prefix length. */
export function rangeSize(prefix: number): number {
  return prefix === 0 ? 0x1_0000_0000 : 0x1_0000_0000 / ((1 << prefix) >>> 0);
}

/** A range from `10.96.0.0/12`; host bits are cut off, as Go's net.ParseCIDR gives the network. Undefined where it is none. */
export function parseIpv4Range(text: string): Ipv4Range | undefined {
  const [address, length, ...more] = text.split("/");
  const value = parseIpv4(address ?? "");
  if (value === undefined || length === undefined || more.length > 0 || !/^\d{1,2}$/.test(length)) return undefined;
  const prefix = Number(length);
  if (prefix > 32) return undefined;
  const size = rangeSize(prefix);
  return { base: value - (value % size), prefix };
}

/** Whether text has the form of an IPv6 address: groups of up to four hexadecimal digits, one `::` at most, perhaps IPv4 last. */
export function isIpv6(text: string): boolean {
  if (!/^[0-9a-fA-F:.]+$/.test(text) || text.includes(":::")) return false;
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1) ?? "";
  const dotted = parseIpv4(last) !== undefined;
  const words = dotted ? groups.slice(0, -1) : groups;
  if (!words.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  const count = words.length + (dotted ? 2 : 0);
  return halves.length === 2 ? count < 8 : count === 8;
}

/** Whether text is an address of either family. */
export function isIp(text: string): boolean {
  return parseIpv4(text) !== undefined || isIpv6(text);
}

/** Whether text is a range of either family. */
export function isRange(text: string): boolean {
  if (parseIpv4Range(text) !== undefined) return true;
  const [address, length, ...more] = text.split("/");
  return more.length === 0 && isIpv6(address ?? "") && /^\d{1,3}$/.test(length ?? "") && Number(length) <= 128;
}
