/**
 * The resolver outside the cluster that the nodes' resolv.conf names: it answers from the records that the world outside is
 * said to have, after a fixed time.
 */
import { unreachable } from "../base/assert";
import type { Message } from "../dns/message/types";
import { decodeMessage } from "../dns/message/wire";
import { replyBytes } from "../dns/server/chain";
import { answerOutside } from "../dns/server/outside";
import type { Upstream } from "../dns/server/request";
import { millis } from "../engine/time";
import type { IpAddress } from "../network/address";
import type { SocketEvent } from "../node/kernel/api";
import type { Action, ProcessInput, Reaction } from "./actions";
import { quiet } from "./actions";

/** What an answer takes: our figure, for a resolver near by that has to ask on. */
const TAKES = millis(15);

/** A question whose answer is being found. */
interface Waiting {
  readonly wire: Uint8Array;
  readonly journey: string;
  readonly client:
    | { readonly kind: "udp"; readonly socket: number; readonly from: IpAddress; readonly to: IpAddress; readonly port: number }
    | { readonly kind: "tcp"; readonly socket: number };
}

/** The resolver as it stands. */
export interface OutsideDnsState {
  readonly program: "outside-dns";
  readonly next: number;
  readonly waiting: ReadonlyMap<number, Waiting>;
}

/** A resolver that has yet to start. */
export function makeOutsideDns(): OutsideDnsState {
  return { program: "outside-dns", next: 1, waiting: new Map() };
}

/** Moves it on. */
export function outsideDnsStep(state: OutsideDnsState, input: ProcessInput, upstream: Upstream): Reaction<OutsideDnsState> {
  switch (input.kind) {
    case "start":
      return {
        state,
        actions: [
          { kind: "openUdp", handle: "udp", port: 53 },
          { kind: "listenTcp", handle: "tcp", port: 53 },
        ],
      };
    case "socket":
      return onSocket(state, input.event);
    case "timer":
      return onTimer(state, input.generation, upstream);
    case "opened":
    case "signal":
      return quiet(state);
    default:
      return unreachable(input);
  }
}

function onSocket(state: OutsideDnsState, event: SocketEvent): Reaction<OutsideDnsState> {
  if (event.kind === "eof") return { state, actions: [{ kind: "closeTcp", socket: event.socket, journey: "" }] };
  if ((event.kind !== "datagram" && event.kind !== "data") || event.payload.kind !== "dns") return quiet(state);
  const { wire } = event.payload;
  const { socket, journey } = event;
  const client: Waiting["client"] =
    event.kind === "data" ? { kind: "tcp", socket } : { kind: "udp", socket, from: event.to, to: event.from, port: event.fromPort };
  return {
    state: { ...state, next: state.next + 1, waiting: new Map(state.waiting).set(state.next, { wire, journey, client }) },
    actions: [{ kind: "timer", timer: "answer", generation: state.next, after: TAKES }],
  };
}

function onTimer(state: OutsideDnsState, generation: number, upstream: Upstream): Reaction<OutsideDnsState> {
  const asked = state.waiting.get(generation);
  if (asked === undefined) return quiet(state);
  const waiting = new Map(state.waiting);
  waiting.delete(generation);
  return { state: { ...state, waiting }, actions: answering(asked, upstream) };
}

function answering({ wire, journey, client }: Waiting, upstream: Upstream): readonly Action[] {
  const read = decodeMessage(wire);
  if (!read.ok) return [];
  const reply = answer(read.value, upstream);
  const payload = { kind: "dns", wire: replyBytes(read.value, reply, client.kind) } as const;
  const note: Action = { kind: "note", journey, did: `answers ${reply.rcode}` };
  const { socket } = client;
  return client.kind === "tcp"
    ? [note, { kind: "sendTcp", socket, payload, journey }]
    : [note, { kind: "sendUdp", socket, from: client.from, to: client.to, port: client.port, payload, journey }];
}

function answer(query: Message, upstream: Upstream): Message {
  const [question] = query.questions;
  const reply = answerOutside(query, question ?? { name: ".", type: "A", class: "IN" }, upstream, false);
  return query.edns === undefined ? reply : { ...reply, edns: query.edns };
}
