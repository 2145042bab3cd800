/**
 * One look-up as a ladder: who takes part, and each message at its moment. Pure: from what was recorded of a journey,
 * hop by hop; times are those of the first and the last hop of the packet that carried the message.
 */
import type { HopView, JourneyView, QueryView } from "../../bridge/protocol";
import { entryTried, orderOf, type SearchRule } from "./search";

/** A participant: a vertical line of the ladder. */
export interface Lane {
  readonly key: string;
  /** `Pod`, `node`, `CoreDNS`, `upstream`. */
  readonly role: string;
  readonly name: string;
  readonly address: string;
}

/** One message: an arrow between two lanes. */
export interface MessageRow {
  readonly kind: "message";
  readonly key: string;
  readonly query: QueryView;
  /** Index into the journey's queries. */
  readonly index: number;
  readonly way: "query" | "answer";
  /** Cluster time, whole microseconds: when it left, and when it came (or was last seen). */
  readonly at: number;
  readonly until: number;
  /** Places among the lanes. */
  readonly from: number;
  readonly to: number;
  /** Where its address was changed, from what to what; null where nobody changed it. */
  readonly rewrite: { readonly lane: number; readonly old: string; readonly now: string } | null;
  /** It came to nobody: where it ended, in words; else "". */
  readonly lostAt: string;
  /** First hop of its packet, -1 where none was seen. */
  readonly hop: number;
}

/** CoreDNS asks somebody outside before it answers. */
export interface ForwardRow {
  readonly kind: "forward";
  readonly key: string;
  readonly type: string;
  readonly at: number;
  readonly until: number;
  readonly from: number;
  readonly to: number;
}

/** A long silence. */
export interface WaitRow {
  readonly kind: "wait";
  readonly key: string;
  readonly at: number;
  readonly span: number;
}

type TimedRow = MessageRow | ForwardRow;

export type LadderRow = TimedRow | WaitRow;

/** A name that was tried, or would have been: an entry of the search list, or the name as it was typed. */
export interface Rung {
  /** Place in the search list from 1; 0: as it was typed; -1: a name that the list does not explain. */
  readonly entry: number;
  /** Domain of the entry, "" for the name as it is. */
  readonly domain: string;
  /** The whole name, absolute. */
  readonly name: string;
  readonly rows: readonly LadderRow[];
}

/** A look-up, ready to be drawn. */
export interface LadderModel {
  readonly lanes: readonly Lane[];
  readonly rungs: readonly Rung[];
  readonly startedAt: number;
}

/** A silence that is worth a row, in microseconds. */
const SILENCE = 500_000;

/** An answer that CoreDNS had from outside: recursion is offered (RA), and it is not out of its cache. */
export function isForwarded({ answerWire, cache }: Pick<QueryView, "answerWire" | "cache">): boolean {
  return cache !== "hit" && (Number.parseInt(answerWire.slice(6, 8), 16) & 0x80) !== 0;
}

/** The ladder of a journey's look-up; `typed` is the name that the program asked for. */
export function ladderOf(journey: JourneyView, typed: string, rule: SearchRule): LadderModel {
  const lanes = lanesOf(journey);
  const rows = journey.queries
    .flatMap((query, index) => rowsOf(journey, lanes, query, index))
    .toSorted((a, b) => a.at - b.at || a.until - b.until);
  return { lanes, rungs: rungsOf(journey, rows, typed, rule), startedAt: journey.queries[0]?.at ?? journey.startedAt };
}

function shortName(name: string): string {
  return name.slice(name.indexOf("/") + 1);
}

function hopsOfPacket({ hops, packets }: JourneyView, packet: number): readonly HopView[] {
  const { firstHop, hops: count } = packets[packet] ?? { firstHop: 0, hops: 0 };
  return hops.slice(firstHop, firstHop + count);
}

/** The Pod, or the machine, in which a query came to a program; "" where it came to none. */
function reachedBy(journey: JourneyView, { by, packet }: QueryView): string {
  if (by !== "") return by;
  const last = hopsOfPacket(journey, packet).at(-1);
  return last?.step === "socket" ? shortName(last.pod === "" ? last.host : last.pod) : "";
}

