/** The DNS queries of requests and look-ups, on their way: what each place did with them, for those who look on. */
import type { Packet } from "../network/packet";
import type { Action } from "../workloads/actions";
import type { Answered, CorednsState } from "../workloads/coredns";
import { updateRequest } from "./requests";
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
export function noteAnswer(
  state: WorldState,
  { pod, role }: Pick<CorednsState, "pod" | "role">,
  { answer, journey }: Answered,
  uid: string,
): void {
  const asked = placeOfJourney(journey);
  if (asked === null) return;
  const { request, id } = asked;
  const { cache, reply } = answer;
  const from = cache === "hit" ? "out of its cache" : answer.forwarded ? "as it was told" : "from its page of the cluster";
  const step = { place: role === "replica" ? "coredns" : "node cache", who: pod, did: `answers ${reply.rcode} ${from}` } as const;
  const found = updateQuery(state, request, id, (row) => ({ ...withStep(state, row, step), by: pod, cache }));
  const address = state.pods.get(uid)?.links?.address;
  if (!found || address === undefined) return;
  const node = state.pods.get(uid)?.node ?? "";
  updateRequest(state, request, (row) => (row.lookup === undefined ? row : { ...row, backend: { address, port: 53, pod: uid, node } }));
}

/** What a program on a query's way did with it. */
export function noteOnTheWay(state: WorldState, process: string, { journey, did }: Extract<Action, { kind: "note" }>): void {
  const asked = placeOfJourney(journey);
  const program = state.processes.get(process)?.program;
  if (asked === null || program === undefined) return;
  const at =
    program.program === "coredns"
      ? ({ place: program.role === "replica" ? "coredns" : "node cache", who: program.pod } as const)
      : ({ place: "upstream", who: "the resolver outside" } as const);
  updateQuery(state, asked.request, asked.id, (row) => withStep(state, row, { ...at, did }));
}

/** A node's kernel sends a query to another address than the one that was asked. */
export function noteTranslated(state: WorldState, node: string, before: Packet, after: Packet): void {
  const place = placeOfJourney(before.journey);
  if (place === null || before.dst === after.dst) return;
  const did = `sends it to ${after.dst} instead of ${before.dst}`;
  updateQuery(state, place.request, place.id, (row) => withStep(state, row, { place: "node", who: node, did }));
}

/** A query, or its answer, goes no further. */
export function noteLost(state: WorldState, node: string, packet: Packet, why: string): void {
  const place = placeOfJourney(packet.journey);
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

/** The request and the number of the query that a journey belongs to: that of the resolver, also where others hand it on. */
function placeOfJourney(journey: string): { readonly request: number; readonly id: number } | null {
  const [, request, id] = /^request (\d+) query (\d+)/.exec(journey) ?? [];
  return request === undefined || id === undefined ? null : { request: Number(request), id: Number(id) };
}
