/**
 * TCP as connection tracking sees it: state tables and timeouts.
 * Source: net/netfilter/nf_conntrack_proto_tcp.c (tcp_conntracks, tcp_timeouts). Windows are not checked.
 */
import type { Micros } from "../../../engine/time";
import { seconds } from "../../../engine/time";
import type { TcpFlags, TcpSegment } from "../../../network/packet";
import { payloadLength } from "../../../network/payload";
import type { Direction, TcpState, TcpTracking } from "./table";

/** What a segment does to a connection: a new state, nothing at all, or it does not belong to it. */
export type Transition = TcpState | "IGNORE" | "INVALID";

const COLUMNS: readonly TcpState[] = [
  "SYN_SENT",
  "SYN_RECV",
  "ESTABLISHED",
  "FIN_WAIT",
  "CLOSE_WAIT",
  "LAST_ACK",
  "TIME_WAIT",
  "CLOSE",
  "SYN_SENT2",
];

const LETTERS: Readonly<Record<string, Transition>> = {
  s: "SYN_SENT",
  r: "SYN_RECV",
  e: "ESTABLISHED",
  f: "FIN_WAIT",
  c: "CLOSE_WAIT",
  l: "LAST_ACK",
  t: "TIME_WAIT",
  x: "CLOSE",
  2: "SYN_SENT2",
  ".": "IGNORE",
  "-": "INVALID",
};

type SegmentKind = "syn" | "synack" | "fin" | "ack" | "rst";

function kindOf(flags: TcpFlags): SegmentKind {
  switch (flags) {
    case "S":
      return "syn";
    case "SA":
      return "synack";
    case "FA":
      return "fin";
    case "R":
    case "RA":
      return "rst";
    case "A":
    case "PA":
      return "ack";
  }
}

/** One letter a state of COLUMNS, so that each row can be read beside the kernel's. */
const ROWS: Readonly<Record<Direction, Readonly<Record<SegmentKind, readonly string[]>>>> = {
  original: {
    syn: ["s", ".", ".", ".", ".", ".", "s", "s", "2"],
    synack: ["-", "r", "-", "-", "-", "-", "-", "-", "r"],
    fin: ["-", "f", "f", "l", "l", "l", "t", "x", "-"],
    ack: ["-", "e", "e", "c", "c", "t", "t", "x", "-"],
    rst: ["x", "x", "x", "x", "x", "x", "x", "x", "x"],
  },
  reply: {
    syn: ["2", "-", "-", "-", "-", "-", "s", "-", "2"],
    synack: ["r", ".", ".", ".", ".", ".", ".", ".", "r"],
    fin: ["-", "f", "f", "l", "l", "l", "t", "x", "-"],
    ack: [".", "r", "e", "c", "c", "t", "t", "x", "."],
    rst: ["x", "x", "x", "x", "x", "x", "x", "x", "x"],
  },
};

/** Where a segment leads from a state. */
export function transition(direction: Direction, flags: TcpFlags, from: TcpState): Transition {
  return LETTERS[ROWS[direction][kindOf(flags)][COLUMNS.indexOf(from)] ?? "-"] ?? "INVALID";
}

/** The state that the first segment of an unknown connection opens: a SYN, or (nf_conntrack_tcp_loose) anything with an ACK alone. */
export function openingState(flags: TcpFlags): TcpState | null {
  const kind = kindOf(flags);
  if (kind === "syn") return "SYN_SENT";
  return kind === "ack" ? "ESTABLISHED" : null;
}

/** How long an entry lives in a state, in seconds. */
const TIMEOUTS: Readonly<Record<TcpState, number>> = {
  SYN_SENT: 120,
  SYN_RECV: 60,
  ESTABLISHED: 432_000,
  FIN_WAIT: 120,
  CLOSE_WAIT: 60,
  LAST_ACK: 30,
  TIME_WAIT: 120,
  CLOSE: 10,
  SYN_SENT2: 120,
};

/** nf_conntrack_tcp_timeout_unacknowledged. */
const UNACKNOWLEDGED = 300;

/** How long an entry lives from now on; less while data is unacknowledged. */
export function tcpTimeout(tcp: TcpTracking): Micros {
  const full = TIMEOUTS[tcp.state];
  const waits = tcp.unacknowledged.original || tcp.unacknowledged.reply;
  return seconds(waits ? Math.min(full, UNACKNOWLEDGED) : full);
}

function isAfter(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

/** Whether a segment carries only data that was seen before: it goes again. */
export function repeats(tcp: TcpTracking, direction: Direction, segment: TcpSegment): boolean {
  const length = payloadLength(segment.payload);
  return length > 0 && !isAfter((segment.seq + length) >>> 0, tcp.ends[direction]);
}

/** Takes a segment into account: sequence ends and what is unacknowledged. SYNs set the end and await nothing. */
export function followSegment(tcp: TcpTracking, direction: Direction, segment: TcpSegment, state: TcpState): TcpTracking {
  const other = direction === "original" ? "reply" : "original";
  const opens = segment.flags === "S" || segment.flags === "SA";
  const length = payloadLength(segment.payload) + (opens || segment.flags === "FA" ? 1 : 0);
  const end = (segment.seq + length) >>> 0;
  const advances = !opens && length > 0 && isAfter(end, tcp.ends[direction]);
  const acknowledges = segment.flags !== "S" && segment.ack === tcp.ends[other];
  if (state === tcp.state && !opens && !advances && !(acknowledges && tcp.unacknowledged[other])) return tcp;
  const ownEnd = opens || advances ? end : tcp.ends[direction];
  const own = tcp.unacknowledged[direction] || advances;
  const theirs = tcp.unacknowledged[other] && !acknowledges;
  // Written out by direction: computed keys are slow, and this runs for every segment.
  return direction === "original"
    ? { state, ends: { original: ownEnd, reply: tcp.ends.reply }, unacknowledged: { original: own, reply: theirs } }
    : { state, ends: { original: tcp.ends.original, reply: ownEnd }, unacknowledged: { original: theirs, reply: own } };
}
