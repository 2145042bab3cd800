/** Requests of clients: their beginning, where the kernel sent them, their end; and the flight that each of them is. */
import { ensure } from "../base/assert";
import type { Pod } from "../cluster/objects";
import { refOf } from "../cluster/objects";
import { isReady, isTerminating } from "../cluster/pods";
import type { ClusterView } from "../cluster/store-types";
import { controllerOf } from "../control-plane/ownership";
import { compareText } from "../base/order";
import type { IpAddress } from "../network/address";
import type { Packet } from "../network/packet";
import type { Outcome } from "../workloads/verdicts";
import { sentenceOf } from "../workloads/verdicts";
import type { Decision, MissedChange } from "./missed-change";
import { isLastResort, missedChange } from "./missed-change";
import type { PodRow, RequestRow } from "./rows";
import type { Sim } from "./sim";
import type { WorldState } from "./state";
import { nameOf } from "./told";
import type { FlightView } from "./view-types";

/** Ended requests that are kept. */
const KEPT = 200;

/** The number of the request that a journey belongs to; null where it belongs to none. */
export function requestOf(journey: string): number | null {
  if (!journey.startsWith("request ")) return null;
  const number = Number.parseInt(journey.slice(8), 10);
  return Number.isNaN(number) ? null : number;
}

/** Whether a journey is that of a look-up, and not of the connection behind it. */
function isLookup(journey: string): boolean {
  return / (query \d+|DNS over TCP)/.test(journey);
}

/** A request as a flight. */
export function flightOf(row: RequestRow): FlightView {
  return {
    request: row.id,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
    fromPod: row.clientUid,
    toPod: row.backend?.pod ?? "",
    fromNode: row.clientNode,
    toNode: row.backend?.node ?? "",
    service: row.service,
    verdict: row.verdict,
  };
}

/** Changes a request's row. */
export function updateRequest(state: WorldState, id: number, change: (row: RequestRow) => RequestRow): RequestRow | undefined {
  const row = state.requests.get(`${id}`);
  if (row === undefined) return undefined;
  const next = change(row);
  state.requests.set(`${id}`, next);
  return next;
}

/** A client connects. Until a rule says more, its node's rules do not know the address. */
export function noteConnect(
  state: WorldState,
  { journey, dst, port }: { readonly journey: string; readonly dst: IpAddress; readonly port: number },
): void {
  const id = requestOf(journey);
  if (id === null || isLookup(journey)) return;
  updateRequest(state, id, (row) => ({ ...row, decision: decisionOf(state, { node: row.clientNode, dst, port, endpoint: null }) }));
}

/** A choice of this moment. */
function decisionOf(state: WorldState, choice: Pick<Decision, "node" | "dst" | "port" | "endpoint">): Decision | null {
  const proxy = state.proxies.get(choice.node);
  if (proxy === undefined) return null;
  return { ...choice, at: state.loop.now, read: proxy.synced, running: proxy.running, head: state.store.head };
}

/** The choice as it falls, once a connection: a segment that is sent again finds it in conntrack, and no rule is asked. */
function settled(
  state: WorldState,
  { decision }: RequestRow,
  { node, endpoint }: Pick<Decision, "node"> & { readonly endpoint: string },
): Decision | null {
  if (decision === null || decision.endpoint !== null) return decision;
  const { dst, port } = decision;
  return decisionOf(state, { node, dst, port, endpoint });
}

/** The kernel sends a request's connection to an endpoint: a new choice, or that of a connection kept alive. */
export function noteBackend(
  state: WorldState,
  { node, before, after, isNew }: { readonly node: string; readonly before: Packet; readonly after: Packet; readonly isNew: boolean },
): FlightView | null {
  const id = requestOf(before.journey);
  const { transport, dst } = after;
  const known = id === null || isLookup(before.journey) ? undefined : state.requests.get(`${id}`);
  if (known === undefined || transport.kind !== "TCP" || (known.backend !== null && !isNew)) return null;
  const pod = state.pods.all().find((row) => row.links?.address === dst);
  const backend = { address: dst, port: transport.dstPort, pod: pod?.uid ?? "", node: pod?.node ?? "" };
  const endpoint = `${dst}:${transport.dstPort}`;
  const row = updateRequest(state, known.id, (old) => ({
    ...old,
    backend,
    decision: isNew ? settled(state, old, { node, endpoint }) : old.decision,
  }));
  return row === undefined ? null : flightOf(row);
}

