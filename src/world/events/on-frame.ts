/** A frame arrives at an interface, or a kernel's timer runs out: the host's kernel takes it from there. */
import type { Attachment } from "../../network/links";
import type { Frame, Packet } from "../../network/packet";
import type { KernelTimer } from "../../node/kernel/api";
import { kernelTimer, receive } from "../../node/kernel/host";
import type { TcpSocket } from "../../node/kernel/sockets/state";
import { requestOf } from "../requests";
import type { Sim } from "../sim";
import { hostOf } from "../sim";
import type { Told } from "../told";

/** The journey of a frame: that of the innermost packet. */
function innermost(packet: Packet): Packet {
  const { transport } = packet;
  if (transport.kind !== "UDP" || transport.payload.kind !== "vxlan") return packet;
  const { frame } = transport.payload;
  return frame.etherType === "IPv4" ? innermost(frame.packet) : packet;
}

const UNHEARD: Told = { kind: "frame", lane: "", object: "", sentence: "" };

/** Hands a frame to its host. */
export function onFrame(sim: Sim, { to, frame }: { readonly to: Attachment; readonly frame: Frame }): Told {
  const host = hostOf(sim, to.host);
  const inner = frame.etherType === "IPv4" ? innermost(frame.packet) : null;
  const journey = inner?.journey ?? "";
  const isThere = host?.interfaces.has(to.iface) === true;
  // An ARP answer sets packets free that waited for it, and those may belong to any journey.
  if (host !== undefined && isThere) receive(host, to.iface, frame, sim.kernelFor(inner === null ? ANY : journey));
  if (!sim.isListened()) return UNHEARD;
  const request = requestOf(journey);
  const sentence = frameSentence(to, frame, inner, isThere);
  return {
    kind: "frame",
    lane: laneOf(sim, to.host),
    object: `${shortHost(to.host)} ${to.iface}`,
    sentence,
    ...rulesRead(sim, to.host),
    ...(request === null ? {} : { request }),
  };
}

/** On which revisions the rules stand that a node's kernel decides by. */
function rulesRead(sim: Sim, host: string): Pick<Told, "read"> {
  const proxy = sim.state.proxies.get(host);
  return proxy === undefined ? {} : { read: { ...proxy.synced } };
}

/** The node on which a namespace stands. */
function laneOf(sim: Sim, host: string): string {
  if (!host.startsWith("pod:")) return host;
  return sim.state.pods.all().find((row) => row.host === host)?.node ?? host;
}

function shortHost(host: string): string {
  return host.replace(/^pod:/, "");
}

function frameSentence(to: Attachment, frame: Frame, inner: Packet | null, isThere: boolean): string {
  const place = `${to.iface} of ${shortHost(to.host)}`;
  if (!isThere) return `A frame for ${place} is lost: nothing is there any more.`;
  if (frame.etherType === "ARP") {
    const { operation, targetIp, senderIp, senderMac } = frame.arp;
    return operation === "request"
      ? `ARP at ${place}: who has ${targetIp}? Tell ${senderIp}.`
      : `ARP at ${place}: ${senderIp} is at ${senderMac}.`;
  }
  if (inner === null) return `A frame arrives at ${place}.`;
  const tunnelled = inner === frame.packet ? "" : ` inside VXLAN from ${frame.packet.src}`;
  return `${packetWords(inner)} arrives at ${place}${tunnelled}.`;
}

/** `TCP S 10.244.1.3:40112 → 10.96.0.20:80`. */
export function packetWords({ src, dst, transport }: Packet): string {
  switch (transport.kind) {
    case "TCP":
      return `TCP ${transport.flags} ${src}:${transport.srcPort} → ${dst}:${transport.dstPort}`;
    case "UDP":
    case "SCTP":
      return `${transport.kind} ${src}:${transport.srcPort} → ${dst}:${transport.dstPort}`;
    case "ICMP":
      return `ICMP ${transport.type}/${transport.code} ${src} → ${dst}`;
  }
}

function timerWords(timer: KernelTimer, socket: TcpSocket | undefined): string {
  if (timer.kind === "neighbour") return `for the neighbour ${timer.address} on ${timer.iface}`;
  if (socket === undefined || socket.generation !== timer.generation) return "for a connection that needs it no more";
  if (timer.purpose === "connect-timeout") return "for a connection that does not come about";
  return socket.state === "SYN_SENT" || socket.unacknowledged.length > 0
    ? "for a segment that nobody has acknowledged"
    : "for a segment that was acknowledged long since";
}

/** Hands a timer back to its host. */
export function onKernelTimer(sim: Sim, { host: name, timer }: { readonly host: string; readonly timer: KernelTimer }): Told {
  const host = hostOf(sim, name);
  const socket = timer.kind === "tcp" ? host?.sockets.tcp.get(timer.socket) : undefined;
  const journey = socket?.journey ?? "";
  const words = timerWords(timer, socket);
  if (host !== undefined) kernelTimer(host, timer, sim.kernelFor(ANY));
  const request = requestOf(journey);
  const sentence = `A timer of ${shortHost(name)}'s kernel runs out ${words}.`;
  return { kind: "kernel timer", lane: laneOf(sim, name), object: shortHost(name), sentence, ...(request === null ? {} : { request }) };
}

/** What a timer sends may belong to any journey (a neighbour's queue holds packets of several). */
export const ANY = "*";
