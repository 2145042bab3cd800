/**
 * One name asked of the servers: attempts × servers, A and AAAA from one socket, fallbacks when one of two is lost.
 * Source: glibc 2.42 resolv/res_send.c (__res_context_send: the loops; send_dg: one server; send_vc: TCP).
 */
import type { Micros } from "../../engine/time";
import { seconds } from "../../engine/time";
import { makeQuery } from "../message/types";
import type { Edns, Message } from "../message/types";
import type { AddressType, AskedQuery, LookupInput, LookupSend } from "./lookup";
import { markAsked, outcomeOf } from "./lookup";
import type { ResolverOptions } from "./options";

/** How the resolver of a process asks for A and AAAA; falls back for good when one of two answers is lost. */
export type RequestMode = "parallel" | "single-request" | "single-request-reopen";

/** A query that waits for its answer. */
interface Waiting {
  readonly id: number;
  readonly type: AddressType;
  /** null while nothing came. */
  readonly answer: Message | null;
}

/** The exchange over one name; plain data. */
export interface Exchange {
  readonly options: ResolverOptions;
  readonly servers: readonly string[];
  readonly mode: RequestMode;
  /** Number of the set of sockets in use, one for each server: a second try goes by the socket of the first (`nssocks`). */
  readonly socket: number;
  readonly attempt: number;
  /** Position in `servers`. */
  readonly server: number;
  readonly transport: "udp" | "tcp";
  readonly waiting: readonly Waiting[];
  /** Types still to be asked in a single-request mode. */
  readonly later: readonly AddressType[];
  /** Last answers that were no use (SERVFAIL, REFUSED …). */
  readonly bad: readonly Message[];
  /** Whether any server was there at all (`gotsomewhere`). */
  readonly gotSomewhere: boolean;
}

/** How an exchange ended. */
export type ExchangeEnd =
  | { readonly kind: "answers"; readonly answers: readonly Message[] }
  /** No usable answer from anybody; `allRefused` = no host listens on any server's port. */
  | { readonly kind: "nobody"; readonly allRefused: boolean };

interface StepInput {
  readonly exchange: Exchange;
  readonly name: string;
  readonly input: LookupInput | { readonly kind: "start" };
  readonly asked: readonly AskedQuery[];
  /** Message id of the name's query of a type: the same bytes go out again with every try. */
  readonly idOf: (type: AddressType) => number;
}

interface ExchangeStep {
  readonly exchange: Exchange;
  readonly asked: readonly AskedQuery[];
  readonly send: readonly LookupSend[];
  readonly timeout?: Micros;
  readonly end?: ExchangeEnd;
}

/** An exchange that has sent nothing yet. */
export function startExchange(from: Pick<Exchange, "options" | "servers" | "mode" | "socket">): Exchange {
  return {
    options: from.options,
    servers: from.servers,
    mode: from.mode,
    socket: from.socket,
    attempt: 0,
    server: 0,
    transport: from.options.useTcp ? "tcp" : "udp",
    waiting: [],
    later: [],
    bad: [],
    gotSomewhere: false,
  };
}

/** Wait for the k-th server in whole seconds: timeout, then timeout·2^k / count, at least one. */
function waitFor(exchange: Exchange): Micros {
  const { options, server, servers } = exchange;
  const doubled = options.timeout << server;
  return seconds(server === 0 ? doubled : Math.max(1, Math.trunc(doubled / servers.length)));
}

/** Moves an exchange on by one input. */
export function exchangeInput(step: StepInput): ExchangeStep {
  const { exchange, input } = step;
  switch (input.kind) {
    case "start":
      return askServer(step, exchange);
    case "answer":
      return onAnswer(step, input.message, input.server);
    case "timeout":
      return onTimeout(step);
    case "error":
      return nextServer({ ...step, asked: markWaiting(step, "refused") }, afresh(exchange));
  }
}

function markWaiting({ exchange, asked }: StepInput, outcome: "timeout" | "refused"): readonly AskedQuery[] {
  return exchange.waiting.reduce((list, query) => (query.answer === null ? markAsked(list, query.id, outcome) : list), asked);
}

/** Sends the queries to the present server: both at once, or the first alone. */
function askServer(step: StepInput, exchange: Exchange): ExchangeStep {
  const types: readonly AddressType[] = exchange.options.noAaaa ? ["A"] : ["A", "AAAA"];
  const now = exchange.mode === "parallel" || exchange.transport === "tcp" ? types : types.slice(0, 1);
  const later = types.slice(now.length);
  return sendTypes(step, { ...exchange, waiting: [], later }, now);
}

const EDNS: Edns = { udpSize: 1200, version: 0, dnssecOk: false, options: new Uint8Array() };

