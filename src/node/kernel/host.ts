/**
 * One host: a network namespace with its interfaces, routes, neighbours, connection tracking and sockets.
 * This file makes, copies and fingerprints it, and is the kernel's face to other rooms.
 */
import type { Fingerprint } from "../../base/hash";
import { fingerprintOnce, mix } from "../../base/hash";
import { mac } from "../../network/address";
import type { HostName, HostSettings, KernelContext, KernelCosts } from "./api";
import { makeConntrackTable } from "./conntrack/table";
import { deviceOut, sendFrame } from "./device";
import { sendError } from "./icmp";
import { sendVirtual } from "./ip-output";
import { receivePacket } from "./ip-receive";
import { copyIpvsState, hashIpvsState } from "./ipvs/state";
import { DynamicSets } from "./nftables/dynamic-sets";
import { announce as announceInterface } from "./routing/arp";
import { addInterface } from "./routing/interfaces";
import { makeSockets } from "./sockets/state";
import { ZERO_MAC } from "./socket-buffer";
import { installStack } from "./stack";
import type { Host } from "./state";
import { interfaceOf } from "./state";

export type { FdbEntry, Host, Interface, Neighbour, NeighbourState, Route } from "./state";
export { ownsAddress } from "./state";
export { addAddress, addInterface, removeInterface } from "./routing/interfaces";
export { addRoute, removeRoute } from "./routing/routes";
export { removeNeighbour, setNeighbour } from "./routing/neighbour-table";
export type { NeighbourSpec } from "./routing/neighbour-table";
export { addFdb, removeFdb } from "./routing/fdb";
export type { FdbSpec } from "./routing/fdb";
export { isVoidTimer, kernelTimer, receive } from "./receive";
export { deleteMatching, deleteWhere } from "./conntrack/table";

installStack({ receivePacket, sendError, sendVirtual, deviceOut, sendFrame });

/** What a host is made of. */
export interface HostSpec {
  readonly name: HostName;
  readonly settings: HostSettings;
  readonly costs: KernelCosts;
}

/** A host with nothing but its loopback. */
export function makeHost({ name, settings, costs }: HostSpec): Host {
  const host: Host = {
    name,
    settings,
    costs,
    interfaces: new Map(),
    addresses: new Map(),
    routes: new Map(),
    routeLengths: [],
    neighbours: new Map(),
    fdb: new Map(),
    conntrack: makeConntrackTable(),
    recent: new Map(),
    dynamic: null,
    ipvs: null,
    pathMtus: new Map(),
    parts: new Map(),
    sockets: makeSockets(),
    nextIpId: 1,
    nextGeneration: 1,
  };
  addInterface(host, { name: "lo", role: "lo", mac: mac(ZERO_MAC), mtu: 65536, addresses: ["127.0.0.1/8"] });
  return host;
}

/** Sends a gratuitous ARP by an interface: after its port forwards, so that it is not lost (dead-endpoints lab, E). */
export function announce(host: Host, iface: string, ctx: KernelContext): void {
  announceInterface(host, interfaceOf(host, iface), ctx);
}

/** A copy of a host's state. What stands in its Maps is immutable and shared. */
export type HostCheckpoint = Host;

/** Copies the state. */
export function checkpointHost(host: Host): HostCheckpoint {
  const { conntrack, sockets, dynamic, ipvs } = host;
  return {
    ...host,
    interfaces: new Map(host.interfaces),
    addresses: new Map(host.addresses),
    routes: new Map(host.routes),
    neighbours: new Map(host.neighbours),
    fdb: new Map(host.fdb),
    conntrack: { ...conntrack, entries: conntrack.entries.copy(), tuples: conntrack.tuples.copy() },
    recent: new Map(host.recent),
    pathMtus: new Map(host.pathMtus),
    parts: new Map(host.parts),
    dynamic: dynamic === null ? null : new DynamicSets(dynamic.checkpoint()),
    ipvs: ipvs === null ? null : copyIpvsState(ipvs),
    sockets: {
      ...sockets,
      listeners: new Map(sockets.listeners),
      tcp: new Map(sockets.tcp),
      tcpByTuple: new Map(sockets.tcpByTuple),
      udp: new Map(sockets.udp),
      udpByPort: new Map(sockets.udpByPort),
      sctp: new Map(sockets.sctp),
    },
  };
}

/** Goes back to a copy; the host object itself stays the same one, and the copy can be used again. */
export function restoreHost(host: Host, checkpoint: HostCheckpoint): void {
  Object.assign(host, checkpointHost(checkpoint));
}

/** Mixes the whole state into a fingerprint. Tuples follow from entries, so they need not be mixed. */
export function hashHost(host: Host, into: Fingerprint): void {
  const { conntrack, sockets, interfaces, addresses, routes, neighbours, fdb, recent, dynamic, ipvs, pathMtus, parts, ...rest } = host;
  mix(into, rest);
  dynamic?.hash(into);
  if (ipvs !== null) hashIpvsState(ipvs, into);
  for (const map of [interfaces, addresses, routes, neighbours, fdb, recent]) mixMap(into, map);
  for (const map of [pathMtus, parts]) if (map.size > 0) mixMap(into, map);
  const { listeners, tcp, tcpByTuple, udp, udpByPort, sctp, ...others } = sockets;
  mix(into, others);
  for (const map of [listeners, tcp, tcpByTuple, udp, udpByPort, sctp]) mixMap(into, map);
  mix(into, [conntrack.nextId, conntrack.sweepAt, conntrack.insertFailed]);
  for (const entry of conntrack.entries.values()) into.text(fingerprintOnce(entry));
}

function mixMap(into: Fingerprint, map: ReadonlyMap<unknown, unknown>): void {
  into.number(map.size);
  for (const [key, value] of map) {
    mix(into, key);
    into.text(fingerprintOnce(value));
  }
}
