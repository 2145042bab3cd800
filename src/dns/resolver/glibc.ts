/**
 * glibc's getaddrinfo over DNS as a pure state machine: the search list, and per name the servers and attempts.
 * Source: glibc 2.42 resolv/res_query.c (__res_context_search, __res_context_query) and resolv/res_send.c
 * (__res_context_send, send_dg). Left out: strict-error, trust-ad, DNSSEC, the RFC 6724 sort (one family has a route).
 *
 *   name ─► plan: [as is] or [search…, as is] ─► per name: attempts × servers ─► both answers ─► found, or next name
 */
import { draw } from "../../base/draw";
import type { SimTime } from "../../engine/time";
import { absolute } from "../message/name";
import type { Message } from "../message/types";
import type { ResolvConf, ResolverFiles } from "./conf-file";
import type { Exchange, ExchangeEnd, RequestMode } from "./glibc-exchange";
import { exchangeInput, startExchange } from "./glibc-exchange";
import type { AddressType, AskedQuery, GaiError, HostsEntry, LookupDone, LookupInput, LookupStep } from "./lookup";
import { addressesOf, answerWithoutDns, dotsIn, outcomeOf, underDomain } from "./lookup";
import { resolverOptions, usedServers } from "./options";

export type { RequestMode } from "./glibc-exchange";

/** A lookup under way; plain data. */
export interface LookupState {
  readonly libc: "glibc";
  readonly name: string;
  readonly conf: ResolvConf;
  readonly seed: number;
  /** Names to try, in order; `asIs` marks the one that is the typed name. */
  readonly plan: readonly PlannedName[];
  /** Position in the plan. */
  readonly at: number;
  readonly exchange: Exchange;
  readonly gotNoData: boolean;
  readonly gotServfail: boolean;
  /** Error of the first try, where the name was tried as it is first. */
  readonly firstError: HError | null;
  /** Every query so far, in order of sending. */
  readonly asked: readonly AskedQuery[];
  /** Carry this into the next lookup of the same process. */
  readonly mode: RequestMode;
}

/** A name of the plan. */
export interface PlannedName {
  readonly name: string;
  readonly asIs: boolean;
}

/** h_errno of one name. */
type HError = "HOST_NOT_FOUND" | "NO_DATA" | "TRY_AGAIN" | "NO_RECOVERY";

/** What starts a lookup. */
export interface LookupRequest {
  readonly conf: ResolverFiles;
  readonly name: string;
  /** Message ids are drawn from it. */
  readonly seed?: number;
  readonly hosts?: readonly HostsEntry[];
  /** `mode` of the process's last lookup. */
  readonly mode?: RequestMode;
  /** How many lookups the process has made; `rotate` starts at another server each time. */
  readonly lookups?: number;
}

/** The names that glibc tries for a typed name: with ndots dots or more as it is first, and still the search list after. */
export function searchPlan(name: string, conf: ResolvConf): readonly PlannedName[] {
  const asIs: PlannedName = { name: absolute(name), asIs: true };
  if (name.endsWith(".")) return [asIs];
  const searched = conf.search.map((domain) => ({ name: underDomain(name, domain), asIs: false }));
  const first = dotsIn(name) >= resolverOptions(conf).ndots;
  const rootOnList = conf.search.includes(".");
  if (first) return [asIs, ...searched];
  return rootOnList ? searched : [...searched, asIs];
}

function modeOf(conf: ResolvConf): RequestMode {
  const options = resolverOptions(conf);
  if (options.singleRequestReopen) return "single-request-reopen";
  return options.singleRequest ? "single-request" : "parallel";
}

/** Starts a lookup: the first step has the first queries, or the end where no query is needed. */
export function startLookup(request: LookupRequest): LookupStep<LookupState> {
  const { conf, name } = request;
  const options = resolverOptions(conf);
  const servers = usedServers(conf);
  const turn = options.rotate ? (request.lookups ?? 0) % servers.length : 0;
  const state: LookupState = {
    libc: "glibc",
    name,
    conf,
    seed: request.seed ?? 0,
    plan: searchPlan(name, conf),
    at: 0,
    exchange: startExchange({
      options,
      servers: [...servers.slice(turn), ...servers.slice(0, turn)],
      mode: request.mode ?? modeOf(conf),
      socket: 0,
    }),
    gotNoData: false,
    gotServfail: false,
    firstError: null,
    asked: [],
    mode: request.mode ?? modeOf(conf),
  };
  const known = answerWithoutDns(name, request.hosts ?? conf.hosts ?? []);
  if (known !== undefined) return { state, send: [], done: known };
  return runExchange(state, { kind: "start" });
}