function sendTypes(step: StepInput, exchange: Exchange, types: readonly AddressType[]): ExchangeStep {
  const server = exchange.servers[exchange.server] ?? "127.0.0.1";
  const { transport } = exchange;
  const socket = exchange.socket * SOCKETS + exchange.server;
  const edns = exchange.options.edns0 ? EDNS : undefined;
  const queries = types.map((type) => ({ type, message: makeQuery(step.idOf(type), step.name, type, edns) }));
  const send = queries.map(({ message }): LookupSend => ({ server, message, transport, socket }));
  const asked = queries.map(({ type, message }): AskedQuery => ({ id: message.id, name: step.name, type, server, transport, outcome: "" }));
  const waiting = queries.map(({ type, message }): Waiting => ({ id: message.id, type, answer: null }));
  return {
    exchange: { ...exchange, waiting: [...exchange.waiting, ...waiting] },
    asked: [...step.asked, ...asked],
    send,
    timeout: waitFor(exchange),
  };
}

/** Sockets of one set. */
export const SOCKETS = 4;

/** All sockets are closed (`__res_iclose`): the next query leaves by new ones. */
function afresh(exchange: Exchange): Exchange {
  return { ...exchange, socket: exchange.socket + 1 };
}

/** Answers that make glibc look at another server. */
function isBad(message: Message): boolean {
  return message.rcode === "SERVFAIL" || message.rcode === "NOTIMP" || message.rcode === "REFUSED";
}

function received(exchange: Exchange): readonly Message[] {
  return exchange.waiting.flatMap(({ answer }) => (answer === null ? [] : [answer]));
}

/** What comes from a server whose turn is over is not read: its socket is not looked at. */
function onAnswer(step: StepInput, message: Message, from: string | undefined): ExchangeStep {
  const { exchange } = step;
  if (from !== undefined && from !== exchange.servers[exchange.server]) return { exchange, asked: step.asked, send: [] };
  const open = exchange.waiting.find((query) => query.id === message.id && query.answer === null);
  const [question] = message.questions;
  if (open === undefined || question?.type !== open.type) return { exchange, asked: step.asked, send: [] };
  const asked = markAsked(step.asked, message.id, outcomeOf(message));
  if (message.flags.truncated && exchange.transport === "udp") return overTcp({ ...step, asked });
  const waiting = exchange.waiting.map((query) => (query === open ? { ...query, answer: message } : query));
  const next = { ...exchange, waiting, gotSomewhere: true };
  return settle({ ...step, asked }, next);
}

/** A truncated answer: both questions again over TCP, same server. */
function overTcp(step: StepInput): ExchangeStep {
  const { exchange } = step;
  return askServer(step, { ...afresh(exchange), transport: "tcp", gotSomewhere: true });
}

function settle(step: StepInput, exchange: Exchange): ExchangeStep {
  if (exchange.waiting.some((query) => query.answer === null)) return { exchange, asked: step.asked, send: [] };
  const [type, ...later] = exchange.later;
  if (type !== undefined) {
    const next = exchange.mode === "single-request-reopen" ? afresh(exchange) : exchange;
    return sendTypes(step, { ...next, later }, [type]);
  }
  const answers = received(exchange);
  const good = answers.filter((answer) => !isBad(answer));
  if (good.length > 0) return { exchange, asked: step.asked, send: [], end: { kind: "answers", answers: good } };
  return nextServer(step, { ...afresh(exchange), bad: answers });
}

const FALLBACK: Readonly<Record<RequestMode, RequestMode | null>> = {
  parallel: "single-request",
  "single-request": "single-request-reopen",
  "single-request-reopen": null,
};

/** One of two lost: a more careful mode, which sticks; nothing at all: the next server. */
function onTimeout(step: StepInput): ExchangeStep {
  const asked = markWaiting(step, "timeout");
  const exchange = { ...step.exchange, gotSomewhere: true };
  const answers = received(exchange).filter((answer) => !isBad(answer));
  if (answers.length === 0) return nextServer({ ...step, asked }, exchange);
  const mode = FALLBACK[exchange.mode];
  if (mode === null) return { exchange, asked, send: [], end: { kind: "answers", answers } };
  return askServer({ ...step, asked }, { ...(mode === "single-request-reopen" ? afresh(exchange) : exchange), mode });
}

function nextServer(step: StepInput, exchange: Exchange): ExchangeStep {
  const wraps = exchange.server + 1 >= exchange.servers.length;
  const attempt = exchange.attempt + (wraps ? 1 : 0);
  if (attempt >= exchange.options.attempts) return { exchange, asked: step.asked, send: [], end: endOf(exchange) };
  const moved: Exchange = {
    ...exchange,
    attempt,
    server: wraps ? 0 : exchange.server + 1,
    transport: exchange.options.useTcp ? "tcp" : "udp",
  };
  return askServer(step, moved);
}

function endOf(exchange: Exchange): ExchangeEnd {
  if (exchange.bad.length > 0) return { kind: "answers", answers: exchange.bad };
  return { kind: "nobody", allRefused: !exchange.gotSomewhere };
}
