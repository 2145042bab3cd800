/**
 * A look-up as a program makes it: glibc's machine, given sockets and a timer. Each of its sockets is a connected UDP
 * socket to one name server, or a TCP connection where an answer did not fit.
 */
import type { Message } from "../dns/message/types";
import { decodeMessage, encodeMessage } from "../dns/message/wire";
import { showData } from "../dns/message/show";
import type { LookupState, RequestMode } from "../dns/resolver/glibc";
import { nextSteps, startLookup } from "../dns/resolver/glibc";
import type { LookupDone, LookupInput, LookupSend, LookupStep } from "../dns/resolver/lookup";
import type { ResolvConf } from "../dns/resolver/resolv-conf";
import { ip } from "../network/address";
import type { Payload } from "../network/packet";
import type { SocketEvent } from "../node/kernel/api";
import type { Action, ProcessInput } from "./actions";
import { journeyOf } from "./actions";

const DNS_PORT = 53;

/** One of a look-up's sockets: `socket` is null until the kernel has given it a number. */
interface ResolverSocket {
  readonly number: number;
  readonly transport: "udp" | "tcp";
  readonly server: string;
  readonly socket: number | null;
  /** TCP only: whether the connection stands. */
  readonly ready: boolean;
}

/** A look-up under way. */
export interface Resolving {
  readonly request: number;
  readonly lookup: LookupState;
  readonly sockets: readonly ResolverSocket[];
  /** Messages that wait for their socket. */
  readonly waiting: readonly LookupSend[];
  /** Voids earlier timers. */
  readonly timer: number;
}

/** A step of it; `done` at its end, with all its sockets closed. */
export interface ResolvingStep {
  readonly resolving: Resolving;
  readonly actions: readonly Action[];
  readonly done?: LookupDone;
}

/** Starts a look-up of a request. */
export function startResolving(from: {
  readonly request: number;
  readonly conf: ResolvConf;
  readonly name: string;
  readonly seed: number;
  readonly mode?: RequestMode;
}): ResolvingStep {
  const { request, ...lookup } = from;
  const step = startLookup(lookup);
  return takeStep({ request, lookup: step.state, sockets: [], waiting: [], timer: 0 }, step);
}

/** Moves a look-up on; what does not concern it leaves it as it is. */
export function resolvingStep(resolving: Resolving, input: ProcessInput): ResolvingStep {
  switch (input.kind) {
    case "opened":
      return opened(resolving, input.handle, input.socket);
    case "socket":
      return onSocket(resolving, input.event);
    case "timer":
      return input.timer === "dns" && input.generation === resolving.timer ? feed(resolving, { kind: "timeout" }) : idle(resolving);
    case "start":
    case "signal":
      return idle(resolving);
  }
}

/** Closes what a look-up still has open, for a program that gives up. */
function stopResolving(resolving: Resolving): readonly Action[] {
  return resolving.sockets.flatMap((socket) => closing(socket, resolving.request));
}

function idle(resolving: Resolving): ResolvingStep {
  return { resolving, actions: [] };
}

function feed(resolving: Resolving, input: LookupInput): ResolvingStep {
  return takeStep(resolving, nextSteps(resolving.lookup, input));
}

function takeStep(before: Resolving, step: LookupStep<LookupState>): ResolvingStep {
  const lookup = step.state;
  if (step.done !== undefined) {
    return { resolving: { ...before, lookup, sockets: [], waiting: [] }, actions: stopResolving(before), done: step.done };
  }
  const timer = step.timeout === undefined ? before.timer : before.timer + 1;
  const numbers = new Set(step.send.map((send) => send.socket));
  const left = step.send.length === 0 ? [] : before.sockets.filter(({ number }) => !numbers.has(number));
  const kept = before.sockets.filter((socket) => !left.includes(socket));
  const fresh = newSockets(step.send, kept);
  const resolving: Resolving = { ...before, lookup, sockets: [...kept, ...fresh], waiting: [...before.waiting, ...step.send], timer };
  const flushed = flush(resolving);
  const alarm: readonly Action[] =
    step.timeout === undefined ? [] : [{ kind: "timer", timer: "dns", generation: timer, after: step.timeout }];
  return {
    resolving: flushed.resolving,
    actions: [
      ...left.flatMap((socket) => closing(socket, before.request)),
      ...fresh.map((socket) => opening(socket, before.request)),
      ...flushed.actions,
      ...alarm,
    ],
  };
}

