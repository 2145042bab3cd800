/**
 * The name servers of the zone: the Services whose slices hold an address this CoreDNS is bound to.
 * Source: CoreDNS plugin/kubernetes/ns.go (nsAddrs).
 */
import { readAddress } from "../../message/ipv6";
import type { ResourceRecord } from "../../message/types";
import type { Lookup } from "./candidates";
import { clusterIPsOf, endpointLabel, isHeadless, slicesWithAddress } from "./informers";

/** A name server and one of its addresses. */
export interface NameServer {
  readonly name: string;
  readonly type: "A" | "AAAA";
  readonly address: string;
}

/** Name servers in the order found; where no Service holds a local address, `ns.dns.ZONE` with those addresses. */
export function nameServers(lookup: Lookup, localIPs: readonly string[]): readonly NameServer[] {
  const local = localIPs.flatMap((text) => readAddress(text) ?? []);
  const found = local.flatMap(({ address }) => serversBehind(lookup, address));
  if (found.length > 0) return distinct(found);
  return distinct(local.map((read) => ({ name: `ns.dns.${lookup.zone}`, ...read })));
}

function distinct(servers: readonly NameServer[]): readonly NameServer[] {
  return [...new Map(servers.map((server) => [`${server.name} ${server.address}`, server])).values()];
}

function serversBehind({ view, options, zone }: Lookup, address: string): readonly NameServer[] {
  return slicesWithAddress(view, address).flatMap((slice) => {
    const service = view.get("Service", slice.namespace, slice.service);
    if (service === undefined) return [];
    const base = `${slice.service}.${slice.namespace}.svc.${zone}`;
    if (!isHeadless(service))
      return clusterIPsOf(service)
        .flatMap((text) => readAddress(text) ?? [])
        .map((read) => ({ name: base, ...read }));
    return slice.addresses
      .filter((item) => item.address === address)
      .map((item) => ({ name: `${endpointLabel(item, options.endpointPodNames)}.${base}`, type: item.type, address: item.address }));
  });
}

/** NS records of the zone, one per name. */
export function nsRecords(servers: readonly NameServer[], owner: string, ttl: number): readonly ResourceRecord[] {
  return [...new Set(servers.map((server) => server.name))].map((target) => ({ type: "NS", name: owner, ttl, target }));
}

/** Their addresses. */
export function glueRecords(servers: readonly NameServer[], ttl: number): readonly ResourceRecord[] {
  return servers.map(({ name, type, address }) => ({ type, name, ttl, address }));
}