/** A rule rejected a packet of a request. */
export function noteRejected(state: WorldState, { node, packet }: { readonly node: string; readonly packet: Packet }): void {
  const id = requestOf(packet.journey);
  if (id === null) return;
  const isConnection = packet.transport.kind === "TCP";
  updateRequest(state, id, (row) => ({
    ...row,
    rejected: true,
    decision: isConnection ? settled(state, row, { node, endpoint: "" }) : row.decision,
  }));
}

/** A request has ended. */
export function endRequest(sim: Sim, id: number, outcome: Outcome): RequestRow | undefined {
  const { state } = sim;
  const ended = updateRequest(state, id, (row) => {
    const missed = outcome.verdict === "answered" || row.decision === null ? null : missedChange(state, row.decision);
    return {
      ...row,
      endedAt: state.loop.now,
      verdict: outcome.verdict,
      answeredBy: outcome.verdict === "answered" ? outcome.by : "",
      missed,
      sentence: [sentenceOf(outcome, seenOf(state, row, missed)), ...(missed === null ? [] : [missed.sentence])].join(" "),
    };
  });
  if (ended !== undefined) sim.flight(flightOf(ended));
  forgetOld(state);
  return ended;
}

function seenOf(state: WorldState, row: RequestRow, missed: MissedChange | null): Parameters<typeof sentenceOf>[1] {
  if (row.backend === null) return row.rejected ? { noEndpoints: missed === null ? "none" : "none known" } : {};
  const { address, port, pod } = row.backend;
  const name = state.pods.get(pod)?.name;
  const lastResort = missed === null && row.decision !== null && isLastResort(state, row.decision);
  return { backend: `${address}:${port}`, lastResort, ...(name === undefined ? {} : { pod: name }) };
}

/** A request whose client ended before it. */
export function abandonRequest(sim: Sim, id: number): void {
  const { state } = sim;
  const ended = updateRequest(state, id, (row) => ({
    ...row,
    endedAt: state.loop.now,
    verdict: "reset",
    sentence: `${row.client} ended before an answer came.`,
  }));
  if (ended !== undefined) sim.flight(flightOf(ended));
}

function forgetOld(state: WorldState): void {
  let surplus = state.requests.size - KEPT;
  if (surplus <= 0) return;
  for (const row of state.requests.all()) {
    if (surplus <= 0) return;
    if (row.endedAt === null) continue;
    state.requests.delete(`${row.id}`);
    surplus -= 1;
  }
}

/** Pods that may send: of the traffic's Deployment, ready, with a network. Lowest (creation, UID) first. */
export function clientPods(state: WorldState): readonly Pod[] {
  const { from } = state.setup.traffic;
  const view = state.store.latest();
  return view
    .list("Pod")
    .filter((pod) => `${pod.metadata.namespace ?? "default"}/${ownerOf(view, pod)}` === from)
    .filter((pod) => isReady(pod) && !isTerminating(pod) && rowOf(state, pod)?.links !== undefined)
    .toSorted(byCreation);
}

function byCreation(a: Pod, b: Pod): number {
  return compareText(birthOf(a), birthOf(b));
}

function birthOf({ metadata }: Pod): string {
  return `${metadata.creationTimestamp ?? ""} ${metadata.uid ?? ""}`;
}

function rowOf(state: WorldState, pod: Pod): PodRow | undefined {
  return state.pods.get(pod.metadata.uid ?? "");
}

/** Name of the Deployment, or other top owner, of a Pod; "" where it has none. */
export function ownerOf(view: ClusterView, pod: Pod): string {
  const owner = controllerOf(pod.metadata);
  if (owner === undefined) return "";
  if (owner.kind !== "ReplicaSet") return owner.name;
  const set = view.get("ReplicaSet", pod.metadata.namespace ?? "default", owner.name);
  return (set === undefined ? undefined : controllerOf(set.metadata)?.name) ?? owner.name.replace(/-[a-z0-9]+$/, "");
}

/** `ns/name` of the Service that a host name or address of a URL means to a client of a namespace; "" where none. */
export function serviceOf(view: ClusterView, host: string, namespace: string): string {
  const [name = "", other] = host.split(".");
  const byName = view.get("Service", other === undefined || /^\d+$/.test(other) ? namespace : other, name);
  if (byName !== undefined) return nameOf(refOf(byName));
  const byAddress = view.list("Service").find((service) => service.spec.clusterIP === host);
  return byAddress === undefined ? "" : nameOf(refOf(byAddress));
}

/** The next request's number. */
export function takeRequestNumber(state: WorldState): number {
  const standing = ensure(state.standing.get("world"), "the world's row");
  state.standing.set("world", { ...standing, nextRequest: standing.nextRequest + 1 });
  return standing.nextRequest;
}
