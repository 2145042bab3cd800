/** Leaving hops behind, for whoever looks. Callers ask `ctx.record` first, so that an unseen packet builds no sentence. */
import type { SimTime } from "../../engine/time";
import type { MacAddress } from "../../network/address";
import type { Frame, Packet } from "../../network/packet";
import { showEndpoint } from "../../network/address";
import type { KernelContext } from "./api";
import { showEntry } from "./conntrack/show";
import type { Step, StepName } from "./hop";
import type { SocketBuffer } from "./socket-buffer";
import type { Host, Interface } from "./state";

/** The inner frame of a VXLAN packet, if it is one. */
export function innerFrame(packet: Packet): (Frame & { etherType: "IPv4" }) | null {
  const { transport } = packet;
  if (transport.kind !== "UDP" || transport.payload.kind !== "vxlan") return null;
  const { frame } = transport.payload;
  return frame.etherType === "IPv4" ? frame : null;
}

/** Keeps what a capture on an interface shows. A VXLAN packet on a NIC shows the inner packet, with the outer beside it. */
export function tap(host: Host, iface: Interface, way: "in" | "out", skb: SocketBuffer, ctx: KernelContext): void {
  if (ctx.record === undefined) return;
  tapFrame(host, iface, way, { packet: skb.packet, srcMac: skb.srcMac, dstMac: skb.dstMac }, skb.at, ctx);
}

/** The same for a frame that is no buffer yet. */
export function tapFrame(
  host: Host,
  iface: Interface,
  way: "in" | "out",
  frame: { readonly packet: Packet; readonly srcMac: MacAddress; readonly dstMac: MacAddress },
  at: SimTime,
  ctx: KernelContext,
): void {
  if (ctx.record === undefined) return;
  const { packet, srcMac, dstMac } = frame;
  const inner = (packet.fragment?.offset ?? 0) > 0 ? null : innerFrame(packet);
  const place = { kind: "tap", at, host: host.name, iface: iface.name, role: iface.role, way } as const;
  const seen =
    inner === null
      ? { packet, srcMac, dstMac }
      : { packet: inner.packet, srcMac: inner.srcMac, dstMac: inner.dstMac, outer: { packet, srcMac, dstMac } };
  ctx.record({ ...place, ...seen }, packet.journey);
}

/** Keeps a step of a packet. `before` is the packet as it came in where the step changed it. */
export function recordStep(
  host: Host,
  skb: SocketBuffer,
  ctx: KernelContext,
  step: StepName,
  did: string,
  more: Partial<Pick<Step, "before" | "after" | "frame" | "bridged">> = {},
): void {
  if (ctx.record === undefined) return;
  ctx.record({ kind: "step", at: skb.at, host: host.name, step, did, before: skb.packet, after: skb.packet, ...more }, skb.packet.journey);
}

/** The entry of a packet as it stands, for a step. */
export function connectionOf(skb: SocketBuffer): Pick<Step, "conntrack"> {
  return skb.flow === null ? {} : { conntrack: showEntry(skb.flow.entry, skb.flow.confirmed, skb.at) };
}

/** `10.244.1.2:40006`, or the bare address for ICMP. */
export function sourceText({ src, transport }: Packet): string {
  return transport.kind === "ICMP" ? src : showEndpoint(src, transport.srcPort);
}

/** `10.96.0.20:80`, or the bare address for ICMP. */
export function destinationText({ dst, transport }: Packet): string {
  return transport.kind === "ICMP" ? dst : showEndpoint(dst, transport.dstPort);
}

/** Drops a packet with a reason that the world may pass on. */
export function drop(host: Host, skb: SocketBuffer, ctx: KernelContext, why: string): void {
  ctx.note?.({ kind: "dropped", host: host.name, packet: skb.packet, why });
}
