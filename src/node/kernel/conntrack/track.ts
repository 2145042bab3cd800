/**
 * Finding or opening the connection of a packet (nf_conntrack_in), and confirming it at its last hook.
 * Source: net/netfilter/nf_conntrack_core.c, nf_conntrack_proto_{tcp,udp,icmp}.c. Timers: facts A2, A4, A10, D, F of the dead-endpoints lab.
 */
import type { Micros, SimTime } from "../../../engine/time";
import { after, micros, seconds } from "../../../engine/time";
import type { TcpSegment } from "../../../network/packet";
import type { Flow, SocketBuffer } from "../socket-buffer";
import { followSegment, openingState, repeats, tcpTimeout, transition } from "./tcp-states";
import type { ConntrackEntry, ConntrackTable, Direction, TcpTracking } from "./table";
import { deleteEntry, findEntry, insertEntry, replaceEntry } from "./table";
import { invert, keyOf, tupleOf } from "./tuple";

/** nf_conntrack_udp_timeout, …_udp_timeout_stream, …_icmp_timeout, and SCTP's COOKIE_WAIT. */
const TIMEOUT = { udp: seconds(30), udpStream: seconds(120), icmp: seconds(30), sctp: seconds(3) } as const;
/** A replied UDP flow counts as a stream from two seconds after it began. */
const UDP_STREAM_AFTER = seconds(2);

/** How long an entry lives from a packet on that passes it as it stands. */
export function lifetimeOf(entry: ConntrackEntry): Micros {
  if (entry.tcp !== null) return tcpTimeout(entry.tcp);
  return entry.assured ? TIMEOUT.udpStream : shortLifetime(entry);
}

function shortLifetime({ original: { protocol } }: ConntrackEntry): Micros {
  return TIMEOUT[protocol === "icmp" || protocol === "sctp" ? protocol : "udp"];
}

/** Which CPU takes a packet up. */
export interface Cpus {
  /** Whether it is another one than for the packet just before. */
  isOnOther(): boolean;
}

/** The other direction. */
export function opposite(direction: Direction): Direction {
  return direction === "original" ? "reply" : "original";
}

/** A flow in flight for an entry of the table. */
export function flowOf(entry: ConntrackEntry): Flow {
  return { entry, confirmed: true, destinationBound: true, sourceBound: true };
}

/**
 * How long a first packet is on its way through the rules before its entry stands in the table: a second one that another
 * CPU takes up meanwhile finds none. Our figure; on real nodes it is tens of microseconds.
 */
const UNCONFIRMED = micros(50);

/**
 * Gives a packet its connection and state. A packet that already has one (loopback, an error made here) keeps it, and so
 * does one that a rule left untracked. `cpus` says, where two packets come that close together, whether another CPU has the
 * second: then it opens a connection of its own, and only one of the two can enter the table.
 */
export function trackPacket(table: ConntrackTable, skb: SocketBuffer, cpus: Cpus): void {
  if (skb.flow !== null || skb.untracked) return;
  const key = keyOf(skb.packet);
  if (key === null) return relate(table, skb);
  const found = findEntry(table, key, skb.at);
  if (found === undefined || (mayRace(found.entry, found.direction, skb.at) && cpus.isOnOther())) return open(skb);
  follow(table, skb, found.entry, found.direction);
}

function mayRace({ original, created, seenReply }: ConntrackEntry, direction: Direction, at: SimTime): boolean {
  return original.protocol === "udp" && direction === "original" && !seenReply && at <= after(created, UNCONFIRMED);
}

/** An ICMP error belongs to the connection of the packet that it quotes, in the other direction. */
function relate(table: ConntrackTable, skb: SocketBuffer): void {
  const { transport } = skb.packet;
  const quoted = transport.kind === "ICMP" ? transport.quoted : undefined;
  const tuple = quoted === undefined ? null : tupleOf(quoted);
  // What the quoted packet was sent as is, inverted, what its answers look like here.
  const found = tuple === null ? undefined : findEntry(table, invert(tuple).key, skb.at);
  skb.state = "INVALID";
  if (found === undefined) return;
  skb.flow = flowOf(found.entry);
  skb.direction = found.direction;
  skb.state = "RELATED";
}

function open(skb: SocketBuffer): void {
  const tuple = tupleOf(skb.packet);
  if (tuple === null) return;
  const tcp = skb.packet.transport.kind === "TCP" ? openTcp(skb.packet.transport) : null;
  skb.state = "INVALID";
  if (tcp === "INVALID" || (tuple.protocol === "icmp" && tuple.icmpType !== 8)) return;
  const lifetime = tcp === null ? TIMEOUT[tuple.protocol === "tcp" ? "udp" : tuple.protocol] : tcpTimeout(tcp);
  const entry: ConntrackEntry = {
    id: 0,
    original: tuple,
    reply: invert(tuple),
    sourceNat: false,
    destinationNat: false,
    created: skb.at,
    expires: after(skb.at, lifetime),
    seenReply: false,
    assured: false,
    tcp,
    vxlanPorts: { original: 0, reply: 0 },
  };
  skb.flow = { entry, confirmed: false, destinationBound: false, sourceBound: false };
  skb.direction = "original";
  skb.state = "NEW";
}

function openTcp(segment: TcpSegment): TcpTracking | "INVALID" {
  const state = openingState(segment.flags);
  if (state === null) return "INVALID";
  const start: TcpTracking = {
    state,
    ends: { original: segment.seq, reply: segment.ack },
    unacknowledged: { original: false, reply: false },
  };
  return followSegment(start, "original", segment, state);
}

