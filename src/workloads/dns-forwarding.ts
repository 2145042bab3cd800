/**
 * Questions that a CoreDNS hands on to other servers, as plain data: over a UDP socket each, or over TCP connections that
 * are kept for ten seconds and used again. Each server is asked once, for two seconds; then the question has failed.
 * Source: CoreDNS plugin/forward/{forward,connect,persistent}.go (defaultTimeout 5 s, readTimeout 2 s, defaultExpire 10 s).
 * Left out: health checks of servers, the growing dial time.
 */
import type { Question } from "../dns/message/types";
import { makeQuery } from "../dns/message/types";
import type { Message } from "../dns/message/types";
import { decodeMessage, encodeMessage } from "../dns/message/wire";
import { seconds } from "../engine/time";
import { ip } from "../network/address";
import type { SocketEvent } from "../node/kernel/api";
import type { Action, ProcessInput } from "./actions";

const DNS_PORT = 53;
/** Answers may have any size that fits into a datagram here: the client's own limit is kept by its reply. */
const EDNS = { udpSize: 1232, version: 0, dnssecOk: false, options: new Uint8Array() };

/** A question under way to another server. */
interface Ask {
  readonly number: number;
  readonly question: Question;
  /** In the order in which they are tried. */
  readonly servers: readonly string[];
  readonly at: number;
  readonly tcp: boolean;
  /** Message number. */
  readonly id: number;
  readonly journey: string;
  readonly socket: number | null;
  /** It went out over a connection that stood already: if that one is dead, a new one is tried. */
  readonly reused: boolean;
}

/** A connection that nobody uses just now. */
interface Idle {
  readonly server: string;
  readonly socket: number;
  readonly generation: number;
}

/** All questions under way, and the connections kept. */
export interface Forwarding {
  readonly next: number;
  readonly asks: ReadonlyMap<number, Ask>;
  readonly idle: readonly Idle[];
}

/** Nothing under way. */
export const NOTHING_FORWARDED: Forwarding = { next: 1, asks: new Map(), idle: [] };

/** A step: what to do, and which question has its end. `message` null: nobody answered. */
export interface ForwardStep {
  readonly forwarding: Forwarding;
  readonly actions: readonly Action[];
  readonly ended?: { readonly number: number; readonly message: Message | null };
}

/** Begins a question; its number is `forwarding.next` of before. */
export function forwardAsk(before: Forwarding, ask: Pick<Ask, "question" | "servers" | "tcp" | "id" | "journey">): ForwardStep {
  const number = before.next;
  const begun: Ask = { ...ask, number, at: 0, socket: null, reused: false };
  return trySend({ ...before, next: number + 1 }, begun);
}

/** Moves on what an input concerns; undefined where it concerns nothing here. */
export function forwardStep(forwarding: Forwarding, input: ProcessInput): ForwardStep | undefined {
  switch (input.kind) {
    case "opened":
      return opened(forwarding, input.handle, input.socket);
    case "socket":
      return onSocket(forwarding, input.event);
    case "timer":
      return onTimer(forwarding, input.timer, input.generation);
    case "start":
    case "signal":
      return undefined;
  }
}

/** Everything that is still open, for a process that ends. */
export function closeForwarding({ asks, idle }: Forwarding): readonly Action[] {
  const open = [...asks.values()].flatMap((ask) => closing(ask));
  return [...open, ...idle.map(({ socket }): Action => ({ kind: "closeTcp", socket, journey: "" }))];
}

function withAsk(forwarding: Forwarding, ask: Ask): Forwarding {
  return { ...forwarding, asks: new Map(forwarding.asks).set(ask.number, ask) };
}

function withoutAsk(forwarding: Forwarding, { number }: Ask): Forwarding {
  const asks = new Map(forwarding.asks);
  asks.delete(number);
  return { ...forwarding, asks };
}

function serverOf({ servers, at }: Ask): string {
  return servers[at] ?? "127.0.0.1";
}

/** To the server whose turn it is: over a kept connection where there is one. */
function trySend(forwarding: Forwarding, ask: Ask): ForwardStep {
  if (ask.at >= ask.servers.length) return ending(forwarding, ask, null);
  const server = serverOf(ask);
  const kept = ask.tcp && !ask.reused ? forwarding.idle.findLast((one) => one.server === server) : undefined;
  if (kept !== undefined) {
    const taken = { ...forwarding, idle: forwarding.idle.filter((one) => one !== kept) };
    return send(taken, { ...ask, socket: kept.socket, reused: true });
  }
  const handle = `forward ${ask.number}`;
  const open: Action = ask.tcp
    ? { kind: "connectTcp", handle, dst: ip(server), port: DNS_PORT, journey: ask.journey }
    : { kind: "openUdp", handle, connected: { address: ip(server), port: DNS_PORT } };
  const fresh: Ask = { ...ask, socket: null, reused: false };
  return { forwarding: withAsk(forwarding, fresh), actions: ask.tcp ? [open, timerOf(fresh)] : [open] };
}

