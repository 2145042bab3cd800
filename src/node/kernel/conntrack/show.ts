/** The connection tracking table as `conntrack -L` prints it. Byte and packet counters are not kept (nf_conntrack_acct off). */
import type { SimTime } from "../../../engine/time";
import type { Host } from "../state";
import type { ConntrackShow, TupleShow } from "./show-types";
import type { ConntrackEntry } from "./table";
import { lifetimeOf } from "./track";
import type { Tuple } from "./tuple";

const NUMBERS = { icmp: 1, tcp: 6, udp: 17, sctp: 132 } as const;

function showTuple({ src, dst, srcPort, dstPort }: Tuple): TupleShow {
  return { src, dst, srcPort, dstPort };
}

/** One entry at a moment. */
export function showEntry(entry: ConntrackEntry, confirmed: boolean, now: SimTime): ConntrackShow {
  return {
    protocol: entry.original.protocol,
    timeout: Math.max(0, Math.floor((entry.expires - now) / 1_000_000)),
    lifetime: lifetimeOf(entry) / 1_000_000,
    created: entry.created,
    ...(entry.tcp === null ? {} : { state: entry.tcp.state }),
    original: showTuple(entry.original),
    reply: showTuple(entry.reply),
    unreplied: !entry.seenReply,
    assured: entry.assured,
    confirmed,
  };
}

/** The living entries of a host, oldest first. */
export function showConntrack(host: Host, now: SimTime): readonly ConntrackShow[] {
  const inOrder = [...host.conntrack.entries.values()].toSorted((a, b) => a.id - b.id);
  return inOrder.filter((entry) => entry.expires > now).map((entry) => showEntry(entry, true, now));
}

function tupleText(show: ConntrackShow, tuple: TupleShow, type: number): string {
  const addresses = `src=${tuple.src} dst=${tuple.dst}`;
  if (show.protocol === "icmp") return `${addresses} type=${type} code=0 id=${tuple.srcPort}`;
  return `${addresses} sport=${tuple.srcPort} dport=${tuple.dstPort}`;
}

function line(show: ConntrackShow): string {
  const state = show.state === undefined ? "" : `${show.state} `;
  const head = `${show.protocol.padEnd(8)} ${NUMBERS[show.protocol]} ${show.timeout} ${state}`;
  const unreplied = show.unreplied ? "[UNREPLIED] " : "";
  const assured = show.assured ? "[ASSURED] " : "";
  return `${head}${tupleText(show, show.original, 8)} ${unreplied}${tupleText(show, show.reply, 0)} ${assured}mark=0 use=1`;
}

/** `conntrack -L`, a line an entry. */
export function conntrackText(entries: readonly ConntrackShow[]): string {
  return entries.map((show) => `${line(show)}\n`).join("");
}
