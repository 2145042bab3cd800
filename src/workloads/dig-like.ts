/**
 * A program that asks one question of one name server and prints the answer, as `dig @SERVER NAME TYPE` does: no search
 * list, EDNS0 with 1232 bytes, three tries of five seconds, the next server of resolv.conf in between, TCP where the answer was cut.
 * Source: dig(1), BIND 9.18 bin/dig/dighost.c. Left out: cookies, AD, +search.
 */
import { absolute } from "../dns/message/name";
import { showData } from "../dns/message/show";
import type { Edns, Message, RecordType } from "../dns/message/types";
import { makeQuery } from "../dns/message/types";
import { decodeMessage, encodeMessage } from "../dns/message/wire";
import { seconds } from "../engine/time";
import { ip } from "../network/address";
import type { SocketEvent } from "../node/kernel/api";
import type { Action, ProcessInput, Reaction } from "./actions";
import { journeyOf, quiet } from "./actions";
import { heardOf } from "./resolving";
import type { Outcome } from "./verdicts";

const DNS_PORT = 53;
const TRIES = 3;
const EDNS: Edns = { udpSize: 1232, version: 0, dnssecOk: false, options: new Uint8Array() };

/** What is asked, of whom, for which request. */
export interface DigSpec {
  readonly request: number;
  readonly name: string;
  readonly type: RecordType;
  /** Addresses; the first is asked first. At least one. */
  readonly servers: readonly string[];
  /** Message number of the n-th query. */
  readonly ids: readonly number[];
}

/** A question under way. */
export interface DigState {
  readonly program: "dig-like";
  readonly spec: DigSpec;
  /** Queries sent so far: it numbers tries and sockets. */
  readonly sent: number;
  readonly tries: number;
  readonly server: number;
  readonly transport: "udp" | "tcp";
  readonly socket: number | null;
  readonly done: boolean;
}

/** A question that has yet to be asked. */
export function makeDig(spec: DigSpec): DigState {
  return { program: "dig-like", spec, sent: 0, tries: 1, server: 0, transport: "udp", socket: null, done: false };
}

/** Moves it on. Its last action is `exit`. */
export function digStep(state: DigState, input: ProcessInput): Reaction<DigState> {
  if (state.done) return quiet(state);
  switch (input.kind) {
    case "start":
      return { state, actions: opening(state) };
    case "opened":
      return opened({ ...state, socket: input.socket });
    case "timer":
      return input.generation === state.sent ? onTimeout(state) : quiet(state);
    case "socket":
      return input.event.socket === state.socket ? onSocket(state, input.event) : quiet(state);
    case "signal":
      return quiet(state);
  }
}

function serverOf({ spec, server }: DigState): string {
  return spec.servers[server] ?? "127.0.0.1";
}

function opening(state: DigState): readonly Action[] {
  const address = ip(serverOf(state));
  const handle = `dig ${state.sent}`;
  return state.transport === "udp"
    ? [{ kind: "openUdp", handle, connected: { address, port: DNS_PORT } }]
    : [{ kind: "connectTcp", handle, dst: address, port: DNS_PORT, journey: journeyOf(state.spec.request, "DNS over TCP") }];
}

function opened(state: DigState): Reaction<DigState> {
  return state.transport === "udp" ? send(state) : quiet(state);
}

function send(before: DigState): Reaction<DigState> {
  const { spec, socket, transport, sent } = before;
  if (socket === null) return quiet(before);
  const state = { ...before, sent: sent + 1 };
  const message = makeQuery(spec.ids[sent] ?? sent, absolute(spec.name), spec.type, EDNS);
  const wire = encodeMessage(message);
  const { request, type } = spec;
  const server = serverOf(state);
  const journey = journeyOf(request, `query ${message.id}`);
  const payload = { kind: "dns", wire } as const;
  return {
    state,
    actions: [
      { kind: "asked", request, id: message.id, name: absolute(spec.name), type, server, transport, wire, journey },
      transport === "udp"
        ? { kind: "sendUdp", socket, to: ip(server), port: DNS_PORT, payload, journey }
        : { kind: "sendTcp", socket, payload, journey },
      { kind: "timer", timer: "dig", generation: state.sent, after: seconds(5) },
    ],
  };
}

function onSocket(state: DigState, event: SocketEvent): Reaction<DigState> {
  switch (event.kind) {
    case "connected":
      return send(state);
    case "datagram":
    case "data":
      return event.payload.kind === "dns" ? onReply(state, event.payload.wire) : quiet(state);
    case "error":
      return again(state, "refused");
    case "eof":
    case "closed":
    case "accepted":
      return quiet(state);
  }
}

function onTimeout(state: DigState): Reaction<DigState> {
  return again(state, "timed out");
}

/** The next server; after the last one the first again, as long as there are tries. */
function again(state: DigState, why: "refused" | "timed out"): Reaction<DigState> {
  const isLast = state.server + 1 >= state.spec.servers.length;
  const tries = isLast ? state.tries + 1 : state.tries;
  // Where nobody listens dig does not ask the same server again.
  if (isLast && (tries > TRIES || why === "refused")) return end(state, failure(state, why));
  const next: DigState = { ...state, tries, server: isLast ? 0 : state.server + 1, socket: null };
  return { state: next, actions: [...closing(state), ...opening(next)] };
}

function failure(state: DigState, why: "refused" | "timed out"): Outcome {
  const address = serverOf(state);
  return why === "refused"
    ? { verdict: "refused", address, port: DNS_PORT }
    : { verdict: "timed out", address, port: DNS_PORT, waitingFor: "the name" };
}

function onReply(state: DigState, wire: Uint8Array): Reaction<DigState> {
  const read = decodeMessage(wire);
  if (!read.ok || read.value.id !== (state.spec.ids[state.sent - 1] ?? state.sent - 1)) return quiet(state);
  const heard = heardOf(state.spec.request, read.value, wire);
  if (read.value.flags.truncated && state.transport === "udp") {
    const next: DigState = { ...state, transport: "tcp", socket: null };
    return { state: next, actions: [heard, ...closing(state), ...opening(next)] };
  }
  const ended = end(state, answerOf(state.spec, read.value));
  return { state: ended.state, actions: [heard, ...ended.actions] };
}

function answerOf({ name, type }: DigSpec, { rcode, answers }: Message): Outcome {
  const data = answers.map((record) => (record.type === type ? showData(record) : `${record.type} ${showData(record)}`));
  return { verdict: "resolved", name: absolute(name), type, rcode, answers: data };
}

function end(state: DigState, outcome: Outcome): Reaction<DigState> {
  return {
    state: { ...state, done: true },
    actions: [{ kind: "finished", request: state.spec.request, outcome }, ...closing(state), { kind: "exit" }],
  };
}

function closing({ socket, transport, spec }: DigState): readonly Action[] {
  if (socket === null) return [];
  return transport === "udp"
    ? [{ kind: "closeUdp", socket }]
    : [{ kind: "closeTcp", socket, journey: journeyOf(spec.request, "DNS over TCP") }];
}
