/** A frame arrives at an interface: one event, handled to its end. Source: net/core/dev.c (__netif_receive_skb), net/ethernet/eth.c. */
import type { Frame } from "../../network/packet";
import { BROADCAST_MAC } from "../../network/packet";
import type { KernelContext, KernelTimer } from "./api";
import { receiveOnPort, switchArp } from "./bridge";
import { isTooLarge } from "./fragments";
import { receivePacket } from "./ip-receive";
import { drop, recordStep, tap } from "./record";
import { receiveArp } from "./routing/arp";
import { neighbourKey } from "./routing/neighbour-table";
import { neighbourTimer } from "./routing/neighbours";
import { tcpTimer } from "./sockets/tcp-timers";
import { makeBuffer } from "./socket-buffer";
import type { Host } from "./state";
import { interfaceOf } from "./state";

/** A frame arrives. Frames to an interface that is gone are lost. */
export function receive(host: Host, ifaceName: string, frame: Frame, ctx: KernelContext): void {
  const iface = host.interfaces.get(ifaceName);
  if (iface === undefined) return;
  const toUs = frame.dstMac === iface.mac;
  if (frame.etherType === "ARP") {
    if (iface.bridge !== undefined) return switchArp(host, interfaceOf(host, iface.bridge), frame, iface.name, ctx.now, ctx);
    if (toUs || frame.dstMac === BROADCAST_MAC) receiveArp(host, iface, frame.arp, toUs, ctx.now, ctx);
    return;
  }
  const skb = makeBuffer(frame.packet, ctx.now);
  // A veth hands its peer nothing larger than the peer's MTU (__dev_forward_skb); a NIC takes what comes.
  if ((iface.role === "veth" || iface.role === "pod-eth0") && isTooLarge(frame.packet, iface.mtu)) {
    return drop(host, skb, ctx, `larger than the MTU of ${iface.name}`);
  }
  skb.srcMac = frame.srcMac;
  skb.dstMac = frame.dstMac;
  tap(host, iface, "in", skb, ctx);
  if (iface.bridge !== undefined) return receiveOnPort(host, iface, iface.bridge, skb, ctx);
  if (toUs) return receivePacket(host, iface, skb, ctx, false);
  if (ctx.record !== undefined)
    recordStep(host, skb, ctx, "bridge", `The frame is for ${frame.dstMac} and not for ${iface.name}: dropped.`);
  drop(host, skb, ctx, "frame for another MAC");
}

/**
 * Whether a timer that has come has nothing to do: its socket or neighbour has moved on, or all data is acknowledged.
 * It must still be handed to `kernelTimer`; this is for who tells of events and wants to leave such ones out.
 */
export function isVoidTimer(host: Host, timer: KernelTimer): boolean {
  switch (timer.kind) {
    case "neighbour":
      return host.neighbours.get(neighbourKey(timer.iface, timer.address))?.generation !== timer.generation;
    case "tcp": {
      const socket = host.sockets.tcp.get(timer.socket);
      if (socket === undefined || socket.generation !== timer.generation) return true;
      return socket.state !== "SYN_SENT" && socket.unacknowledged.length === 0;
    }
  }
}

/** A timer that this kernel asked for has come. Stale ones do nothing. */
export function kernelTimer(host: Host, timer: KernelTimer, ctx: KernelContext): void {
  switch (timer.kind) {
    case "neighbour":
      return neighbourTimer(host, timer.iface, timer.address, timer.generation, ctx);
    case "tcp":
      return tcpTimer(host, timer.socket, timer.generation, ctx);
  }
}
