/**
 * Address management of one Node: what the CNI plugin host-local keeps in its directory.
 * Source: containernetworking/plugins, plugins/ipam/host-local/backend/allocator.
 * The first address is .1 for the bridge, so the first Pod has .2; the search begins after the last reserved address
 * and goes round, so a released address comes again only when the range has been once around.
 */
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import type { IpAddress, Prefix } from "../../network/address";
import { addressAt, contains, ipv4Number, prefix } from "../../network/address";

/** The files of one range. Immutable: each change makes a new one. */
export interface HostLocal {
  /** `10.244.1.0/24`. */
  readonly range: string;
  /** `last_reserved_ip.0`; "" before the first reservation. */
  readonly lastReserved: IpAddress | "";
  /** Reserved addresses and who has them, in the order of reservation. */
  readonly used: ReadonlyMap<IpAddress, string>;
}

/** How far a range is used, for people. */
export interface RangeUse {
  readonly range: string;
  readonly gateway: string;
  readonly used: readonly { readonly address: string; readonly by: string }[];
  readonly free: number;
  readonly lastReserved: string;
}

/** An untouched range. */
export function makeHostLocal(range: string): HostLocal {
  return { range, lastReserved: "", used: new Map() };
}

/** The bridge's address: the first of the range. */
export function gatewayOf(range: string): IpAddress {
  return addressAt(prefix(range), 1);
}

/** Reserves the next free address for `by`; fails with host-local's own words where none is left. */
export function reserve(ipam: HostLocal, by: string): Result<{ readonly ip: IpAddress; readonly ipam: HostLocal }> {
  const range = prefix(ipam.range);
  const size = sizeOf(range);
  const start = ipam.lastReserved === "" ? 0 : ipv4Number(ipam.lastReserved) - range.base - 1;
  for (let step = 0; step < size; step += 1) {
    const ip = addressAt(range, 2 + ((start + step) % size));
    if (!ipam.used.has(ip)) return ok({ ip, ipam: taken(ipam, ip, by) });
  }
  return failAt(`no IP addresses available in range set: ${addressAt(range, 1)}-${addressAt(range, size + 1)}`);
}

/** Takes a given address, as for a Pod that a cluster file already places; fails where it is foreign or taken. */
export function reserveGiven(ipam: HostLocal, ip: IpAddress, by: string): Result<HostLocal> {
  const range = prefix(ipam.range);
  const offset = ipv4Number(ip) - range.base;
  if (!contains(range, ip) || offset < 2 || offset > sizeOf(range) + 1) {
    return failAt(`requested IP address ${ip} is not available in range set ${addressAt(range, 1)}-${addressAt(range, sizeOf(range) + 1)}`);
  }
  const holder = ipam.used.get(ip);
  return holder === undefined ? ok(taken(ipam, ip, by)) : failAt(`requested IP address ${ip} is already allocated to ${holder}`);
}

/** Gives an address back. `lastReserved` stays: that is what keeps it from being taken again at once. */
export function release(ipam: HostLocal, ip: IpAddress): HostLocal {
  const used = new Map(ipam.used);
  used.delete(ip);
  return { ...ipam, used };
}

/** Reserves every free address for `by`: what a plug-in that never gives back leaves in the end. */
export function reserveRest(ipam: HostLocal, by: string): HostLocal {
  const range = prefix(ipam.range);
  const used = new Map(ipam.used);
  for (let step = 0; step < sizeOf(range); step += 1) {
    const ip = addressAt(range, 2 + step);
    if (!used.has(ip)) used.set(ip, by);
  }
  return { ...ipam, used };
}

/** Gives every address back that `by` holds. */
export function releaseAllOf(ipam: HostLocal, by: string): HostLocal {
  return { ...ipam, used: new Map([...ipam.used].filter(([, holder]) => holder !== by)) };
}

/** The range as one looks at it. */
export function rangeView(ipam: HostLocal): RangeUse {
  return {
    range: ipam.range,
    gateway: gatewayOf(ipam.range),
    used: [...ipam.used].map(([address, by]) => ({ address, by })),
    free: sizeOf(prefix(ipam.range)) - ipam.used.size,
    lastReserved: ipam.lastReserved,
  };
}

function taken(ipam: HostLocal, ip: IpAddress, by: string): HostLocal {
  return { range: ipam.range, lastReserved: ip, used: new Map(ipam.used).set(ip, by) };
}

/** Addresses for Pods: all but network, gateway and broadcast. */
function sizeOf(range: Prefix): number {
  return (1 << (32 - range.length)) - 3;
}
