/** Putting frames on links. Source: drivers/net/veth.c. */
import type { SimTime } from "../../engine/time";
import { after } from "../../engine/time";
import type { Frame } from "../../network/packet";
import type { KernelContext } from "./api";
import type { SocketBuffer } from "./socket-buffer";
import type { Host, Interface } from "./state";

/** Puts a frame on the link of an interface; it arrives after the crossing. */
export function ontoLink(host: Host, iface: Interface, frame: Frame, at: SimTime, ctx: KernelContext): void {
  const crossing = iface.role === "nic" ? host.costs.wire : host.costs.hop;
  ctx.transmit(host.name, iface.name, frame, after(at, crossing));
}

/** The frame around a packet whose MACs are filled in. */
export function frameOf({ srcMac, dstMac, packet }: SocketBuffer): Frame {
  return { srcMac, dstMac, etherType: "IPv4", packet };
}
