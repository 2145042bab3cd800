/**
 * The CoreDNS process: port 53 over UDP and TCP around the server's plugin chain. What it knows of the cluster comes in
 * with each question, as its own (perhaps old) page; what it does not know it asks other servers for, and answers later.
 * On SIGTERM it answers on for the lameduck time, then exits. NodeLocal DNSCache is the same program.
 * Source: CoreDNS core/dnsserver/server.go, plugin/health (lameduck), plugin/forward. Its own time for an answer is left out.
 */
import { unreachable } from "../base/assert";
import { below } from "../base/draw";
import type { SimTime } from "../engine/time";
import { seconds } from "../engine/time";
import { decodeMessage } from "../dns/message/wire";
import type { Message } from "../dns/message/types";
import { makeReply } from "../dns/message/types";
import type { Answer, AnswerInput } from "../dns/server/chain";
import { answerQuery, replyBytes } from "../dns/server/chain";
import type { CorefileConfig, ForwardOptions } from "../dns/server/config";
import type { Wanted } from "../dns/server/request";
import type { IpAddress } from "../network/address";
import type { SocketEvent } from "../node/kernel/api";
import type { Action, ProcessInput, Reaction } from "./actions";
import { quiet } from "./actions";
import type { Forwarding, ForwardStep } from "./dns-forwarding";
import { closeForwarding, forwardAsk, forwardStep, NOTHING_FORWARDED } from "./dns-forwarding";

const DNS_PORT = 53;

/** Who asked, and how the answer gets there. `nobody`: the cache wants it. */
type Client =
  | { readonly kind: "udp"; readonly socket: number; readonly own: IpAddress; readonly to: IpAddress; readonly port: number }
  | { readonly kind: "tcp"; readonly socket: number }
  | { readonly kind: "nobody" };

/** A question whose answer waits for other servers. */
interface Pending {
  readonly query: Message;
  readonly client: Client;
  readonly journey: string;
  /** What was heard from outside so far, by name and type; null: nobody answered. */
  readonly heard: ReadonlyMap<string, Message | null>;
  readonly wanted: string;
}

/** A replica as it stands. Its cache is kept beside it by whoever runs it. */
export interface CorednsState {
  readonly program: "coredns";
  readonly role: "replica" | "node cache";
  readonly pod: string;
  readonly config: CorefileConfig;
  /** Name servers of its own resolv.conf. */
  readonly resolvers: readonly string[];
  /** Addresses at which it would ask itself or its like: its own, and those of the Service that it stands behind. */
  readonly own: readonly string[];
  /** -1 before they are open. */
  readonly udp: number;
  readonly listener: number;
  /** Open TCP connections of clients. */
  readonly connections: ReadonlySet<number>;
  /** Questions answered so far: the number that addresses an answer's draws. */
  readonly answers: number;
  readonly stopping: boolean;
  readonly forwarding: Forwarding;
  /** By the number of what was asked for it. */
  readonly pending: ReadonlyMap<number, Pending>;
}