function newSockets(sends: readonly LookupSend[], known: readonly ResolverSocket[]): readonly ResolverSocket[] {
  const made: ResolverSocket[] = [];
  for (const { socket: number, transport, server } of sends) {
    if ([...known, ...made].every((socket) => socket.number !== number))
      made.push({ number, transport, server, socket: null, ready: false });
  }
  return made;
}

function handleOf(number: number): string {
  return `dns ${number}`;
}

function opening({ number, transport, server }: ResolverSocket, request: number): Action {
  const address = ip(server);
  return transport === "udp"
    ? { kind: "openUdp", handle: handleOf(number), connected: { address, port: DNS_PORT } }
    : { kind: "connectTcp", handle: handleOf(number), dst: address, port: DNS_PORT, journey: journeyOf(request, "DNS over TCP") };
}

function closing({ socket, transport }: ResolverSocket, request: number): readonly Action[] {
  if (socket === null) return [];
  return [transport === "udp" ? { kind: "closeUdp", socket } : { kind: "closeTcp", socket, journey: journeyOf(request, "DNS over TCP") }];
}

function opened(resolving: Resolving, handle: string, socket: number): ResolvingStep {
  const sockets = resolving.sockets.map((known) =>
    handleOf(known.number) === handle ? { ...known, socket, ready: known.transport === "udp" } : known,
  );
  return flush({ ...resolving, sockets });
}

/** Sends what waits for sockets that are there. */
function flush(resolving: Resolving): ResolvingStep {
  const ready = new Map(
    resolving.sockets.flatMap(({ number, socket, ready: is }) => (is && socket !== null ? [[number, socket] as const] : [])),
  );
  const waiting = resolving.waiting.filter((send) => !ready.has(send.socket));
  const actions = resolving.waiting.flatMap((send) => {
    const socket = ready.get(send.socket);
    return socket === undefined ? [] : sending(resolving.request, send, socket);
  });
  return { resolving: { ...resolving, waiting }, actions };
}

function sending(request: number, { message, server, transport }: LookupSend, socket: number): readonly Action[] {
  const [question] = message.questions;
  const journey = journeyOf(request, `query ${message.id}`);
  const payload: Payload = { kind: "dns", wire: encodeMessage(message) };
  const asked: Action = { kind: "asked", request, id: message.id, name: question?.name ?? "", type: question?.type ?? "", server, journey };
  const sent: Action =
    transport === "udp"
      ? { kind: "sendUdp", socket, to: ip(server), port: DNS_PORT, payload, journey }
      : { kind: "sendTcp", socket, payload, journey };
  return [asked, sent];
}

function onSocket(resolving: Resolving, event: SocketEvent): ResolvingStep {
  const own = resolving.sockets.find(({ socket }) => socket === event.socket);
  if (own === undefined) return idle(resolving);
  switch (event.kind) {
    case "datagram":
    case "data":
      return event.payload.kind === "dns" ? answered(resolving, own.server, event.payload.wire) : idle(resolving);
    case "connected":
      return flush({ ...resolving, sockets: resolving.sockets.map((known) => (known === own ? { ...known, ready: true } : known)) });
    case "error":
      return feed(resolving, { kind: "error" });
    case "eof":
    case "closed":
    case "accepted":
      return idle(resolving);
  }
}

/** What cannot be read is no answer: the look-up waits on, as for a lost one. */
function answered(resolving: Resolving, server: string, wire: Uint8Array): ResolvingStep {
  const read = decodeMessage(wire);
  if (!read.ok) return idle(resolving);
  const message = read.value;
  const step = feed(resolving, { kind: "answer", message, server });
  return { ...step, actions: [heard(resolving.request, message), ...step.actions] };
}

function heard(request: number, message: Message): Action {
  return {
    kind: "heard",
    request,
    id: message.id,
    rcode: message.rcode,
    answers: message.answers.map((record) => `${record.type} ${showData(record)}`),
  };
}
