/** Sending by a device: onto a link, into a bridge, into a tunnel. Source: net/core/dev.c (dev_queue_xmit), drivers/net/veth.c. */
import type { SimTime } from "../../engine/time";
import type { Frame } from "../../network/packet";
import type { KernelContext } from "./api";
import { bridgedOut, switchArp, switchPacket } from "./bridge";
import { frameOf, ontoLink } from "./link";
import { encapsulate } from "./overlay/vxlan";
import { tap } from "./record";
import type { SocketBuffer } from "./socket-buffer";
import type { Host, Interface } from "./state";
import { interfaceOf } from "./state";

/** Sends a packet whose next hop is known by a device: see `Stack.deviceOut`. */
export function deviceOut(host: Host, device: string, skb: SocketBuffer, bridged: boolean, ctx: KernelContext): void {
  if (bridged) return bridgedOut(host, device, skb, ctx);
  const iface = interfaceOf(host, device);
  skb.srcMac = iface.mac;
  tap(host, iface, "out", skb, ctx);
  switch (iface.role) {
    case "bridge":
      return switchPacket(host, iface, skb, ctx, "");
    case "vxlan":
      return encapsulate(host, iface, skb, ctx);
    case "veth":
    case "pod-eth0":
    case "nic":
      return ontoLink(host, iface, frameOf(skb), skb.at, ctx);
    case "lo":
      throw new Error(`invariant broken: ${device} has no link`);
  }
}

/** Sends a ready frame (ARP) by a device, unseen by taps. A VXLAN device drops it: its neighbours are permanent. */
export function sendFrame(host: Host, iface: Interface, frame: Frame, at: SimTime, ctx: KernelContext): void {
  if (iface.role === "bridge") return switchArp(host, iface, frame, "", at, ctx);
  if (iface.role !== "vxlan" && iface.role !== "lo" && iface.role !== "dummy") ontoLink(host, iface, frame, at, ctx);
}
