/** Tuples: what makes two packets the same connection. Source: include/net/netfilter/nf_conntrack_tuple.h. */
import type { IpAddress } from "../../../network/address";
import type { Packet } from "../../../network/packet";
import { PROTOCOL_NAMES } from "../../../network/packet";

/** One direction of a connection. For ICMP echo both ports hold the identifier and `icmpType` the message type. */
export interface Tuple {
  readonly protocol: "tcp" | "udp" | "icmp" | "sctp";
  readonly src: IpAddress;
  readonly dst: IpAddress;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly icmpType: number;
  /** All of the above as one text. */
  readonly key: string;
}

type Fields = Omit<Tuple, "key">;

/** A tuple with its key. */
export function makeTuple(fields: Fields): Tuple {
  const { protocol, src, dst, srcPort, dstPort, icmpType } = fields;
  return { protocol, src, dst, srcPort, dstPort, icmpType, key: `${protocol}${icmpType} ${src}:${srcPort} ${dst}:${dstPort}` };
}

/** The tuple of a packet; null for ICMP other than echo. */
export function tupleOf(packet: Packet): Tuple | null {
  const { src, dst, transport } = packet;
  if (transport.kind !== "ICMP") {
    const { srcPort, dstPort } = transport;
    return makeTuple({ protocol: PROTOCOL_NAMES[transport.kind], src, dst, srcPort, dstPort, icmpType: 0 });
  }
  if (transport.type !== 8 && transport.type !== 0) return null;
  const id = transport.id ?? 0;
  return makeTuple({ protocol: "icmp", src, dst, srcPort: id, dstPort: id, icmpType: transport.type });
}

/** The key of a packet's tuple, without making the tuple; null where it has none. */
export function keyOf(packet: Packet): string | null {
  const { src, dst, transport } = packet;
  if (transport.kind === "ICMP") return tupleOf(packet)?.key ?? null;
  return `${PROTOCOL_NAMES[transport.kind]}0 ${src}:${transport.srcPort} ${dst}:${transport.dstPort}`;
}

/** The tuple of the answer: sides exchanged (nf_ct_invert_tuple). */
export function invert(tuple: Tuple): Tuple {
  const { protocol, src, dst, srcPort, dstPort, icmpType } = tuple;
  const answerType = protocol === "icmp" ? 8 - icmpType : 0;
  return makeTuple({ protocol, src: dst, dst: src, srcPort: dstPort, dstPort: srcPort, icmpType: answerType });
}
