/** Sending by a device: onto a link, into a bridge, into a tunnel. Source: net/core/dev.c (dev_queue_xmit), drivers/net/veth.c. */
import type { SimTime } from "../../engine/time";
import { after } from "../../engine/time";
import type { Frame } from "../../network/packet";
import type { KernelContext } from "./api";
import { switchArp, switchPacket } from "./bridge";
import { encapsulate } from "./overlay/vxlan";
import { tap } from "./record";
import type { SocketBuffer } from "./socket-buffer";
import type { Host, Interface } from "./state";
import { interfaceOf } from "./state";

/** Sends a packet whose MACs are filled in by a device. */
export function deviceOut(host: Host, device: string, skb: SocketBuffer, ctx: KernelContext): void {
  const iface = interfaceOf(host, device);
  tap(host, iface, "out", skb, ctx);
  switch (iface.role) {
    case "bridge":
      return switchPacket(host, iface, skb, ctx, "");
    case "vxlan":
      return encapsulate(host, iface, skb, ctx);
    case "veth":
    case "pod-eth0":
    case "nic":
      return ontoLink(host, iface, { srcMac: skb.srcMac, dstMac: skb.dstMac, etherType: "IPv4", packet: skb.packet }, skb.at, ctx);
    case "lo":
      throw new Error("invariant broken: the loopback has no link");
  }
}

/** Sends a ready frame (ARP) by a device, unseen by taps. A VXLAN device drops it: its neighbours are permanent. */
export function sendFrame(host: Host, iface: Interface, frame: Frame, at: SimTime, ctx: KernelContext): void {
  if (iface.role === "bridge") return switchArp(host, iface, frame, "", at, ctx);
  if (iface.role !== "vxlan" && iface.role !== "lo") ontoLink(host, iface, frame, at, ctx);
}

/** Puts a frame on the link of an interface; it arrives after the crossing. */
export function ontoLink(host: Host, iface: Interface, frame: Frame, at: SimTime, ctx: KernelContext): void {
  const crossing = iface.role === "nic" ? host.costs.wire : host.costs.hop;
  ctx.transmit(host.name, iface.name, frame, after(at, crossing));
}
