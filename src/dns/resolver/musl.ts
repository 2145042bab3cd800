/**
 * musl's getaddrinfo over DNS as a pure state machine of the same shape as glibc's.
 * Source: musl 1.2.5 src/network/{lookup_name.c (name_from_dns_search, name_from_dns), res_msend.c, resolvconf.c}.
 * Unlike glibc: all servers at once, one timer over the whole name, a NODATA or a server failure ends the search, and
 * a name with ndots dots is never searched.
 */
import { draw } from "../../base/draw";
import type { Micros, SimTime } from "../../engine/time";
import { after, between, micros, seconds, START } from "../../engine/time";
import { absolute } from "../message/name";
import type { Message } from "../message/types";
import { makeQuery } from "../message/types";
import type { ResolvConf, ResolverFiles } from "./conf-file";
import { showResolvConf } from "./conf-file";
import type { AddressType, AskedQuery, GaiError, HostsEntry, LookupInput, LookupSend, LookupStep } from "./lookup";
import { addressesOf, answerWithoutDns, dotsIn, markAsked, outcomeOf, underDomain } from "./lookup";
import { resolverOptions, usedServers } from "./options";

/** One of the two queries of a name. */
interface MuslQuery {
  readonly id: number;
  readonly type: AddressType;
  readonly transport: "udp" | "tcp";
  readonly answer: Message | null;
}

/** A lookup under way; plain data. */
export interface MuslState {
  readonly libc: "musl";
  readonly conf: ResolvConf;
  readonly seed: number;
  readonly plan: readonly string[];
  readonly at: number;
  readonly queries: readonly MuslQuery[];
  /** How many SERVFAILs may still be answered by asking again. */
  readonly retriesLeft: number;
  /** When this name's time is over, and when the missing queries are sent again. */
  readonly deadline: SimTime;
  readonly resendAt: SimTime;
  readonly socket: number;
  readonly asked: readonly AskedQuery[];
}

/** Longest line of resolv.conf that musl reads; a longer one is ignored whole. */
const LINE_LIMIT = 254;

/** The file as musl reads it: lines that are too long are not there. */
export function muslConf(conf: ResolvConf): ResolvConf {
  const searchFits = showResolvConf({ nameservers: [], search: conf.search, options: [] }).length <= LINE_LIMIT;
  const options = conf.options.filter((word) => /^(ndots|attempts|timeout):/.test(word));
  return { nameservers: conf.nameservers, search: searchFits ? conf.search : [], options };
}

/** The names that musl tries: with ndots dots or a trailing dot the name alone, else the search list and then the name. */
export function muslPlan(name: string, conf: ResolvConf): readonly string[] {
  const whole = name.endsWith(".") || dotsIn(name) >= resolverOptions(conf).ndots;
  return [...(whole ? [] : conf.search.map((domain) => underDomain(name, domain))), absolute(name)];
}

/** Starts a lookup at `now`. */
export function startMuslLookup(request: {
  readonly conf: ResolverFiles;
  readonly name: string;
  readonly seed?: number;
  readonly hosts?: readonly HostsEntry[];
  readonly now?: SimTime;
}): LookupStep<MuslState> {
  const conf = muslConf(request.conf);
  const state: MuslState = {
    libc: "musl",
    conf,
    seed: request.seed ?? 0,
    plan: muslPlan(request.name, conf),
    at: 0,
    queries: [],
    retriesLeft: 0,
    deadline: START,
    resendAt: START,
    socket: -2,
    asked: [],
  };
  const known = answerWithoutDns(request.name, request.hosts ?? request.conf.hosts ?? []);
  if (known !== undefined) return { state, send: [], done: known };
  return askName(state, request.now ?? START);
}

/** Moves a lookup on. `now` sets the deadlines of the next name; a timer without it counts as the one that was armed. */
export function nextMuslSteps(state: MuslState, input: LookupInput, now?: SimTime): LookupStep<MuslState> {
  switch (input.kind) {
    case "answer":
      return onAnswer(state, input.message, input.server, now ?? START);
    case "timeout":
      return onTimer(state, now ?? timerOf(state));
    case "error":
      return { state, send: [] };
  }
}

function timerOf(state: MuslState): SimTime {
  return state.resendAt < state.deadline ? state.resendAt : state.deadline;
}

function interval(state: MuslState): Micros {
  const options = resolverOptions(state.conf);
  return micros(seconds(options.timeout) / options.attempts);
}

