/** Recorded taps in the form that both laboratories share. */
import type { Packet } from "../../src/network/packet";
import { payloadLength } from "../../src/network/payload";
import type { Tap } from "../../src/node/kernel/hop";
import type { SeenPacket, SeenTap } from "./description";

function transportFields({ transport }: Packet): Omit<SeenPacket, "id" | "src" | "dst" | "ttl" | "dontFragment"> {
  switch (transport.kind) {
    case "TCP":
      return {
        protocol: "tcp",
        srcPort: transport.srcPort,
        dstPort: transport.dstPort,
        flags: transport.flags,
        length: payloadLength(transport.payload),
        ...(transport.mss === undefined ? {} : { mss: transport.mss }),
      };
    case "UDP":
      return { protocol: "udp", srcPort: transport.srcPort, dstPort: transport.dstPort, length: payloadLength(transport.payload) };
    case "SCTP":
      return { protocol: "sctp", srcPort: transport.srcPort, dstPort: transport.dstPort };
    case "ICMP":
      return {
        protocol: "icmp",
        type: transport.type,
        code: transport.code,
        ...(transport.mtu === undefined ? {} : { mtu: transport.mtu }),
        ...(transport.quoted === undefined ? {} : { quoted: seenPacket(transport.quoted) }),
        ...(transport.id === undefined ? {} : { echo: transport.id }),
      };
  }
}

function seenPacket(packet: Packet): SeenPacket {
  const { id, src, dst, ttl, dontFragment, fragment } = packet;
  const { length, ...fields } = transportFields(packet);
  const seen = { id, src, dst, ttl, dontFragment };
  if (fragment === undefined) return { ...seen, ...fields, ...(length === undefined ? {} : { length }) };
  return fragment.offset > 0 ? { ...seen, protocol: fields.protocol, fragment } : { ...seen, ...fields, fragment };
}

/** A tap of the simulation. */
export function seenTap({ at, host, iface, way, packet, srcMac, dstMac, outer }: Tap, step: number): SeenTap {
  const around = outer === undefined ? {} : { outer: { ...seenPacket(outer.packet), srcMac: outer.srcMac, dstMac: outer.dstMac } };
  return { at, step, host, iface, way, ...seenPacket(packet), srcMac, dstMac, ...around };
}
