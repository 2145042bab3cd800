/**
 * The life of a neighbour entry: who answers for an address, how long that is believed, and what waits meanwhile.
 *
 *   none/FAILED -(packet)-> INCOMPLETE -(3 broadcasts unanswered)-> FAILED, ICMP 3/1 for every packet that waited
 *   REACHABLE -(drawn 15..45 s)-> STALE -(packet)-> DELAY -(5 s)-> PROBE -(3 unicasts unanswered)-> FAILED
 *
 * Source: net/core/neighbour.c, net/ipv4/arp.c; times as observed (dead-endpoints lab, A5 and B). Left out: confirmation
 * of a neighbour by TCP progress, locktime, limits of queue and table.
 */
import { below } from "../../../base/draw";
import type { Micros, SimTime } from "../../../engine/time";
import { after, millis } from "../../../engine/time";
import type { IpAddress, MacAddress } from "../../../network/address";
import type { Frame } from "../../../network/packet";
import { BROADCAST_MAC } from "../../../network/packet";
import type { KernelContext } from "../api";
import { recordStep } from "../record";
import type { SocketBuffer } from "../socket-buffer";
import { ZERO_MAC, freezeBuffer } from "../socket-buffer";
import { stack } from "../stack";
import type { Host, Neighbour, QueuedPacket } from "../state";
import { interfaceOf } from "../state";
import { refreshFlow } from "../conntrack/track";
import { findNeighbour, neighbourKey, putNeighbour } from "./neighbour-table";
import { sourceFor } from "./routes";

/** Between two probes: retrans_time 1 s as the timer wheel keeps it. Three of them make the 3.06 s of an unresolved address. */
const RETRANSMIT: Micros = millis(1021);
/** delay_first_probe_time 5 s, likewise. */
const DELAY: Micros = millis(5120);
const PROBES = 3;
/** base_reachable_time 30 s is drawn anew between half and one and a half. */
const REACHABLE_FROM = 15_000;
const REACHABLE_SPREAD = 30_000;

/** Sends a packet to a next hop on a device, or lets it wait until the neighbour has answered. */
export function sendByNeighbour(host: Host, device: string, address: IpAddress, packet: QueuedPacket, ctx: KernelContext): void {
  const { skb } = packet;
  const entry = findNeighbour(host, device, address, skb.at);
  switch (entry?.state) {
    case undefined:
    case "FAILED":
      return ask(host, device, address, packet, ctx);
    case "INCOMPLETE":
      host.neighbours.set(neighbourKey(device, address), { ...entry, queue: [...entry.queue, frozen(packet)] });
      if (ctx.record !== undefined)
        recordStep(host, skb, ctx, "neighbour", `${address} has not answered yet: the packet waits in its queue.`);
      return;
    case "STALE":
      return emit(host, startDelay(host, entry, skb.at, ctx), packet, ctx);
    case "PERMANENT":
    case "REACHABLE":
    case "DELAY":
    case "PROBE":
      return emit(host, entry, packet, ctx);
  }
}

function frozen({ skb, bridged }: QueuedPacket): QueuedPacket {
  return { skb: freezeBuffer(skb), bridged };
}

function ask(host: Host, device: string, address: IpAddress, packet: QueuedPacket, ctx: KernelContext): void {
  const { at } = packet.skb;
  const entry = putNeighbour(host, {
    device,
    address,
    mac: null,
    state: "INCOMPLETE",
    reachableUntil: at,
    probes: 1,
    generation: 0,
    hasHeader: false,
    queue: [frozen(packet)],
  });
  probe(host, entry, BROADCAST_MAC, at, ctx);
}

function startDelay(host: Host, entry: Neighbour, at: SimTime, ctx: KernelContext): Neighbour {
  const delayed = putNeighbour(host, { ...entry, state: "DELAY" });
  schedule(host, delayed, after(at, DELAY), ctx);
  return delayed;
}

function schedule(host: Host, { device, address, generation }: Neighbour, at: SimTime, ctx: KernelContext): void {
  ctx.schedule(host.name, { kind: "neighbour", iface: device, address, generation }, at);
}

function emit(host: Host, entry: Neighbour, { skb, bridged }: QueuedPacket, ctx: KernelContext): void {
  const mac = entry.mac;
  if (mac === null) return;
  if (!entry.hasHeader) host.neighbours.set(neighbourKey(entry.device, entry.address), { ...entry, hasHeader: true });
  skb.dstMac = mac;
  if (ctx.record !== undefined)
    recordStep(host, skb, ctx, "neighbour", `${entry.address} is at ${mac} on ${entry.device} (${entry.state}).`);
  stack().deviceOut(host, entry.device, skb, bridged, ctx);
}

