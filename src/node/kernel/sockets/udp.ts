/** UDP sockets. Source: RFC 768, udp(7). All sockets are bound to all addresses. */
import { below } from "../../../base/draw";
import type { IpAddress } from "../../../network/address";
import { ip } from "../../../network/address";
import type { Packet, Payload, UdpDatagram } from "../../../network/packet";
import type { KernelContext, SocketOwner } from "../api";
import { sendError } from "../icmp";
import { unreachable } from "../../../base/assert";
import type { SimTime } from "../../../engine/time";
import { packetLength } from "../../../network/payload";
import { deviceMtu, pathMtu } from "../fragments";
import type { SendResult } from "../ip-output";
import { sendLocal } from "../ip-output";
import { recordStep } from "../record";
import { sourceFor } from "../routing/routes";
import type { SocketBuffer } from "../socket-buffer";
import { makeBuffer } from "../socket-buffer";
import type { Host } from "../state";
import { takeIpId } from "../state";
import type { PathMtuDiscovery, UdpSocket } from "./state";
import { takeSocketId } from "./state";

const PORTS_FROM = 32768;
const PORTS = 28232;

/** What opening needs: a fixed port or none, a peer or none. */
export interface UdpSpec {
  readonly owner: SocketOwner;
  readonly port?: number;
  readonly connected?: { readonly address: IpAddress; readonly port: number };
  readonly discovery?: PathMtuDiscovery;
}

/** Opens a UDP socket and returns its number. Throws where a fixed port is taken. */
export function openUdp(host: Host, spec: UdpSpec, ctx: KernelContext): number {
  const { udp, udpByPort } = host.sockets;
  const port = spec.port ?? choosePort(host, spec, ctx);
  if (udpByPort.has(port)) throw new Error(`invariant broken: UDP port ${port} of ${host.name} is taken`);
  const id = takeSocketId(host.sockets);
  udp.set(id, {
    id,
    owner: spec.owner,
    port,
    connected: spec.connected ?? null,
    ...(spec.discovery === undefined ? {} : { discovery: spec.discovery }),
  });
  udpByPort.set(port, id);
  return id;
}

function choosePort(host: Host, spec: UdpSpec, ctx: KernelContext): number {
  if (ctx.choose !== undefined) {
    const { address, port } = spec.connected ?? { address: ip("0.0.0.0"), port: 0 };
    const sample = datagram(host, ip("0.0.0.0"), address, { srcPort: 0, dstPort: port, payload: { kind: "none" } }, "");
    const chosen = ctx.choose(host.name, "srcPort", sample);
    if (chosen !== undefined) return chosen;
  }
  let drawn = PORTS_FROM + below(ctx.draw(host.name, "source-port"), PORTS);
  while (host.sockets.udpByPort.has(drawn)) drawn = PORTS_FROM + ((drawn - PORTS_FROM + 1) % PORTS);
  return drawn;
}

function datagram(host: Host, src: IpAddress, dst: IpAddress, udp: Omit<UdpDatagram, "kind">, journey: string): Packet {
  return { src, dst, ttl: 64, id: takeIpId(host), dontFragment: true, transport: { kind: "UDP", ...udp }, journey };
}

/** A datagram to send. A connected socket may only send to its peer. */
export interface DatagramSpec {
  /** The own address to send from (IP_PKTINFO), where it is not to follow from the route. */
  readonly from?: IpAddress;
  readonly to: IpAddress;
  readonly port: number;
  readonly payload: Payload;
  readonly journey: string;
}

/** Whether a datagram of a length may be cut on its way; EMSGSIZE where it may not be sent at all. Source: net/ipv4/ip_output.c (__ip_append_data). */
export function mayBeCut(
  host: Host,
  {
    to,
    length,
    discovery = "want",
  }: { readonly to: IpAddress; readonly length: number; readonly discovery?: PathMtuDiscovery | undefined },
  now: SimTime,
): boolean | "EMSGSIZE" {
  const known = pathMtu(host, to, now);
  switch (discovery) {
    case "want":
      return length > known;
    case "dont":
      return true;
    case "do":
      return length > known ? "EMSGSIZE" : false;
    case "probe":
      return length > deviceMtu(host, to) ? "EMSGSIZE" : false;
    default:
      return unreachable(discovery);
  }
}

/** Sends a datagram. Errors that the call itself would return (EPERM, ENETUNREACH, EMSGSIZE) come as an `error` event. */
export function sendUdp(host: Host, id: number, spec: DatagramSpec, ctx: KernelContext): void {
  const socket = host.sockets.udp.get(id);
  if (socket === undefined) return;
  const src = spec.from ?? sourceFor(host, spec.to);
  const result = src === undefined ? "ENETUNREACH" : sendFrom(host, socket, src, spec, ctx);
  if (result !== "sent") ctx.notify(host.name, socket.owner, { kind: "error", socket: id, error: result }, ctx.now);
}

function sendFrom(
  host: Host,
  socket: UdpSocket,
  src: IpAddress,
  { to, port, payload, journey }: DatagramSpec,
  ctx: KernelContext,
): SendResult {
  const packet = datagram(host, src, to, { srcPort: socket.port, dstPort: port, payload }, journey);
  const isCut = mayBeCut(host, { to, length: packetLength(packet), discovery: socket.discovery }, ctx.now);
  if (isCut === "EMSGSIZE") return isCut;
  const skb = makeBuffer({ ...packet, dontFragment: !isCut }, ctx.now);
  skb.discovery = socket.discovery ?? "want";
  return sendLocal(host, skb, ctx);
}

/** Closes a UDP socket. */
export function closeUdp(host: Host, id: number): void {
  const socket = host.sockets.udp.get(id);
  if (socket === undefined) return;
  host.sockets.udp.delete(id);
  host.sockets.udpByPort.delete(socket.port);
}

/** A datagram arrives. A connected socket takes only its peer's; what nobody takes is answered with ICMP 3/3. */
export function receiveUdp(host: Host, skb: SocketBuffer, udp: UdpDatagram, ctx: KernelContext): void {
  const { src, dst, journey } = skb.packet;
  const id = host.sockets.udpByPort.get(udp.dstPort);
  const socket = id === undefined ? undefined : host.sockets.udp.get(id);
  const peer = socket?.connected ?? null;
  const isTaken = socket !== undefined && (peer === null || (peer.address === src && peer.port === udp.srcPort));
  if (!isTaken) {
    if (ctx.record !== undefined) {
      const why =
        socket === undefined
          ? `No socket has UDP port ${udp.dstPort}`
          : `The socket of port ${udp.dstPort} takes nothing from ${src}:${udp.srcPort}`;
      recordStep(host, skb, ctx, "socket", `${why}: ICMP port unreachable goes back.`);
    }
    return sendError(host, skb, 3, 3, ctx);
  }
  if (ctx.record !== undefined) recordStep(host, skb, ctx, "socket", `The datagram goes to the program on UDP port ${udp.dstPort}.`);
  const event = { kind: "datagram", socket: socket.id, from: src, fromPort: udp.srcPort, to: dst, payload: udp.payload, journey } as const;
  ctx.notify(host.name, socket.owner, event, skb.at);
}
