/**
 * The hot state of one network namespace. Written in place by the kernel's own functions and by nobody else;
 * everything inside a Map is immutable and replaced on write, so that a checkpoint copies Maps and nothing deeper.
 */
import type { SimTime } from "../../engine/time";
import type { IpAddress, MacAddress, Prefix } from "../../network/address";
import type { ConntrackTable } from "./conntrack/table";
import type { HostName, HostSettings, InterfaceSpec, KernelCosts } from "./api";
import type { IpvsState } from "./ipvs/state";
import type { DynamicSets } from "./nftables/dynamic-sets";
import type { Parts } from "./fragments";
import type { SocketBuffer } from "./socket-buffer";
import type { Sockets } from "./sockets/state";

/** An interface as it stands. */
export interface Interface extends InterfaceSpec {
  /** The addresses without their lengths, in the order of assignment; the first is the primary one. */
  readonly own: readonly IpAddress[];
}

/** A route as it stands. `key` is its place in the table. */
export interface Route {
  readonly to: Prefix;
  readonly device: string;
  readonly via?: IpAddress;
  readonly onlink?: boolean;
  readonly source?: IpAddress;
  readonly protocol?: string;
  readonly scope?: string;
}

/** States of a neighbour entry. Source: include/net/neighbour.h (NUD_*). */
export type NeighbourState = "PERMANENT" | "REACHABLE" | "STALE" | "DELAY" | "PROBE" | "INCOMPLETE" | "FAILED";

/** A neighbour entry. REACHABLE turns into STALE by itself at `reachableUntil`, seen when next looked at. */
export interface Neighbour {
  readonly device: string;
  readonly address: IpAddress;
  readonly mac: MacAddress | null;
  readonly state: NeighbourState;
  readonly reachableUntil: SimTime;
  readonly probes: number;
  /** Voids timers of earlier states. */
  readonly generation: number;
  /** Whether a packet has been sent by this entry since the MAC is known (the kernel's cached header). */
  readonly hasHeader: boolean;
  /** Packets that wait for the address. */
  readonly queue: readonly QueuedPacket[];
}

/** A packet that waits in a neighbour's queue. `bridged`: DNATed by a bridge port, so that it goes on by the bridge. */
export interface QueuedPacket {
  readonly skb: SocketBuffer;
  readonly bridged: boolean;
}

/** A forwarding entry of a bridge (to a port) or of a VXLAN device (to a remote host). */
export interface FdbEntry {
  readonly device: string;
  readonly mac: MacAddress;
  readonly port: string;
  readonly remote: IpAddress | null;
  readonly permanent: boolean;
}

/** One network namespace. */
export interface Host {
  readonly name: HostName;
  settings: HostSettings;
  readonly costs: KernelCosts;
  readonly interfaces: Map<string, Interface>;
  /** Own addresses and the interface that holds each. */
  readonly addresses: Map<string, string>;
  /** Routes by prefix: base × 64 + length. */
  readonly routes: Map<number, Route>;
  /** Prefix lengths in use, longest first. */
  routeLengths: readonly number[];
  /** Neighbours by `device address`. */
  readonly neighbours: Map<string, Neighbour>;
  /** Forwarding entries by `device mac`. */
  readonly fdb: Map<string, FdbEntry>;
  readonly conntrack: ConntrackTable;
  /** When a source was last put on a list of `-m recent`, by `list source`. */
  readonly recent: Map<string, SimTime>;
  /** What nftables' rules put into dynamic sets; null until one does. */
  dynamic: DynamicSets | null;
  /** What IPVS remembers; null where it is not in use. */
  ipvs: IpvsState | null;
  /** What routers have said of the way to an address (ICMP 3/4). */
  readonly pathMtus: Map<string, { readonly mtu: number; readonly expires: SimTime }>;
  /** Datagrams of which parts are missing, by protocol, addresses and identification. */
  readonly parts: Map<string, Parts>;
  readonly sockets: Sockets;
  /** Next IP identification. */
  nextIpId: number;
  /** Next neighbour generation. */
  nextGeneration: number;
}

/** The interface of a name; throws where there is none. */
export function interfaceOf(host: Host, name: string): Interface {
  const found = host.interfaces.get(name);
  if (found === undefined) throw new Error(`invariant broken: ${host.name} has no interface ${name}`);
  return found;
}

/** Whether an address is one of this host's own. */
export function ownsAddress(host: Host, address: string): boolean {
  return host.addresses.has(address);
}

/** The next IP identification of this host (RFC 6864: atomic datagrams may carry whichever; here a counter). */
export function takeIpId(host: Host): number {
  const id = host.nextIpId;
  host.nextIpId = (id + 1) & 0xffff;
  return id;
}
