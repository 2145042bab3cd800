/** Packets leaving IP: this host's own and forwarded ones. Source: net/ipv4/ip_output.c, ip_forward.c. */
import { after } from "../../engine/time";
import type { KernelContext } from "./api";
import { isTooLarge, pathMtu, piecesOf } from "./fragments";
import { runHook } from "./hooks";
import { packetLength } from "../../network/payload";
import { drop, recordStep, tap } from "./record";
import { sendByNeighbour } from "./routing/neighbours";
import { lookupRoute } from "./routing/routes";
import type { SocketBuffer } from "./socket-buffer";
import { ZERO_MAC } from "./socket-buffer";
import { stack } from "./stack";
import type { Host, Route } from "./state";
import { interfaceOf, ownsAddress } from "./state";

/** What sending says to the sender. */
export type SendResult = "sent" | "EPERM" | "ENETUNREACH" | "EMSGSIZE";

/** Sends a packet of this host: OUTPUT, the route again where NAT changed it, POSTROUTING, the neighbour. */
export function sendLocal(host: Host, skb: SocketBuffer, ctx: KernelContext): SendResult {
  const way = wayTo(host, skb.packet.dst);
  if (way === undefined) return "ENETUNREACH";
  const verdict = runHook(host, "OUTPUT", skb, ctx, { out: way === "local" ? "lo" : way.device });
  if (verdict === "reject") stack().sendError(host, skb, 3, 3, ctx);
  if (verdict === "stolen") return "sent";
  if (verdict !== "accept") return "EPERM";
  const final = wayTo(host, skb.packet.dst);
  if (final === undefined) return "ENETUNREACH";
  if (ctx.record !== undefined) recordStep(host, skb, ctx, "route", routeSentence(skb, final));
  outputBy(host, final, skb, ctx);
  return "sent";
}

function wayTo(host: Host, address: string): Route | "local" | undefined {
  return ownsAddress(host, address) ? "local" : lookupRoute(host, address);
}

function routeSentence({ packet }: SocketBuffer, way: Route | "local"): string {
  if (way === "local") return `${packet.dst} is this host's own address: the packet goes by lo.`;
  const to = way.to.length === 0 ? `No route is closer than the default: ${packet.dst}` : way.to.text;
  return `${to} goes by ${way.device}${way.via === undefined ? "" : `, via ${way.via}`}.`;
}

function outputBy(host: Host, way: Route | "local", skb: SocketBuffer, ctx: KernelContext): void {
  const out = way === "local" ? "lo" : way.device;
  if (runHook(host, "POSTROUTING", skb, ctx, { out }) !== "accept") return;
  if (way === "local") return loop(host, skb, ctx);
  const { mtu } = interfaceOf(host, way.device);
  const heedsPath = skb.inInterface === "" && skb.discovery !== "probe";
  const limit = heedsPath ? Math.min(mtu, pathMtu(host, skb.packet.dst, skb.at)) : mtu;
  const isOwnToCut = skb.discovery === "want" || skb.discovery === "dont";
  if (skb.packet.dontFragment && !isOwnToCut && isTooLarge(skb.packet, limit)) return tooLarge(host, skb, way.device, limit, ctx);
  for (const piece of piecesOf(host, skb, way.device, limit, ctx)) {
    sendByNeighbour(host, way.device, way.via ?? skb.packet.dst, { skb: piece, bridged: false }, ctx);
  }
}

/** What may not be cut and does not fit is told to its sender, with the MTU (RFC 1191 §4). */
function tooLarge(host: Host, skb: SocketBuffer, device: string, mtu: number, ctx: KernelContext): void {
  if (ctx.record !== undefined) {
    const did = `The packet has ${packetLength(skb.packet)} bytes and may not be cut; ${device} takes ${mtu}: ICMP fragmentation needed goes back.`;
    recordStep(host, skb, ctx, "route", did);
  }
  drop(host, skb, ctx, `larger than the MTU of ${device}`);
  stack().sendError(host, skb, 3, 4, ctx, mtu);
}

