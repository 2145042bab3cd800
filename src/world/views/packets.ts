/** Hops sorted into packets: each packet from its sender to wherever it ends, with its kind and title. */
import type { Question } from "../../dns/message/types";
import { decodeMessage } from "../../dns/message/wire";
import type { Packet } from "../../network/packet";
import type { JourneyPacket, Level } from "../view-types";
import { unwrap } from "./header";
import type { SeenHop } from "./journey-observer";

/** The hops of one packet. */
export interface PacketHops {
  readonly sender: string;
  /** The packet as it left its sender. */
  readonly packet: Packet;
  readonly hops: readonly SeenHop[];
}

interface Open {
  readonly sender: string;
  readonly packet: Packet;
  readonly hops: SeenHop[];
}

/** The packet of a hop as the reader follows it: the inner one. */
export function packetOf({ hop }: SeenHop): Packet {
  return unwrap(hop.kind === "tap" ? hop.packet : hop.before).inner;
}

/** Sorts hops, which come in the order of seeing, into packets, in the order in which these were sent. */
export function sortIntoPackets(hops: readonly SeenHop[]): readonly PacketHops[] {
  const open = new Map<string, Open>();
  const all: Open[] = [];
  let turn = "";
  for (const hop of hops) {
    const packet = packetOf(hop);
    const key = identityOf(packet);
    const thisTurn = `${hop.event} ${hop.hop.host} ${key}`;
    const known = open.get(key);
    if (known === undefined || (thisTurn !== turn && isSentAgain(hop, known))) {
      const made: Open = { sender: hop.hop.host, packet, hops: [hop] };
      open.set(key, made);
      all.push(made);
    } else known.hops.push(hop);
    turn = thisTurn;
  }
  return all.map((one) => ({ ...one, hops: one.hops.toSorted((a, b) => a.hop.at - b.hop.at) }));
}

/** A retransmission: in another event the sender begins anew, by the very step by which it began before. */
function isSentAgain({ hop, event }: SeenHop, { sender, hops }: Open): boolean {
  if (hop.host !== sender || hop.kind === "tap" || (hop.step !== "route" && hop.step !== "output")) return false;
  return hops.some((one) => one.event < event && one.hop.kind === "step" && one.hop.host === sender && one.hop.step === hop.step);
}

/** What makes two sightings the same packet, whatever addresses it wears just then. */
function identityOf({ transport, id, journey }: Packet): string {
  switch (transport.kind) {
    case "TCP":
      return `${journey} ${transport.flags} ${transport.seq} ${transport.ack} ${transport.payload.kind}`;
    case "UDP":
      return transport.payload.kind === "dns" ? `${journey} ${transport.payload.wire.slice(0, 4).join(".")}` : `${journey} ${id}`;
    case "SCTP":
      return `${journey} ${transport.payload.kind}`;
    case "ICMP":
      return `${journey} ICMP ${transport.type}/${transport.code} ${id}`;
  }
}

/** The question of a DNS message, and whether it is an answer. */
function readDns({
  transport,
}: Packet): { readonly question: Question | undefined; readonly isAnswer: boolean; readonly says: string } | null {
  if (transport.kind !== "UDP" || transport.payload.kind !== "dns") return null;
  const message = decodeMessage(transport.payload.wire);
  if (!message.ok) return null;
  const { questions, answers, flags, rcode } = message.value;
  const addresses = answers.flatMap((record) => (record.type === "A" || record.type === "AAAA" ? [record.address] : []));
  const says = addresses.length > 0 ? addresses.join(", ") : rcode === "NOERROR" ? "no such record (NODATA)" : rcode;
  return { question: questions[0], isAnswer: flags.response, says };
}

/** Kind of a packet of a request. */
export function kindOf(packet: Packet, isFromClient: boolean): JourneyPacket["kind"] {
  const { transport } = packet;
  if (transport.kind === "ICMP") return "icmp";
  if (transport.kind === "UDP") {
    const dns = readDns(packet);
    return dns === null ? "other" : dns.isAnswer ? "dns-answer" : "dns-query";
  }
  if (transport.kind !== "TCP") return "other";
  switch (transport.flags) {
    case "S":
      return "syn";
    case "SA":
      return "syn-ack";
    case "A":
      return "ack";
    case "PA":
      return isFromClient ? "http-request" : "http-response";
    case "FA":
      return "fin";
    case "R":
    case "RA":
      return "rst";
  }
}

/** What a packet is called. `service` and `client` are short names. */
export function titleOf(
  packet: Packet,
  kind: JourneyPacket["kind"],
  { service, client, isFromClient }: { readonly service: string; readonly client: string; readonly isFromClient: boolean },
): string {
  const to = isFromClient ? `to ${service}` : `back to ${client}`;
  const { transport } = packet;
  const text = transport.kind === "TCP" && transport.payload.kind === "http" ? (transport.payload.text.split("\r\n")[0] ?? "") : "";
  switch (kind) {
    case "dns-query":
    case "dns-answer":
      return dnsTitle(packet);
    case "syn":
      return `SYN ${to}`;
    case "syn-ack":
      return `SYN, ACK ${to}`;
    case "ack":
      return `ACK ${to}`;
    case "http-request":
      return `${text.replace(/ HTTP\/.*$/, "")} ${to}`;
    case "http-response":
      return `${text.replace(/^HTTP\/\S+ /, "")} ${to}`;
    case "fin":
      return `FIN ${to}`;
    case "rst":
      return `RST ${to}`;
    case "icmp":
      return `ICMP error ${to}`;
    case "other":
      return `Packet ${to}`;
  }
}

function dnsTitle(packet: Packet): string {
  const dns = readDns(packet);
  const name = dns?.question?.name.replace(/\.$/, "") ?? "a name";
  const type = dns?.question?.type ?? "A";
  if (dns?.isAnswer !== true) return `${type} query for ${name}`;
  return `Answer: ${name.split(".")[0] ?? name} ${type} is ${dns.says}`;
}

/** The first packet of its kind is told by stations, the first that is trapped by kernel, later ones in one beat. */
export function levelOf(kind: JourneyPacket["kind"], isFirst: boolean): Level {
  if (!isFirst) return "chapters";
  switch (kind) {
    case "dns-query":
    case "syn":
      return "kernel";
    case "dns-answer":
    case "syn-ack":
    case "rst":
    case "icmp":
      return "stations";
    case "ack":
    case "http-request":
    case "http-response":
    case "fin":
    case "other":
      return "chapters";
  }
}
