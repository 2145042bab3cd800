/** Hops in the contract's JSON form. */
import type { Packet } from "../../../network/packet";
import { showEndpoint } from "../../../network/address";
import type { Step, Tap } from "../../../node/kernel/hop";
import { unwrap } from "../../views/header";
import type { SeenHop } from "../../views/journey-observer";
import type { PacketHops } from "../../views/packets";
import type { Direction, HopJson, PacketJson } from "../types";

/** Who asked whom: tells requests from what comes back, even where the client answers itself. */
export interface Asked {
  /** The client's namespace. */
  readonly client: string;
  /** The address and port that it asked; port 0 for ICMP. */
  readonly address: string;
  readonly port: number;
}

/** Which way a packet goes, seen from the client: its own packets leave it for the address that it asked. */
export function directionOf({ sender, packet }: PacketHops, { client, address, port }: Asked): Direction {
  const { transport } = packet;
  if (transport.kind === "ICMP" && transport.quoted !== undefined) return "error";
  const isAsking = transport.kind === "ICMP" ? transport.type === 8 : transport.dstPort === port;
  return sender === client && packet.dst === address && isAsking ? "request" : "reply";
}

/** All hops of a packet. */
export function hopsOf(one: PacketHops, asked: Asked): readonly HopJson[] {
  const direction = directionOf(one, asked);
  return one.hops.map((seen) => hopJson(seen, direction));
}

function hopJson({ hop, node }: SeenHop, direction: Direction): HopJson {
  const pod = hop.host.startsWith("pod:") ? hop.host.slice(4) : null;
  const place = { at: hop.at, direction, node, pod };
  return hop.kind === "tap" ? { kind: "tap", ...place, ...tapFields(hop) } : { kind: "step", ...place, ...stepFields(hop) };
}

function tapFields({
  iface,
  role,
  way,
  packet,
  srcMac,
  dstMac,
  outer,
}: Tap): Pick<Extract<HopJson, { kind: "tap" }>, "iface" | "role" | "way" | "packet"> {
  const header = { ...packetJson(packet), srcMac, dstMac };
  if (outer === undefined) return { iface, role, way, packet: header };
  const { transport } = outer.packet;
  const vni = transport.kind === "UDP" && transport.payload.kind === "vxlan" ? transport.payload.vni : 0;
  return {
    iface,
    role,
    way,
    packet: { ...header, outer: { ...packetJson(outer.packet), srcMac: outer.srcMac, dstMac: outer.dstMac, vni } },
  };
}

function stepFields({
  step,
  bridged,
  table,
  chain,
  rule,
  element,
  did,
  before,
  after,
}: Step): Omit<Extract<HopJson, { kind: "step" }>, "kind" | "at" | "direction" | "node" | "pod"> {
  return {
    step,
    ...(bridged === true ? { bridged } : {}),
    ...(table === undefined || chain === undefined || rule === undefined ? {} : { table, chain, rule }),
    ...(element === undefined ? {} : { element }),
    did,
    before: wrapped(before),
    after: wrapped(after),
  };
}

/** A packet that carries another is shown as the inner one with the outer beside it, as taps are. */
function wrapped(packet: Packet): PacketJson {
  const { inner, outer, macs } = unwrap(packet);
  if (outer === null) return packetJson(inner);
  const { transport } = outer;
  const vni = transport.kind === "UDP" && transport.payload.kind === "vxlan" ? transport.payload.vni : 0;
  return { ...packetJson(inner), ...macs, outer: { ...packetJson(outer), vni } };
}

/** A packet's header. */
export function packetJson({ src, dst, ttl, fragment: part, transport }: Packet): PacketJson {
  const fragment = part === undefined ? {} : { fragment: { offset: part.offset, length: part.length, more: part.more } };
  if (transport.kind === "ICMP") {
    const { type, code, quoted, mtu } = transport;
    const about = quoted === undefined ? {} : { about: packetJson(quoted) };
    return { src, dst, protocol: "ICMP", ttl, ...fragment, icmp: { type, code, ...(mtu === undefined ? {} : { mtu }), ...about } };
  }
  const ends = { src: showEndpoint(src, transport.srcPort), dst: showEndpoint(dst, transport.dstPort) };
  return { ...ends, protocol: transport.kind, ...(transport.kind === "TCP" ? { flags: transport.flags } : {}), ttl, ...fragment };
}
