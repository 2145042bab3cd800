/**
 * NAT by connection: deciding a translation once, applying it to every packet after.
 * Source: net/netfilter/nf_nat_core.c (nf_nat_packet, get_unique_tuple), nf_nat_proto.c (nf_nat_icmp_reply_translation).
 *
 * One rule covers all four cases: at a hook with manipulation M, a packet of direction D takes M's side from the
 * inverse of the other direction's tuple, if the connection has M (original) or M's opposite (reply).
 */
import { below } from "../../../base/draw";
import type { IpAddress } from "../../../network/address";
import type { Packet, Transport } from "../../../network/packet";
import type { ConntrackEntry, ConntrackTable, Direction } from "./table";
import { findEntry, isTupleTaken } from "./table";
import { opposite } from "./track";
import type { Tuple } from "./tuple";
import { makeTuple } from "./tuple";
import type { SimTime } from "../../../engine/time";

/** Which side of a packet a hook may rewrite: PREROUTING and OUTPUT the destination, POSTROUTING and INPUT the source. */
export type Manipulation = "source" | "destination";

function hasNat(entry: ConntrackEntry, side: Manipulation, direction: Direction): boolean {
  const effective = direction === "original" ? side : side === "source" ? "destination" : "source";
  return effective === "source" ? entry.sourceNat : entry.destinationNat;
}

function tupleIn(entry: ConntrackEntry, direction: Direction): Tuple {
  return direction === "original" ? entry.original : entry.reply;
}

/** Applies a connection's translation to one of its packets. The same object comes back where nothing changes. */
export function translate(packet: Packet, entry: ConntrackEntry, direction: Direction, side: Manipulation): Packet {
  if (!hasNat(entry, side, direction)) return packet;
  return rewrite(packet, side, answeredSide(tupleIn(entry, opposite(direction)), side));
}

/** Applies it to an ICMP error about the connection: the quoted packet is un-NATed and the outer address follows (fact A1). */
export function translateError(packet: Packet, entry: ConntrackEntry, direction: Direction, side: Manipulation): Packet {
  const { transport } = packet;
  if (transport.kind !== "ICMP" || transport.quoted === undefined || !hasNat(entry, side, direction)) return packet;
  const other = tupleIn(entry, opposite(direction));
  const innerSide = side === "source" ? "destination" : "source";
  const quoted = rewrite(transport.quoted, innerSide, sideOf(other, innerSide));
  const outer = answeredSide(other, side).address;
  const rewritten = { ...packet, transport: { ...transport, quoted } };
  return side === "source" ? { ...rewritten, src: outer } : { ...rewritten, dst: outer };
}

interface Side {
  readonly address: IpAddress;
  readonly port: number;
}

function sideOf(tuple: Tuple, side: Manipulation): Side {
  return side === "source" ? { address: tuple.src, port: tuple.srcPort } : { address: tuple.dst, port: tuple.dstPort };
}

/** A side of a tuple's inverse: what answers to it carry there. */
function answeredSide(tuple: Tuple, side: Manipulation): Side {
  return sideOf(tuple, side === "source" ? "destination" : "source");
}

function rewrite(packet: Packet, side: Manipulation, to: Side): Packet {
  const transport = withPort(packet.transport, side, to.port);
  return side === "source" ? { ...packet, src: to.address, transport } : { ...packet, dst: to.address, transport };
}

function withPort(transport: Transport, side: Manipulation, port: number): Transport {
  if (transport.kind === "ICMP") return transport.id === undefined ? transport : { ...transport, id: port };
  return side === "source" ? { ...transport, srcPort: port } : { ...transport, dstPort: port };
}

/** DNAT: where the connection shall go. */
export function bindDestination(entry: ConntrackEntry, address: IpAddress, port: number): ConntrackEntry {
  const reply = makeTuple({ ...entry.reply, src: address, srcPort: port });
  return { ...entry, reply, destinationNat: reply.key !== entry.reply.key };
}

/** The ports that a source port may become: privileged ones stay privileged. Source: nf_nat_l4proto_unique_tuple. */
function portRange(port: number): { readonly from: number; readonly size: number } {
  if (port < 512) return { from: 1, size: 511 };
  return port < 1024 ? { from: 600, size: 424 } : { from: 1024, size: 64512 };
}

const MOST_ATTEMPTS = 128;

/** What finding a free source port needs. */
export interface PortSearch {
  readonly table: ConntrackTable;
  readonly now: SimTime;
  /** A port given from outside, taken instead of a draw. */
  readonly chosen: number | undefined;
  /** The next 32-bit draw. */
  draw(): number;
}

/**
 * Source translation: the connection's answers go to `address`. Without `randomFully` the port is kept where the
 * tuple is free; else, and where it is taken, ports are drawn until one is free. Null where none was found: the packet is dropped.
 */
export function bindSource(entry: ConntrackEntry, address: IpAddress, randomFully: boolean, search: PortSearch): ConntrackEntry | null {
  const { table, now } = search;
  const asked = entry.original.srcPort;
  const replyTo = (port: number): Tuple => {
    const moved = { ...entry.reply, dst: address, dstPort: port };
    return makeTuple(entry.original.protocol === "icmp" ? { ...moved, srcPort: port } : moved);
  };
  const bound = (reply: Tuple): ConntrackEntry => ({ ...entry, reply, sourceNat: reply.key !== entry.reply.key });
  if (search.chosen !== undefined) return bound(replyTo(search.chosen));
  const kept = replyTo(asked);
  // Another packet of the same connection that got in first is no clash (5.0: "skip nat clash resolution for same-origin entries").
  const holder = findEntry(table, kept.key, now)?.entry;
  if (!randomFully && (holder === undefined || holder.original.key === entry.original.key)) return bound(kept);
  const range = entry.original.protocol === "icmp" ? { from: 0, size: 65536 } : portRange(asked);
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const reply = replyTo(range.from + below(search.draw(), range.size));
    if (!isTupleTaken(table, reply.key, now)) return bound(reply);
  }
  return null;
}
