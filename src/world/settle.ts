/**
 * A settled world, computed and not played: all controllers at a fixed point, every Pod placed, addressed and started,
 * every reader at the last revision, one full sync on each node, every neighbour STALE; time 0. Source: headless.md.
 */
import { ensure } from "../base/assert";
import type { Problem, Result } from "../base/result";
import { fail, ok } from "../base/result";
import { commit } from "../cluster/api-server";
import type { ApiWrite } from "../cluster/api-write";
import type { Kind, KubeObject, Node, Pod } from "../cluster/objects";
import { KINDS, refOf } from "../cluster/objects";
import { isReady, isTerminal, podIP } from "../cluster/pods";
import { parseCorefile } from "../dns/server/corefile";
import { keyOf } from "../control-plane/keys";
import type { Placement } from "../control-plane/scheduler";
import { scheduleAll } from "../control-plane/scheduler";
import { enterStage } from "../node/agents/kubelet";
import { readinessStatus } from "../node/agents/pod-status";
import { CONTROLLERS, type ControllerName } from "./controllers";
import { addressOf, startAgents } from "./events/on-node";
import { planTraffic } from "./events/on-request";
import {
  addHost,
  addMachine,
  addNode,
  attachPod,
  gatewayAddress,
  givenAddress,
  hostNameOf,
  knowTheWayBack,
  nodeLinks,
  startPrograms,
} from "./machines";
import { workersOf } from "./events/on-node";
import { startOutsideDns } from "./outside-dns";
import { kernelVersionOf } from "./kernel-version";
import { syncHealthChecks } from "./health-checks";
import type { PodRow } from "./rows";
import { addEndpointHosts, settleNeighbours } from "./settle-network";
import type { GivenObject } from "./setup";
import type { Sim } from "./sim";
import type { WorldState } from "./state";
import { nameOf } from "./told";

/** Rounds of all controllers until it is our mistake that nothing comes to rest. */
const MOST_ROUNDS = 200;

/** First live request, µs. */
const FIRST_REQUEST = 500_000;

/** Settles a world from its setup, in small pieces. The problem names the object's place. */
export function* settle(sim: Sim): Settling<Result<null>> {
  const { state } = sim;
  const { traffic } = state.setup;
  state.standing.set("world", { perSecond: 0, client: "curl-like", trafficGeneration: 0, nextRequest: 1, lastRange: "", workers: 0 });
  const objects = inOrder(state.setup.objects);
  for (const [index, { object, at }] of objects.entries()) {
    const done = put(sim, { verb: "create", object }, true);
    if (done !== null) return fail({ message: done.message, at });
    if (index % PIECE === 0) yield { done: index, total: objects.length * 2 };
  }
  setUpNodes(sim);
  const rest = yield* comeToRest(sim);
  if (rest !== null) return fail(rest);
  addEndpointHosts(sim);
  settleNeighbours(state);
  registerReaders(sim);
  for (const { name } of state.agents.all()) syncHealthChecks(sim, name);
  const standing = ensure(state.standing.get("world"), "the world's row");
  const perSecond = hasClients(state) ? traffic.perSecond : 0;
  state.standing.set("world", { ...standing, perSecond, workers: workersOf(state).length });
  if (perSecond > 0) planTraffic(sim, FIRST_REQUEST);
  return ok(null);
}

/** Work that says between its pieces how far it has come. */
export type Settling<T> = Generator<{ readonly done: number; readonly total: number }, T, void>;

/** Objects handled between two yields. */
const PIECE = 32;

/** Kinds in the order in which they depend on each other; Services that ask for an address before those that take any. */
function inOrder(objects: readonly GivenObject[]): readonly GivenObject[] {
  return objects.toSorted((a, b) => rankOf(a) - rankOf(b));
}

function rankOf({ object }: GivenObject): number {
  const takesAny = object.kind === "Service" && object.spec.clusterIP === undefined;
  return KINDS.indexOf(object.kind) * 2 + (takesAny ? 1 : 0);
}

/** Commits one write at the start of the run; the problem where it is refused. */
function put(sim: Sim, write: ApiWrite, asGiven: boolean): Problem | null {
  const { state } = sim;
  const done = commit(state.store, write, {
    at: state.loop.now,
    event: -1,
    serviceCIDRs: state.setup.config.serviceCIDRs,
    draw: (component, purpose) => state.draws.next(component, purpose),
    asGiven,
  });
  return done.ok ? null : { message: done.problem.message };
}