/** One ARP question, and the timer for the next. */
function probe(host: Host, entry: Neighbour, to: MacAddress, at: SimTime, ctx: KernelContext): void {
  const { device, address } = entry;
  const iface = interfaceOf(host, device);
  const senderIp = iface.own[0] ?? sourceFor(host, address);
  schedule(host, entry, after(at, RETRANSMIT), ctx);
  if (senderIp === undefined) return;
  const frame: Frame = {
    srcMac: iface.mac,
    dstMac: to,
    etherType: "ARP",
    arp: { operation: "request", senderIp, senderMac: iface.mac, targetIp: address, targetMac: ZERO_MAC },
  };
  recordQueued(host, entry, frame, at, `Who has ${address}? ${device} asks by ARP, question ${entry.probes} of ${PROBES}.`, ctx);
  stack().sendFrame(host, iface, frame, at, ctx);
}

function recordQueued(host: Host, entry: Neighbour, frame: Frame, at: SimTime, did: string, ctx: KernelContext): void {
  if (ctx.record === undefined) return;
  for (const { skb } of entry.queue) recordStep(host, { ...skb, at }, ctx, "neighbour", did, { frame });
}

/** A neighbour's timer: the next probe, or the end of asking. */
export function neighbourTimer(host: Host, device: string, address: IpAddress, generation: number, ctx: KernelContext): void {
  const entry = host.neighbours.get(neighbourKey(device, address));
  if (entry === undefined || entry.generation !== generation || !host.interfaces.has(device)) return;
  const asksAgain = entry.state === "DELAY" || entry.probes < PROBES;
  if (!asksAgain) return giveUp(host, entry, ctx);
  const state = entry.state === "DELAY" ? "PROBE" : entry.state;
  const next = putNeighbour(host, { ...entry, state, probes: entry.state === "DELAY" ? 1 : entry.probes + 1 });
  probe(host, next, state === "INCOMPLETE" || next.mac === null ? BROADCAST_MAC : next.mac, ctx.now, ctx);
}

function giveUp(host: Host, entry: Neighbour, ctx: KernelContext): void {
  putNeighbour(host, { ...entry, state: "FAILED", mac: null, probes: 0, hasHeader: false, queue: [] });
  for (const waiting of entry.queue) {
    const skb = thaw(host, waiting, ctx.now);
    if (ctx.record !== undefined) {
      recordStep(host, skb, ctx, "neighbour", `${entry.address} never answered: the packet is dropped, ICMP host unreachable goes back.`);
    }
    stack().sendError(host, skb, 3, 1, ctx);
  }
}

function thaw(host: Host, { skb }: QueuedPacket, at: SimTime): SocketBuffer {
  const copy = { ...freezeBuffer(skb), at };
  refreshFlow(host.conntrack, copy, at);
  return copy;
}

/** What an ARP message says about its sender. `answered`: a reply sent to us alone, which makes the entry REACHABLE. */
export interface Heard {
  readonly device: string;
  readonly address: IpAddress;
  readonly mac: MacAddress;
  readonly answered: boolean;
  /** Whether to make an entry where there is none: only for who asks for us. */
  readonly create: boolean;
}

/** Takes up what was heard: a changed MAC counts at once, an unchanged one does not weaken the entry. */
export function hear(host: Host, heard: Heard, at: SimTime, ctx: KernelContext): void {
  const { device, address, mac, answered } = heard;
  const entry = findNeighbour(host, device, address, at);
  if (entry === undefined && !heard.create) return;
  if (entry?.state === "PERMANENT") return;
  const isValid = entry !== undefined && entry.mac !== null;
  if (isValid && !answered && entry.mac === mac) return;
  const draw = answered ? below(ctx.draw(host.name, "neighbour"), REACHABLE_SPREAD) : 0;
  putNeighbour(host, {
    device,
    address,
    mac,
    state: answered ? "REACHABLE" : "STALE",
    reachableUntil: answered ? after(at, millis(REACHABLE_FROM + draw)) : at,
    probes: 0,
    generation: 0,
    hasHeader: isValid && entry.mac === mac && entry.hasHeader,
    queue: [],
  });
  for (const waiting of entry?.queue ?? []) {
    sendByNeighbour(host, device, address, { skb: thaw(host, waiting, at), bridged: waiting.bridged }, ctx);
  }
}