/** Moves a lookup on. `_now` is there for resolvers that keep deadlines; glibc's state needs none. */
export function nextSteps(state: LookupState, input: LookupInput, _now?: SimTime): LookupStep<LookupState> {
  return runExchange(state, input);
}

function runExchange(state: LookupState, input: LookupInput | { readonly kind: "start" }): LookupStep<LookupState> {
  const name = state.plan[state.at]?.name ?? absolute(state.name);
  const idOf = (type: AddressType): number => draw(state.seed, "resolver", "id", 2 * state.at + (type === "A" ? 0 : 1)) & 0xffff;
  const step = exchangeInput({ exchange: state.exchange, name, input, asked: state.asked, idOf });
  const next: LookupState = { ...state, exchange: step.exchange, asked: step.asked, mode: step.exchange.mode };
  if (step.end !== undefined) return endOfName(next, name, step.end);
  return step.timeout === undefined ? { state: next, send: step.send } : { state: next, send: step.send, timeout: step.timeout };
}

/** Both answers of a name, judged together (end of __res_context_query). */
function judge(end: ExchangeEnd): HError | "found" {
  if (end.kind === "nobody") return "TRY_AGAIN";
  const outcomes = end.answers.map(outcomeOf);
  if (outcomes.includes("data")) return "found";
  const decisive = outcomes.find((outcome) => outcome !== "NODATA") ?? "NODATA";
  switch (decisive) {
    case "NODATA":
      return "NO_DATA";
    case "NXDOMAIN":
      return "HOST_NOT_FOUND";
    case "SERVFAIL":
    case "REFUSED":
    case "NOTIMP":
      return "TRY_AGAIN";
    default:
      return "NO_RECOVERY";
  }
}

function endOfName(state: LookupState, name: string, end: ExchangeEnd): LookupStep<LookupState> {
  const verdict = judge(end);
  if (verdict === "found") return { state, send: [], done: found(name, end.kind === "nobody" ? [] : end.answers) };
  if (end.kind === "nobody" && end.allRefused) return { state, send: [], done: { kind: "failed", error: "EAI_AGAIN" } };
  const servfail = end.kind === "answers" && end.answers.some((answer) => answer.rcode === "SERVFAIL");
  const wasFirstAsIs = state.at === 0 && state.plan[0]?.asIs === true;
  const noted: LookupState = {
    ...state,
    firstError: wasFirstAsIs ? verdict : state.firstError,
    gotNoData: state.gotNoData || (verdict === "NO_DATA" && !wasFirstAsIs),
    gotServfail: state.gotServfail || servfail,
  };
  const goesOn = wasFirstAsIs || verdict === "HOST_NOT_FOUND" || verdict === "NO_DATA" || servfail;
  const at = goesOn ? state.at + 1 : laterAsIs(state);
  if (at >= state.plan.length) return { state: noted, send: [], done: { kind: "failed", error: finalError(noted, verdict) } };
  return runExchange(
    { ...noted, at, exchange: startExchange({ ...noted.exchange, socket: noted.exchange.socket + 1 }) },
    { kind: "start" },
  );
}

/** A timeout or a refusal ends the search; the typed name itself is still tried, if it has not been. */
function laterAsIs(state: LookupState): number {
  const later = state.plan.findIndex((planned, index) => planned.asIs && index > state.at);
  return later < 0 ? state.plan.length : later;
}

function found(name: string, answers: readonly Message[]): LookupDone {
  const addresses = answers.flatMap(addressesOf);
  // A CNAME that leads nowhere counts as found for the search and as no data for the caller.
  return addresses.length === 0 ? { kind: "failed", error: "EAI_NODATA" } : { kind: "found", name, addresses };
}

function finalError(state: LookupState, last: HError): GaiError {
  const error = state.firstError ?? (state.gotNoData ? "NO_DATA" : state.gotServfail ? "TRY_AGAIN" : last);
  switch (error) {
    case "HOST_NOT_FOUND":
      return "EAI_NONAME";
    case "NO_DATA":
      return "EAI_NODATA";
    case "TRY_AGAIN":
      return "EAI_AGAIN";
    case "NO_RECOVERY":
      return "EAI_FAIL";
  }
}
