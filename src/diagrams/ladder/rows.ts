/**
 * One look-up as a ladder: who takes part, and each message at its moment. Pure: from the steps that were recorded of
 * each query. A node is no station: it changes addresses on the way, or loses what passes.
 */
import type { LookupQueryView, LookupStepView, LookupView } from "../../bridge/protocol";

/** A participant: a vertical line of the ladder. */
export interface Lane {
  readonly key: string;
  readonly place: LookupStepView["place"];
  /** "" where nobody is known yet. */
  readonly name: string;
}

/** What a node did to a message on its way. */
export interface Passed {
  /** Place among the lanes; -1 where the node has none. */
  readonly lane: number;
  readonly step: LookupStepView;
}

interface Segment {
  /** Names the row among all of a look-up: `3 answer`. */
  readonly key: string;
  readonly query: LookupQueryView;
  /** Cluster time, whole microseconds: when it left, and when it came. */
  readonly at: number;
  readonly until: number;
  /** Places among the lanes. */
  readonly from: number;
  readonly to: number;
  readonly passed: readonly Passed[];
  /** What its sender did: `answers NOERROR out of its cache`. */
  readonly did: string;
}

/** A message between the Pod and whom it asks. */
export interface MessageRow extends Segment {
  readonly kind: "message";
  readonly way: "query" | "answer";
  /** It came to nobody. */
  readonly isLost: boolean;
}

/** Who was asked asks somebody else, or hears from them. */
export interface BehindRow extends Segment {
  readonly kind: "behind";
  readonly way: "query" | "answer" | "both";
}

/** A long silence. */
export interface WaitRow {
  readonly kind: "wait";
  readonly key: string;
  readonly at: number;
  readonly span: number;
}

type TimedRow = MessageRow | BehindRow;

export type LadderRow = TimedRow | WaitRow;

