/** The queries of a request with the packets that carried them and their answers. */
import type { Packet } from "../../network/packet";
import type { QueryRow, RequestRow } from "../rows";
import type { QueryView } from "../view-types";
import { hexOf } from "./message";
import type { PacketHops } from "./packets";

/** A packet of the journey with a DNS message in it. */
interface Carried {
  readonly packet: number;
  readonly id: number;
  readonly isAnswer: boolean;
  readonly wire: Uint8Array;
  /** When it was last seen. */
  readonly until: number;
}

function dnsIn({ transport }: Packet): Uint8Array | null {
  const payload = transport.kind === "UDP" || transport.kind === "TCP" ? transport.payload : null;
  return payload?.kind === "dns" ? payload.wire : null;
}

/** The identifier stands in the first two bytes, QR in the highest bit of the third (RFC 1035 §4.1.1). */
function carriedBy({ packet, hops }: PacketHops, index: number): readonly Carried[] {
  const wire = dnsIn(packet);
  if (wire === null || wire.length < 3) return [];
  const [high = 0, low = 0, third = 0] = wire;
  return [{ packet: index, id: high * 256 + low, isAnswer: third >= 128, wire, until: hops.at(-1)?.hop.at ?? 0 }];
}

/** A resent query has its identifier again: the n-th row of an identifier went out in the n-th packet with it. */
function queryPacket(row: QueryRow, rows: readonly QueryRow[], carried: readonly Carried[]): Carried | undefined {
  const turn = rows.filter(({ id }) => id === row.id).indexOf(row);
  return carried.filter(({ id, isAnswer }) => id === row.id && !isAnswer)[turn];
}

/** The answer that was read, or the one that is under way to a query that was sent once. */
function answerPacket(row: QueryRow, rows: readonly QueryRow[], carried: readonly Carried[]): Carried | undefined {
  const answers = carried.filter(({ id, isAnswer }) => id === row.id && isAnswer);
  if (row.answeredAt !== null) return answers.find(({ until }) => until === row.answeredAt) ?? answers[0];
  return rows.filter(({ id }) => id === row.id).length === 1 ? answers[0] : undefined;
}

/** All queries of a request, in the order in which they left. */
export function queryViews({ queries }: RequestRow, packets: readonly PacketHops[]): readonly QueryView[] {
  const carried = packets.flatMap(carriedBy);
  return queries.map((row) => {
    const { at, name, type, server, rcode, answers, by, cache, answeredAt } = row;
    const query = queryPacket(row, queries, carried);
    const answer = answerPacket(row, queries, carried);
    return {
      at,
      name,
      type,
      server,
      rcode,
      answers,
      by,
      cache,
      answeredAt,
      packet: query?.packet ?? -1,
      answerPacket: answer?.packet ?? -1,
      wire: query === undefined ? "" : hexOf(query.wire),
      answerWire: answer === undefined ? "" : hexOf(answer.wire),
    };
  });
}
