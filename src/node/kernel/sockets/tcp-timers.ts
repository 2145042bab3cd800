/**
 * TCP's waiting: when a SYN or data goes again, and when it is given up.
 * SYN times as observed with tcp_syn_linear_timeouts=4 (dead-endpoints lab, A3). Data: at 0.2, 0.4, 0.8 … s after the
 * first sending, at most two minutes apart, given up after tcp_retries2 = 15 (RFC 6298 doubling; no RTT is measured,
 * and ICMP errors do not reset the back-off as the kernel's do). SYN/ACKs go again only when the SYN comes again.
 */
import type { Micros, SimTime } from "../../../engine/time";
import { after, millis, seconds } from "../../../engine/time";
import type { TcpSegment } from "../../../network/packet";
import type { KernelContext } from "../api";
import { isQueued } from "../routing/neighbour-table";
import type { Host } from "../state";
import type { TcpSocket } from "./state";
import { putTcp, removeTcp } from "./state";
import { segmentOf, transmitSegment } from "./tcp-send";

/**
 * When the first SYN goes again: milliseconds after the first one. The third comes just after an unresolved neighbour is
 * given up (three SYNs waited there, not four).
 */
const SYN_AGAIN = [1020, 2040, 3064, 4090, 5110, 7130, 11_290, 19_400, 35_500, 68_300];

/** When connect() gives up by itself: ETIMEDOUT. */
export const CONNECT_GIVES_UP: Micros = millis(133_800);

/** The connect timeout that programs here set unless told otherwise. */
export const CONNECT_TIMEOUT: Micros = seconds(5);

const FIRST_AGAIN = 200;
const DOUBLINGS = 10;
const LONGEST_STEP = 120_000;
const MOST_AGAIN = 15;

/** Milliseconds after the first sending at which data goes again for the n-th time (from 0). */
function dataAgain(n: number): number {
  if (n <= DOUBLINGS) return FIRST_AGAIN * (1 << n);
  return FIRST_AGAIN * (1 << DOUBLINGS) + (n - DOUBLINGS) * LONGEST_STEP;
}

/** The next moment at which a connecting socket has something to do. */
function nextSynMoment(socket: TcpSocket): SimTime {
  const again = SYN_AGAIN[socket.resent];
  const moment = again === undefined ? socket.deadline : after(socket.sentAt, millis(again));
  return moment < socket.deadline ? moment : socket.deadline;
}

function arm(host: Host, socket: TcpSocket, at: SimTime, purpose: "retransmit" | "connect-timeout", ctx: KernelContext): TcpSocket {
  const armed = { ...socket, generation: socket.generation + 1, timerRuns: true };
  ctx.schedule(host.name, { kind: "tcp", socket: socket.id, purpose, generation: armed.generation }, at);
  return armed;
}

/** Starts the SYN clock. */
export function startSynClock(host: Host, socket: TcpSocket, ctx: KernelContext): TcpSocket {
  const moment = nextSynMoment(socket);
  return arm(host, socket, moment, moment === socket.deadline ? "connect-timeout" : "retransmit", ctx);
}

/** Starts the retransmission clock unless it runs. */
export function startRetransmission(host: Host, socket: TcpSocket, at: SimTime, ctx: KernelContext): TcpSocket {
  if (socket.timerRuns) return socket;
  return arm(host, socket, after(at, millis(FIRST_AGAIN)), "retransmit", ctx);
}

/** A timer of a socket has come. */
export function tcpTimer(host: Host, id: number, generation: number, ctx: KernelContext): void {
  const socket = host.sockets.tcp.get(id);
  if (socket === undefined || socket.generation !== generation) return;
  if (socket.state === "SYN_SENT") return synTimer(host, socket, ctx);
  const oldest = socket.unacknowledged[0];
  if (oldest === undefined) return putTcp(host.sockets, { ...socket, timerRuns: false });
  const due = after(socket.sentAt, millis(dataAgain(socket.resent)));
  // The segment that armed the timer was acknowledged meanwhile: wait for the one that is oldest now.
  if (due > ctx.now) return putTcp(host.sockets, arm(host, socket, due, "retransmit", ctx));
  if (socket.resent >= MOST_AGAIN) return fail(host, socket, ctx);
  const again = { ...socket, resent: socket.resent + 1 };
  putTcp(host.sockets, arm(host, again, after(socket.sentAt, millis(dataAgain(again.resent))), "retransmit", ctx));
  sendAgain(host, socket, { ...oldest.segment, ack: socket.receiveNext }, oldest.journey, ctx);
}

function synTimer(host: Host, socket: TcpSocket, ctx: KernelContext): void {
  if (ctx.now >= socket.deadline) return fail(host, socket, ctx);
  const again = { ...socket, resent: socket.resent + 1 };
  putTcp(host.sockets, startSynClock(host, again, ctx));
  const syn = segmentOf(host, socket, { flags: "S", seq: (socket.sendNext - 1) >>> 0, ack: 0 });
  sendAgain(host, socket, syn, socket.journey, ctx);
}

/** Sends again, unless the last sending still waits in this host. Source: net/ipv4/tcp_output.c (__tcp_retransmit_skb, -EBUSY). */
function sendAgain(host: Host, socket: TcpSocket, segment: TcpSegment, journey: string, ctx: KernelContext): void {
  if (!isQueued(host, socket.id)) transmitSegment(host, socket, segment, journey, ctx.now, ctx);
}

/** Giving up: the error that was remembered, else ETIMEDOUT. */
function fail(host: Host, socket: TcpSocket, ctx: KernelContext): void {
  removeTcp(host.sockets, socket);
  ctx.notify(host.name, socket.owner, { kind: "error", socket: socket.id, error: socket.softError ?? "ETIMEDOUT" }, ctx.now);
}
