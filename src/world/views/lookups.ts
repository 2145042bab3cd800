/** Look-ups as they went: those by hand and those of requests, in a line each, and one of them in full. */
import { addressesOf, outcomeOf } from "../../dns/resolver/lookup";
import { searchPlan } from "../../dns/resolver/glibc";
import { muslConf, muslPlan } from "../../dns/resolver/musl";
import { showResolvConf } from "../../dns/resolver/resolv-conf";
import { absolute, sameName } from "../../dns/message/name";
import { decodeMessage } from "../../dns/message/wire";
import { parseUrl } from "../../workloads/http-text";
import { CLIENT_WORDS } from "../command";
import type { QueryRow, RequestRow } from "../rows";
import type { WorldState } from "../state";
import { hexOf } from "./message";
import type { LookupBrief, LookupQueryView, LookupStepView, LookupView, PlannedNameView } from "../view-types";

/** Look-ups that are listed. */
const MOST = 40;

/** The newest look-ups, newest first. */
export function lookupBriefs(state: WorldState): readonly LookupBrief[] {
  return state.requests.all().filter(looksUp).slice(-MOST).toReversed().map(brief);
}

/** One look-up in full: of a number, else the newest; null where there is none. */
export function lookupInFull(state: WorldState, request: number | undefined): LookupView | null {
  const row = request === undefined ? state.requests.all().findLast(looksUp) : state.requests.get(`${request}`);
  return row === undefined || !looksUp(row) ? null : inFull(row);
}

function looksUp({ lookup, queries }: RequestRow): boolean {
  return lookup !== undefined || queries.length > 0;
}

/** The name that was typed. */
function nameOf({ lookup, to }: RequestRow): string {
  if (lookup !== undefined) return lookup.name;
  const url = parseUrl(to);
  return url.ok ? url.value.host : to;
}

function brief(row: RequestRow): LookupBrief {
  const { id, lookup, client, clientKind, to, startedAt, queries } = row;
  const end = row.lookup === undefined ? endOfResolving(row) : row.endedAt;
  return {
    request: id,
    by: lookup === undefined ? "request" : "lookup",
    title: lookup === undefined ? `${CLIENT_WORDS[clientKind][1]} ${to.replace(/^http:\/\//, "")}` : to,
    from: client,
    name: nameOf(row),
    type: lookup?.type ?? "",
    startedAt,
    endedAt: end,
    verdict: verdictOf(row, end),
    queries: queries.length,
    sentence: row.sentence,
  };
}

/** A request's look-up has ended when its last query was answered and it went on, or when the request ended. */
function endOfResolving({ endedAt, queries, decision, verdict }: RequestRow): number | null {
  const answered = queries.map((query) => query.answeredAt ?? 0);
  const wentOn = decision !== null || verdict === "answered";
  return wentOn ? Math.max(0, ...answered) : endedAt;
}

function verdictOf({ lookup, verdict, queries }: RequestRow, end: number | null): LookupBrief["verdict"] {
  if (end === null) return "under way";
  if (lookup === undefined) return queries.some(({ answers }) => answers.length > 0) ? "resolved" : asVerdict(verdict);
  return asVerdict(verdict);
}

function asVerdict(verdict: RequestRow["verdict"]): LookupBrief["verdict"] {
  return verdict === "answered" ? "resolved" : verdict;
}

function inFull(row: RequestRow): LookupView {
  const plan = planOf(row);
  const resolver = row.lookup?.resolver ?? "glibc";
  const asked = row.queries.map((query) => queryView(row, query, plan));
  const line = brief(row);
  const last = asked.at(-1)?.planned ?? -1;
  return {
    ...line,
    resolver,
    resolvConf: showResolvConf(row.resolvConf),
    plan: plan.map((planned, index) => ({ ...planned, state: stateOf(index, last, line.endedAt) })),
    asked,
    addresses: addressesGiven(row, plan),
  };
}

function stateOf(index: number, last: number, endedAt: number | null): PlannedNameView["state"] {
  if (index < last) return "done";
  if (index > last) return "not tried";
  return endedAt === null ? "trying" : "done";
}

type Planned = Pick<PlannedNameView, "name" | "domain">;

/** The names that the resolver tries, in its order. */
function planOf(row: RequestRow): readonly Planned[] {
  const name = nameOf(row);
  const resolver = row.lookup?.resolver ?? "glibc";
  if (resolver === "dig") return [{ name: absolute(name), domain: "" }];
  const conf = resolver === "musl" ? muslConf(row.resolvConf) : row.resolvConf;
  const names = resolver === "musl" ? muslPlan(name, conf) : searchPlan(name, conf).map((planned) => planned.name);
  return names.map((one) => ({ name: one, domain: domainOf(one, name) }));
}

function domainOf(full: string, typed: string): string {
  return sameName(full, absolute(typed)) ? "" : full.slice(typed.length + 1).replace(/\.$/, "");
}

function queryView(row: RequestRow, query: QueryRow, plan: readonly Planned[]): LookupQueryView {
  const { at, name, type, server, rcode, answers, by, cache, answeredAt, id, transport } = query;
  return {
    at,
    name,
    type,
    server,
    rcode,
    answers,
    by,
    cache,
    answeredAt,
    id,
    transport,
    planned: plan.findIndex((planned) => sameName(planned.name, name)),
    outcome: outcomeText(row, query),
    steps: stepsOf(row, query),
    packet: -1,
    answerPacket: -1,
    wire: hexOf(query.query),
    answerWire: query.reply === null ? "" : hexOf(query.reply),
  };
}

function outcomeText({ endedAt, queries }: RequestRow, query: QueryRow): string {
  const read = query.reply === null ? null : decodeMessage(query.reply);
  if (read?.ok === true) return outcomeOf(read.value);
  const askedAgain = queries.some((other) => other.at > query.at && other.type === query.type);
  return endedAt !== null || askedAgain ? "no answer" : "";
}

function stepsOf({ client }: RequestRow, { at, server, transport, steps, answeredAt, rcode }: QueryRow): readonly LookupStepView[] {
  const who = client.slice(client.indexOf("/") + 1);
  const sent: LookupStepView = { at, place: "pod", who, did: `asks ${server}${transport === "tcp" ? " over TCP" : ""}` };
  const read: readonly LookupStepView[] = answeredAt === null ? [] : [{ at: answeredAt, place: "pod", who, did: `reads ${rcode}` }];
  return [sent, ...steps, ...read];
}

/** Addresses that the program was given: those of the name that was found. */
function addressesGiven({ queries }: RequestRow, plan: readonly Planned[]): readonly string[] {
  for (const { name } of plan.toReversed()) {
    const found = queries.filter((query) => sameName(query.name, name)).flatMap((query) => addressesIn(query.reply));
    if (found.length > 0) return [...new Set(found)];
  }
  return [];
}

function addressesIn(wire: Uint8Array | null): readonly string[] {
  const read = wire === null ? null : decodeMessage(wire);
  return read?.ok === true ? addressesOf(read.value) : [];
}
