/** Network addresses of both families as canonical text, readable in every dump; prefixes of either. */
import type { Brand } from "../base/brand";
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";
import { dottedText, ipv4Number, maskOf } from "./ipv4";
import { ipv6Groups, ipv6Text } from "./ipv6";

export { ipv4Number, maskOf };

/** An IP address in canonical text form, such as `10.244.1.2` or `fd00:10:244:1::2`. */
export type IpAddress = Brand<string, "IpAddress">;

/** A MAC address, lower-case with colons. */
export type MacAddress = Brand<string, "MacAddress">;

/** The two families, as Kubernetes spells them. */
export type IpFamily = "IPv4" | "IPv6";

/** A prefix such as 10.244.1.0/24 or fd00:10::/64, parsed. */
export interface Prefix {
  readonly text: string;
  /** IPv4: the network address as an unsigned 32-bit number; 0 for IPv6. */
  readonly base: number;
  readonly length: number;
  /** IPv6: the network address in eight groups; null for IPv4, which is the hot path. */
  readonly groups: readonly number[] | null;
}

/** The family of a text that is known to be an address or a prefix. */
export function familyOf(text: string): IpFamily {
  return text.includes(":") ? "IPv6" : "IPv4";
}

/** The dotted form of an unsigned 32-bit number. */
export function ipv4Text(value: number): IpAddress {
  return dottedText(value) as IpAddress;
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

/** A prefix from `a.b.c.d/n` or `a:b::/n`, or from a bare address as /32 or /128. Throws on other text. Remembered per text. */
export function prefix(text: string): Prefix {
  const known = prefixOf.get(text);
  if (known !== undefined) return known;
  const made = familyOf(text) === "IPv6" ? ipv6Prefix(text) : ipv4Prefix(text);
  prefixOf.set(text, made);
  return made;
}

function ipv4Prefix(text: string): Prefix {
  const [address = "", length = "32"] = text.split("/");
  const bits = Number(length);
  const value = ipv4Number(address);
  if (Number.isNaN(value) || !(bits >= 0 && bits <= 32)) throw new Error(`invariant broken: prefix ${text}`);
  return { text, base: (value & maskOf(bits)) >>> 0, length: bits, groups: null };
}

function ipv6Prefix(text: string): Prefix {
  const [address = "", length = "128"] = text.split("/");
  const bits = Number(length);
  const groups = ipv6Groups(address);
  if (groups === undefined || !(bits >= 0 && bits <= 128)) throw new Error(`invariant broken: prefix ${text}`);
  return { text, base: 0, length: bits, groups: groups.map((group, index) => group & groupMask(bits, index)) };
}

/** The part of a netmask that lies in one of the eight groups. */
function groupMask(length: number, index: number): number {
  const bits = Math.min(16, Math.max(0, length - index * 16));
  return (0xffff << (16 - bits)) & 0xffff;
}

/** Whether an address lies in a prefix; never where they are of different families. */
export function contains(range: Prefix, address: string): boolean {
  if (range.groups !== null) return containsIpv6(range, range.groups, address);
  return (ipv4Number(address) & maskOf(range.length)) >>> 0 === range.base && !address.includes(":");
}

function containsIpv6({ length }: Prefix, network: readonly number[], address: string): boolean {
  return ipv6Groups(address)?.every((group, index) => (group & groupMask(length, index)) === network[index]) ?? false;
}

/** A prefix in the form in which programs print it back: the network address, always with a length. */
export function networkText({ base, length, groups }: Prefix): string {
  return `${groups === null ? dottedText(base) : ipv6Text(groups)}/${length}`;
}

/** The n-th address of a prefix, counted from the network address. */
export function addressAt(range: Prefix, n: number): IpAddress {
  return ipv4Text(range.base + n);
}

/** `address:port`, for IPv6 `[address]:port`. */
export function showEndpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The address and port of a text that `showEndpoint` made. */
export function endpointIn(text: string): { readonly address: string; readonly port: number } {
  const [, six, four = "", port = ""] = /^(?:\[(.*)\]|([^:]*)):(\d+)$/.exec(text) ?? [];
  return { address: six ?? four, port: Number(port) };
}