function follow(table: ConntrackTable, skb: SocketBuffer, entry: ConntrackEntry, direction: Direction): void {
  const { transport } = skb.packet;
  if (transport.kind === "TCP") return followTcp(table, skb, entry, direction, transport);
  attach(skb, entry, direction);
  const isStream = entry.original.protocol === "udp" && entry.seenReply && skb.at > after(entry.created, UDP_STREAM_AFTER);
  const assured = entry.assured || isStream;
  write(table, skb, {
    ...entry,
    expires: after(skb.at, isStream ? TIMEOUT.udpStream : shortLifetime(entry)),
    seenReply: entry.seenReply || direction === "reply",
    assured,
  });
}

function followTcp(table: ConntrackTable, skb: SocketBuffer, entry: ConntrackEntry, direction: Direction, segment: TcpSegment): void {
  const tcp = entry.tcp;
  if (tcp === null) return;
  const next = transition(direction, segment.flags, tcp.state);
  if (next === "INVALID") {
    skb.state = "INVALID";
    return;
  }
  // A SYN on a connection that is over opens a new one.
  if (next === "SYN_SENT" && (tcp.state === "TIME_WAIT" || tcp.state === "CLOSE")) {
    deleteEntry(table, entry);
    return open(skb);
  }
  attach(skb, entry, direction);
  if (next === "IGNORE") return markReplied(table, skb, direction);
  // A retransmitted SYN does not prolong the entry (A4).
  if (next === "SYN_SENT" && tcp.state === "SYN_SENT") return write(table, skb, withoutOuterPort(entry, direction));
  // A RST as the only answer: the entry goes at once (A10), while this packet is still translated by it.
  if (next === "CLOSE" && !entry.seenReply && direction === "reply") return deleteEntry(table, entry);
  const followed = followSegment(tcp, direction, segment, next);
  write(table, skb, {
    ...(repeats(tcp, direction, segment) ? withoutOuterPort(entry, direction) : entry),
    tcp: followed,
    expires: after(skb.at, tcpTimeout(followed)),
    seenReply: entry.seenReply || direction === "reply",
    assured: entry.assured || (next === "ESTABLISHED" && entry.seenReply && (tcp.state === "SYN_RECV" || tcp.state === "ESTABLISHED")),
  });
}

/**
 * The sender of a segment that goes again has taken a new flow hash (net/ipv4/tcp_timer.c, sk_rethink_txhash), so that
 * the tunnel takes a new outer source port.
 */
function withoutOuterPort(entry: ConntrackEntry, direction: Direction): ConntrackEntry {
  return { ...entry, vxlanPorts: { ...entry.vxlanPorts, [direction]: 0 } };
}

function attach(skb: SocketBuffer, entry: ConntrackEntry, direction: Direction): void {
  skb.flow = flowOf(entry);
  skb.direction = direction;
  skb.state = direction === "reply" || entry.seenReply ? "ESTABLISHED" : "NEW";
}

function markReplied(table: ConntrackTable, skb: SocketBuffer, direction: Direction): void {
  const flow = skb.flow;
  if (flow === null || direction === "original" || flow.entry.seenReply) return;
  write(table, skb, { ...flow.entry, seenReply: true });
}

/** Writes a changed entry to the table and to the packet that changed it. */
export function write(table: ConntrackTable, skb: SocketBuffer, entry: ConntrackEntry): void {
  if (skb.flow === null) return;
  skb.flow.entry = entry;
  replaceEntry(table, entry);
}

/**
 * The last hook: a new connection enters the table. False where its tuples are taken meanwhile by another
 * connection (clash): the packet is then dropped. The same connection confirmed twice counts as one (UDP), but for
 * translated ones before Linux 5.0: nf_ct_resolve_clash (4.7) left those out, "skip nat clash resolution for same-origin
 * entries" and "resolve clash for matching conntracks" (5.0) took them in.
 */
export function confirm(table: ConntrackTable, skb: SocketBuffer, clash?: "lost"): boolean {
  const flow = skb.flow;
  if (flow === null || flow.confirmed || skb.direction !== "original" || skb.state === "RELATED") return true;
  const { original, reply } = flow.entry;
  const standing = findEntry(table, original.key, skb.at) ?? findEntry(table, reply.key, skb.at);
  if (standing === undefined) {
    flow.entry = insertEntry(table, flow.entry, skb.at);
    flow.confirmed = true;
    return true;
  }
  const same = standing.entry.original.key === original.key && standing.entry.reply.key === reply.key;
  const isTranslated = flow.entry.destinationNat || flow.entry.sourceNat;
  if (!same || original.protocol === "tcp" || (clash === "lost" && isTranslated)) {
    table.insertFailed += 1;
    return false;
  }
  flow.entry = standing.entry;
  flow.confirmed = true;
  return true;
}

/** Takes up a connection again after a wait in a queue: the entry may have changed or gone meanwhile. */
export function refreshFlow(table: ConntrackTable, skb: SocketBuffer, now: SimTime): void {
  const flow = skb.flow;
  if (flow === null || !flow.confirmed) return;
  const current = findEntry(table, flow.entry.original.key, now)?.entry;
  if (current !== undefined && current.id === flow.entry.id) flow.entry = current;
}
