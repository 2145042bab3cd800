/** What a program does with TCP: listen, connect, send, close, abort. Source: RFC 9293, tcp(7). */
import { below } from "../../../base/draw";
import type { Micros } from "../../../engine/time";
import { after } from "../../../engine/time";
import type { IpAddress } from "../../../network/address";
import type { Payload } from "../../../network/packet";
import type { KernelContext, SocketOwner } from "../api";
import { sourceFor } from "../routing/routes";
import type { Host } from "../state";
import type { TcpSocket } from "./state";
import { putTcp, removeTcp, takeSocketId, tcpKey } from "./state";
import { sendKept } from "./tcp-kept";
import { segmentOf, tcpPacket, transmitSegment } from "./tcp-send";
import { CONNECT_GIVES_UP, CONNECT_TIMEOUT, startSynClock } from "./tcp-timers";

/** ip_local_port_range. */
const PORTS_FROM = 32768;
const PORTS = 28232;

/** Opens a listening port on all addresses and returns its number. Throws where the port is taken. */
export function listenTcp(host: Host, { owner, port }: { readonly owner: SocketOwner; readonly port: number }): number {
  const { listeners } = host.sockets;
  const taken = listeners.get(port);
  if (taken !== undefined) throw new Error(`invariant broken: port ${port} of ${host.name} is taken by ${taken.owner}`);
  const id = takeSocketId(host.sockets);
  listeners.set(port, { id, owner, port });
  return id;
}

/** Closes a listener. Connections that it accepted live on. */
export function closeListener(host: Host, listener: number): void {
  for (const [port, { id }] of host.sockets.listeners) if (id === listener) host.sockets.listeners.delete(port);
}

/** What connecting needs. `timeout` is the program's own patience; the kernel's (133.8 s) holds in any case. */
export interface ConnectSpec {
  readonly owner: SocketOwner;
  readonly dst: IpAddress;
  readonly port: number;
  readonly journey: string;
  readonly timeout?: Micros;
}

/** Begins a connection and returns the socket's number. The outcome comes as `connected` or `error`. */
export function connectTcp(host: Host, spec: ConnectSpec, ctx: KernelContext): number {
  const id = takeSocketId(host.sockets);
  const { owner, dst, port, journey } = spec;
  const local = sourceFor(host, dst);
  if (local === undefined) {
    ctx.notify(host.name, owner, { kind: "error", socket: id, error: "ENETUNREACH" }, ctx.now);
    return id;
  }
  const localPort = choosePort(host, { local, dst, port, journey }, ctx);
  const isn = ctx.draw(host.name, "isn");
  const patience = Math.min(spec.timeout ?? CONNECT_TIMEOUT, CONNECT_GIVES_UP);
  const socket: TcpSocket = {
    id,
    owner,
    state: "SYN_SENT",
    local,
    localPort,
    peer: dst,
    peerPort: port,
    sendNext: (isn + 1) >>> 0,
    receiveNext: 0,
    unacknowledged: [],
    sentAt: ctx.now,
    resent: 0,
    deadline: after(ctx.now, patience as Micros),
    generation: 0,
    timerRuns: false,
    softError: null,
    listener: 0,
    journey,
  };
  host.sockets.tcpByTuple.set(tcpKey(local, localPort, dst, port), id);
  putTcp(host.sockets, startSynClock(host, socket, ctx));
  const result = transmitSegment(host, socket, segmentOf(host, socket, { flags: "S", seq: isn, ack: 0 }), journey, ctx.now, ctx);
  if (result === "ENETUNREACH") failConnect(host, id, ctx);
  return id;
}

function failConnect(host: Host, id: number, ctx: KernelContext): void {
  const socket = host.sockets.tcp.get(id);
  if (socket === undefined) return;
  removeTcp(host.sockets, socket);
  ctx.notify(host.name, socket.owner, { kind: "error", socket: id, error: "ENETUNREACH" }, ctx.now);
}

function choosePort(
  host: Host,
  to: { readonly local: IpAddress; readonly dst: IpAddress; readonly port: number; readonly journey: string },
  ctx: KernelContext,
): number {
  const { local, dst, port, journey } = to;
  const sample = segmentOf(host, { localPort: 0, peer: dst, peerPort: port }, { flags: "S", seq: 0, ack: 0 });
  const chosen = ctx.choose === undefined ? undefined : ctx.choose(host.name, "srcPort", tcpPacket(host, local, dst, sample, journey));
  if (chosen !== undefined) return chosen;
  let drawn = PORTS_FROM + below(ctx.draw(host.name, "source-port"), PORTS);
  while (host.sockets.tcpByTuple.has(tcpKey(local, drawn, dst, port))) drawn = PORTS_FROM + ((drawn - PORTS_FROM + 1) % PORTS);
  return drawn;
}

/** Sends a message on an established connection. False where it can no longer send (the program sees EPIPE). */
export function sendTcp(host: Host, id: number, payload: Payload, journey: string, ctx: KernelContext): boolean {
  const socket = host.sockets.tcp.get(id);
  if (socket === undefined || (socket.state !== "ESTABLISHED" && socket.state !== "CLOSE_WAIT")) return false;
  sendKept(host, socket, { flags: "PA", payload, journey }, ctx.now, ctx);
  return true;
}

/** Closes one's own side: FIN. A socket that was still connecting just goes. */
export function closeTcp(host: Host, id: number, journey: string, ctx: KernelContext): void {
  const socket = host.sockets.tcp.get(id);
  if (socket === undefined) return;
  switch (socket.state) {
    case "SYN_SENT":
      return removeTcp(host.sockets, socket);
    case "SYN_RECEIVED":
    case "ESTABLISHED":
      return sendKept(host, { ...socket, state: "FIN_WAIT_1" }, { flags: "FA", journey }, ctx.now, ctx);
    case "CLOSE_WAIT":
      return sendKept(host, { ...socket, state: "LAST_ACK" }, { flags: "FA", journey }, ctx.now, ctx);
    case "FIN_WAIT_1":
    case "FIN_WAIT_2":
    case "CLOSING":
    case "LAST_ACK":
      return;
  }
}

/** Ends a connection at once: RST to the peer, nothing to the owner. */
export function abortTcp(host: Host, id: number, ctx: KernelContext): void {
  const socket = host.sockets.tcp.get(id);
  if (socket === undefined) return;
  removeTcp(host.sockets, socket);
  if (socket.state === "SYN_SENT") return;
  const segment = segmentOf(host, socket, { flags: "RA", seq: socket.sendNext, ack: socket.receiveNext });
  transmitSegment(host, socket, segment, socket.journey, ctx.now, ctx);
}
