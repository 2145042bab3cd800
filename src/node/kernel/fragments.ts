/**
 * What does not fit: cut where it may be, told to its sender where it may not, put together where somebody looks inside.
 * TCP is never too large here: its segments keep to the MSS, and what captures inside a machine show of larger ones is
 * segmentation offload. Source: net/ipv4/ip_output.c (ip_fragment), ip_fragment.c (ip_defrag), net/ipv4/netfilter/nf_defrag_ipv4.c,
 * net/ipv4/route.c (path MTUs); observed: dead-endpoints lab, G.
 * Left out: what becomes of a datagram of which a part never comes (ICMP 11/1 after 30 s); it is forgotten.
 */
import { seconds, after } from "../../engine/time";
import type { SimTime } from "../../engine/time";
import { fragmentsOf, isComplete, wholeOf } from "../../network/fragments";
import type { Fragment, Packet } from "../../network/packet";
import { packetLength } from "../../network/payload";
import type { KernelContext } from "./api";
import { recordStep } from "./record";
import { lookupRoute } from "./routing/routes";
import type { SocketBuffer } from "./socket-buffer";
import { cloneBuffer } from "./socket-buffer";
import type { Host } from "./state";
import { interfaceOf } from "./state";

/** net.ipv4.ipfrag_time. */
const PARTS_LIVE = seconds(30);
/** net.ipv4.route.mtu_expires. */
const PATH_MTU_LIVES = seconds(600);
/** net.ipv4.route.min_pmtu: nobody is believed who says less. */
const LEAST_PATH_MTU = 552;

/** Whether a packet is too large for an MTU. */
export function isTooLarge(packet: Packet, mtu: number): boolean {
  return !isOffloaded(packet) && packetLength(packet) > mtu;
}

function isOffloaded({ transport }: Packet): boolean {
  if (transport.kind === "TCP") return true;
  if (transport.kind !== "UDP" || transport.payload.kind !== "vxlan") return false;
  const { frame } = transport.payload;
  return frame.etherType === "IPv4" && frame.packet.transport.kind === "TCP";
}

/** The largest packet that a host knows to reach an address uncut: what a router said, else its device's MTU. */
export function pathMtu(host: Host, address: string, now: SimTime): number {
  const mtu = deviceMtu(host, address);
  const known = host.pathMtus.get(address);
  return known === undefined || known.expires <= now ? mtu : Math.min(known.mtu, mtu);
}

/** The MTU of the device by which an address is reached. */
export function deviceMtu(host: Host, address: string): number {
  const device = host.addresses.has(address) ? "lo" : (lookupRoute(host, address)?.device ?? "lo");
  return interfaceOf(host, device).mtu;
}

/** A router has said what fits (ICMP 3/4). */
export function learnPathMtu(host: Host, address: string, mtu: number, now: SimTime): void {
  host.pathMtus.set(address, { mtu: Math.max(mtu, LEAST_PATH_MTU), expires: after(now, PATH_MTU_LIVES) });
}

/** The packets in which a datagram leaves by a device. One that came in parts leaves in parts no larger. */
export function piecesOf(host: Host, skb: SocketBuffer, device: string, mtu: number, ctx: KernelContext): readonly SocketBuffer[] {
  const limit = skb.largestPart === 0 ? mtu : Math.min(mtu, skb.largestPart);
  if (!isTooLarge(skb.packet, limit)) return [skb];
  const pieces = fragmentsOf(skb.packet, limit);
  if (ctx.record !== undefined) {
    const sizes = pieces.map((piece) => packetLength(piece)).join(" and ");
    recordStep(
      host,
      skb,
      ctx,
      "route",
      `${device} takes ${limit} bytes and the packet has ${packetLength(skb.packet)}: it leaves in parts of ${sizes}.`,
    );
  }
  return pieces.map((packet) => ({ ...cloneBuffer(skb), packet: { ...packet, dontFragment: false } }));
}

/** What there is of a datagram that comes in parts. */
export interface Parts {
  readonly since: SimTime;
  readonly parts: readonly Fragment[];
  readonly largest: number;
}

/**
 * Takes a fragment. True where the buffer holds the whole datagram now (or was no fragment); false where parts are missing.
 */
export function defragment(host: Host, skb: SocketBuffer, ctx: KernelContext): boolean {
  const { fragment, src, dst, id, transport } = skb.packet;
  if (fragment === undefined) return true;
  const key = `${transport.kind} ${src} ${dst} ${id}`;
  const before = host.parts.get(key);
  const isFresh = before !== undefined && after(before.since, PARTS_LIVE) > skb.at;
  const parts = [...(isFresh ? before.parts : []), fragment];
  const largest = Math.max(isFresh ? before.largest : 0, packetLength(skb.packet));
  if (!isComplete(parts)) {
    host.parts.set(key, { since: isFresh ? before.since : skb.at, parts, largest });
    if (ctx.record !== undefined) recordStep(host, skb, ctx, "route", `${partText(fragment)} is here; it waits for the rest.`);
    return false;
  }
  host.parts.delete(key);
  skb.packet = wholeOf(skb.packet);
  skb.largestPart = largest;
  if (ctx.record !== undefined)
    recordStep(
      host,
      skb,
      ctx,
      "route",
      `${partText(fragment)} was missing: the datagram of ${packetLength(skb.packet)} bytes is put together.`,
    );
  return true;
}

function partText({ offset, length }: Fragment): string {
  return `The part from byte ${offset} to ${offset + length}`;
}
