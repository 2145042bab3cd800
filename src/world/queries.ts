/** The DNS queries of requests and look-ups, on their way: what each place did with them, for those who look on. */
import type { Packet, Payload } from "../network/packet";
import type { Action } from "../workloads/actions";
import type { Answered } from "../workloads/coredns";
import { requestOf, updateRequest } from "./requests";
import type { QueryRow, QueryStep } from "./rows";
import type { WorldState } from "./state";

/** A query leaves its resolver. */
export function noteAsked(state: WorldState, asked: Extract<Action, { kind: "asked" }>): void {
  const { request, id, name, type, server, transport, wire } = asked;
  const query: QueryRow = {
    at: state.loop.now,
    id,
    name,
    type,
    server,
    rcode: "",
    answers: [],
    by: "",
    cache: "",
    answeredAt: null,
    transport,
    query: wire,
    reply: null,
    steps: [],
  };
  updateRequest(state, request, (row) => ({ ...row, queries: [...row.queries, query] }));
}

/** Its answer is read. */
export function noteHeard(state: WorldState, { request, id, rcode, answers, wire }: Extract<Action, { kind: "heard" }>): void {
  const answeredAt = state.loop.now;
  updateQuery(state, request, id, (query) => ({ ...query, rcode, answers, answeredAt, reply: wire }));
}

/** Which replica answered a query, and whether from its cache. */
export function noteAnswer(state: WorldState, pod: string, { query, answer, journey }: Answered, uid: string): void {
  const request = requestOf(journey);
  if (request === null) return;
  const { cache, reply } = answer;
  const from = cache === "hit" ? "out of its cache" : answer.forwarded ? "after asking outside" : "from its page of the cluster";
  const step = { place: "coredns", who: pod, did: `answers ${reply.rcode} ${from}` } as const;
  const found = updateQuery(state, request, query.id, (row) => ({ ...withStep(state, row, step), by: pod, cache }));
  const address = state.pods.get(uid)?.links?.address;
  if (!found || address === undefined) return;
  const node = state.pods.get(uid)?.node ?? "";
  updateRequest(state, request, (row) => (row.lookup === undefined ? row : { ...row, backend: { address, port: 53, pod: uid, node } }));
}

/** A node's kernel sends a query to another address than the one that was asked. */
export function noteTranslated(state: WorldState, node: string, before: Packet, after: Packet): void {
  const place = placeOfQuery(before);
  if (place === null || before.dst === after.dst) return;
  const did = `sends it to ${after.dst} instead of ${before.dst}`;
  updateQuery(state, place.request, place.id, (row) => withStep(state, row, { place: "node", who: node, did }));
}

/** A query, or its answer, goes no further. */
export function noteLost(state: WorldState, node: string, packet: Packet, why: string): void {
  const place = placeOfQuery(packet);
  if (place === null) return;
  updateQuery(state, place.request, place.id, (row) => withStep(state, row, { place: "node", who: node, did: `loses it: ${why}` }));
}

function withStep(state: WorldState, row: QueryRow, step: Omit<QueryStep, "at">): QueryRow {
  return { ...row, steps: [...row.steps, { at: state.loop.now, ...step }] };
}

/** Of queries with one number the last: a resolver that asks again may draw it again. False where there is none. */
export function updateQuery(state: WorldState, request: number, id: number, change: (row: QueryRow) => QueryRow): boolean {
  let found = false;
  updateRequest(state, request, (row) => {
    const last = row.queries.findLastIndex((query) => query.id === id);
    found = last >= 0;
    return found ? { ...row, queries: row.queries.map((query, index) => (index === last ? change(query) : query)) } : row;
  });
  return found;
}

/** The request and message number of a packet that holds a DNS message over UDP. */
function placeOfQuery({ transport, journey }: Packet): { readonly request: number; readonly id: number } | null {
  if (transport.kind !== "UDP") return null;
  const request = requestOf(journey);
  const id = messageNumber(transport.payload);
  return request === null || id === null ? null : { request, id };
}

function messageNumber(payload: Payload): number | null {
  if (payload.kind !== "dns") return null;
  const [high = 0, low = 0] = payload.wire;
  return high * 256 + low;
}
