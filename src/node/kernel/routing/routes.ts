/** Routes of one host: longest prefix wins. Source: net/ipv4/fib_trie.c; one table (main), no metrics, no policy rules. */
import { ipv4Number, maskOf, prefix } from "../../../network/address";
import type { IpAddress, Prefix } from "../../../network/address";
import type { RouteSpec } from "../api";
import type { Host, Route } from "../state";

function keyOf(to: Prefix): number {
  return to.base * 64 + to.length;
}

/** Reads `default` as 0.0.0.0/0. */
function destination(text: string): Prefix {
  return prefix(text === "default" ? "0.0.0.0/0" : text);
}

function noteLengths(host: Host): void {
  const lengths = new Set([...host.routes.values()].map(({ to }) => to.length));
  host.routeLengths = [...lengths].toSorted((a, b) => b - a);
}

/** Adds a route, or replaces the one to the same prefix. */
export function addRoute(host: Host, spec: RouteSpec): void {
  const { to, ...rest } = spec;
  const range = destination(to);
  host.routes.set(keyOf(range), { ...rest, to: range });
  if (!host.routeLengths.includes(range.length)) noteLengths(host);
}

/** Takes the route to a prefix away. */
export function removeRoute(host: Host, to: string): void {
  host.routes.delete(keyOf(destination(to)));
  noteLengths(host);
}

/** Takes all routes of a device away, as when the device goes. */
export function flushRoutes(host: Host, device: string): void {
  for (const [key, route] of host.routes) if (route.device === device) host.routes.delete(key);
  noteLengths(host);
}

/** The route to an address; undefined where there is none. Own addresses are not routes: ask `ownsAddress` first. */
export function lookupRoute(host: Host, address: string): Route | undefined {
  const value = ipv4Number(address);
  for (const length of host.routeLengths) {
    const route = host.routes.get(((value & maskOf(length)) >>> 0) * 64 + length);
    if (route !== undefined && host.interfaces.has(route.device)) return route;
  }
  return undefined;
}

/** The source address that packets to an address get: the route's own, else the primary address of its device. */
export function sourceFor(host: Host, address: IpAddress): IpAddress | undefined {
  if (host.addresses.has(address)) return address;
  const route = lookupRoute(host, address);
  if (route === undefined) return undefined;
  return route.source ?? host.interfaces.get(route.device)?.own[0] ?? anyAddress(host);
}

function anyAddress(host: Host): IpAddress | undefined {
  for (const iface of host.interfaces.values()) if (iface.role !== "lo" && iface.own[0] !== undefined) return iface.own[0];
  return undefined;
}
