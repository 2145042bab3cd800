/** What a payload weighs on the wire, and its bytes. */
import type { Frame, Packet, Payload } from "./packet";

/** Lengths of headers without options, in bytes. */
const HEADER = { ethernet: 14, ipv4: 20, tcp: 20, udp: 8, sctp: 12, icmp: 8, vxlan: 8, arp: 28 } as const;

/** How many bytes a payload has. */
export function payloadLength(payload: Payload): number {
  switch (payload.kind) {
    case "none":
      return 0;
    case "http":
      return textBytes(payload.text).length;
    case "dns":
      return payload.wire.length;
    case "data":
      return payload.length;
    case "vxlan":
      return HEADER.vxlan + frameLength(payload.frame);
  }
}

/** How many bytes a frame has, Ethernet header included. */
function frameLength(frame: Frame): number {
  return HEADER.ethernet + (frame.etherType === "ARP" ? HEADER.arp : packetLength(frame.packet));
}

/** How many bytes an IPv4 packet has: its total length field. */
export function packetLength(packet: Packet): number {
  const { transport, fragment } = packet;
  if (fragment !== undefined) return HEADER.ipv4 + fragment.length;
  switch (transport.kind) {
    case "TCP":
      return HEADER.ipv4 + HEADER.tcp + (transport.mss === undefined ? 0 : 4) + payloadLength(transport.payload);
    case "UDP":
      return HEADER.ipv4 + HEADER.udp + payloadLength(transport.payload);
    case "SCTP":
      return HEADER.ipv4 + HEADER.sctp + payloadLength(transport.payload);
    case "ICMP":
      return HEADER.ipv4 + HEADER.icmp + (transport.quoted === undefined ? (transport.size ?? 0) : quotedLength(transport.quoted));
  }
}

/** How much of a packet an ICMP error quotes: as much as keeps the error within 576 bytes (RFC 1812 §4.3.2.3). */
export function quotedLength(quoted: Packet): number {
  return Math.min(packetLength(quoted), 576 - HEADER.ipv4 - HEADER.icmp);
}

/** The UTF-8 bytes of a text (RFC 3629), with own code: the core has no TextEncoder to rely on. */
export function textBytes(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x1_0000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return Uint8Array.from(bytes);
}
