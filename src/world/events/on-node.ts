/** Workers join and leave, and what their Nodes' writes bring about. Kubelet's own bootstrap (certificates, CSR) is left out. */
import { ensure } from "../../base/assert";
import { compareText } from "../../base/order";
import type { Node, Pod } from "../../cluster/objects";
import { refOf } from "../../cluster/objects";
import type { ApiWrite } from "../../cluster/api-write";
import type { Write } from "../../cluster/store-types";
import { drainNode, isDrained } from "../../control-plane/drain";
import { nodeIsReady, registerNode, removeNode } from "../../control-plane/node-membership";
import { micros } from "../../engine/time";
import { ipv4Number, ipv4Text } from "../../network/address";
import { applyIpvs, DUMMY_DEVICE } from "../../node/agents/kube-proxy/ipvs/apply";
import { macOf } from "../../node/agents/link-names";
import { DELAYS } from "../../node/agents/timings";
import { kernelOfNewNode, kernelVersionOf } from "../kernel-version";
import { syncHealthChecks } from "../health-checks";
import { addNode, nodeLinks, removeNodeMachine } from "../machines";
import { nodeCachePod, wantsNodeCaches } from "../node-cache";
import { NftSync } from "../nft-sync";
import type { AgentRow, ProxyRevisions } from "../rows";
import { modeOf } from "../proxy-mode";
import { booted } from "./node-outage";
import { afterTaint } from "./on-node-health";
import type { Sim } from "../sim";
import { apiLatency, later, watcherOf } from "../sim";
import type { WorldState } from "../state";
import type { Told } from "../told";
import { LANE } from "../told";
import { beginWatch } from "../watching";

/** Workers that are to stay, in the order of their names. */
export function workersOf(state: WorldState): readonly AgentRow[] {
  const isControlPlane = (name: string): boolean =>
    "node-role.kubernetes.io/control-plane" in (state.store.latest().get("Node", "", name)?.metadata.labels ?? {});
  return state.agents
    .all()
    .filter((row) => !row.leaving && !isControlPlane(row.name))
    .toSorted((a, b) => compareText(a.name, b.name));
}

/** Machines are made one after another, so that each has its range before the next one asks, µs. */
const BETWEEN_JOINS = 60_000;

/** Brings the number of workers to what is wanted: the last ones leave, new ones join. */
export function planWorkers(sim: Sim, count: number): void {
  const { state } = sim;
  const standing = ensure(state.standing.get("world"), "the world's row");
  state.standing.set("world", { ...standing, workers: count });
  const workers = workersOf(state);
  const names = freeNames(state, count - workers.length);
  names.forEach((node, index) => later(sim, micros(index * BETWEEN_JOINS), { kind: "node", node, stage: "join" }));
  for (const { name } of workers.slice(count)) later(sim, micros(0), { kind: "node", node: name, stage: "leave" });
}

function freeNames(state: WorldState, count: number): readonly string[] {
  const names: string[] = [];
  for (let index = 0; names.length < count && index < 200; index += 1) {
    const name = `node-${letters(index)}`;
    if (!state.agents.has(name) && state.store.latest().get("Node", "", name) === undefined) names.push(name);
  }
  return names;
}

function letters(index: number): string {
  return index < 26 ? String.fromCharCode(97 + index) : letters(Math.floor(index / 26) - 1) + letters(index % 26);
}

/** One stage of a worker's coming or going. */
export function onNode(
  sim: Sim,
  { node, stage }: { readonly node: string; readonly stage: "join" | "ready" | "leave" | "gone" | "booted" },
): Told {
  const head = { kind: "node", lane: node, object: `Node ${node}` };
  switch (stage) {
    case "join":
      return { ...head, sentence: join(sim, node) };
    case "ready":
      return { ...head, sentence: ready(sim, node) };
    case "leave":
      return { ...head, lane: LANE.you, sentence: leave(sim, node) };
    case "gone":
      return { ...head, sentence: gone(sim, node) };
    case "booted":
      return { ...head, sentence: booted(sim, node) };
  }
}