/** Addresses of a node's own network family beside its first. */
function otherAddressesOf(node: Node): readonly string[] {
  const own = (node.status?.addresses ?? []).flatMap(({ type, address }) => (type === "InternalIP" ? [address] : []));
  return own.filter((address) => address !== addressOf(node) && !address.includes(":"));
}

function setUpNodes(sim: Sim): void {
  const { state } = sim;
  const nodes = state.store.latest().list("Node");
  for (const node of nodes) {
    const { name, labels = {} } = node.metadata;
    addNode(state, {
      links: nodeLinks(state, { name, address: addressOf(node), podRange: node.spec?.podCIDR ?? "" }),
      zone: labels["topology.kubernetes.io/zone"] ?? "",
      kernel: kernelVersionOf(node),
      others: otherAddressesOf(node),
    });
  }
  const first = nodes[0];
  const last =
    nodes
      .map((node) => node.spec?.podCIDR ?? "")
      .toSorted((a, b) => Number(a.split(".")[2]) - Number(b.split(".")[2]))
      .at(-1) ?? "";
  const standing = ensure(state.standing.get("world"), "the world's row");
  state.standing.set("world", { ...standing, lastRange: last });
  const gateway = first === undefined ? "192.168.0.1" : gatewayAddress(addressOf(first));
  const edge = addMachine(state, "gateway", gateway, true);
  knowTheWayBack(state, edge);
  startOutsideDns(sim, edge);
}

/** Lets every controller act until none has anything left to do. */
function* comeToRest(sim: Sim): Settling<Problem | null> {
  const most = MOST_ROUNDS + roundsOfStatefulSets(sim);
  for (let round = 0; round < most; round += 1) {
    const before = sim.state.store.head;
    const problem =
      (yield* decideAll(sim, "deployment", "Deployment")) ??
      (yield* decideAll(sim, "replicaset", "ReplicaSet")) ??
      (yield* decideAll(sim, "statefulset", "StatefulSet")) ??
      (yield* placePods(sim)) ??
      (yield* startPods(sim)) ??
      (yield* decideAll(sim, "endpointslice", "Service"));
    if (problem !== null) return problem;
    if (sim.state.store.head === before) return null;
  }
  return { message: "the controllers do not come to rest with these objects; are there two that claim the same Pods?" };
}

/** A StatefulSet makes one Pod a round, and reports it in the next. */
function roundsOfStatefulSets({ state }: Sim): number {
  const sets = state.store.latest().list("StatefulSet");
  return 2 * Math.max(0, ...sets.map(({ spec }) => spec.replicas ?? 1));
}

/** Every key of a controller once, all on one view: what it wrote itself comes with the next round. */
function* decideAll(sim: Sim, controller: ControllerName, kind: Kind): Settling<Problem | null> {
  const { state } = sim;
  const { clusterCIDR } = state.setup.config.proxy;
  const view = state.store.latest();
  const objects = view.list(kind);
  for (const [index, object] of objects.entries()) {
    const key = keyOf(object);
    if (controller === "endpointslice" && state.setup.givenSlices.has(key)) continue;
    for (const write of CONTROLLERS[controller].decide({ view, key, now: state.loop.now, clusterCIDR, lastAllocated: "" })) {
      const problem = put(sim, write, false);
      if (problem !== null) return { message: `${controller} ${key}: ${problem.message}` };
    }
    if (index % PIECE === 0) yield { done: objects.length + index, total: objects.length * 2 };
  }
  return null;
}

function* placePods(sim: Sim): Settling<null> {
  const view = sim.state.store.latest();
  const waiting = view.list("Pod").filter((pod) => pod.spec.nodeName === undefined && !isTerminal(pod));
  const placements = waiting.length === 0 ? [] : scheduleAll(view, waiting);
  for (const [index, pod] of waiting.entries()) {
    const placement = placements[index];
    if (placement !== undefined) place(sim, pod, placement);
    if (index % PIECE === 0) yield { done: index, total: waiting.length * 2 };
  }
  return null;
}

function place(sim: Sim, pod: Pod, placement: Placement): void {
  if ("node" in placement) return void put(sim, { verb: "patch", ref: refOf(pod), patch: { spec: { nodeName: placement.node } } }, false);
  const { store, loop } = sim.state;
  const writes = CONTROLLERS.scheduler.decide({ view: store.latest(), key: keyOf(pod), now: loop.now, clusterCIDR: "", lastAllocated: "" });
  for (const write of writes) put(sim, write, false);
}