function lanesOf(journey: JourneyView): readonly Lane[] {
  const [first] = journey.hops;
  const servers = new Map<string, Lane>();
  for (const query of journey.queries) {
    const name = reachedBy(journey, query);
    if (name === "" || servers.has(name)) continue;
    const last = hopsOfPacket(journey, query.packet).at(-1);
    servers.set(name, { key: name, role: "CoreDNS", name, address: last?.after.dst ?? "" });
  }
  if (servers.size === 0) servers.set("", { key: "", role: "CoreDNS", name: "", address: "" });
  const outside = journey.queries.some(isForwarded) ? [{ key: "outside", role: "upstream", name: "outside", address: "" }] : [];
  return [
    { key: "client", role: "Pod", name: shortName(journey.client), address: first?.before.src ?? "" },
    { key: "node", role: "node", name: journey.hops.find(({ host }) => !host.startsWith("pod:"))?.node ?? "", address: "" },
    ...servers.values(),
    ...outside,
  ];
}

const CLIENT = 0;
const NODE = 1;

function rowsOf(journey: JourneyView, lanes: readonly Lane[], query: QueryView, index: number): readonly TimedRow[] {
  const reached = reachedBy(journey, query);
  const server = Math.max(
    2,
    lanes.findIndex(({ key }) => key === reached),
  );
  const asked = messageRow(journey, { query, index, way: "query", from: CLIENT, to: reached === "" ? NODE : server });
  if (query.answerPacket < 0) return [asked];
  const answered = messageRow(journey, { query, index, way: "answer", from: server, to: CLIENT });
  const outside = lanes.findIndex(({ key }) => key === "outside");
  if (!isForwarded(query) || outside < 0) return [asked, answered];
  return [
    asked,
    { kind: "forward", key: `${index} forward`, type: query.type, at: asked.until, until: answered.at, from: server, to: outside },
    answered,
  ];
}

function messageRow(
  journey: JourneyView,
  { query, index, way, from, to }: Pick<MessageRow, "query" | "index" | "way" | "from" | "to">,
): MessageRow {
  const hops = hopsOfPacket(journey, way === "query" ? query.packet : query.answerPacket);
  const field = way === "query" ? "destination" : "source";
  const change = hops.flatMap(({ changes }) => changes).find((one) => one.field === field);
  const at = way === "query" ? query.at : (hops[0]?.at ?? query.at);
  const last = hops.at(-1);
  const isLost = way === "query" && query.answerPacket < 0 && to === NODE && last !== undefined && isPast(journey, last.at);
  return {
    kind: "message",
    key: `${index} ${way}`,
    query,
    index,
    way,
    at,
    until: last?.at ?? at,
    from,
    to,
    rewrite: change === undefined ? null : { lane: NODE, old: change.old, now: change.new },
    lostAt: isLost ? `${shortName(last.host.replace(/^pod:/, ""))}, ${last.place}` : "",
    hop: hops[0]?.index ?? -1,
  };
}

/** Whether anything is known of the journey after a moment: only then is a packet that ended lost. */
function isPast({ endedAt, hops }: JourneyView, at: number): boolean {
  return endedAt !== null || hops.some((hop) => hop.at > at);
}

function rungsOf(journey: JourneyView, rows: readonly TimedRow[], typed: string, rule: SearchRule): readonly Rung[] {
  const rungs = new Map<string, Rung>();
  let heard = rows[0]?.at ?? 0;
  for (const row of rows) {
    const name = nameOf(journey, row);
    const known = rungs.get(name) ?? { ...rungOf(name, typed, rule), rows: [] };
    const span = row.at - heard;
    const wait: readonly WaitRow[] = span < SILENCE ? [] : [{ kind: "wait", key: `${row.key} wait`, at: heard, span }];
    rungs.set(name, { ...known, rows: [...known.rows, ...wait, row] });
    heard = Math.max(heard, row.until);
  }
  const tried = [...rungs.values()];
  const left = orderOf(typed, rule, "glibc").filter((entry) => tried.every((rung) => rung.entry !== entry));
  return [...tried, ...left.map((entry) => untried(entry, typed, rule))];
}

function nameOf({ queries }: JourneyView, row: TimedRow): string {
  return row.kind === "message" ? row.query.name : (queries[Number.parseInt(row.key, 10)]?.name ?? "");
}

function rungOf(name: string, typed: string, { search }: SearchRule): Omit<Rung, "rows"> {
  const entry = entryTried(name, typed, search);
  const isTyped = name.toLowerCase() === `${typed.replace(/\.$/, "").toLowerCase()}.`;
  return { entry: entry === 0 && !isTyped ? -1 : entry, domain: entry === 0 ? "" : (search[entry - 1] ?? ""), name };
}

function untried(entry: number, typed: string, { search }: SearchRule): Rung {
  const bare = typed.replace(/\.$/, "");
  const domain = entry === 0 ? "" : (search[entry - 1] ?? "");
  return { entry, domain, name: entry === 0 ? `${bare}.` : `${bare}.${domain}.`, rows: [] };
}