/** A name that was tried, or would have been: an entry of the search list, or the name as it was typed. */
export interface Rung {
  /** Place in the search list from 1; 0: as it was typed. */
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
export function isForwarded({ answerWire, cache }: Pick<LookupQueryView, "answerWire" | "cache">): boolean {
  return cache !== "hit" && (Number.parseInt(answerWire.slice(6, 8), 16) & 0x80) !== 0;
}

/** Whether an answer did not fit: TC, and the resolver asks again over TCP. */
export function isTruncated({ answerWire }: Pick<LookupQueryView, "answerWire">): boolean {
  return (Number.parseInt(answerWire.slice(4, 6), 16) & 0x02) !== 0;
}

/** The ladder of a look-up; `search` is the search list of its resolv.conf. */
export function ladderOf(lookup: LookupView, search: readonly string[]): LadderModel {
  const lanes = lanesOf(lookup);
  const rows = lookup.asked
    .flatMap((query, index) => rowsOf(query, index, lanes))
    .toSorted((a, b) => a.at - b.at || turnOf(a) - turnOf(b) || a.until - b.until);
  return { lanes, rungs: rungsOf(lookup, rows, search), startedAt: lookup.asked[0]?.at ?? lookup.startedAt };
}

/** When the last row at or before a moment began; -1 before the first. */
export function lastBy({ rungs }: LadderModel, at: number): number {
  return rungs.flatMap(({ rows }) => rows).reduce((last, row) => (row.at <= at ? Math.max(last, row.at) : last), -1);
}

/** At one moment questions come before what lies behind them, and answers last. */
function turnOf(row: TimedRow): number {
  if (row.kind === "behind") return 1;
  return row.way === "query" ? 0 : 2;
}

function laneKey({ place, who }: Pick<LookupStepView, "place" | "who">): string {
  return place === "pod" || place === "upstream" ? place : `${place} ${who}`;
}

const ORDER: readonly LookupStepView["place"][] = ["pod", "node", "node cache", "coredns", "upstream"];

function lanesOf({ asked, from }: LookupView): readonly Lane[] {
  const lanes = new Map<string, Lane>([["pod", { key: "pod", place: "pod", name: from.slice(from.indexOf("/") + 1) }]]);
  for (const step of asked.flatMap(takingPart)) {
    const key = laneKey(step);
    if (!lanes.has(key)) lanes.set(key, { key, place: step.place, name: step.who });
  }
  if (!lanes.has("upstream") && asked.some(isForwarded)) lanes.set("upstream", { key: "upstream", place: "upstream", name: "" });
  const found = [...lanes.values()];
  const isAnswered = found.some(({ place }) => place !== "pod" && place !== "node");
  const all: readonly Lane[] = isAnswered ? found : [...found, { key: "coredns", place: "coredns", name: asked[0]?.server ?? "" }];
  return ORDER.flatMap((place) => all.filter((lane) => lane.place === place));
}

/** Everybody but nodes that only pass on what servers say among themselves. */
function takingPart({ steps }: LookupQueryView): readonly LookupStepView[] {
  const second = steps.findIndex(({ place }, index) => index > 0 && place !== "node");
  return steps.filter(({ place }, index) => place !== "node" || second < 0 || index < second);
}

/** Steps that are stations, each with what nodes did between it and the next. */
interface Station {
  readonly step: LookupStepView;
  readonly lane: number;
  readonly passed: readonly Passed[];
}

function stationsOf({ steps }: LookupQueryView, lanes: readonly Lane[]): readonly Station[] {
  const stations: { step: LookupStepView; lane: number; passed: Passed[] }[] = [];
  for (const step of steps) {
    const lane = lanes.findIndex(({ key }) => key === laneKey(step));
    if (step.place !== "node") stations.push({ step, lane, passed: [] });
    else stations.at(-1)?.passed.push({ lane, step });
  }
  return stations;
}

function rowsOf(query: LookupQueryView, index: number, lanes: readonly Lane[]): readonly TimedRow[] {
  const stations = stationsOf(query, lanes);
  const rows = stations.flatMap((station, turn): readonly TimedRow[] => {
    const next = stations[turn + 1];
    const key = `${index} ${turn}`;
    if (next === undefined) return unfinished(query, station, `${index}`);
    return [segment({ key, query, station, next, isFirst: turn === 0, isLast: next.step.place === "pod" }, index)];
  });
  return [...rows, ...outside(query, index, stations, lanes)];
}

interface Between {
  readonly key: string;
  readonly query: LookupQueryView;
  readonly station: Station;
  readonly next: Station;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

function segment({ key, query, station, next, isFirst, isLast }: Between, index: number): TimedRow {
  const between = {
    query,
    at: station.step.at,
    until: next.step.at,
    from: station.lane,
    to: next.lane,
    passed: station.passed,
    did: station.step.did,
  };
  if (isLast) return { kind: "message", way: "answer", key: `${index} answer`, isLost: false, ...between };
  if (isFirst) return { kind: "message", way: "query", key: `${index} query`, isLost: false, ...between };
  return { kind: "behind", way: next.lane > station.lane ? "query" : "answer", key, ...between };
}

/** A message that has come to nobody yet, or to nobody at all; nothing where the Pod has read its answer. */
function unfinished(query: LookupQueryView, { step, lane, passed }: Station, index: string): readonly TimedRow[] {
  const last = passed.at(-1);
  const isAnswer = step.place !== "pod";
  if (!isAnswer && query.answeredAt !== null) return [];
  const way = isAnswer ? "answer" : "query";
  const between = { query, at: step.at, until: last?.step.at ?? step.at, from: lane, to: last?.lane ?? 0, passed, did: step.did };
  if (isAnswer && last === undefined && query.outcome !== "no answer") return [];
  const to = last?.lane ?? (isAnswer ? 0 : 1);
  return [{ kind: "message", key: `${index} ${way}`, way, isLost: query.outcome === "no answer", ...between, to }];
}

/** CoreDNS asked outside, of which no step was recorded: there and back within its answer's moment. */
function outside(query: LookupQueryView, index: number, stations: readonly Station[], lanes: readonly Lane[]): readonly TimedRow[] {
  const asker = stations.findLast(({ step }) => step.place === "coredns");
  if (asker === undefined || !isForwarded(query) || stations.some(({ step }) => step.place === "upstream")) return [];
  const { at } = asker.step;
  const to = lanes.findIndex(({ place }) => place === "upstream");
  return [
    { kind: "behind", way: "both", key: `${index} outside`, query, at, until: at, from: asker.lane, to, passed: [], did: asker.step.did },
  ];
}

function rungsOf({ plan, asked }: LookupView, rows: readonly TimedRow[], search: readonly string[]): readonly Rung[] {
  const shown = new Map<string, LadderRow[]>(plan.map(({ name }) => [name.toLowerCase(), []]));
  let heard = rows[0]?.at ?? 0;
  for (const row of rows) {
    const own = shown.get(row.query.name.toLowerCase()) ?? [];
    const span = row.at - heard;
    if (span >= SILENCE) own.push({ kind: "wait", key: `${row.key} wait`, at: heard, span });
    own.push(row);
    shown.set(row.query.name.toLowerCase(), own);
    heard = Math.max(heard, row.until);
  }
  return [...shown].map(([key, own]) => {
    const planned = plan.find(({ name }) => name.toLowerCase() === key);
    const name = planned?.name ?? asked.find((query) => query.name.toLowerCase() === key)?.name ?? key;
    const domain = planned?.domain ?? "";
    return { entry: domain === "" ? 0 : 1 + search.indexOf(domain), domain, name, rows: own };
  });
}