/** Pods that have a node and are not running there yet: those with given addresses first, so that nobody takes them. */
function* startPods(sim: Sim): Settling<null> {
  const { state } = sim;
  const isReady = (pod: Pod): boolean => pod.spec.nodeName !== undefined && !state.pods.has(pod.metadata.uid ?? "") && !isTerminal(pod);
  const ready = state.store.latest().list("Pod").filter(isReady);
  const given = ready.filter((pod) => podIP(pod) !== undefined);
  const inOrder = [...given, ...ready.filter((pod) => podIP(pod) === undefined)];
  for (const [index, pod] of inOrder.entries()) {
    startPod(sim, pod);
    if (index % PIECE === 0) yield { done: index, total: inOrder.length * 2 };
  }
  return null;
}

function startPod(sim: Sim, pod: Pod): void {
  const { state } = sim;
  const { namespace = "default", name, uid = "" } = pod.metadata;
  const node = pod.spec.nodeName ?? "";
  const address = givenAddress(pod);
  if (!state.agents.has(node) || (address !== undefined && state.setup.config.gone.includes(address))) return;
  const host = hostNameOf(pod);
  const row: PodRow = {
    uid,
    namespace,
    name,
    node,
    stage: "reported",
    generation: 0,
    host,
    links: null,
    killed: false,
    startedAt: state.loop.now,
  };
  if (pod.spec.hostNetwork === true) return report(sim, pod, row, state.agents.get(node)?.links.address ?? "");
  addHost(state, host, false);
  const links = attachPod(state, row, address);
  if (typeof links === "string") return void state.hosts.delete(host);
  report(sim, pod, { ...row, links }, links.address);
}

/** The Pod as its kubelet reports it once all is up; what a file says of its status stands. */
function report(sim: Sim, pod: Pod, row: PodRow, address: string): void {
  const { state } = sim;
  state.pods.set(row.uid, row);
  const hostIP = state.agents.get(row.node)?.links.address ?? "";
  const stands = pod.status?.podIP !== undefined && pod.status.conditions !== undefined;
  const stages = stands ? [] : (["admitted", "reported"] as const);
  for (const stage of stages) {
    const stored = state.store.latest().get("Pod", row.namespace, row.name) ?? pod;
    for (const act of enterStage({ stage, pod: stored, hostIP, address, now: state.loop.now }).acts) {
      if (act.kind === "write") put(sim, act.write, false);
    }
  }
  const reported = state.store.latest().get("Pod", row.namespace, row.name);
  if (!stands && reported !== undefined && !isReady(reported))
    put(sim, { verb: "patch", ref: refOf(reported), patch: readinessStatus(reported, true, state.loop.now) }, false);
  startPrograms(sim, state.store.latest().get("Pod", row.namespace, row.name) ?? pod, row);
}

/** Everybody has read everything, and every kube-proxy has synced it. */
function registerReaders(sim: Sim): void {
  const { state } = sim;
  for (const { name } of state.agents.all()) startAgents(sim, name);
  for (const controller of Object.keys(CONTROLLERS)) state.watches.register(controller, state.store.head);
  for (const { program } of state.processes.all())
    if (program.program === "coredns" && program.role === "replica") state.watches.register(program.pod, state.store.head);
}

function hasClients(state: WorldState): boolean {
  return state.store
    .latest()
    .list("Deployment")
    .some((deployment) => nameOf(refOf(deployment)) === state.setup.traffic.from);
}

/** The Corefile that a file's ConfigMap `kube-system/coredns` holds; undefined where there is none. */
export function corefileIn(objects: readonly KubeObject[]): ReturnType<typeof parseCorefile> | undefined {
  const map = objects.find((object) => object.kind === "ConfigMap" && nameOf(refOf(object)) === "kube-system/coredns");
  const text = map?.kind === "ConfigMap" ? map.data?.["Corefile"] : undefined;
  return text === undefined ? undefined : parseCorefile(text, "ConfigMap kube-system/coredns");
}

/** Services whose slices are given. */
export function givenSlicesIn(objects: readonly KubeObject[]): ReadonlySet<string> {
  return new Set(
    objects.flatMap((object) => {
      const service = object.kind === "EndpointSlice" ? object.metadata.labels?.["kubernetes.io/service-name"] : undefined;
      return service === undefined ? [] : [`${object.metadata.namespace ?? "default"}/${service}`];
    }),
  );
}
