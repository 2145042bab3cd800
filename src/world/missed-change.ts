/**
 * Which change had not arrived? A choice of an endpoint is decided again on newer pages of the store; the first write
 * after which it falls out differently, and stays so, is the one that the chooser had not seen. Two choosers can be
 * behind: the rules of the client's node, and the EndpointSlices themselves, which the endpointslice controller writes.
 */
import { matchesSelector } from "../cluster/labels";
import type { Endpoint, Kind, Service } from "../cluster/objects";
import { isReady, isTerminal, isTerminating } from "../cluster/pods";
import type { ClusterView, Revision, Write } from "../cluster/store-types";
import type { SimTime } from "../engine/time";
import type { IpAddress } from "../network/address";
import { categorise } from "../node/agents/kube-proxy/categorise";
import { serviceKeyOf, someBackedServices } from "../node/agents/kube-proxy/services";
import type { ProxyRevisions } from "./rows";
import type { WorldState } from "./state";
import { watcherOf } from "./sim";
import { nameOf } from "./told";

/** One choice: what the rules of a node did with the first packet to an address, and on which page they stood. */
export interface Decision {
  readonly node: string;
  readonly at: SimTime;
  readonly dst: IpAddress;
  readonly port: number;
  /** `address:port`; "" where a rule rejected the packet; null where no rule knew the address. */
  readonly endpoint: string | null;
  readonly read: ProxyRevisions;
  /** What a sync under way was writing. */
  readonly running: ProxyRevisions | null;
  /** The store's last revision just then: what could have been known. */
  readonly head: Revision;
}

/** A change that would have led to another choice, and how far it had come. Times are whole microseconds. */
export interface MissedChange {
  /** Who was behind: `kube-proxy, node-a`, or `endpointslice`. */
  readonly reader: string;
  readonly kind: Kind;
  /** `ns/name`. */
  readonly name: string;
  readonly revision: Revision;
  /** Number of the event that wrote it. */
  readonly event: number;
  readonly writtenAt: SimTime;
  readonly decidedAt: SimTime;
  readonly sentence: string;
}

/** The change that a choice missed; null where everything that was known then would have led to the same. */
export function missedChange(state: WorldState, decision: Decision): MissedChange | null {
  const service = serviceAt(state, decision);
  if (service === null) return null;
  return missedByRules(state, decision, service) ?? missedBySlices(state, decision, service);
}

/** `ns/name` of the Service with the address, as it is in the newest page, else as the rules had it. */
function serviceAt({ store }: WorldState, { dst, head, read }: Decision): string | null {
  for (const revision of [head, read.Service]) {
    const found = store
      .view(revision)
      .list("Service")
      .find(({ spec }) => spec.clusterIP === dst);
    if (found !== undefined) return serviceKeyOf(found);
  }
  return null;
}

function missedByRules(state: WorldState, decision: Decision, service: string): MissedChange | null {
  const { read, head, node } = decision;
  if (!isSame(state, decision, { service, at: read })) return null;
  let missed: Write | null = null;
  for (const write of writesTo(state, service, read, head)) {
    const same = isSame(state, decision, { service, at: { Service: write.revision, EndpointSlice: write.revision } });
    if (same) missed = null;
    else missed ??= write;
  }
  if (missed === null) return null;
  const sentence = `${node}'s rules were behind: ${changeIn(missed, decision)} (revision ${missed.revision}), written ${spanText(decision.at - missed.at)} before, ${progress(state, decision, missed)}.`;
  return { ...told(missed, decision), reader: watcherOf.proxy(node), sentence };
}

/** Writes of a Service and its slices after what was read, oldest first. */
function writesTo({ store }: WorldState, service: string, read: ProxyRevisions, head: Revision): readonly Write[] {
  const of = (kind: "Service" | "EndpointSlice"): readonly Write[] =>
    store.writesBetween(kind, read[kind], head).filter((write) => serviceKeyOf(write.object) === service);
  return [...of("Service"), ...of("EndpointSlice")].toSorted((a, b) => a.revision - b.revision);
}

/** Whether the choice could have fallen out as it did on another page: the endpoint was one of those to choose from. */
function isSame(state: WorldState, decision: Decision, on: { readonly service: string; readonly at: ProxyRevisions }): boolean {
  const endpoints = endpointsOn(state, decision, on);
  if (endpoints === null || decision.endpoint === null) return endpoints === decision.endpoint;
  return decision.endpoint === "" ? endpoints.length === 0 : endpoints.includes(decision.endpoint);
}

