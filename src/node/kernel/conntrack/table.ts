/**
 * The connection tracking table of one host: entries by number, numbers by tuple in both directions.
 * Source: net/netfilter/nf_conntrack_core.c. Expired entries go when met, and by a sweep whenever the table has doubled
 * since the last one, so that both lookups and memory stay constant per flow.
 */
import { CowMap, partOfNumber, partOfText } from "../../../base/cow-map";
import type { SimTime } from "../../../engine/time";
import type { Tuple } from "./tuple";

/** Which way a packet goes within its connection. */
export type Direction = "original" | "reply";

/** TCP states in conntrack's words. Source: nf_conntrack_tcp.h. */
export type TcpState =
  | "SYN_SENT"
  | "SYN_RECV"
  | "ESTABLISHED"
  | "FIN_WAIT"
  | "CLOSE_WAIT"
  | "LAST_ACK"
  | "TIME_WAIT"
  | "CLOSE"
  | "SYN_SENT2";

/** One tracked connection. The reply tuple already contains what NAT made of it. */
export interface ConntrackEntry {
  /** 0 until confirmed. */
  readonly id: number;
  readonly original: Tuple;
  readonly reply: Tuple;
  /** IPS_SRC_NAT and IPS_DST_NAT. */
  readonly sourceNat: boolean;
  readonly destinationNat: boolean;
  readonly created: SimTime;
  readonly expires: SimTime;
  readonly seenReply: boolean;
  readonly assured: boolean;
  readonly tcp: TcpTracking | null;
  /** Outer source port that VXLAN drew for each direction; 0 where none yet. */
  readonly vxlanPorts: { readonly original: number; readonly reply: number };
}

/** What TCP tracking remembers. Windows are not followed. */
export interface TcpTracking {
  readonly state: TcpState;
  /** Highest sequence end seen, by direction. */
  readonly ends: { readonly original: number; readonly reply: number };
  /** Data on its way that the other side has not acknowledged, by direction. */
  readonly unacknowledged: { readonly original: boolean; readonly reply: boolean };
}

/** Where a tuple leads. */
export interface TupleHit {
  readonly id: number;
  readonly direction: Direction;
}

/** The table. Entries are immutable and replaced on write. */
export interface ConntrackTable {
  readonly entries: CowMap<number, ConntrackEntry>;
  readonly tuples: CowMap<string, TupleHit>;
  nextId: number;
  /** The size at which the next sweep happens. */
  sweepAt: number;
  /** Packets lost at their entry, because another had just entered under the same tuple (`insert_failed` of `conntrack -S`). */
  insertFailed: number;
}

const SMALLEST_SWEEP = 1024;

/** An empty table. */
export function makeConntrackTable(): ConntrackTable {
  return { entries: new CowMap(partOfNumber), tuples: new CowMap(partOfText), nextId: 1, sweepAt: SMALLEST_SWEEP, insertFailed: 0 };
}

/** The entry that a tuple belongs to, and in which direction; undefined where none lives. */
export function findEntry(table: ConntrackTable, key: string, now: SimTime): { entry: ConntrackEntry; direction: Direction } | undefined {
  const hit = table.tuples.get(key);
  if (hit === undefined) return undefined;
  const entry = table.entries.get(hit.id);
  if (entry === undefined) return undefined;
  if (entry.expires <= now) {
    deleteEntry(table, entry);
    return undefined;
  }
  return { entry, direction: hit.direction };
}

/** Whether a living entry uses a tuple. */
export function isTupleTaken(table: ConntrackTable, key: string, now: SimTime): boolean {
  return findEntry(table, key, now) !== undefined;
}

/** Puts a new entry in (nf_conntrack_confirm) and returns it with its number. Tuples must be free. */
export function insertEntry(table: ConntrackTable, entry: ConntrackEntry, now: SimTime): ConntrackEntry {
  if (table.entries.size >= table.sweepAt) sweep(table, now);
  const numbered = { ...entry, id: table.nextId };
  table.nextId += 1;
  table.entries.set(numbered.id, numbered);
  table.tuples.set(entry.original.key, { id: numbered.id, direction: "original" });
  table.tuples.set(entry.reply.key, { id: numbered.id, direction: "reply" });
  return numbered;
}

/** Replaces an entry by a changed one of the same number; nothing happens where it is gone. */
export function replaceEntry(table: ConntrackTable, entry: ConntrackEntry): void {
  if (table.entries.has(entry.id)) table.entries.set(entry.id, entry);
}

/** Takes an entry out (`conntrack -D`, a RST on a SYN, expiry). */
export function deleteEntry(table: ConntrackTable, entry: ConntrackEntry): void {
  if (!table.entries.delete(entry.id)) return;
  for (const { key } of [entry.original, entry.reply]) {
    if (table.tuples.get(key)?.id === entry.id) table.tuples.delete(key);
  }
}

function sweep(table: ConntrackTable, now: SimTime): void {
  const expired = [...table.entries.values()].filter((entry) => entry.expires <= now);
  for (const entry of expired) deleteEntry(table, entry);
  table.sweepAt = Math.max(SMALLEST_SWEEP, table.entries.size * 2);
}

/** Which entries `conntrack -D` shall delete; what is absent matches all. Protocols in conntrack's words. */
export interface DeleteFilter {
  readonly protocol?: Tuple["protocol"];
  readonly originalDestination?: string;
  readonly originalDestinationPort?: number;
  /** `--reply-src` / `--dst-nat`: the translated destination. */
  readonly replySource?: string;
}

/** `conntrack -D`: deletes what matches and says how many were deleted. Used by kube-proxy's clean-up (pkg/proxy/conntrack). */
export function deleteMatching(table: ConntrackTable, filter: DeleteFilter): number {
  return deleteWhere(
    table,
    ({ original, reply }) =>
      (filter.protocol === undefined || original.protocol === filter.protocol) &&
      (filter.originalDestination === undefined || original.dst === filter.originalDestination) &&
      (filter.originalDestinationPort === undefined || original.dstPort === filter.originalDestinationPort) &&
      (filter.replySource === undefined || reply.src === filter.replySource),
  );
}

/** Deletes the entries of which something holds, and says how many they were. */
export function deleteWhere(table: ConntrackTable, holds: (entry: Pick<ConntrackEntry, "original" | "reply">) => boolean): number {
  const doomed = [...table.entries.values()].filter(holds);
  for (const entry of doomed) deleteEntry(table, entry);
  return doomed.length;
}