/** A number for each try of each question, so that older timers are void. */
function generationOf({ number, at, reused }: Ask): number {
  return number * 16 + at * 2 + (reused ? 1 : 0);
}

function timerOf(ask: Ask): Action {
  return { kind: "timer", timer: "forward", generation: generationOf(ask), after: seconds(2) };
}

function send(forwarding: Forwarding, ask: Ask): ForwardStep {
  const { socket, tcp, journey, question, id } = ask;
  if (socket === null) return { forwarding, actions: [] };
  const server = serverOf(ask);
  const payload = { kind: "dns", wire: encodeMessage(makeQuery(id, question.name, question.type, EDNS)) } as const;
  const sent: Action = tcp
    ? { kind: "sendTcp", socket, payload, journey }
    : { kind: "sendUdp", socket, to: ip(server), port: DNS_PORT, payload, journey };
  const did = `asks ${server}${tcp ? " over TCP" : ""}${ask.reused ? ", by a connection that it kept" : ""}`;
  return { forwarding: withAsk(forwarding, ask), actions: [{ kind: "note", journey, did }, sent, timerOf(ask)] };
}

function opened(forwarding: Forwarding, handle: string, socket: number): ForwardStep | undefined {
  if (!handle.startsWith("forward ")) return undefined;
  const ask = forwarding.asks.get(Number(handle.slice(8)));
  if (ask === undefined) return { forwarding, actions: [] };
  const known = { ...ask, socket };
  return ask.tcp ? { forwarding: withAsk(forwarding, known), actions: [] } : send(forwarding, known);
}

function onSocket(forwarding: Forwarding, event: SocketEvent): ForwardStep | undefined {
  const ask = [...forwarding.asks.values()].find(({ socket }) => socket === event.socket);
  if (ask === undefined) return onIdle(forwarding, event);
  switch (event.kind) {
    case "connected":
      return send(forwarding, ask);
    case "datagram":
    case "data":
      return event.payload.kind === "dns" ? answered(forwarding, ask, event.payload.wire) : { forwarding, actions: [] };
    case "error":
    case "eof":
    case "closed":
      return failed(forwarding, ask);
    case "accepted":
      return undefined;
  }
}

/** The other side has closed a connection that was kept. */
function onIdle(forwarding: Forwarding, event: SocketEvent): ForwardStep | undefined {
  const kept = forwarding.idle.find(({ socket }) => socket === event.socket);
  if (kept === undefined) return undefined;
  const idle = forwarding.idle.filter((one) => one !== kept);
  const actions: readonly Action[] = event.kind === "eof" ? [{ kind: "closeTcp", socket: kept.socket, journey: "" }] : [];
  return { forwarding: { ...forwarding, idle }, actions };
}

function answered(forwarding: Forwarding, ask: Ask, wire: Uint8Array): ForwardStep {
  const read = decodeMessage(wire);
  if (!read.ok || read.value.id !== ask.id || !read.value.flags.response) return { forwarding, actions: [] };
  const { tcp, socket } = ask;
  const done = ending(forwarding, ask, read.value);
  if (!tcp || socket === null) return { ...done, actions: [...closing(ask), ...done.actions] };
  const kept: Idle = { server: serverOf(ask), socket, generation: generationOf(ask) };
  return {
    ...done,
    forwarding: { ...done.forwarding, idle: [...done.forwarding.idle, kept] },
    actions: [...done.actions, { kind: "timer", timer: "idle", generation: kept.generation, after: seconds(10) }],
  };
}

function ending(forwarding: Forwarding, ask: Ask, message: Message | null): ForwardStep {
  return { forwarding: withoutAsk(forwarding, ask), actions: [], ended: { number: ask.number, message } };
}

function closing({ socket, tcp }: Ask): readonly Action[] {
  if (socket === null) return [];
  return [tcp ? { kind: "abortTcp", socket } : { kind: "closeUdp", socket }];
}

/** A kept connection that turns out to be dead is no fault of the server's: a new one is made. Else it is the next one's turn. */
function failed(forwarding: Forwarding, ask: Ask): ForwardStep {
  const again: Ask = ask.reused ? { ...ask, socket: null } : { ...ask, socket: null, at: ask.at + 1 };
  const step = trySend(forwarding, again);
  return { ...step, actions: [...closing(ask), ...step.actions] };
}

function onTimer(forwarding: Forwarding, timer: string, generation: number): ForwardStep | undefined {
  if (timer === "idle") {
    const old = forwarding.idle.find((one) => one.generation === generation);
    if (old === undefined) return { forwarding, actions: [] };
    const idle = forwarding.idle.filter((one) => one !== old);
    return { forwarding: { ...forwarding, idle }, actions: [{ kind: "closeTcp", socket: old.socket, journey: "" }] };
  }
  if (timer !== "forward") return undefined;
  const ask = forwarding.asks.get(Math.trunc(generation / 16));
  return ask === undefined || generationOf(ask) !== generation ? { forwarding, actions: [] } : failed(forwarding, ask);
}
