/**
 * VXLAN: an inner frame in an outer UDP packet that walks through the host as a packet of its own.
 * Source: RFC 7348, drivers/net/vxlan/vxlan_core.c. Outer TTL 64, DF clear; the inner frame is not touched.
 */
import { below } from "../../../base/draw";
import { after } from "../../../engine/time";
import type { Frame, Packet, UdpDatagram } from "../../../network/packet";
import type { KernelContext } from "../api";
import { write } from "../conntrack/track";
import { sendLocal } from "../ip-output";
import { drop, recordStep, tap } from "../record";
import { findFdb } from "../routing/fdb";
import type { SocketBuffer } from "../socket-buffer";
import { makeBuffer } from "../socket-buffer";
import { stack } from "../stack";
import type { Host, Interface } from "../state";
import { takeIpId } from "../state";

/** ip_local_port_range, from which the outer source port comes. */
const PORTS_FROM = 32768;
const PORTS = 28232;

/** Sends an inner frame to the host that its destination MAC stands for. */
export function encapsulate(host: Host, iface: Interface, skb: SocketBuffer, ctx: KernelContext): void {
  const { vxlan } = iface;
  const remote = findFdb(host, iface.name, skb.dstMac)?.remote ?? null;
  if (vxlan === undefined || remote === null) return drop(host, skb, ctx, `${iface.name} knows no host for ${skb.dstMac}`);
  const srcPort = outerPort(host, skb, ctx);
  const frame: Frame = { srcMac: skb.srcMac, dstMac: skb.dstMac, etherType: "IPv4", packet: skb.packet };
  const outer: Packet = {
    src: vxlan.local,
    dst: remote,
    ttl: 64,
    id: takeIpId(host),
    dontFragment: false,
    transport: { kind: "UDP", srcPort, dstPort: vxlan.port, payload: { kind: "vxlan", vni: vxlan.vni, frame } },
    journey: skb.packet.journey,
  };
  if (ctx.record !== undefined) {
    const did = `${iface.name} finds ${remote} for ${skb.dstMac} and puts the frame into UDP ${vxlan.local}:${srcPort} to ${remote}:${vxlan.port}, VNI ${vxlan.vni}.`;
    recordStep(host, skb, ctx, "encap", did, { after: outer });
  }
  const out = makeBuffer(outer, after(skb.at, host.costs.vxlan));
  // The mark outlives the encapsulation inside one namespace; kube-proxy clears its own for this reason.
  out.mark = skb.mark;
  out.socket = skb.socket;
  sendLocal(host, out, ctx);
}

/**
 * The outer source port: one a connection and direction, drawn and never derived from the inner addresses (the kernel
 * hashes per socket, kernel-lab fact 12; a segment that goes again hashes anew). It lives in the connection's entry; packets
 * of no connection draw each time, and so does a RST that no socket sends (it has no ACK: tcp_v4_send_reset).
 */
function outerPort(host: Host, skb: SocketBuffer, ctx: KernelContext): number {
  const { flow, direction } = skb;
  const isSocketless = skb.packet.transport.kind === "TCP" && skb.packet.transport.flags === "R";
  const isOfFlow = flow !== null && skb.state !== "RELATED" && !isSocketless;
  const known = isOfFlow ? flow.entry.vxlanPorts[direction] : 0;
  if (known !== 0) return known;
  const port = ctx.choose?.(host.name, "vxlanPort", skb.packet) ?? PORTS_FROM + below(ctx.draw(host.name, "vxlan-port"), PORTS);
  if (isOfFlow) {
    write(host.conntrack, skb, { ...flow.entry, vxlanPorts: { ...flow.entry.vxlanPorts, [direction]: port } });
  }
  return port;
}

/** The tunnel that a datagram belongs to, if it is one of VXLAN. */
export function tunnelOf(host: Host, { dstPort, payload }: UdpDatagram): Interface | undefined {
  if (payload.kind !== "vxlan") return undefined;
  for (const iface of host.interfaces.values()) {
    if (iface.vxlan?.port === dstPort && iface.vxlan.vni === payload.vni) return iface;
  }
  return undefined;
}

/** Takes the inner frame out and gives it to IP, as if it had come in by the tunnel's device. */
export function decapsulate(host: Host, iface: Interface, outer: SocketBuffer, ctx: KernelContext): void {
  const { transport } = outer.packet;
  if (transport.kind !== "UDP" || transport.payload.kind !== "vxlan" || transport.payload.frame.etherType !== "IPv4") return;
  const { frame, vni } = transport.payload;
  const skb = makeBuffer(transport.payload.frame.packet, after(outer.at, host.costs.vxlan));
  skb.srcMac = frame.srcMac;
  skb.dstMac = frame.dstMac;
  if (ctx.record !== undefined) {
    recordStep(host, skb, ctx, "decap", `UDP port ${transport.dstPort} is VXLAN, VNI ${vni}: ${iface.name} takes the inner frame out.`);
  }
  tap(host, iface, "in", skb, ctx);
  if (frame.dstMac !== iface.mac) return drop(host, skb, ctx, "inner frame for another MAC");
  stack().receivePacket(host, iface, skb, ctx, false);
}
