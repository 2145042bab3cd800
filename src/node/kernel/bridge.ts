/**
 * A Linux bridge and its netfilter half. With `bridge-nf-call-iptables` a frame that is only bridged still meets
 * PREROUTING (at its port), FORWARD and POSTROUTING; a DNAT at the port decides between three ways:
 *
 *   port in -> PREROUTING -> destination unchanged ------------------> switched by its MAC
 *                         -> new destination behind this bridge -----> bridged DNAT: new MAC, still switched, TTL kept
 *                         -> new destination elsewhere, or this host -> up to IP, MAC becomes the bridge's
 *
 * Source: net/bridge/br_input.c, br_forward.c, br_netfilter_hooks.c. Learning has no ageing; no spanning tree, no VLANs.
 */
import type { SimTime } from "../../engine/time";
import { after } from "../../engine/time";
import type { Frame } from "../../network/packet";
import { BROADCAST_MAC } from "../../network/packet";
import { packetLength } from "../../network/payload";
import type { KernelContext } from "./api";
import { frameOf, ontoLink } from "./link";
import { defragment, isTooLarge, piecesOf } from "./fragments";
import { runHook } from "./hooks";
import { drop, recordStep, tap } from "./record";
import { receiveArp } from "./routing/arp";
import { findFdb, learn } from "./routing/fdb";
import { findNeighbour, isConnected } from "./routing/neighbour-table";
import { sendByNeighbour } from "./routing/neighbours";
import { lookupRoute } from "./routing/routes";
import type { SocketBuffer } from "./socket-buffer";
import { cloneBuffer } from "./socket-buffer";
import { stack } from "./stack";
import type { Host, Interface, Route } from "./state";
import { interfaceOf, ownsAddress } from "./state";

/** Whether this host's bridges call iptables. */
function callsIptables(host: Host, ctx: KernelContext): boolean {
  return host.settings.bridgeNfCallIptables && ctx.rulesetOf(host.name) !== null;
}

/** A packet has come in by a port. */
export function receiveOnPort(host: Host, port: Interface, bridgeName: string, skb: SocketBuffer, ctx: KernelContext): void {
  const bridge = interfaceOf(host, bridgeName);
  learn(host, bridge.name, skb.srcMac, port.name);
  skb.inInterface = bridge.name;
  skb.port = port.name;
  if (!callsIptables(host, ctx)) return switchOrRise(host, bridge, skb, ctx, false);
  if (!defragment(host, skb, ctx)) return;
  const asked = skb.packet.dst;
  if (runHook(host, "PREROUTING", skb, ctx, { out: "", bridged: true }) !== "accept") return;
  if (skb.packet.dst === asked) return switchOrRise(host, bridge, skb, ctx, true);
  const route = ownsAddress(host, skb.packet.dst) ? undefined : lookupRoute(host, skb.packet.dst);
  if (route?.device === bridge.name) return bridgeTranslated(host, bridge, route, skb, ctx);
  skb.dstMac = bridge.mac;
  rise(host, bridge, skb, ctx, true);
}

function switchOrRise(host: Host, bridge: Interface, skb: SocketBuffer, ctx: KernelContext, prerouted: boolean): void {
  if (skb.dstMac === bridge.mac) return rise(host, bridge, skb, ctx, prerouted);
  if (ctx.record !== undefined) recordStep(host, skb, ctx, "bridge", `${bridge.name} switches the frame by its MAC ${skb.dstMac}.`);
  switchPacket(host, bridge, skb, ctx, skb.port);
}

/** The frame is for the bridge itself: IP gets it. PREROUTING does not run twice. */
function rise(host: Host, bridge: Interface, skb: SocketBuffer, ctx: KernelContext, prerouted: boolean): void {
  skb.at = after(skb.at, host.costs.hop);
  tap(host, bridge, "in", skb, ctx);
  stack().receivePacket(host, bridge, skb, ctx, prerouted);
}

/** Bridged DNAT. A neighbour that is certain is used at once; else the packet takes the neighbour's way through the bridge device. */
function bridgeTranslated(host: Host, bridge: Interface, route: Route, skb: SocketBuffer, ctx: KernelContext): void {
  const nextHop = route.via ?? skb.packet.dst;
  if (ctx.record !== undefined) {
    const did = `${skb.packet.dst} stands behind ${bridge.name} as well: the frame is not routed but switched on, TTL stays ${skb.packet.ttl}.`;
    recordStep(host, skb, ctx, "bridge", did);
  }
  const neighbour = findNeighbour(host, bridge.name, nextHop, skb.at);
  if (neighbour === undefined || !isConnected(neighbour) || !neighbour.hasHeader || neighbour.mac === null) {
    return sendByNeighbour(host, bridge.name, nextHop, { skb, bridged: true }, ctx);
  }
  skb.dstMac = neighbour.mac;
  switchPacket(host, bridge, skb, ctx, skb.port);
}

