/**
 * A look-up as a program makes it: glibc's machine or musl's, given sockets and a timer. glibc connects a UDP socket to
 * one name server, musl sends to all of them from one that is not connected (so that ICMP errors never reach it); where an
 * answer did not fit there is a TCP connection.
 */
import type { Message } from "../dns/message/types";
import { decodeMessage, encodeMessage } from "../dns/message/wire";
import { showData } from "../dns/message/show";
import type { LookupState, RequestMode } from "../dns/resolver/glibc";
import { nextSteps, startLookup } from "../dns/resolver/glibc";
import { SOCKETS } from "../dns/resolver/glibc-exchange";
import type { LookupDone, LookupInput, LookupSend, LookupStep } from "../dns/resolver/lookup";
import type { MuslState } from "../dns/resolver/musl";
import { nextMuslSteps, startMuslLookup } from "../dns/resolver/musl";
import type { ResolverFiles } from "../dns/resolver/conf-file";
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
  /** "" where it is connected to nobody. */
  readonly server: string;
  readonly socket: number | null;
  /** TCP only: whether the connection stands. */
  readonly ready: boolean;
}

/** A look-up under way. */
export interface Resolving {
  readonly request: number;
  readonly lookup: LookupState | MuslState;
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
  readonly conf: ResolverFiles;
  readonly name: string;
  readonly seed: number;
  readonly mode?: RequestMode;
  readonly libc?: "glibc" | "musl";
}): ResolvingStep {
  const { request, libc = "glibc", ...lookup } = from;
  const step = libc === "musl" ? startMuslLookup(lookup) : startLookup(lookup);
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
  const { lookup } = resolving;
  // musl's deadlines count from the beginning of each name, so that its machine needs no clock.
  return takeStep(resolving, lookup.libc === "musl" ? nextMuslSteps(lookup, input) : nextSteps(lookup, input));
}

function takeStep(before: Resolving, step: LookupStep<LookupState | MuslState>): ResolvingStep {
  const lookup = step.state;
  if (step.done !== undefined) {
    return { resolving: { ...before, lookup, sockets: [], waiting: [] }, actions: stopResolving(before), done: step.done };
  }
  const timer = step.timeout === undefined ? before.timer : before.timer + 1;
  const stays = (socket: ResolverSocket): boolean =>
    lookup.libc === "musl" ? staysForMusl(socket, step.send) : step.send.some((send) => setOf(send.socket) === setOf(socket.number));
  const left = step.send.length === 0 ? [] : before.sockets.filter((socket) => !stays(socket));
  const kept = before.sockets.filter((socket) => !left.includes(socket));
  const fresh = newSockets(step.send, kept, lookup.libc === "glibc");
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

/** glibc keeps the sockets of one set, one for each server, until it closes them all. */
function setOf(socket: number): number {
  return Math.trunc(socket / SOCKETS);
}

/** musl's TCP connection stands beside its datagram socket. */
function staysForMusl({ number, transport }: ResolverSocket, sends: readonly LookupSend[]): boolean {
  return sends.some((send) => send.socket === number) || (transport === "udp" && sends.every((send) => send.transport === "tcp"));
}

function newSockets(sends: readonly LookupSend[], known: readonly ResolverSocket[], connects: boolean): readonly ResolverSocket[] {
  const made: ResolverSocket[] = [];
  for (const { socket: number, transport, server: to } of sends) {
    const server = connects || transport === "tcp" ? to : "";
    if ([...known, ...made].every((socket) => socket.number !== number))
      made.push({ number, transport, server, socket: null, ready: false });
  }
  return made;
}

function handleOf(number: number): string {
  return `dns ${number}`;
}

function opening({ number, transport, server }: ResolverSocket, request: number): Action {
  if (server === "") return { kind: "openUdp", handle: handleOf(number) };
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
  const wire = encodeMessage(message);
  const payload: Payload = { kind: "dns", wire };
  const { name = "", type = "" } = question ?? {};
  const asked: Action = { kind: "asked", request, id: message.id, name, type, server, transport, wire, journey };
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
      return event.payload.kind === "dns" ? answered(resolving, event.from, event.payload.wire) : idle(resolving);
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
  return { ...step, actions: [heardOf(resolving.request, message, wire), ...step.actions] };
}

/** That an answer was read, for those who look on. */
export function heardOf(request: number, message: Message, wire: Uint8Array): Action {
  return {
    kind: "heard",
    request,
    id: message.id,
    wire,
    rcode: message.rcode,
    answers: message.answers.map((record) => `${record.type} ${showData(record)}`),
  };
}