/** What a node's rules would choose from for the address; null where they would not know it. */
function endpointsOn(
  state: WorldState,
  { node, dst, port }: Decision,
  { service, at }: { readonly service: string; readonly at: ProxyRevisions },
): readonly string[] | null {
  const { store, agents } = state;
  const agent = agents.get(node);
  const services = store.view(at.Service);
  const slices = store.view(at.EndpointSlice);
  const view = { ...slices, get: services.get };
  const backed = someBackedServices(view, new Set([service])).get(service);
  const found = backed?.ports.find((one) => one.port.clusterIP === dst && one.port.port === port && one.port.protocol === "tcp");
  if (found === undefined) return null;
  const { cluster, local } = categorise(found.port, found.endpoints, {
    name: node,
    zone: agent?.zone ?? "",
    addresses: [],
    podCIDR: agent?.links.podRange ?? "",
  });
  return (found.port.internalPolicyLocal ? local : cluster).map(({ text }) => text);
}

/**
 * Whether the newest page, too, leads to an endpoint that is about to end: where none is ready, kube-proxy takes those
 * that are terminating and still serve. Source: KEP-1669.
 */
export function isLastResort({ store }: WorldState, { endpoint, head }: Decision): boolean {
  const found = endpoint === null ? undefined : endpointIn(store.view(head), addressOf(endpoint));
  return found?.conditions?.ready === false && found.conditions.terminating === true;
}

function endpointIn(view: ClusterView, address: string): Endpoint | undefined {
  return view
    .list("EndpointSlice")
    .flatMap(({ endpoints }) => endpoints)
    .find(({ addresses }) => addresses.includes(address));
}

function addressOf(endpoint: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(":"));
}

/** The slices still called a Pod ready that was no longer to be asked: the last write that made it so. */
function missedBySlices(state: WorldState, decision: Decision, key: string): MissedChange | null {
  const { endpoint, head } = decision;
  const [namespace = "", name = ""] = key.split("/");
  const newest = state.store.view(head);
  const service = newest.get("Service", namespace, name);
  if (endpoint === null || endpoint === "" || service === undefined) return null;
  const address = addressOf(endpoint);
  if (endpointIn(newest, address)?.conditions?.ready === false) return null;
  const writes = state.store
    .writesBetween("Pod", 0, head)
    .filter((write) => write.namespace === namespace && write.object.kind === "Pod" && write.object.status?.podIP === address);
  const pod = writes.at(-1);
  const history = pod === undefined ? [] : state.store.historyOf("Pod", namespace, pod.name).filter(({ revision }) => revision <= head);
  let missed: Write | null = null;
  for (const write of history) {
    if (isAsked(write, service)) missed = null;
    else if (missed === null) missed = write;
  }
  if (missed === null) return null;
  const sentence = `The EndpointSlices were behind: ${changeIn(missed, decision)} (revision ${missed.revision}), written ${spanText(decision.at - missed.at)} before, was not in them yet.`;
  return { ...told(missed, decision), reader: "endpointslice", sentence };
}

/** Whether a Pod is one of a Service's ready endpoints. */
function isAsked({ type, object }: Write, { spec }: Service): boolean {
  if (type === "DELETED" || object.kind !== "Pod" || !matchesSelector(spec.selector ?? {}, object.metadata.labels)) return false;
  return !isTerminal(object) && !isTerminating(object) && (isReady(object) || spec.publishNotReadyAddresses === true);
}

function told(write: Write, { at }: Decision): Omit<MissedChange, "reader" | "sentence"> {
  const { kind, revision, event } = write;
  return { kind, name: nameOf(write), revision, event, writtenAt: write.at, decidedAt: at };
}

function progress({ watches, proxies }: WorldState, { node, at, running }: Decision, { kind, revision }: Write): string {
  if (kind !== "Service" && kind !== "EndpointSlice") return "was not in them yet";
  if (running !== null && running[kind] >= revision) return "was just being written into them";
  const isThere = proxies.has(node) && watches.arrivalOf(watcherOf.proxy(node), kind, revision) <= at;
  return isThere ? "had arrived and waited for kube-proxy's next sync" : "had not arrived";
}

function changeIn(write: Write, { endpoint }: Decision): string {
  const { object, type } = write;
  const name = `${write.kind} ${nameOf(write)}`;
  if (type === "DELETED") return `the deletion of ${name}`;
  if (type === "ADDED") return `the new ${name}`;
  if (object.kind === "Pod") return isTerminating(object) ? `the deletion of ${name}` : `the change of ${name}`;
  if (object.kind !== "EndpointSlice") return `the change of ${name}`;
  return endpoint === null || endpoint === "" ? `the endpoints in ${name}` : `${name} without ${addressOf(endpoint)}`;
}

/** `870 µs`, `412 ms`, `1.204 s`. */
function spanText(span: number): string {
  if (span < 1000) return `${span} µs`;
  return span < 1_000_000 ? `${Math.round(span / 1000)} ms` : `${(span / 1_000_000).toFixed(3)} s`;
}
