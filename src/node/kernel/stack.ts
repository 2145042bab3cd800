/**
 * Calls against the order of the layers, which the kernel makes through pointers as well (net_protocol.handler,
 * neigh->output, netdev_ops): an error made below goes out above, a bridge hands up to IP, a neighbour hands down to a device.
 * Filled once, when host.ts is loaded; no state.
 */
import { ensure } from "../../base/assert";
import type { SimTime } from "../../engine/time";
import type { Frame } from "../../network/packet";
import type { KernelContext } from "./api";
import type { SocketBuffer } from "./socket-buffer";
import type { Host, Interface } from "./state";

/** The layers' doors. */
export interface Stack {
  /** A packet reaches IP by an interface; `prerouted` where its bridge port has called PREROUTING already. */
  receivePacket(host: Host, iface: Interface, skb: SocketBuffer, ctx: KernelContext, prerouted: boolean): void;
  /** A packet that IPVS has given a real server on another host leaves. */
  sendVirtual(host: Host, skb: SocketBuffer, ctx: KernelContext): void;
  /** An ICMP error goes to the sender of a packet; `mtu` with 3/4. */
  sendError(host: Host, about: SocketBuffer, type: number, code: number, ctx: KernelContext, mtu?: number): void;
  /** A packet whose next hop is known leaves by a device; `bridged` where a bridge port has translated it. */
  deviceOut(host: Host, device: string, skb: SocketBuffer, bridged: boolean, ctx: KernelContext): void;
  /** A ready ARP frame leaves by a device. */
  sendFrame(host: Host, iface: Interface, frame: Frame, at: SimTime, ctx: KernelContext): void;
}

let installed: Stack | null = null;

/** Sets the doors. */
export function installStack(doors: Stack): void {
  installed = doors;
}

/** The doors. */
export function stack(): Stack {
  return ensure(installed, "kernel stack (host.ts was not loaded)");
}
