/** Which packets of a journey carried the messages of its look-up. */
import type { Packet } from "../../network/packet";
import type { LookupQueryView, LookupView } from "../view-types";
import { hexOf } from "./message";
import type { PacketHops } from "./packets";

interface Carried {
  readonly packet: number;
  readonly wire: string;
  /** When it was last seen. */
  readonly until: number;
}

function dnsIn({ transport }: Packet): string {
  const payload = transport.kind === "UDP" || transport.kind === "TCP" ? transport.payload : null;
  return payload?.kind === "dns" ? hexOf(payload.wire) : "";
}

/** A query that is sent again has the same bytes: its n-th sending went out in the n-th packet with them. */
function packetOf({ wire }: LookupQueryView, turn: number, carried: readonly Carried[]): number {
  return carried.filter((one) => one.wire === wire)[turn]?.packet ?? -1;
}

function answerPacketOf({ answerWire, answeredAt }: LookupQueryView, carried: readonly Carried[]): number {
  if (answerWire === "") return -1;
  const answers = carried.filter((one) => one.wire === answerWire);
  return (answers.find(({ until }) => until === answeredAt) ?? answers[0])?.packet ?? -1;
}

/** The look-up with the packets that carried its queries and answers. */
export function withPackets(lookup: LookupView, packets: readonly PacketHops[]): LookupView {
  const carried = packets.flatMap(({ packet, hops }, index): readonly Carried[] => {
    const wire = dnsIn(packet);
    return wire === "" ? [] : [{ packet: index, wire, until: hops.at(-1)?.hop.at ?? 0 }];
  });
  const turns = new Map<string, number>();
  const asked = lookup.asked.map((query) => {
    const turn = turns.get(query.wire) ?? 0;
    turns.set(query.wire, turn + 1);
    return { ...query, packet: packetOf(query, turn, carried), answerPacket: answerPacketOf(query, carried) };
  });
  return { ...lookup, asked };
}
