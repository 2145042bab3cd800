/**
 * Packets and frames as values. They are immutable: a rewrite makes a new packet, so that a hop can show both.
 * Sources: RFC 791 (IPv4), RFC 9293 (TCP), RFC 768 (UDP), RFC 792 (ICMP), RFC 7348 (VXLAN).
 */
import type { IpAddress, MacAddress } from "./address";

/** What a segment or datagram carries. Bytes are real; the text kinds are for people. */
export type Payload =
  | { readonly kind: "none" }
  /** HTTP/1.1 text, as sent. */
  | { readonly kind: "http"; readonly text: string }
  /** A DNS message in wire form (RFC 1035). */
  | { readonly kind: "dns"; readonly wire: Uint8Array }
  /** Opaque data of a length (echo payloads, probes). */
  | { readonly kind: "data"; readonly length: number }
  /** A VXLAN header and the frame inside it. */
  | { readonly kind: "vxlan"; readonly vni: number; readonly frame: Frame };

/** TCP flags in tcpdump's letters, in this order: S F R P A; a SYN/ACK is "SA", a FIN/ACK "FA". */
export type TcpFlags = "S" | "SA" | "A" | "PA" | "FA" | "R" | "RA";

/** A TCP segment. */
export interface TcpSegment {
  readonly kind: "TCP";
  readonly srcPort: number;
  readonly dstPort: number;
  readonly flags: TcpFlags;
  readonly seq: number;
  readonly ack: number;
  readonly window: number;
  /** MSS option, on SYN and SYN/ACK only. */
  readonly mss?: number;
  readonly payload: Payload;
}

/** A UDP datagram. */
export interface UdpDatagram {
  readonly kind: "UDP";
  readonly srcPort: number;
  readonly dstPort: number;
  readonly payload: Payload;
}

/** An SCTP packet: ports only; no SCTP socket is modelled. */
export interface SctpPacket {
  readonly kind: "SCTP";
  readonly srcPort: number;
  readonly dstPort: number;
  readonly payload: Payload;
}

/** An ICMP message: echo (8/0, 0/0) or an error that quotes the packet it is about. */
export interface IcmpMessage {
  readonly kind: "ICMP";
  readonly type: number;
  readonly code: number;
  /** Echo identifier and sequence. */
  readonly id?: number;
  readonly sequence?: number;
  /** Bytes that an echo carries; absent = none. */
  readonly size?: number;
  /** The packet an error is about, as the sender of the error had it (un-NATed on its way back). */
  readonly quoted?: Packet;
  /** Next-hop MTU of 3/4. */
  readonly mtu?: number;
}

/** What an IPv4 packet carries. */
export type Transport = TcpSegment | UdpDatagram | SctpPacket | IcmpMessage;

/** Protocols in lower case, as `/etc/protocols`, conntrack and iptables name them. */
export const PROTOCOL_NAMES = { TCP: "tcp", UDP: "udp", SCTP: "sctp", ICMP: "icmp" } as const;

/** Which part of a datagram a fragment carries: `offset` and `length` in bytes behind the IP header. Source: RFC 791 §3.1. */
export interface Fragment {
  readonly offset: number;
  readonly length: number;
  /** More fragments follow (MF). */
  readonly more: boolean;
}

/** An IPv4 packet. */
export interface Packet {
  readonly src: IpAddress;
  readonly dst: IpAddress;
  readonly ttl: number;
  /** IP identification. */
  readonly id: number;
  readonly dontFragment: boolean;
  /** Absent where it is whole. In a fragment `transport` is that of the whole datagram; ports are on the wire in the first only. */
  readonly fragment?: Fragment;
  readonly transport: Transport;
  /**
   * What this packet belongs to, for recording only (never read by any decision): the journey that its
   * first sender opened, e.g. `request 12 SYN`. Answers and errors carry the journey on.
   */
  readonly journey: string;
}

/** ARP: not a packet, never meets netfilter. Source: RFC 826. */
export interface ArpMessage {
  readonly operation: "request" | "reply";
  readonly senderIp: IpAddress;
  readonly senderMac: MacAddress;
  readonly targetIp: IpAddress;
  readonly targetMac: MacAddress;
}

/** An Ethernet frame. */
export type Frame = {
  readonly srcMac: MacAddress;
  readonly dstMac: MacAddress;
} & ({ readonly etherType: "IPv4"; readonly packet: Packet } | { readonly etherType: "ARP"; readonly arp: ArpMessage });

/** The broadcast MAC address. */
export const BROADCAST_MAC = "ff:ff:ff:ff:ff:ff" as MacAddress;