function join(sim: Sim, name: string): string {
  const { state } = sim;
  const wanted = ensure(state.standing.get("world"), "the world's row").workers;
  const coming = registering(state).filter(({ metadata }) => !state.agents.has(metadata.name));
  if (workersOf(state).length + coming.length >= wanted) return `${name} is not needed any more.`;
  const address = freeAddress(state);
  sendAll(sim, name, [registerNode({ name, address, zone: zoneFor(state, name), kernel: kernelOfNewNode(state), now: state.loop.now })]);
  return `A new machine, ${address}, starts a kubelet that registers itself as ${name}.`;
}

/** Host addresses are used again: the lowest free one from .11 on. */
function freeAddress(state: WorldState): string {
  const stored = state.store.latest().list("Node");
  const taken = new Set([...state.agents.all().map((row) => row.links.address), ...[...stored, ...registering(state)].map(addressOf)]);
  const first =
    [...taken]
      .filter((address) => address !== "")
      .map(ipv4Number)
      .toSorted((a, b) => a - b)[0] ?? ipv4Number("192.168.0.10");
  const base = (first & 0xffffff00) >>> 0;
  let host = 11;
  while (taken.has(ipv4Text(base + host))) host += 1;
  return ipv4Text(base + host);
}

/** Nodes whose registration is on its way to the API server. */
function registering(state: WorldState): readonly Node[] {
  return state.loop
    .ordered()
    .flatMap(({ payload }) =>
      payload.kind === "write" && payload.write.verb === "create" && payload.write.object.kind === "Node" ? [payload.write.object] : [],
    );
}

/** A Node's InternalIP, "" where it has none. */
export function addressOf(node: Node): string {
  return node.status?.addresses?.find(({ type }) => type === "InternalIP")?.address ?? "";
}

/** Zones alternate along the letters of the names. */
function zoneFor(state: WorldState, name: string): string {
  const zones = [...new Set(state.agents.all().map((row) => row.zone))].filter((zone) => zone !== "").toSorted(compareText);
  const index = name.charCodeAt(name.length - 1) - 97;
  return zones[index % Math.max(1, zones.length)] ?? "";
}

function sendAll(sim: Sim, node: string, writes: readonly ApiWrite[]): void {
  let wait = 0;
  for (const write of writes) {
    wait += apiLatency(sim, watcherOf.kubelet(node));
    later(sim, micros(wait), { kind: "write", write, by: { who: "kubelet", node } });
  }
}

/** A Node has its Pod range: its machine is set up. Its last Pod has gone: it can leave. */
export function afterNodeWrite(sim: Sim, write: Write): void {
  const { object } = write;
  if (sim.event() < 0) return;
  if (object.kind === "Node") return onNodeObject(sim, object, write);
  if (object.kind !== "Pod") return;
  if (write.type === "DELETED") return leaveIfDrained(sim, object.spec.nodeName ?? "");
  evictLate(sim, object);
}

function onNodeObject(sim: Sim, node: Node, write: Write): void {
  const { type, previous } = write;
  if (type === "DELETED") return;
  const { store, agents } = sim.state;
  const { name } = node.metadata;
  const before = store.writeAt(previous)?.object;
  const hadRange = before?.kind === "Node" && before.spec?.podCIDR !== undefined;
  const range = node.spec?.podCIDR;
  if (range !== undefined && !hadRange && !agents.has(name)) setUp(sim, node, range);
  leaveIfDrained(sim, name);
  afterTaint(sim, node, write);
}

