/**
 * A packet on its way through one host: the kernel's sk_buff with the fields that decide something.
 * Mutable while one event is handled; what waits in a neighbour's queue is a copy that nobody writes.
 */
import type { SimTime } from "../../engine/time";
import type { MacAddress } from "../../network/address";
import type { Packet } from "../../network/packet";
import type { ConntrackEntry, Direction } from "./conntrack/table";
import type { PathMtuDiscovery } from "./sockets/state";
import type { PacketFacts } from "./netfilter/evaluation";

/** The connection that a packet belongs to while it is on its way. Shared by the clones of a flooded frame. */
export interface Flow {
  entry: ConntrackEntry;
  /** Whether the entry is in the table. */
  confirmed: boolean;
  /** Which of the two translations have been decided (nf_nat_initialized). */
  destinationBound: boolean;
  sourceBound: boolean;
}

/** One packet in one host. */
export interface SocketBuffer {
  packet: Packet;
  /** How far time has come for this packet in this host. */
  at: SimTime;
  /** skb->mark. */
  mark: number;
  srcMac: MacAddress;
  dstMac: MacAddress;
  /** Input interface as IP sees it; "" for packets of this host. */
  inInterface: string;
  /** The bridge port it came in by; "" where none. */
  port: string;
  /** The TCP socket that it is charged to (skb->sk) until it leaves this host; 0 where none. */
  socket: number;
  /** The virtual server by which IPVS has put the packet on its way here (skb->ipvs_property); undefined where it has not. */
  virtual: PacketFacts["virtual"];
  /** The largest part in which it came, 0 where it came whole (frag_max_size). */
  largestPart: number;
  /** How its own sender deals with MTUs; null for what this host forwards or answers. `want` and `dont` let it be cut here even with DF. */
  discovery: PathMtuDiscovery | null;
  flow: Flow | null;
  /** A rule of the raw table has said that conntrack is to leave it alone (IP_CT_UNTRACKED). */
  untracked: boolean;
  direction: Direction;
  state: PacketFacts["state"];
}

/** Placeholder of a MAC address that is not yet, or never, filled in (loopback frames carry it too). */
export const ZERO_MAC = "00:00:00:00:00:00" as MacAddress;

/** A new buffer for a packet; no interface, no connection. */
export function makeBuffer(packet: Packet, at: SimTime): SocketBuffer {
  return {
    packet,
    at,
    mark: 0,
    srcMac: ZERO_MAC,
    dstMac: ZERO_MAC,
    inInterface: "",
    port: "",
    socket: 0,
    virtual: undefined,
    largestPart: 0,
    discovery: null,
    flow: null,
    untracked: false,
    direction: "original",
    state: "UNTRACKED",
  };
}

/** A copy that shares the connection (skb_clone): for flooding. */
export function cloneBuffer(skb: SocketBuffer): SocketBuffer {
  return { ...skb };
}

/** A copy that nothing else writes: for a queue. */
export function freezeBuffer(skb: SocketBuffer): SocketBuffer {
  return { ...skb, flow: skb.flow === null ? null : { ...skb.flow } };
}
