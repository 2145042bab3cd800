/**
 * A client like curl: one process a request. It looks the name up, connects, sends one GET, reads the answer, closes.
 * A number of seconds without an answer ends it (curl would wait for ever; people press Ctrl-C).
 */
import type { ResolverFiles } from "../dns/resolver/conf-file";
import type { Micros } from "../engine/time";
import { seconds } from "../engine/time";
import type { SocketEvent } from "../node/kernel/api";
import type { Action, ProcessInput, Reaction } from "./actions";
import { journeyOf, quiet } from "./actions";
import type { DialEnd, Dialling, DialStep, Known } from "./dialling";
import { dial, dialStep } from "./dialling";
import type { Url } from "./http-text";
import { getText, readAnswer } from "./http-text";
import type { Outcome } from "./verdicts";
import { outcomeOfError } from "./verdicts";

/** How long clients wait. */
export interface Patience {
  readonly connect: Micros;
  /** From the sent request to the answer. */
  readonly answer: Micros;
}

/** Five seconds for the connection, ten for the answer. */
export const PATIENCE: Patience = { connect: seconds(5), answer: seconds(10) };

/** What a request is made with. */
export interface CurlSpec {
  readonly request: number;
  readonly url: Url;
  readonly conf: ResolverFiles;
  readonly seed: number;
  readonly patience: Patience;
  /** What it knows of the name already. */
  readonly known?: Known;
  /** Its User-Agent; absent: curl's. */
  readonly agent?: string;
}

/** A request under way. */
export interface CurlState {
  readonly program: "curl-like";
  readonly spec: CurlSpec;
  readonly phase:
    | { readonly at: "new" }
    | { readonly at: "dialling"; readonly dialling: Dialling }
    | { readonly at: "waiting"; readonly socket: number; readonly address: string }
    | { readonly at: "done" };
}

/** A request that has yet to start. */
export function makeCurl(spec: CurlSpec): CurlState {
  return { program: "curl-like", spec, phase: { at: "new" } };
}

/** Moves a request on. Its last action is `exit`. */
export function curlStep(state: CurlState, input: ProcessInput): Reaction<CurlState> {
  const { phase } = state;
  switch (phase.at) {
    case "new":
      return input.kind === "start" ? start(state) : quiet(state);
    case "dialling":
      return afterDial(state, dialStep(phase.dialling, input));
    case "waiting":
      return whileWaiting(state, phase, input);
    case "done":
      return quiet(state);
  }
}

function start(state: CurlState): Reaction<CurlState> {
  const { request, url, conf, seed, patience, known } = state.spec;
  const target = { request, host: url.host, port: url.port, conf, seed, connectTimeout: patience.connect };
  return afterDial(state, dial(known === undefined ? target : { ...target, known }));
}

function afterDial(state: CurlState, step: DialStep): Reaction<CurlState> {
  const next: CurlState = { ...state, phase: { at: "dialling", dialling: step.dialling } };
  if (step.end === undefined) return { state: next, actions: step.actions };
  const after = afterEnd(next, step.end);
  return { state: after.state, actions: [...step.actions, ...after.actions] };
}

function afterEnd(state: CurlState, end: DialEnd): Reaction<CurlState> {
  if (end.kind === "failed") return finish(state, end.outcome, []);
  const { request, url, patience, agent = "curl/8.14.1" } = state.spec;
  const text = getText({ url, request, agent, keepAlive: false });
  return {
    state: { ...state, phase: { at: "waiting", socket: end.socket, address: end.address } },
    actions: [
      { kind: "sendTcp", socket: end.socket, payload: { kind: "http", text }, journey: journeyOf(request, "GET") },
      { kind: "timer", timer: "answer", generation: 0, after: patience.answer },
    ],
  };
}

type Waiting = Extract<CurlState["phase"], { at: "waiting" }>;

function whileWaiting(state: CurlState, phase: Waiting, input: ProcessInput): Reaction<CurlState> {
  const { socket, address } = phase;
  const { port } = state.spec.url;
  if (input.kind === "timer" && input.timer === "answer") {
    return finish(state, { verdict: "timed out", address, port, waitingFor: "the answer" }, [{ kind: "abortTcp", socket }]);
  }
  return input.kind === "socket" && input.event.socket === socket ? onSocket(state, phase, input.event) : quiet(state);
}

function onSocket(state: CurlState, { socket, address }: Waiting, event: SocketEvent): Reaction<CurlState> {
  const {
    request,
    url: { port },
  } = state.spec;
  const close: Action = { kind: "closeTcp", socket, journey: journeyOf(request, "close") };
  switch (event.kind) {
    case "data": {
      if (event.payload.kind !== "http") return quiet(state);
      const { status, body } = readAnswer(event.payload.text);
      return finish(state, { verdict: "answered", address, port, by: body, status }, [close]);
    }
    case "eof":
      return finish(state, { verdict: "reset", address, port }, [close]);
    case "closed":
      return finish(state, { verdict: "reset", address, port }, []);
    case "error":
      return finish(state, outcomeOfError(event.error, { address, port, connected: true }), []);
    case "connected":
    case "accepted":
    case "datagram":
      return quiet(state);
  }
}

function finish(state: CurlState, outcome: Outcome, before: readonly Action[]): Reaction<CurlState> {
  return {
    state: { ...state, phase: { at: "done" } },
    actions: [{ kind: "finished", request: state.spec.request, outcome }, ...before, { kind: "exit" }],
  };
}