/** A Pod that the scheduler bound just as its node was cordoned: the drain takes it too. */
function evictLate(sim: Sim, pod: Pod): void {
  const isLeaving = sim.state.agents.get(pod.spec.nodeName ?? "")?.leaving === true;
  if (!isLeaving || pod.metadata.deletionTimestamp !== undefined || pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed")
    return;
  const write: ApiWrite = { verb: "delete", ref: refOf(pod), uid: pod.metadata.uid ?? "" };
  later(sim, apiLatency(sim, "drain"), { kind: "write", write, by: { who: "you" } });
}

function setUp(sim: Sim, node: Node, podRange: string): void {
  const { state } = sim;
  const standing = ensure(state.standing.get("world"), "the world's row");
  state.standing.set("world", { ...standing, lastRange: podRange });
  const { name } = node.metadata;
  const zone = node.metadata.labels?.["topology.kubernetes.io/zone"] ?? "";
  addNode(state, { links: nodeLinks(state, { name, address: addressOf(node), podRange }), zone, kernel: kernelVersionOf(node) });
  startAgents(sim, name);
  later(sim, state.draws.span(watcherOf.kubelet(name), "join", DELAYS.sandbox), { kind: "node", node: name, stage: "ready" });
}

/** Kubelet and kube-proxy begin to watch; the first full sync is through at once. */
export function startAgents(sim: Sim, node: string): void {
  const { store, proxies, loop, nftables, agents } = sim.state;
  beginWatch(sim.state, watcherOf.kubelet(node));
  beginWatch(sim.state, watcherOf.proxy(node));
  const synced = { Service: store.head, EndpointSlice: store.head };
  proxies.set(node, { node, synced, syncedAt: loop.now, startedAt: loop.now, running: null, isDue: false, again: false });
  const mode = modeOf(sim.state);
  if (mode === "nftables") nftables.set(node, new NftSync(synced, loop.now));
  if (mode === "ipvs") firstIpvsSync(sim, ensure(agents.get(node), "a node"), synced);
}

function firstIpvsSync(sim: Sim, agent: AgentRow, synced: ProxyRevisions): void {
  const { ipvs: after, bound } = sim.rulesets.ipvsSynced(agent, synced);
  const mac = macOf(sim.state.setup.seed, `${agent.name} ${DUMMY_DEVICE}`);
  const host = ensure(sim.state.hosts.get(agent.name), "a node's host");
  applyIpvs(host, { before: null, after, bound, mac, now: sim.state.loop.now });
}

function ready(sim: Sim, node: string): string {
  const { state } = sim;
  if (!state.agents.has(node)) return `${node} was taken away before it was ready.`;
  sendAll(sim, node, nodeIsReady({ view: state.store.latest(), node, now: state.loop.now }));
  if (wantsNodeCaches(state)) sendAll(sim, node, [{ verb: "create", object: nodeCachePod(node) }]);
  const range = state.agents.get(node)?.links.podRange ?? "";
  return `${node} is ready: it has the Pod range ${range}, and every other node has a route to it.`;
}

function leave(sim: Sim, node: string): string {
  const { state } = sim;
  const row = state.agents.get(node);
  if (row === undefined) return `${node} is gone already.`;
  state.agents.set(node, { ...row, leaving: true });
  const writes = drainNode({ view: state.store.latest(), node });
  for (const write of writes) later(sim, apiLatency(sim, "drain"), { kind: "write", write, by: { who: "you" } });
  leaveIfDrained(sim, node);
  return `${node} is cordoned, and its Pods are evicted, each with its own grace.`;
}

/** A node goes when it is cordoned and empty, in this order: a Pod could still be bound to one that is only empty. */
function leaveIfDrained(sim: Sim, node: string): void {
  const view = sim.state.store.latest();
  const isCordoned = view.get("Node", "", node)?.spec?.unschedulable === true;
  if (sim.state.agents.get(node)?.leaving !== true || !isCordoned || !isDrained({ view, node })) return;
  later(sim, apiLatency(sim, "drain"), { kind: "node", node, stage: "gone" });
}

function gone(sim: Sim, node: string): string {
  const { state } = sim;
  const row = state.agents.get(node);
  if (row === undefined || !isDrained({ view: state.store.latest(), node })) return `${node} is not yet without Pods.`;
  for (const write of removeNode({ view: state.store.latest(), node }))
    later(sim, apiLatency(sim, "drain"), { kind: "write", write, by: { who: "you" } });
  removeNodeMachine(state, row);
  syncHealthChecks(sim, row.name);
  for (const pod of state.pods.all()) if (pod.node === node) state.pods.delete(pod.uid);
  for (const watcher of [watcherOf.kubelet(node), watcherOf.proxy(node)]) state.watches.unregister(watcher);
  return `${node} leaves: the other nodes forget its route, its neighbour entry and its forwarding entry.`;
}
