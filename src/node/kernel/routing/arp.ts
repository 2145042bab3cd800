/** ARP as a host hears and speaks it. Source: RFC 826, RFC 5227 (announcements), net/ipv4/arp.c; no proxy ARP. */
import type { SimTime } from "../../../engine/time";
import type { ArpMessage, Frame } from "../../../network/packet";
import { BROADCAST_MAC } from "../../../network/packet";
import type { KernelContext } from "../api";
import { ZERO_MAC } from "../socket-buffer";
import { stack } from "../stack";
import type { Host, Interface } from "../state";
import { ownsAddress } from "../state";
import { hear } from "./neighbours";

/** An ARP message has come up to an interface. `toUs`: the frame was addressed to its MAC and not to all. */
export function receiveArp(host: Host, iface: Interface, arp: ArpMessage, toUs: boolean, at: SimTime, ctx: KernelContext): void {
  const { senderIp, senderMac, targetIp } = arp;
  if (ownsAddress(host, senderIp)) return;
  const asksForUs = arp.operation === "request" && ownsAddress(host, targetIp);
  const answered = arp.operation === "reply" && toUs;
  hear(host, { device: iface.name, address: senderIp, mac: senderMac, answered, create: asksForUs }, at, ctx);
  if (!asksForUs) return;
  const reply: Frame = {
    srcMac: iface.mac,
    dstMac: senderMac,
    etherType: "ARP",
    arp: { operation: "reply", senderIp: targetIp, senderMac: iface.mac, targetIp: senderIp, targetMac: senderMac },
  };
  stack().sendFrame(host, iface, reply, at, ctx);
}

/** Gratuitous ARP, request form: tells everyone on the link where this interface's address is now. */
export function announce(host: Host, iface: Interface, ctx: KernelContext): void {
  const own = iface.own[0];
  if (own === undefined) return;
  const frame: Frame = {
    srcMac: iface.mac,
    dstMac: BROADCAST_MAC,
    etherType: "ARP",
    arp: { operation: "request", senderIp: own, senderMac: iface.mac, targetIp: own, targetMac: ZERO_MAC },
  };
  stack().sendFrame(host, iface, frame, ctx.now, ctx);
}