function askName(state: MuslState, now: SimTime): LookupStep<MuslState> {
  const types: readonly AddressType[] = ["A", "AAAA"];
  const base = state.asked.length;
  const queries = types.map((type, index): MuslQuery => ({
    id: draw(state.seed, "resolver", "id", base + index) & 0xffff,
    type,
    transport: "udp",
    answer: null,
  }));
  const started: MuslState = {
    ...state,
    queries,
    retriesLeft: 2 * queries.length,
    // The number after it is that of the name's TCP connection.
    socket: state.socket + 2,
    deadline: after(now, seconds(resolverOptions(state.conf).timeout)),
    resendAt: after(now, interval(state)),
  };
  return { ...sendAll(started, queries), timeout: between(now, timerOf(started)) };
}

function sendAll(state: MuslState, queries: readonly MuslQuery[], servers = usedServers(state.conf)): LookupStep<MuslState> {
  const name = state.plan[state.at] ?? ".";
  const send: LookupSend[] = [];
  const asked: AskedQuery[] = [...state.asked];
  for (const server of servers) {
    for (const { id, type, transport } of queries) {
      send.push({ server, message: makeQuery(id, name, type), transport, socket: transport === "tcp" ? state.socket + 1 : state.socket });
      asked.push({ id, name, type, server, transport, outcome: "" });
    }
  }
  return { state: { ...state, asked }, send };
}

function onAnswer(state: MuslState, message: Message, server: string | undefined, now: SimTime): LookupStep<MuslState> {
  const open = state.queries.find((query) => query.id === message.id && query.answer === null);
  if (open === undefined) return { state, send: [] };
  const marked: MuslState = { ...state, asked: markAsked(state.asked, message.id, outcomeOf(message)) };
  if (message.flags.truncated && open.transport === "udp") return overTcp(marked, open, server);
  if (message.rcode === "SERVFAIL") return onServfail(marked, open, server);
  // Anything else but an answer or a denial is as good as silence.
  if (message.rcode !== "NOERROR" && message.rcode !== "NXDOMAIN") return { state: marked, send: [] };
  const queries = state.queries.map((query) => (query === open ? { ...query, answer: message } : query));
  const next: MuslState = { ...marked, queries };
  return queries.some((query) => query.answer === null) ? { state: next, send: [] } : endOfName(next, now);
}

function serverList(state: MuslState, server: string | undefined): readonly string[] {
  return server === undefined ? usedServers(state.conf).slice(0, 1) : [server];
}

function overTcp(state: MuslState, open: MuslQuery, server: string | undefined): LookupStep<MuslState> {
  const again: MuslQuery = { ...open, transport: "tcp" };
  const queries = state.queries.map((query) => (query === open ? again : query));
  return sendAll({ ...state, queries }, [again], serverList(state, server));
}

function onServfail(state: MuslState, open: MuslQuery, server: string | undefined): LookupStep<MuslState> {
  if (state.retriesLeft === 0) return { state, send: [] };
  return sendAll({ ...state, retriesLeft: state.retriesLeft - 1 }, [open], serverList(state, server));
}

function onTimer(state: MuslState, now: SimTime): LookupStep<MuslState> {
  if (now >= state.deadline) return failed(state, "EAI_AGAIN");
  const missing = state.queries.filter((query) => query.answer === null);
  const later: MuslState = { ...state, resendAt: after(now, interval(state)), retriesLeft: 2 * state.queries.length };
  return { ...sendAll(later, missing), timeout: between(now, timerOf(later)) };
}

function failed(state: MuslState, error: GaiError): LookupStep<MuslState> {
  return { state, send: [], done: { kind: "failed", error } };
}

/** A denial of either type means that the name is missing; otherwise data, or an end without data. */
function endOfName(state: MuslState, now: SimTime): LookupStep<MuslState> {
  const answers = state.queries.flatMap(({ answer }) => (answer === null ? [] : [answer]));
  if (answers.some((answer) => answer.rcode === "NXDOMAIN")) {
    if (state.at + 1 >= state.plan.length) return failed(state, "EAI_NONAME");
    return askName({ ...state, at: state.at + 1 }, now);
  }
  const addresses = answers.flatMap(addressesOf);
  if (addresses.length === 0) return failed(state, "EAI_NODATA");
  return { state, send: [], done: { kind: "found", name: state.plan[state.at] ?? ".", addresses } };
}
