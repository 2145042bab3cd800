/** Packets as the header fields that are compared and shown. Values come from the one packet that travels. */
import { hex, packetBytes } from "../../network/bytes";
import type { Packet } from "../../network/packet";
import type { FieldChange, HeaderView } from "../view-types";

/** MACs beside a packet; "" where they are not (yet) known. */
export interface Macs {
  readonly srcMac: string;
  readonly dstMac: string;
}

/** The packet that matters to a reader: what a VXLAN packet carries, and the outer one beside it. */
export function unwrap(packet: Packet): { readonly inner: Packet; readonly outer: Packet | null; readonly macs: Macs | null } {
  const { transport } = packet;
  if (transport.kind !== "UDP" || transport.payload.kind !== "vxlan") return { inner: packet, outer: null, macs: null };
  const { frame } = transport.payload;
  if (frame.etherType !== "IPv4") return { inner: packet, outer: null, macs: null };
  return { inner: frame.packet, outer: packet, macs: { srcMac: frame.srcMac, dstMac: frame.dstMac } };
}

/** A packet's header. `outer`: the packet that carries it over the node network. */
export function headerView(packet: Packet, macs: Macs, outer: Packet | null): HeaderView {
  const { transport } = packet;
  return {
    src: packet.src,
    srcPort: transport.kind === "ICMP" ? 0 : transport.srcPort,
    dst: packet.dst,
    dstPort: transport.kind === "ICMP" ? 0 : transport.dstPort,
    protocol: transport.kind,
    flags: transport.kind === "TCP" ? transport.flags : transport.kind === "ICMP" ? `${transport.type}/${transport.code}` : "",
    ttl: packet.ttl,
    srcMac: macs.srcMac,
    dstMac: macs.dstMac,
    outer: outer === null ? null : outerView(outer),
    bytes: headerBytes(packet),
  };
}

function outerView({ src, dst, ttl, transport }: Packet): NonNullable<HeaderView["outer"]> {
  const ports = transport.kind === "ICMP" ? { srcPort: 0, dstPort: 0 } : { srcPort: transport.srcPort, dstPort: transport.dstPort };
  return { src, dst, ttl, ...ports };
}

const known = new WeakMap<Packet, string>();

/** IPv4 and transport header, without what they carry. */
function headerBytes(packet: Packet): string {
  const before = known.get(packet);
  if (before !== undefined) return before;
  const bytes = packetBytes(packet);
  const length = packet.transport.kind === "TCP" ? 20 + ((bytes[32] ?? 0x50) >> 4) * 4 : packet.transport.kind === "SCTP" ? 32 : 28;
  const text = hex(bytes.slice(0, length));
  known.set(packet, text);
  return text;
}

/** Fields that differ, in the order in which headers are read. */
export function changesBetween(before: HeaderView, after: HeaderView): readonly FieldChange[] {
  const fields: readonly (readonly [FieldChange["field"], string, string])[] = [
    ["source", before.src, after.src],
    ["source port", `${before.srcPort}`, `${after.srcPort}`],
    ["destination", before.dst, after.dst],
    ["destination port", `${before.dstPort}`, `${after.dstPort}`],
    ["TTL", `${before.ttl}`, `${after.ttl}`],
    ["source MAC", before.srcMac, after.srcMac],
    ["destination MAC", before.dstMac, after.dstMac],
    ["encapsulation", tunnel(before), tunnel(after)],
  ];
  return fields.filter(([, old, now]) => old !== now && old !== "").map(([field, old, now]) => ({ field, old, new: now }));
}

function tunnel({ outer }: HeaderView): string {
  return outer === null ? "none" : `VXLAN ${outer.src} → ${outer.dst}`;
}
