/** Runs one program without a kernel: sockets get numbers, actions become lines, events are given by the test. */
import type { Message } from "../../../src/dns/message/types";
import { makeReply } from "../../../src/dns/message/types";
import { decodeMessage, encodeMessage } from "../../../src/dns/message/wire";
import { parseResolvConf } from "../../../src/dns/resolver/resolv-conf";
import type { ResolvConf } from "../../../src/dns/resolver/resolv-conf";
import { ip } from "../../../src/network/address";
import type { SocketError } from "../../../src/node/kernel/api";
import type { Action, ProcessInput, Reaction } from "../../../src/workloads/actions";
import { sentenceOf } from "../../../src/workloads/verdicts";

/** A Pod's resolv.conf in namespace shop. */
export const CONF: ResolvConf = read(
  "nameserver 10.96.0.10\nsearch shop.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n",
);

function read(text: string): ResolvConf {
  const parsed = parseResolvConf(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

/** Addresses by absolute name; any other name does not exist. */
export type Zone = Readonly<Record<string, readonly string[]>>;

export class Stage<State, Input> {
  readonly lines: string[] = [];
  /** Numbers of sockets by handle, the newest. */
  readonly sockets = new Map<string, number>();
  private next = 1;
  private readonly queries: { socket: number; message: Message }[] = [];

  constructor(
    public state: State,
    private readonly step: (state: State, input: Input | ProcessInput) => Reaction<State>,
  ) {}

  give(input: Input | ProcessInput): this {
    const { state, actions } = this.step(this.state, input);
    this.state = state;
    for (const action of actions) this.act(action);
    return this;
  }

  private act(action: Action): void {
    const line = show(action);
    if (line !== "") this.lines.push(line);
    if (action.kind === "sendUdp" && action.payload.kind === "dns")
      this.queries.push({ socket: action.socket, message: decoded(action.payload.wire) });
    if (action.kind !== "openUdp" && action.kind !== "connectTcp" && action.kind !== "listenTcp") return;
    const socket = this.next;
    this.next += 1;
    this.sockets.set(action.handle, socket);
    this.give({ kind: "opened", handle: action.handle, socket });
  }

  /** Answers every query that has left, until none is open. */
  dns(zone: Zone): this {
    for (let query = this.queries.shift(); query !== undefined; query = this.queries.shift()) {
      const { socket, message } = query;
      const wire = encodeMessage(reply(message, zone));
      this.give({
        kind: "socket",
        event: {
          kind: "datagram",
          socket,
          from: ip("10.96.0.10"),
          fromPort: 53,
          to: ip("10.244.1.9"),
          payload: { kind: "dns", wire },
          journey: "",
        },
      });
    }
    return this;
  }

  connected(): this {
    return this.give({ kind: "socket", event: { kind: "connected", socket: this.http() } });
  }

  error(error: SocketError, socket = this.http()): this {
    return this.give({ kind: "socket", event: { kind: "error", socket, error } });
  }

  answer(pod: string): this {
    const text = `HTTP/1.1 200 OK\r\nContent-Length: ${pod.length + 1}\r\n\r\n${pod}\n`;
    return this.give({ kind: "socket", event: { kind: "data", socket: this.http(), payload: { kind: "http", text }, journey: "" } });
  }

  eof(): this {
    return this.give({ kind: "socket", event: { kind: "eof", socket: this.http() } });
  }

  /** The lines since the last call. */
  take(): readonly string[] {
    return this.lines.splice(0);
  }

  private http(): number {
    return this.sockets.get("http") ?? -1;
  }
}

function decoded(wire: Uint8Array): Message {
  const message = decodeMessage(wire);
  if (!message.ok) throw new Error(message.problem.message);
  return message.value;
}

function reply(query: Message, zone: Zone): Message {
  const [question] = query.questions;
  const name = question?.name ?? "";
  const addresses = zone[name];
  if (addresses === undefined) return makeReply(query, { rcode: "NXDOMAIN" });
  const answers =
    question?.type === "A" ? addresses.map((address) => ({ name, type: "A" as const, class: "IN" as const, ttl: 5, address })) : [];
  return makeReply(query, { rcode: "NOERROR", answers });
}

function show(action: Action): string {
  switch (action.kind) {
    case "asked":
      return `ask ${action.server} ${action.type} ${action.name}`;
    case "heard":
      return `hear ${action.rcode} ${action.answers.join(" ")}`.trim();
    case "openUdp":
    case "closeUdp":
    case "sendUdp":
      return "";
    case "timer":
      return `timer ${action.timer} ${action.after / 1e6} s`;
    case "connectTcp":
      return `connect ${action.dst}:${action.port}`;
    case "listenTcp":
      return `listen ${action.port}`;
    case "sendTcp":
      return `send ${action.payload.kind === "http" ? (action.payload.text.split("\r\n")[0] ?? "") : action.payload.kind} [${action.journey}]`;
    case "finished":
      return `finished ${action.request}: ${sentenceOf(action.outcome)}`;
    case "closeTcp":
      return `close [${action.journey}]`;
    default:
      return action.kind;
  }
}
