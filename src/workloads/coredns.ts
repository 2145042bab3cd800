/**
 * The CoreDNS process: port 53 over UDP and TCP around the server's plugin chain. What it knows of the cluster comes in
 * with each question, as its own (perhaps old) page. On SIGTERM it answers on for the lameduck time, then exits.
 * Source: CoreDNS core/dnsserver/server.go, plugin/health (lameduck). Its own time for an answer is left out.
 */
import { unreachable } from "../base/assert";
import type { SimTime } from "../engine/time";
import { seconds } from "../engine/time";
import { decodeMessage } from "../dns/message/wire";
import type { Message } from "../dns/message/types";
import type { Answer, AnswerInput } from "../dns/server/chain";
import { answerQuery, replyBytes } from "../dns/server/chain";
import type { CorefileConfig } from "../dns/server/config";
import type { SocketEvent } from "../node/kernel/api";
import type { Action, ProcessInput, Reaction } from "./actions";
import { quiet } from "./actions";

const DNS_PORT = 53;

/** A replica as it stands. Its cache is kept beside it by whoever runs it. */
export interface CorednsState {
  readonly program: "coredns";
  readonly pod: string;
  readonly config: CorefileConfig;
  /** -1 before they are open. */
  readonly udp: number;
  readonly listener: number;
  /** Open TCP connections. */
  readonly connections: ReadonlySet<number>;
  /** Questions answered so far: the number that addresses an answer's draws. */
  readonly answers: number;
  readonly stopping: boolean;
}

/** What an answer is made from, beside the question. */
export interface CorednsWorld extends Pick<AnswerInput, "view" | "cache" | "upstream" | "runtime"> {
  readonly now: SimTime;
  /** A 32-bit draw of this replica, for a purpose within its n-th answer. */
  readonly draw: (purpose: string, answer: number) => number;
}

/** A reaction, and the answer that was given, if one was. */
export interface CorednsReaction extends Reaction<CorednsState> {
  readonly answered?: Answered;
}

/** A question with its answer, for those who look on. */
export interface Answered {
  readonly query: Message;
  readonly answer: Answer;
  /** The query's journey, "" where it belongs to none. */
  readonly journey: string;
}

/** A replica that has yet to start. */
export function makeCoredns(pod: string, config: CorefileConfig): CorednsState {
  return { program: "coredns", pod, config, udp: -1, listener: -1, connections: new Set(), answers: 0, stopping: false };
}

/** Moves a replica on. */
export function corednsStep(state: CorednsState, input: ProcessInput, world: CorednsWorld): CorednsReaction {
  switch (input.kind) {
    case "start":
      return {
        state,
        actions: [
          { kind: "openUdp", handle: "udp", port: DNS_PORT },
          { kind: "listenTcp", handle: "tcp", port: DNS_PORT },
        ],
      };
    case "opened":
      return quiet(input.handle === "udp" ? { ...state, udp: input.socket } : { ...state, listener: input.socket });
    case "socket":
      return onSocket(state, input.event, world);
    case "signal":
      return stop(state);
    case "timer":
      return state.stopping ? exit(state) : quiet(state);
    default:
      return unreachable(input);
  }
}

function onSocket(state: CorednsState, event: SocketEvent, world: CorednsWorld): CorednsReaction {
  switch (event.kind) {
    case "datagram":
      return overUdp(state, event, world);
    case "data":
      return overTcp(state, event, world);
    case "accepted":
      return quiet({ ...state, connections: new Set(state.connections).add(event.socket) });
    case "eof":
      return { state: without(state, event.socket), actions: [{ kind: "closeTcp", socket: event.socket, journey: "" }] };
    case "closed":
    case "error":
      return quiet(without(state, event.socket));
    case "connected":
      return quiet(state);
    default:
      return unreachable(event);
  }
}

function overUdp(state: CorednsState, event: Extract<SocketEvent, { kind: "datagram" }>, world: CorednsWorld): CorednsReaction {
  const { journey, from, fromPort, socket } = event;
  const given = event.payload.kind === "dns" ? answer(state, event.payload.wire, { world, clientIP: from, journey }) : null;
  if (given === null) return quiet(state);
  const wire = replyBytes(given.query, given.answer.reply, "udp");
  const reply: Action = { kind: "sendUdp", socket, to: from, port: fromPort, payload: { kind: "dns", wire }, journey };
  return { state: counted(state), actions: [reply], answered: given };
}

function overTcp(state: CorednsState, event: Extract<SocketEvent, { kind: "data" }>, world: CorednsWorld): CorednsReaction {
  const given = event.payload.kind === "dns" ? answer(state, event.payload.wire, { world, clientIP: null, journey: event.journey }) : null;
  if (given === null) return quiet(state);
  const wire = replyBytes(given.query, given.answer.reply, "tcp");
  return {
    state: counted(state),
    actions: [{ kind: "sendTcp", socket: event.socket, payload: { kind: "dns", wire }, journey: event.journey }],
    answered: given,
  };
}

interface Asked {
  readonly world: CorednsWorld;
  readonly clientIP: string | null;
  readonly journey: string;
}

/** What cannot be read as a query gets no answer. */
function answer(state: CorednsState, wire: Uint8Array, { world, clientIP, journey }: Asked): Answered | null {
  const read = decodeMessage(wire);
  if (!read.ok || read.value.flags.response) return null;
  const { view, cache, now, upstream, runtime } = world;
  const given = answerQuery({
    query: read.value,
    view,
    config: state.config,
    cache,
    now,
    draw: (purpose) => world.draw(purpose, state.answers),
    ...(upstream === undefined ? {} : { upstream }),
    runtime: { ...runtime, clientIP },
  });
  return { query: read.value, answer: given, journey };
}

function counted(state: CorednsState): CorednsState {
  return { ...state, answers: state.answers + 1 };
}

function stop(state: CorednsState): Reaction<CorednsState> {
  if (state.stopping) return quiet(state);
  return {
    state: { ...state, stopping: true },
    actions: [{ kind: "timer", timer: "exit", generation: 0, after: seconds(state.config.lameduck) }],
  };
}

function exit(state: CorednsState): Reaction<CorednsState> {
  const closed = [...state.connections].map((socket): Action => ({ kind: "closeTcp", socket, journey: "" }));
  return {
    state: { ...state, connections: new Set(), udp: -1, listener: -1 },
    actions: [{ kind: "closeUdp", socket: state.udp }, { kind: "closeListener", socket: state.listener }, ...closed, { kind: "exit" }],
  };
}

function without(state: CorednsState, socket: number): CorednsState {
  const connections = new Set(state.connections);
  connections.delete(socket);
  return { ...state, connections };
}