/** A bridged-DNATed packet whose neighbour is found leaves by the bridge device (seen there, source MAC kept) and is switched. */
export function bridgedOut(host: Host, bridgeName: string, skb: SocketBuffer, ctx: KernelContext): void {
  const bridge = interfaceOf(host, bridgeName);
  skb.at = after(skb.at, host.costs.hop);
  tap(host, bridge, "out", skb, ctx);
  switchPacket(host, bridge, skb, ctx, skb.port);
}

/** Switches a packet to the port of its MAC, or to every port. `from` is the port it came by, "" for this host's own. */
export function switchPacket(host: Host, bridge: Interface, skb: SocketBuffer, ctx: KernelContext, from: string): void {
  const ports = targets(host, bridge, skb.dstMac, from);
  if (ports.length === 0) {
    const known = findFdb(host, bridge.name, skb.dstMac)?.port;
    const why = known === from && from !== "" ? `hairpin mode of ${from} is off` : `no port leads to ${skb.dstMac}`;
    if (ctx.record !== undefined) recordStep(host, skb, ctx, "bridge", `The frame is dropped: ${why}.`);
    return drop(host, skb, ctx, why);
  }
  if (ports.length > 1 && ctx.record !== undefined) {
    recordStep(host, skb, ctx, "bridge", `${bridge.name} does not know ${skb.dstMac}: the frame is flooded to ${ports.length} ports.`);
  }
  for (const port of ports) portOut(host, bridge, port, ports.length === 1 ? skb : cloneBuffer(skb), ctx, from);
}

/** Ports that a frame leaves by. Back out of the port it came by only in hairpin mode; flooding is no exception. */
function targets(host: Host, bridge: Interface, mac: string, from: string): readonly Interface[] {
  const known = mac === BROADCAST_MAC ? undefined : host.fdb.get(`${bridge.name} ${mac}`);
  const port = known === undefined ? undefined : host.interfaces.get(known.port);
  const candidates = port === undefined ? [...host.interfaces.values()].filter((iface) => iface.bridge === bridge.name) : [port];
  return candidates.filter((candidate) => candidate.name !== from || candidate.hairpin === true);
}

function portOut(host: Host, bridge: Interface, port: Interface, skb: SocketBuffer, ctx: KernelContext, from: string): void {
  if (from !== "" && callsIptables(host, ctx)) {
    const place = { out: bridge.name, bridged: true };
    const verdict = runHook(host, "FORWARD", skb, ctx, place);
    if (verdict === "reject") return stack().sendError(host, skb, 3, 3, ctx);
    if (verdict === "drop" || runHook(host, "POSTROUTING", skb, ctx, place) !== "accept") return;
  }
  const cuts = from !== "" && callsIptables(host, ctx);
  if (isTooLarge(skb.packet, port.mtu) && (!cuts || skb.packet.dontFragment)) return lostOnPort(host, port, skb, ctx);
  for (const piece of cuts ? piecesOf(host, skb, port.name, port.mtu, ctx) : [skb]) {
    piece.at = after(piece.at, host.costs.hop);
    tap(host, port, "out", piece, ctx);
    ontoLink(host, port, frameOf(piece), piece.at, ctx);
  }
}

/** A bridge is no router: what does not fit its port is lost, and nobody is told (dead-endpoints lab, A14). */
function lostOnPort(host: Host, port: Interface, skb: SocketBuffer, ctx: KernelContext): void {
  if (ctx.record !== undefined) {
    recordStep(
      host,
      skb,
      ctx,
      "bridge",
      `The packet has ${packetLength(skb.packet)} bytes and ${port.name} takes ${port.mtu}: a bridge drops it and tells nobody.`,
    );
  }
  drop(host, skb, ctx, `larger than the MTU of ${port.name}`);
}

/** ARP on a bridge: up to the host where it is for it or for all, and out of the other ports. */
export function switchArp(host: Host, bridge: Interface, frame: Frame, from: string, at: SimTime, ctx: KernelContext): void {
  if (frame.etherType !== "ARP") return;
  if (from !== "") {
    learn(host, bridge.name, frame.srcMac, from);
    const toUs = frame.dstMac === bridge.mac;
    if (toUs || frame.dstMac === BROADCAST_MAC) receiveArp(host, bridge, frame.arp, toUs, at, ctx);
    if (toUs) return;
  }
  for (const port of targets(host, bridge, frame.dstMac, from)) ontoLink(host, port, frame, after(at, host.costs.hop), ctx);
}