/** The loopback: out and in again, the connection kept. */
function loop(host: Host, skb: SocketBuffer, ctx: KernelContext): void {
  const lo = interfaceOf(host, "lo");
  skb.srcMac = ZERO_MAC;
  skb.dstMac = ZERO_MAC;
  tap(host, lo, "out", skb, ctx);
  skb.at = after(skb.at, host.costs.hop);
  tap(host, lo, "in", skb, ctx);
  stack().receivePacket(host, lo, skb, ctx, false);
}

/**
 * A packet that IPVS has given another host's real server: routed anew, TTL lowered, then on as if this host had sent it,
 * OUTPUT and all. Source: net/netfilter/ipvs/ip_vs_xmit.c (__ip_vs_get_out_rt, ip_vs_nat_send_or_cont).
 */
export function sendVirtual(host: Host, skb: SocketBuffer, ctx: KernelContext): void {
  const route = lookupRoute(host, skb.packet.dst);
  if (route === undefined) return drop(host, skb, ctx, `no route to ${skb.packet.dst}`);
  if (!mayGoOn(host, skb, route, ctx)) return;
  const verdict = runHook(host, "OUTPUT", skb, ctx, { out: route.device });
  if (verdict === "reject") return stack().sendError(host, skb, 3, 3, ctx);
  if (verdict === "accept") outputBy(host, route, skb, ctx);
}

/** Forwards a packet that is not for this host. TTL is checked and lowered before FORWARD. */
export function forward(host: Host, skb: SocketBuffer, ctx: KernelContext): void {
  if (!host.settings.forwarding) return drop(host, skb, ctx, `${host.name} does not forward`);
  const route = lookupRoute(host, skb.packet.dst);
  if (route === undefined) return noRoute(host, skb, ctx);
  if (!mayGoOn(host, skb, route, ctx)) return;
  const verdict = runHook(host, "FORWARD", skb, ctx, { out: route.device });
  if (verdict === "reject") return stack().sendError(host, skb, 3, 3, ctx);
  if (verdict === "accept") outputBy(host, route, skb, ctx);
}

/** False where the packet's time is up or it does not fit: its sender is told. */
function mayGoOn(host: Host, skb: SocketBuffer, route: Route, ctx: KernelContext): boolean {
  const { ttl } = skb.packet;
  if (ttl <= 1) {
    if (ctx.record !== undefined) recordStep(host, skb, ctx, "route", `TTL ${ttl} is used up: ICMP time exceeded goes back.`);
    drop(host, skb, ctx, "TTL exceeded");
    stack().sendError(host, skb, 11, 0, ctx);
    return false;
  }
  const { mtu } = interfaceOf(host, route.device);
  if (skb.packet.dontFragment && isTooLarge(skb.packet, mtu)) {
    tooLarge(host, skb, route.device, mtu, ctx);
    return false;
  }
  const before = skb.packet;
  skb.packet = { ...before, ttl: ttl - 1 };
  if (ctx.record !== undefined) {
    recordStep(host, skb, ctx, "route", `${routeSentence(skb, route)} TTL ${ttl} becomes ${ttl - 1}.`, { before });
  }
  return true;
}

/** A router without a route answers ICMP 3/0, unless it is the model's edge and told to be silent. */
function noRoute(host: Host, skb: SocketBuffer, ctx: KernelContext): void {
  const answers = host.settings.answersNetUnreachable !== false;
  if (ctx.record !== undefined) {
    const did = `${host.name} has no route to ${skb.packet.dst}: ${answers ? "ICMP net unreachable goes back" : "the packet is dropped, nothing goes back"}.`;
    recordStep(host, skb, ctx, "route", did);
  }
  drop(host, skb, ctx, `no route to ${skb.packet.dst}`);
  if (answers) stack().sendError(host, skb, 3, 0, ctx);
}