/** What an answer is made from, beside the question. */
export interface CorednsWorld extends Pick<AnswerInput, "view" | "cache" | "runtime"> {
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

/** What a replica is made with. */
export type CorednsSpec = Pick<CorednsState, "pod" | "config" | "resolvers"> & Partial<Pick<CorednsState, "role" | "own">>;

/** A replica that has yet to start. */
export function makeCoredns({ pod, config, resolvers, role = "replica", own = [] }: CorednsSpec): CorednsState {
  return {
    program: "coredns",
    role,
    pod,
    config,
    resolvers,
    own,
    udp: -1,
    listener: -1,
    connections: new Set(),
    answers: 0,
    stopping: false,
    forwarding: NOTHING_FORWARDED,
    pending: new Map(),
  };
}

/** Moves a replica on. */
export function corednsStep(state: CorednsState, input: ProcessInput, world: CorednsWorld): CorednsReaction {
  const forwarded = forwardStep(state.forwarding, input);
  if (forwarded !== undefined) return afterForward(state, forwarded, world);
  switch (input.kind) {
    case "start":
      return start(state);
    case "opened":
      return quiet(input.handle === "udp" ? { ...state, udp: input.socket } : { ...state, listener: input.socket });
    case "socket":
      return onSocket(state, input.event, world);
    case "signal":
      return stop(state);
    case "timer":
      return state.stopping && input.timer === "exit" ? exit(state) : quiet(state);
    default:
      return unreachable(input);
  }
}

/** Where the loop plugin sees its own probe come back, the program ends at once: it would ask itself for ever. */
function start(state: CorednsState): CorednsReaction {
  if (state.config.loop && loopOf(state) !== null) return { state, actions: [{ kind: "exit" }] };
  return {
    state,
    actions: [
      { kind: "openUdp", handle: "udp", port: DNS_PORT },
      { kind: "listenTcp", handle: "tcp", port: DNS_PORT },
    ],
  };
}

/** The server by which it would ask itself; null where there is none. */
export function loopOf(state: CorednsState): string | null {
  const servers = [state.config, ...state.config.stubs.map((stub) => stub.config)].flatMap((block) =>
    block.forward.flatMap((line) => namedServers(state, line)),
  );
  return servers.find((server) => isOwn(state, server)) ?? null;
}

function isOwn({ own }: CorednsState, server: string): boolean {
  return server.startsWith("127.") || own.includes(server);
}

function onSocket(state: CorednsState, event: SocketEvent, world: CorednsWorld): CorednsReaction {
  switch (event.kind) {
    case "datagram":
    case "data":
      return onQuery(state, event, world);
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

/** What cannot be read as a query gets no answer. */
function onQuery(state: CorednsState, event: Extract<SocketEvent, { kind: "datagram" | "data" }>, world: CorednsWorld): CorednsReaction {
  const read = event.payload.kind === "dns" ? decodeMessage(event.payload.wire) : null;
  if (read === null || !read.ok || read.value.flags.response) return quiet(state);
  const { socket, journey } = event;
  const client: Client =
    event.kind === "data" ? { kind: "tcp", socket } : { kind: "udp", socket, own: event.to, to: event.from, port: event.fromPort };
  return goOn(state, { query: read.value, client, journey, heard: new Map(), wanted: "" }, world);
}

function keyOf({ question }: Wanted): string {
  return `${question.name.toLowerCase()} ${question.type}`;
}

/** Answers a question, or asks other servers for what is missing. */
function goOn(state: CorednsState, pending: Pending, world: CorednsWorld): CorednsReaction {
  const { view, cache, now, runtime } = world;
  const { query, client, heard } = pending;
  const answer = answerQuery({
    query,
    view,
    config: state.config,
    cache,
    now,
    draw: (purpose) => world.draw(purpose, state.answers),
    outside: (wanted) => {
      const known = heard.get(keyOf(wanted));
      return known === null ? makeReply(query, { rcode: "SERVFAIL" }) : (known ?? null);
    },
    refreshes: client.kind === "nobody",
    runtime: { ...runtime, clientIP: client.kind === "udp" ? client.to : null },
  });
  if (answer.waitsFor === null) return reply(state, pending, answer, world);
  const { forward } = answer.waitsFor;
  const isFull = forward.maxConcurrent > 0 && state.pending.size >= forward.maxConcurrent;
  if (isFull) return reply(state, pending, { ...answer, reply: makeReply(query, { rcode: "REFUSED" }) }, world);
  return askOutside(state, { ...pending, wanted: keyOf(answer.waitsFor) }, answer.waitsFor, world);
}

function askOutside(state: CorednsState, pending: Pending, { question, forward }: Wanted, world: CorednsWorld): CorednsReaction {
  const draw = (purpose: string): number => world.draw(purpose, state.answers);
  const { journey, client } = pending;
  const step = forwardAsk(state.forwarding, {
    question,
    servers: inTurn(serversOf(state, forward), forward, draw, state.forwarding.next),
    tcp: forward.tcp || client.kind === "tcp",
    id: draw("forward id") & 0xffff,
    journey: journey === "" ? "" : `${journey.replace(/ upstream$/, "")} upstream`,
  });
  const waiting = new Map(state.pending).set(state.forwarding.next, pending);
  return afterForward({ ...state, pending: waiting }, step, world);
}

/** A loop without the loop plugin is not played out (it would never end): who would be asked for ever counts as silent. */
function serversOf(state: CorednsState, line: ForwardOptions): readonly string[] {
  return namedServers(state, line).filter((server) => !isOwn(state, server));
}

function namedServers({ resolvers }: CorednsState, { to }: ForwardOptions): readonly string[] {
  return to.flatMap((word) => (word.startsWith("/") ? resolvers : [word.replace(/^dns:\/\//, "").replace(/:53$/, "")]));
}

/** The servers in the order of the policy. */
function inTurn(
  servers: readonly string[],
  { policy }: ForwardOptions,
  draw: (purpose: string) => number,
  turn: number,
): readonly string[] {
  if (policy === "sequential" || servers.length < 2) return servers;
  const from = policy === "round_robin" ? turn % servers.length : below(draw("upstream"), servers.length);
  return [...servers.slice(from), ...servers.slice(0, from)];
}

/** A question to another server has its end: the one that waited for it goes on. */
function afterForward(before: CorednsState, step: ForwardStep, world: CorednsWorld): CorednsReaction {
  const state: CorednsState = { ...before, forwarding: step.forwarding };
  if (step.ended === undefined) return { state, actions: step.actions };
  const { number, message } = step.ended;
  const waiting = state.pending.get(number);
  if (waiting === undefined) return { state, actions: step.actions };
  const pending = new Map(state.pending);
  pending.delete(number);
  const heard = new Map(waiting.heard).set(waiting.wanted, message);
  const after = goOn({ ...state, pending }, { ...waiting, heard }, world);
  return { ...after, actions: [...step.actions, ...after.actions] };
}

function reply(before: CorednsState, { query, client, journey }: Pending, answer: Answer, world: CorednsWorld): CorednsReaction {
  const state = client.kind === "nobody" ? before : { ...before, answers: before.answers + 1 };
  const answered: CorednsReaction = {
    state,
    actions: sending(query, client, journey, answer),
    ...(client.kind === "nobody" ? {} : { answered: { query, answer, journey } }),
  };
  if (!answer.refetch) return answered;
  const again = goOn(state, { query, client: { kind: "nobody" }, journey: "", heard: new Map(), wanted: "" }, world);
  return { ...answered, state: again.state, actions: [...answered.actions, ...again.actions] };
}

function sending(query: Message, client: Client, journey: string, answer: Answer): readonly Action[] {
  switch (client.kind) {
    case "udp": {
      const payload = { kind: "dns", wire: replyBytes(query, answer.reply, "udp") } as const;
      const { socket, own, to, port } = client;
      return [{ kind: "sendUdp", socket, from: own, to, port, payload, journey }];
    }
    case "tcp":
      return [{ kind: "sendTcp", socket: client.socket, payload: { kind: "dns", wire: replyBytes(query, answer.reply, "tcp") }, journey }];
    case "nobody":
      return [];
  }
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
    state: { ...state, connections: new Set(), udp: -1, listener: -1, forwarding: NOTHING_FORWARDED, pending: new Map() },
    actions: [
      { kind: "closeUdp", socket: state.udp },
      { kind: "closeListener", socket: state.listener },
      ...closed,
      ...closeForwarding(state.forwarding),
      { kind: "exit" },
    ],
  };
}

function without(state: CorednsState, socket: number): CorednsState {
  const connections = new Set(state.connections);
  connections.delete(socket);
  return { ...state, connections };
}
