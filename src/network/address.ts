/** Network addresses as canonical text: readable in every dump, and the same type will carry IPv6. */
import type { Brand } from "../base/brand";
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";

/** An IP address in canonical text form, such as `10.244.1.2`. */
export type IpAddress = Brand<string, "IpAddress">;

/** A MAC address, lower-case with colons. */
export type MacAddress = Brand<string, "MacAddress">;

/** A prefix such as 10.244.1.0/24, parsed. */
export interface Prefix {
  readonly text: string;
  /** The network address as an unsigned 32-bit number. */
  readonly base: number;
  readonly length: number;
}

const numberOf = new Map<string, number>();

/** An IPv4 address as an unsigned 32-bit number; NaN where the text is none. Remembered per text. */
export function ipv4Number(address: string): number {
  const known = numberOf.get(address);
  if (known !== undefined) return known;
  const value = parseIpv4(address);
  if (numberOf.size > 500_000) numberOf.clear();
  numberOf.set(address, value);
  return value;
}

function parseIpv4(text: string): number {
  const parts = text.split(".");
  if (parts.length !== 4) return Number.NaN;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return Number.NaN;
    value = value * 256 + Number(part);
  }
  return value;
}

/** The dotted form of an unsigned 32-bit number. */
export function ipv4Text(value: number): IpAddress {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}` as IpAddress;
}

/** Reads an IPv4 address that a person wrote. */
export function parseAddress(text: string): Result<IpAddress> {
  return Number.isNaN(ipv4Number(text)) ? failAt(`"${text}" is not an IPv4 address`) : ok(text as IpAddress);
}

/** Trusts a text that is known to be an address (from a validated object or another address). */
export function ip(text: string): IpAddress {
  return text as IpAddress;
}

/** Trusts a text that is known to be a MAC address. */
export function mac(text: string): MacAddress {
  return text as MacAddress;
}

const prefixOf = new Map<string, Prefix>();

/** A prefix from `a.b.c.d/n`, or from a bare address as /32. Throws on other text. Remembered per text. */
export function prefix(text: string): Prefix {
  const known = prefixOf.get(text);
  if (known !== undefined) return known;
  const [address = "", length = "32"] = text.split("/");
  const bits = Number(length);
  const value = ipv4Number(address);
  if (Number.isNaN(value) || !(bits >= 0 && bits <= 32)) throw new Error(`invariant broken: prefix ${text}`);
  const made: Prefix = { text, base: (value & maskOf(bits)) >>> 0, length: bits };
  prefixOf.set(text, made);
  return made;
}

/** The netmask of a length as an unsigned 32-bit number. */
export function maskOf(length: number): number {
  return length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
}

/** Whether an address lies in a prefix. */
export function contains(range: Prefix, address: string): boolean {
  return (ipv4Number(address) & maskOf(range.length)) >>> 0 === range.base;
}

/** The n-th address of a prefix, counted from the network address. */
export function addressAt(range: Prefix, n: number): IpAddress {
  return ipv4Text(range.base + n);
}

/** `address:port`. */
export function showEndpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
