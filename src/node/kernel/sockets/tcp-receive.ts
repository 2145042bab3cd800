/** A TCP segment arrives at its host. Source: RFC 9293 §3.10.7; in-order segments only. */
import { after } from "../../../engine/time";
import type { SimTime } from "../../../engine/time";
import type { TcpSegment } from "../../../network/packet";
import { payloadLength } from "../../../network/payload";
import type { KernelContext, SocketError } from "../api";
import { recordStep } from "../record";
import type { SocketBuffer } from "../socket-buffer";
import type { Host } from "../state";
import type { TcpListener, TcpSocket } from "./state";
import { putTcp, removeTcp, takeSocketId, tcpKey } from "./state";
import { segmentOf, sendAck, sendReset, transmitSegment } from "./tcp-send";
import { CONNECT_GIVES_UP } from "./tcp-timers";

/** Gives a segment to its connection, to a listener, or answers with a RST. */
export function receiveTcp(host: Host, skb: SocketBuffer, segment: TcpSegment, ctx: KernelContext): void {
  const { src, dst } = skb.packet;
  const id = host.sockets.tcpByTuple.get(tcpKey(dst, segment.dstPort, src, segment.srcPort));
  const socket = id === undefined ? undefined : host.sockets.tcp.get(id);
  if (socket !== undefined) return receiveOn(host, socket, skb, segment, ctx);
  const listener = segment.flags === "S" ? host.sockets.listeners.get(segment.dstPort) : undefined;
  if (listener !== undefined) return open(host, listener, skb, segment, ctx);
  if (segment.flags === "R" || segment.flags === "RA") return;
  if (ctx.record !== undefined) {
    const why = segment.flags === "S" ? `nobody listens on port ${segment.dstPort}` : "no socket has this connection";
    recordStep(host, skb, ctx, "socket", `${why[0]?.toUpperCase()}${why.slice(1)}: RST goes back.`);
  }
  sendReset(host, skb.packet, segment, skb.at, ctx);
}

function open(host: Host, listener: TcpListener, skb: SocketBuffer, syn: TcpSegment, ctx: KernelContext): void {
  const { src, dst, journey } = skb.packet;
  const isn = ctx.draw(host.name, "isn");
  const id = takeSocketId(host.sockets);
  const socket: TcpSocket = {
    id,
    owner: listener.owner,
    state: "SYN_RECEIVED",
    local: dst,
    localPort: syn.dstPort,
    peer: src,
    peerPort: syn.srcPort,
    sendNext: (isn + 1) >>> 0,
    receiveNext: (syn.seq + 1) >>> 0,
    unacknowledged: [],
    sentAt: skb.at,
    resent: 0,
    deadline: after(skb.at, CONNECT_GIVES_UP),
    generation: 0,
    timerRuns: false,
    softError: null,
    listener: listener.id,
    journey,
  };
  host.sockets.tcpByTuple.set(tcpKey(dst, syn.dstPort, src, syn.srcPort), id);
  putTcp(host.sockets, socket);
  if (ctx.record !== undefined) recordStep(host, skb, ctx, "socket", `A listener on port ${syn.dstPort} answers the SYN.`);
  answerSyn(host, socket, skb, ctx);
}

function answerSyn(host: Host, socket: TcpSocket, skb: SocketBuffer, ctx: KernelContext): void {
  const segment = segmentOf(host, socket, { flags: "SA", seq: (socket.sendNext - 1) >>> 0, ack: socket.receiveNext });
  transmitSegment(host, socket, segment, skb.packet.journey, skb.at, ctx);
}

function receiveOn(host: Host, socket: TcpSocket, skb: SocketBuffer, segment: TcpSegment, ctx: KernelContext): void {
  if (socket.state === "SYN_SENT") return receiveConnecting(host, socket, skb, segment, ctx);
  if (segment.flags === "R" || segment.flags === "RA") return receiveReset(host, socket, skb, ctx);
  if (segment.flags === "S") {
    if (socket.state === "SYN_RECEIVED") return answerSyn(host, socket, skb, ctx);
    return sendAck(host, socket, skb.packet.journey, skb.at, ctx);
  }
  if (segment.flags === "SA") return sendAck(host, socket, skb.packet.journey, skb.at, ctx);
  const opened = socket.state === "SYN_RECEIVED" ? accept(host, socket, skb, segment, ctx) : socket;
  const acknowledged = opened === null ? null : takeAck(host, opened, segment, skb.at, ctx);
  if (acknowledged !== null) takeData(host, acknowledged, skb, segment, ctx);
}

