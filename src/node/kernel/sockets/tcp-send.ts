/** Making and sending TCP segments. No windows, no congestion control, no delayed ACK; a message is one segment, as captures with GSO show. */
import type { SimTime } from "../../../engine/time";
import type { IpAddress } from "../../../network/address";
import type { Packet, Payload, TcpFlags, TcpSegment } from "../../../network/packet";
import { payloadLength } from "../../../network/payload";
import type { KernelContext } from "../api";
import type { SendResult } from "../ip-output";
import { sendLocal } from "../ip-output";
import { lookupRoute } from "../routing/routes";
import { makeBuffer } from "../socket-buffer";
import type { Host } from "../state";
import { ownsAddress, takeIpId } from "../state";
import type { TcpSocket } from "./state";

/** The longest IPv4 packet, and the IPv4 and TCP headers without options. */
const LARGEST_PACKET = 65_535;
const HEADERS = 40;
const WINDOW = 64240;
const NONE: Payload = { kind: "none" };

/** What a segment is made of. */
export interface SegmentSpec {
  readonly flags: TcpFlags;
  readonly seq: number;
  readonly ack: number;
  readonly payload?: Payload;
}

/** A segment of a connection. SYNs carry the MSS of the device they leave by. */
export function segmentOf(host: Host, socket: Pick<TcpSocket, "localPort" | "peer" | "peerPort">, spec: SegmentSpec): TcpSegment {
  const { flags, seq, ack, payload = NONE } = spec;
  const window = flags === "R" || flags === "RA" ? 0 : WINDOW;
  const segment: TcpSegment = { kind: "TCP", srcPort: socket.localPort, dstPort: socket.peerPort, flags, seq, ack, window, payload };
  return flags === "S" || flags === "SA" ? { ...segment, mss: mssTo(host, socket.peer) } : segment;
}

/** Of the route to the address as the program knows it: NAT comes later. Source: net/ipv4/route.c (ipv4_default_advmss). */
function mssTo(host: Host, address: IpAddress): number {
  const device = ownsAddress(host, address) ? "lo" : (lookupRoute(host, address)?.device ?? "lo");
  return Math.min(host.interfaces.get(device)?.mtu ?? 1500, LARGEST_PACKET) - HEADERS;
}

/** A packet of this host around a segment. */
export function tcpPacket(host: Host, local: IpAddress, peer: IpAddress, segment: TcpSegment, journey: string): Packet {
  return { src: local, dst: peer, ttl: 64, id: takeIpId(host), dontFragment: true, transport: segment, journey };
}

/** Sends a segment as it stands, keeping nothing; where it is a socket's, it is charged to it. */
export function transmitSegment(
  host: Host,
  socket: Pick<TcpSocket, "local" | "peer"> & { readonly id?: number },
  segment: TcpSegment,
  journey: string,
  at: SimTime,
  ctx: KernelContext,
): SendResult {
  const skb = makeBuffer(tcpPacket(host, socket.local, socket.peer, segment, journey), at);
  skb.socket = socket.id ?? 0;
  return sendLocal(host, skb, ctx);
}

/** Sends an acknowledgement of everything received. */
export function sendAck(host: Host, socket: TcpSocket, journey: string, at: SimTime, ctx: KernelContext): void {
  const segment = segmentOf(host, socket, { flags: "A", seq: socket.sendNext, ack: socket.receiveNext });
  transmitSegment(host, socket, segment, journey, at, ctx);
}

/** Answers a segment that belongs to no connection with a RST (RFC 9293 §3.10.7.1); a RST is never answered. */
export function sendReset(host: Host, packet: Packet, segment: TcpSegment, at: SimTime, ctx: KernelContext): void {
  if (segment.flags === "R" || segment.flags === "RA") return;
  const side = { local: packet.dst, localPort: segment.dstPort, peer: packet.src, peerPort: segment.srcPort };
  const hasAck = segment.flags !== "S";
  const length = payloadLength(segment.payload) + (segment.flags === "S" || segment.flags === "FA" ? 1 : 0);
  const spec: SegmentSpec = hasAck ? { flags: "R", seq: segment.ack, ack: 0 } : { flags: "RA", seq: 0, ack: (segment.seq + length) >>> 0 };
  transmitSegment(host, side, segmentOf(host, side, spec), packet.journey, at, ctx);
}
