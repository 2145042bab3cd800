/**
 * An HTTP server that answers every request with the name of its Pod, and takes SIGTERM as it was told to
 * (`termination.ts`). Connections that it has are served until it exits, and closed then.
 */
import { unreachable } from "../base/assert";
import type { SocketEvent } from "../node/kernel/api";
import type { Action, ProcessInput, Reaction } from "./actions";
import { journeyOf, quiet } from "./actions";
import { answerText, requestNumber } from "./http-text";
import type { Termination } from "./termination";
import { CLOSES_AT_ONCE } from "./termination";

/** A server as it stands. */
export interface ServerState {
  readonly program: "server";
  /** What it answers with: the name of its Pod. */
  readonly name: string;
  readonly ports: readonly number[];
  /** Listeners by port, as they have been opened. */
  readonly listeners: ReadonlyMap<number, number>;
  /** Open connections, each with the number of its last request (-1 before the first). */
  readonly connections: ReadonlyMap<number, number>;
  readonly stopping: boolean;
  readonly termination: Termination;
}

/** A server that has yet to start. `ports` are its container's TCP ports. */
export function makeServer(name: string, ports: readonly number[], termination: Termination = CLOSES_AT_ONCE): ServerState {
  return { program: "server", name, ports, listeners: new Map(), connections: new Map(), stopping: false, termination };
}

/** Moves a server on. */
export function serverStep(state: ServerState, input: ProcessInput): Reaction<ServerState> {
  switch (input.kind) {
    case "start":
      return { state, actions: state.ports.map((port): Action => ({ kind: "listenTcp", handle: `${port}`, port })) };
    case "opened":
      return quiet({ ...state, listeners: new Map(state.listeners).set(Number(input.handle), input.socket) });
    case "socket":
      return onSocket(state, input.event);
    case "timer":
      return state.stopping ? exit(state) : quiet(state);
    case "signal":
      return stop(state);
    default:
      return unreachable(input);
  }
}

function onSocket(state: ServerState, event: SocketEvent): Reaction<ServerState> {
  switch (event.kind) {
    case "accepted":
      return quiet({ ...state, connections: new Map(state.connections).set(event.socket, -1) });
    case "data":
      return event.payload.kind === "http" ? answer(state, event.socket, event.payload.text) : quiet(state);
    case "eof":
      return { state: without(state, event.socket), actions: [closing(state, event.socket)] };
    case "closed":
    case "error":
      return quiet(without(state, event.socket));
    case "connected":
    case "datagram":
      return quiet(state);
    default:
      return unreachable(event);
  }
}

function answer(state: ServerState, socket: number, text: string): Reaction<ServerState> {
  const request = requestNumber(text) ?? -1;
  const journey = request < 0 ? "" : journeyOf(request, "GET");
  const answered: ServerState = { ...state, connections: new Map(state.connections).set(socket, request) };
  const closes = state.stopping && state.termination.onTerm === "drain";
  const reply: Action = { kind: "sendTcp", socket, payload: { kind: "http", text: answerText(state.name, closes) }, journey };
  return closes ? { state: without(answered, socket), actions: [reply, closing(answered, socket)] } : { state: answered, actions: [reply] };
}

function stop(state: ServerState): Reaction<ServerState> {
  const { onTerm, shutdown } = state.termination;
  if (state.stopping || onTerm === "ignore") return quiet(state);
  const timer: Action = { kind: "timer", timer: "exit", generation: 0, after: shutdown };
  if (onTerm === "drain") return { state: { ...state, stopping: true }, actions: [timer] };
  return { state: { ...state, listeners: new Map(), stopping: true }, actions: [...closedListeners(state), timer] };
}

function exit(state: ServerState): Reaction<ServerState> {
  const closed = [...state.connections.keys()].map((socket) => closing(state, socket));
  return {
    state: { ...state, listeners: new Map(), connections: new Map() },
    actions: [...closedListeners(state), ...closed, { kind: "exit" }],
  };
}

function closedListeners(state: ServerState): readonly Action[] {
  return [...state.listeners.values()].map((socket): Action => ({ kind: "closeListener", socket }));
}

function closing(state: ServerState, socket: number): Action {
  const request = state.connections.get(socket) ?? -1;
  return { kind: "closeTcp", socket, journey: request < 0 ? "" : journeyOf(request, "close") };
}

function without(state: ServerState, socket: number): ServerState {
  const connections = new Map(state.connections);
  connections.delete(socket);
  return { ...state, connections };
}