function receiveConnecting(host: Host, socket: TcpSocket, skb: SocketBuffer, segment: TcpSegment, ctx: KernelContext): void {
  const isOurs = segment.ack === socket.sendNext;
  if (segment.flags === "RA" && isOurs) return end(host, socket, "ECONNREFUSED", skb, ctx);
  if (segment.flags === "R" || segment.flags === "RA" || segment.flags === "S") return;
  if (segment.flags !== "SA" || !isOurs) return sendReset(host, skb.packet, segment, skb.at, ctx);
  const established: TcpSocket = {
    ...socket,
    state: "ESTABLISHED",
    receiveNext: (segment.seq + 1) >>> 0,
    resent: 0,
    generation: socket.generation + 1,
    timerRuns: false,
  };
  putTcp(host.sockets, established);
  if (ctx.record !== undefined)
    recordStep(host, skb, ctx, "socket", `The SYN is answered: the connection of port ${socket.localPort} stands.`);
  ctx.notify(host.name, socket.owner, { kind: "connected", socket: socket.id }, skb.at);
  sendAck(host, established, skb.packet.journey, skb.at, ctx);
}

function receiveReset(host: Host, socket: TcpSocket, skb: SocketBuffer, ctx: KernelContext): void {
  if (socket.state === "SYN_RECEIVED") return removeTcp(host.sockets, socket);
  end(host, socket, "ECONNRESET", skb, ctx);
}

/** A connection ends with an error that its owner sees. */
export function end(host: Host, socket: TcpSocket, error: SocketError, skb: SocketBuffer, ctx: KernelContext): void {
  removeTcp(host.sockets, socket);
  if (ctx.record !== undefined) recordStep(host, skb, ctx, "socket", `The program sees ${error}.`);
  ctx.notify(host.name, socket.owner, { kind: "error", socket: socket.id, error }, skb.at);
}

function accept(host: Host, socket: TcpSocket, skb: SocketBuffer, segment: TcpSegment, ctx: KernelContext): TcpSocket | null {
  if (segment.ack !== socket.sendNext) {
    sendReset(host, skb.packet, segment, skb.at, ctx);
    return null;
  }
  const established: TcpSocket = { ...socket, state: "ESTABLISHED" };
  putTcp(host.sockets, established);
  const { id, owner, listener, peer, peerPort } = socket;
  ctx.notify(host.name, owner, { kind: "accepted", socket: id, listener, peer, peerPort }, skb.at);
  return established;
}

/** Takes acknowledged segments off the list; null where the connection is over by it. */
function takeAck(host: Host, socket: TcpSocket, segment: TcpSegment, at: SimTime, ctx: KernelContext): TcpSocket | null {
  const left = socket.unacknowledged.filter(({ end: sentEnd }) => ((segment.ack - sentEnd) | 0) < 0);
  if (left.length === socket.unacknowledged.length) return socket;
  const isAll = segment.ack === socket.sendNext;
  if (isAll && (socket.state === "LAST_ACK" || socket.state === "CLOSING")) {
    closed(host, socket, at, ctx);
    return null;
  }
  const state = isAll && socket.state === "FIN_WAIT_1" ? "FIN_WAIT_2" : socket.state;
  const changed: TcpSocket = { ...socket, state, unacknowledged: left, sentAt: at, resent: 0 };
  putTcp(host.sockets, changed);
  return changed;
}

function closed(host: Host, socket: TcpSocket, at: SimTime, ctx: KernelContext): void {
  removeTcp(host.sockets, socket);
  ctx.notify(host.name, socket.owner, { kind: "closed", socket: socket.id }, at);
}

function takeData(host: Host, socket: TcpSocket, skb: SocketBuffer, segment: TcpSegment, ctx: KernelContext): void {
  const { at } = skb;
  const { journey } = skb.packet;
  const length = payloadLength(segment.payload);
  const isFin = segment.flags === "FA";
  if (length === 0 && !isFin) return;
  if (segment.seq !== socket.receiveNext) return sendAck(host, socket, journey, at, ctx);
  const received: TcpSocket = { ...socket, receiveNext: (segment.seq + length + (isFin ? 1 : 0)) >>> 0 };
  putTcp(host.sockets, received);
  if (length > 0) {
    if (ctx.record !== undefined) recordStep(host, skb, ctx, "socket", `${length} bytes go to the program on port ${socket.localPort}.`);
    ctx.notify(host.name, socket.owner, { kind: "data", socket: socket.id, payload: segment.payload, journey }, at);
  }
  if (isFin) takeFin(host, received, at, ctx);
  sendAck(host, received, journey, at, ctx);
}

function takeFin(host: Host, socket: TcpSocket, at: SimTime, ctx: KernelContext): void {
  switch (socket.state) {
    case "ESTABLISHED":
      putTcp(host.sockets, { ...socket, state: "CLOSE_WAIT" });
      return ctx.notify(host.name, socket.owner, { kind: "eof", socket: socket.id }, at);
    case "FIN_WAIT_1":
      return putTcp(host.sockets, { ...socket, state: "CLOSING" });
    case "FIN_WAIT_2":
      return closed(host, socket, at, ctx);
    case "SYN_SENT":
    case "SYN_RECEIVED":
    case "CLOSING":
    case "CLOSE_WAIT":
    case "LAST_ACK":
      return;
  }
}
