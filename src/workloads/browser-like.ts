/**
 * A client like a browser: one process for a Pod and an origin, with one connection that is kept alive. The name is
 * looked up once a connection, so a new Pod behind the Service gets nothing from it while the connection lasts.
 * A connection that the server has closed meanwhile is replaced, and the request sent once more (RFC 9110 §9.2.2: a GET
 * may be repeated). Several connections at once, HTTP/2 and the browser's own name cache are left out.
 */
import type { ResolverFiles } from "../dns/resolver/conf-file";
import type { Micros } from "../engine/time";
import { seconds } from "../engine/time";
import type { SocketEvent } from "../node/kernel/api";
import type { Action, ProcessInput, Reaction } from "./actions";
import { journeyOf, quiet } from "./actions";
import type { Patience } from "./curl-like";
import type { Dialling, DialStep } from "./dialling";
import { dial, dialStep } from "./dialling";
import type { Url } from "./http-text";
import { getText, readAnswer } from "./http-text";
import type { Outcome } from "./verdicts";
import { outcomeOfError } from "./verdicts";

/** How long an idle connection is kept. */
export const KEEP_ALIVE: Micros = seconds(90);

/** What a browser is made with: the origin is host and port of the URL. */
export interface BrowserSpec {
  readonly url: Url;
  readonly conf: ResolverFiles;
  readonly patience: Patience;
  readonly keepAlive: Micros;
}

/** One request of it; `seed` for the DNS message numbers, should it need a look-up. */
export interface BrowserRequest {
  readonly request: number;
  readonly url: Url;
  readonly seed: number;
}

/** Inputs: a program's, and requests to make. */
export type BrowserInput = ProcessInput | { readonly kind: "request"; readonly request: BrowserRequest };

type Connection =
  | { readonly at: "none" }
  | { readonly at: "dialling"; readonly dialling: Dialling }
  /** `used`: it has carried an answer before. */
  | { readonly at: "open"; readonly socket: number; readonly address: string; readonly used: boolean };

/** A browser as it stands. */
export interface BrowserState {
  readonly program: "browser-like";
  readonly spec: BrowserSpec;
  readonly connection: Connection;
  /** The request under way; others wait for it (no pipelining). */
  readonly current: BrowserRequest | null;
  readonly queue: readonly BrowserRequest[];
  /** Voids earlier timers. */
  readonly timer: number;
}

/** A browser without a connection. */
export function makeBrowser(spec: BrowserSpec): BrowserState {
  return { program: "browser-like", spec, connection: { at: "none" }, current: null, queue: [], timer: 0 };
}

/** Moves a browser on. */
export function browserStep(state: BrowserState, input: BrowserInput): Reaction<BrowserState> {
  if (input.kind === "request") return begin({ ...state, queue: [...state.queue, input.request] });
  const { connection } = state;
  switch (connection.at) {
    case "none":
      return quiet(state);
    case "dialling":
      return afterDial(state, dialStep(connection.dialling, input));
    case "open":
      return whileOpen(state, connection, input);
  }
}

/** Takes the next request up, unless one is under way. */
function begin(state: BrowserState): Reaction<BrowserState> {
  const [current, ...queue] = state.queue;
  if (state.current !== null || current === undefined) return quiet(state);
  const next = { ...state, current, queue };
  return state.connection.at === "open" ? send(next, state.connection, current) : redial(next, current);
}

function redial(state: BrowserState, { request, url, seed }: BrowserRequest): Reaction<BrowserState> {
  const { conf, patience } = state.spec;
  return afterDial(state, dial({ request, host: url.host, port: url.port, conf, seed, connectTimeout: patience.connect }));
}

function afterDial(state: BrowserState, step: DialStep): Reaction<BrowserState> {
  const { current } = state;
  if (step.end === undefined || current === null) {
    return { state: { ...state, connection: { at: "dialling", dialling: step.dialling } }, actions: step.actions };
  }
  const after =
    step.end.kind === "failed"
      ? finish({ ...state, connection: { at: "none" } }, step.end.outcome)
      : send(state, { at: "open", socket: step.end.socket, address: step.end.address, used: false }, current);
  return { state: after.state, actions: [...step.actions, ...after.actions] };
}

