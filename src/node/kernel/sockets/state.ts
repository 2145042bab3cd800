/** Sockets as hot state: immutable objects by number, replaced on write. Source: RFC 9293 (TCP states), RFC 768. */
import type { SimTime } from "../../../engine/time";
import type { IpAddress } from "../../../network/address";
import type { TcpSegment } from "../../../network/packet";
import type { SocketError, SocketOwner } from "../api";

/** TCP states kept here. TIME_WAIT is left out: a connection that both sides have closed is gone. */
export type TcpSocketState =
  | "SYN_SENT"
  | "SYN_RECEIVED"
  | "ESTABLISHED"
  | "FIN_WAIT_1"
  | "FIN_WAIT_2"
  | "CLOSING"
  | "CLOSE_WAIT"
  | "LAST_ACK";

/** A segment that the peer has not acknowledged, kept for sending again. */
export interface SentSegment {
  readonly segment: TcpSegment;
  readonly end: number;
  readonly journey: string;
}

/** One end of a TCP connection. */
export interface TcpSocket {
  readonly id: number;
  readonly owner: SocketOwner;
  readonly state: TcpSocketState;
  readonly local: IpAddress;
  readonly localPort: number;
  readonly peer: IpAddress;
  readonly peerPort: number;
  /** Next sequence number to send, and the next one expected. */
  readonly sendNext: number;
  readonly receiveNext: number;
  readonly unacknowledged: readonly SentSegment[];
  /** When the oldest unacknowledged segment (or the first SYN) was sent, and how often again since. */
  readonly sentAt: SimTime;
  readonly resent: number;
  /** For SYN_SENT: when connect() gives up. */
  readonly deadline: SimTime;
  /** Voids timers. */
  readonly generation: number;
  readonly timerRuns: boolean;
  /** An ICMP error that an established connection only remembers. */
  readonly softError: SocketError | null;
  /** The listener that accepted it; 0 for a client's. */
  readonly listener: number;
  readonly journey: string;
}

/** A listening TCP port, on all addresses. */
export interface TcpListener {
  readonly id: number;
  readonly owner: SocketOwner;
  readonly port: number;
}

/** A UDP socket, on all addresses; connected to one peer or to none. */
export interface UdpSocket {
  readonly id: number;
  readonly owner: SocketOwner;
  readonly port: number;
  readonly connected: { readonly address: IpAddress; readonly port: number } | null;
  /** How it deals with path MTUs; absent = `want`. */
  readonly discovery?: PathMtuDiscovery;
}

/**
 * IP_MTU_DISCOVER, see ip(7): `want` cuts what is known not to fit and marks the rest as not to be cut, `dont` lets everything be cut,
 * `do` and `probe` never cut; `do` refuses to send what is known not to fit, `probe` only what the own device does not take.
 */
export type PathMtuDiscovery = "want" | "dont" | "do" | "probe";

/** All sockets of one host. */
export interface Sockets {
  /** By port. */
  readonly listeners: Map<number, TcpListener>;
  readonly tcp: Map<number, TcpSocket>;
  /** Numbers by `tcpKey`. */
  readonly tcpByTuple: Map<string, number>;
  readonly udp: Map<number, UdpSocket>;
  readonly udpByPort: Map<number, number>;
  /** Ports that answer SCTP, and their owners. */
  readonly sctp: Map<number, SocketOwner>;
  nextId: number;
}

/** No sockets. */
export function makeSockets(): Sockets {
  return {
    listeners: new Map(),
    tcp: new Map(),
    tcpByTuple: new Map(),
    udp: new Map(),
    udpByPort: new Map(),
    sctp: new Map(),
    nextId: 1,
  };
}

/** The key of a connection. */
export function tcpKey(local: string, localPort: number, peer: string, peerPort: number): string {
  return `${local}:${localPort} ${peer}:${peerPort}`;
}

/** The next socket number. */
export function takeSocketId(sockets: Sockets): number {
  const id = sockets.nextId;
  sockets.nextId = id + 1;
  return id;
}

/** Writes a TCP socket. */
export function putTcp(sockets: Sockets, socket: TcpSocket): void {
  sockets.tcp.set(socket.id, socket);
}

/** Takes a TCP socket away. */
export function removeTcp(sockets: Sockets, socket: TcpSocket): void {
  sockets.tcp.delete(socket.id);
  const key = tcpKey(socket.local, socket.localPort, socket.peer, socket.peerPort);
  if (sockets.tcpByTuple.get(key) === socket.id) sockets.tcpByTuple.delete(key);
}
