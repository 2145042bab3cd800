/**
 * Links between network namespaces: veth pairs, and the one Ethernet segment that joins the nodes (the node network).
 * A switch delivers a frame to the port of its destination MAC and floods broadcasts; frames to a MAC that is no more vanish.
 */
import type { Frame } from "./packet";
import { BROADCAST_MAC } from "./packet";

/** One end of a link. */
export interface Attachment {
  readonly host: string;
  readonly iface: string;
}

/** All links. Plain state, written in place when namespaces come and go. */
export interface Links {
  /** Veth ends: `host iface` → the other end. */
  readonly veths: Map<string, Attachment>;
  /** Ports of the node network by MAC address. */
  readonly segment: Map<string, Attachment>;
}

/** No links at all. */
export function makeLinks(): Links {
  return { veths: new Map(), segment: new Map() };
}

function keyOf(end: Attachment): string {
  return `${end.host} ${end.iface}`;
}

/** Joins two ends by a veth pair. */
export function joinVeth(links: Links, a: Attachment, b: Attachment): void {
  links.veths.set(keyOf(a), b);
  links.veths.set(keyOf(b), a);
}

/** Takes a veth pair away: deleting either end deletes both. */
export function cutVeth(links: Links, end: Attachment): void {
  const other = links.veths.get(keyOf(end));
  links.veths.delete(keyOf(end));
  if (other !== undefined) links.veths.delete(keyOf(other));
}

/** Plugs a NIC into the node network. */
export function plugIn(links: Links, macAddress: string, end: Attachment): void {
  links.segment.set(macAddress, end);
}

/** Takes a NIC off the node network. */
export function unplug(links: Links, macAddress: string): void {
  links.segment.delete(macAddress);
}

/** Who receives a frame sent from one end; none where the frame is lost. */
export function receivers(links: Links, from: Attachment, frame: Frame): readonly Attachment[] {
  const peer = links.veths.get(keyOf(from));
  if (peer !== undefined) return [peer];
  if (frame.dstMac !== BROADCAST_MAC) {
    const port = links.segment.get(frame.dstMac);
    return port === undefined ? [] : [port];
  }
  return [...links.segment.values()].filter((end) => end.host !== from.host || end.iface !== from.iface);
}

/** A copy of all links. */
export function checkpointLinks(links: Links): Links {
  return { veths: new Map(links.veths), segment: new Map(links.segment) };
}