type Open = Extract<Connection, { at: "open" }>;

function send(state: BrowserState, connection: Open, { request, url }: BrowserRequest): Reaction<BrowserState> {
  const text = getText({ url, request, agent: "Mozilla/5.0 (browser-like)", keepAlive: true });
  const timer = state.timer + 1;
  return {
    state: { ...state, connection, timer },
    actions: [
      { kind: "sendTcp", socket: connection.socket, payload: { kind: "http", text }, journey: journeyOf(request, "GET") },
      { kind: "timer", timer: "answer", generation: timer, after: state.spec.patience.answer },
    ],
  };
}

function whileOpen(state: BrowserState, connection: Open, input: ProcessInput): Reaction<BrowserState> {
  if (input.kind === "timer") return input.generation === state.timer ? onTimer(state, connection, input.timer) : quiet(state);
  return input.kind === "socket" && input.event.socket === connection.socket ? onSocket(state, connection, input.event) : quiet(state);
}

function onTimer(state: BrowserState, { socket, address }: Open, timer: string): Reaction<BrowserState> {
  const closed: BrowserState = { ...state, connection: { at: "none" } };
  if (timer === "idle" && state.current === null) return { state: closed, actions: [{ kind: "closeTcp", socket, journey: "" }] };
  if (timer !== "answer" || state.current === null) return quiet(state);
  const outcome: Outcome = { verdict: "timed out", address, port: state.current.url.port, waitingFor: "the answer" };
  return prepend([{ kind: "abortTcp", socket }], finish(closed, outcome));
}

function onSocket(state: BrowserState, connection: Open, event: SocketEvent): Reaction<BrowserState> {
  switch (event.kind) {
    case "data":
      return event.payload.kind === "http" && state.current !== null ? answered(state, connection, event.payload.text) : quiet(state);
    case "eof":
      return prepend(
        [{ kind: "closeTcp", socket: connection.socket, journey: state.current === null ? "" : journeyOf(state.current.request, "close") }],
        lost(state, connection, "ECONNRESET"),
      );
    case "closed":
      return lost(state, connection, "ECONNRESET");
    case "error":
      return lost(state, connection, event.error);
    case "connected":
    case "accepted":
    case "datagram":
      return quiet(state);
  }
}

function answered(state: BrowserState, connection: Open, text: string): Reaction<BrowserState> {
  const { status, body } = readAnswer(text);
  const { address } = connection;
  const timer = state.timer + 1;
  const idle: Action = { kind: "timer", timer: "idle", generation: timer, after: state.spec.keepAlive };
  const kept: BrowserState = { ...state, connection: { ...connection, used: true }, timer };
  return prepend([idle], finish(kept, { verdict: "answered", address, port: state.spec.url.port, by: body, status }));
}

/** The connection is gone. A request that was under way on one that had served before is sent once more, on a new one. */
function lost(
  state: BrowserState,
  { address, used }: Open,
  error: Extract<SocketEvent, { kind: "error" }>["error"],
): Reaction<BrowserState> {
  const without: BrowserState = { ...state, connection: { at: "none" } };
  if (state.current === null) return quiet(without);
  const isReset = error === "ECONNRESET" || error === "EPIPE";
  if (used && isReset) return redial(without, state.current);
  return finish(without, outcomeOfError(error, { address, port: state.current.url.port, connected: true }));
}

function finish(state: BrowserState, outcome: Outcome): Reaction<BrowserState> {
  const { current } = state;
  if (current === null) return quiet(state);
  return prepend([{ kind: "finished", request: current.request, outcome }], begin({ ...state, current: null }));
}

function prepend(actions: readonly Action[], reaction: Reaction<BrowserState>): Reaction<BrowserState> {
  return { state: reaction.state, actions: [...actions, ...reaction.actions] };
}
