/**
 * Packets and frames as the bytes of the wire, checksums filled in.
 * Sources: RFC 791, 9293, 768, 792, 9260, 7348, 826; IEEE 802.3. SCTP carries its common header only, no chunk.
 */
import { ipv4Number } from "./address";
import { crc32c, internetChecksum } from "./checksum";
import type { ArpMessage, Frame, IcmpMessage, Packet, Payload, SctpPacket, TcpFlags, TcpSegment, Transport, UdpDatagram } from "./packet";
import { quotedLength, textBytes } from "./payload";

const PROTOCOL: Readonly<Record<Transport["kind"], number>> = { ICMP: 1, TCP: 6, UDP: 17, SCTP: 132 };
const FLAG_BITS: Readonly<Record<TcpFlags, number>> = { S: 0x02, SA: 0x12, A: 0x10, PA: 0x18, FA: 0x11, R: 0x04, RA: 0x14 };
const MSS_OPTION = 2;

function word16(value: number): readonly number[] {
  return [(value >>> 8) & 255, value & 255];
}

function word32(value: number): readonly number[] {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

function macBytes(address: string): readonly number[] {
  return address.split(":").map((part) => Number.parseInt(part, 16));
}

function join(head: readonly number[], body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}

function put16(bytes: Uint8Array, at: number, value: number): Uint8Array {
  bytes.set(word16(value), at);
  return bytes;
}

/** An IPv4 packet as bytes: header without options, transport, payload. */
export function packetBytes(packet: Packet): Uint8Array {
  const { fragment } = packet;
  const whole = transportBytes(packet);
  const body = fragment === undefined ? whole : whole.slice(fragment.offset, fragment.offset + fragment.length);
  const head = Uint8Array.from([
    0x45,
    0,
    ...word16(20 + body.length),
    ...word16(packet.id),
    ...word16((packet.dontFragment ? 0x4000 : 0) | (fragment?.more === true ? 0x2000 : 0) | ((fragment?.offset ?? 0) >>> 3)),
    packet.ttl,
    PROTOCOL[packet.transport.kind],
    0,
    0,
    ...word32(ipv4Number(packet.src)),
    ...word32(ipv4Number(packet.dst)),
  ]);
  put16(head, 10, internetChecksum(head));
  return join([...head], body);
}

function transportBytes(packet: Packet): Uint8Array {
  const { transport } = packet;
  switch (transport.kind) {
    case "TCP":
      return withPseudoHeader(packet, tcpBytes(transport), 16);
    case "UDP":
      return withPseudoHeader(packet, udpBytes(transport), 6);
    case "ICMP":
      return icmpBytes(transport);
    case "SCTP":
      return sctpBytes(transport);
  }
}

/** Fills in a checksum that covers the addresses too; UDP sends 0xffff for 0, as 0 means "none". */
function withPseudoHeader(packet: Packet, body: Uint8Array, at: number): Uint8Array {
  const pseudo = [...word32(ipv4Number(packet.src)), ...word32(ipv4Number(packet.dst)), 0, PROTOCOL[packet.transport.kind]];
  const sum = internetChecksum(join([...pseudo, ...word16(body.length)], body));
  return put16(body, at, sum === 0 && packet.transport.kind === "UDP" ? 0xffff : sum);
}

function tcpBytes({ srcPort, dstPort, flags, seq, ack, window, mss, payload }: TcpSegment): Uint8Array {
  const options = mss === undefined ? [] : [MSS_OPTION, 4, ...word16(mss)];
  const offset = (5 + options.length / 4) << 4;
  const head = [
    ...word16(srcPort),
    ...word16(dstPort),
    ...word32(seq),
    ...word32(ack),
    offset,
    FLAG_BITS[flags],
    ...word16(window),
    0,
    0,
    0,
    0,
  ];
  return join([...head, ...options], payloadBytes(payload));
}

function udpBytes({ srcPort, dstPort, payload }: UdpDatagram): Uint8Array {
  const body = payloadBytes(payload);
  return join([...word16(srcPort), ...word16(dstPort), ...word16(8 + body.length), 0, 0], body);
}

function sctpBytes({ srcPort, dstPort, payload }: SctpPacket): Uint8Array {
  const bytes = join([...word16(srcPort), ...word16(dstPort), 0, 0, 0, 0, 0, 0, 0, 0], payloadBytes(payload));
  // CRC32c goes out least significant byte first.
  bytes.set([...word32(crc32c(bytes))].toReversed(), 8);
  return bytes;
}

function icmpBytes({ type, code, id, sequence, size = 0, quoted, mtu }: IcmpMessage): Uint8Array {
  const rest = quoted === undefined ? [...word16(id ?? 0), ...word16(sequence ?? 0)] : [0, 0, ...word16(mtu ?? 0)];
  const about = quoted === undefined ? new Uint8Array(size) : packetBytes(quoted).slice(0, quotedLength(quoted));
  const bytes = join([type, code, 0, 0, ...rest], about);
  return put16(bytes, 2, internetChecksum(bytes));
}

/** A payload as bytes; data of a mere length is zeros. */
function payloadBytes(payload: Payload): Uint8Array {
  switch (payload.kind) {
    case "none":
      return new Uint8Array();
    case "http":
      return textBytes(payload.text);
    case "dns":
      return payload.wire;
    case "data":
      return new Uint8Array(payload.length);
    case "vxlan":
      return join([0x08, 0, 0, 0, ...word32(payload.vni << 8)], frameBytes(payload.frame));
  }
}

/** An Ethernet frame as bytes, without preamble and check sequence, as captures hold it. */
export function frameBytes(frame: Frame): Uint8Array {
  const head = [...macBytes(frame.dstMac), ...macBytes(frame.srcMac)];
  if (frame.etherType === "IPv4") return join([...head, 0x08, 0x00], packetBytes(frame.packet));
  return join([...head, 0x08, 0x06], arpBytes(frame.arp));
}

function arpBytes({ operation, senderIp, senderMac, targetIp, targetMac }: ArpMessage): Uint8Array {
  const sender = [...macBytes(senderMac), ...word32(ipv4Number(senderIp))];
  const target = [...macBytes(targetMac), ...word32(ipv4Number(targetIp))];
  return Uint8Array.from([0, 1, 0x08, 0, 6, 4, 0, operation === "request" ? 1 : 2, ...sender, ...target]);
}

/** Bytes as `45 00 00 3c …`. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
