/**
 * What a sync of IPVS mode does to the kernel beside its tables: kube-ipvs0 gets the virtual addresses, and real servers
 * that went take no new connections until the old ones are over.
 * Source: pkg/proxy/ipvs/netlink_linux.go, graceful_termination.go, proxier.go (cleanLegacyService); the kernel forgets
 * connections of servers that are gone by itself (net/netfilter/ipvs/ip_vs_conn.c, ip_vs_expire_nodest_conn_flush).
 */
import type { SimTime } from "../../../../engine/time";
import type { MacAddress } from "../../../../network/address";
import { addInterface, removeInterface, type Host } from "../../../kernel/host";
import { dropTracked } from "../../../kernel/ipvs/hook";
import { serverNamed } from "../../../kernel/ipvs/requests";
import { countConnections, makeIpvsState, removeConnection, type IpvsConnection, type IpvsState } from "../../../kernel/ipvs/state";
import { realKey, type IpvsTable, type RealServer, type VirtualServer } from "../../../kernel/ipvs/table";

/** The device that holds virtual addresses. It answers no ARP of its own and is never up. */
export const DUMMY_DEVICE = "kube-ipvs0";

/** What stood before a sync, and what it makes. */
export interface IpvsChange {
  /** Null before the first one. */
  readonly before: IpvsTable | null;
  readonly after: IpvsTable;
  readonly bound: readonly string[];
  readonly mac: MacAddress;
  readonly now: SimTime;
}

/** Makes the kernel what a sync says. */
export function applyIpvs(host: Host, { before, after, bound, mac, now }: IpvsChange): void {
  host.ipvs ??= makeIpvsState();
  bind(host, bound, mac);
  retire(host.ipvs, before, after, now);
  forgetOrphans(host, after, now);
}

/** Takes all of it away, as a kube-proxy of another mode does when it starts. */
export function removeIpvs(host: Host): void {
  host.ipvs = null;
  removeInterface(host, DUMMY_DEVICE);
}

/** Looks at drained servers, as kube-proxy does every minute, and takes away those whose last connection is over: their names. */
export function removeDrained(host: Host, table: IpvsTable, now: SimTime): readonly string[] {
  const state = host.ipvs;
  if (state === null) return [];
  const removed: string[] = [];
  for (const [key, servers] of state.drained) {
    const counts = countConnections(state, key, now);
    const left = servers.filter((server) => counts.has(realKey(server)));
    removed.push(...servers.filter((server) => !left.includes(server)).map((server) => `${realKey(server)} of ${key}`));
    setDrained(state, key, left);
  }
  forgetOrphans(host, table, now);
  return removed;
}

function bind(host: Host, bound: readonly string[], mac: MacAddress): void {
  const addresses = bound.map((address) => `${address}/${address.includes(":") ? 128 : 32}`);
  const standing = host.interfaces.get(DUMMY_DEVICE)?.addresses ?? null;
  if (standing !== null && standing.length === addresses.length && standing.every((text, index) => text === addresses[index])) return;
  removeInterface(host, DUMMY_DEVICE);
  addInterface(host, { name: DUMMY_DEVICE, role: "dummy", mac, mtu: 1500, addresses });
}

/** A real server that went is deleted at once, or stays with weight 0 while it has TCP connections. */
function retire(state: IpvsState, before: IpvsTable | null, after: IpvsTable, now: SimTime): void {
  for (const [key, virtual] of after.servers) {
    const was = before?.servers.get(key);
    if (was === virtual) continue;
    const gone = [...(was?.servers ?? []), ...(state.drained.get(key) ?? [])].filter((server) => !has(virtual, server));
    const counts = gone.length === 0 || virtual.protocol !== "tcp" ? null : countConnections(state, key, now);
    const kept = gone.filter((server) => counts?.has(realKey(server)) === true);
    setDrained(
      state,
      key,
      kept.map((server) => ({ ...server, weight: 0 })),
    );
  }
  for (const key of [...state.drained.keys(), ...state.places.keys()]) {
    if (after.servers.has(key)) continue;
    state.drained.delete(key);
    state.places.delete(key);
  }
}

function has({ servers }: VirtualServer, wanted: RealServer): boolean {
  return servers.some((server) => realKey(server) === realKey(wanted));
}

function setDrained(state: IpvsState, key: string, servers: readonly RealServer[]): void {
  if (servers.length === 0) state.drained.delete(key);
  else state.drained.set(key, servers);
}

function forgetOrphans(host: Host, table: IpvsTable, now: SimTime): void {
  const state = host.ipvs;
  if (state === null) return;
  const isOrphan = ({ virtual, real }: IpvsConnection): boolean => serverNamed(state, table, virtual, real) === undefined;
  const orphans = [...state.connections.values()].filter(isOrphan);
  for (const connection of orphans) {
    removeConnection(state, connection);
    dropTracked(host.conntrack, connection, now);
  }
}
