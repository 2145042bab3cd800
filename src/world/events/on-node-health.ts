/**
 * Leases and what follows when they are not renewed. A kubelet renews its lease every 10 s; the node-lifecycle controller
 * looks every 5 s and, when nothing came for 50 s, writes the Node off. A renewal that comes in time changes nothing and
 * is no event: only a silence is followed. Sources: pkg/controller/nodelifecycle, pkg/controller/tainteviction,
 * component-helpers/apimachinery/lease.
 */
import { below, draw } from "../../base/draw";
import type { ApiWrite } from "../../cluster/api-write";
import type { Node } from "../../cluster/objects";
import { refOf } from "../../cluster/objects";
import { isReady, isTerminating } from "../../cluster/pods";
import type { Write } from "../../cluster/store-types";
import { isUnreachable, kubeletPostsStatus, nodeFellSilent, nodeIsBack, tolerationOf } from "../../control-plane/node-lifecycle";
import type { SimTime } from "../../engine/time";
import { micros, seconds, simTime } from "../../engine/time";
import { hasProcesses } from "../../node/agents/kubelet";
import { readinessStatus } from "../../node/agents/pod-status";
import type { Actor } from "../event";
import { lastRenewal } from "../leases";
import { kubeletRuns, reachesApi } from "../node-faults";
import { isProbedReady } from "./on-probe";
import type { Sim } from "../sim";
import { apiLatency, later, send, watcherOf } from "../sim";
import type { WorldState } from "../state";
import type { Told } from "../told";
import { counted, LANE } from "../told";

/** The controller's own look. Source: nodeMonitorPeriod. */
const LOOK = seconds(5);

/** Silence that is borne. Source: nodeMonitorGracePeriod. */
const GRACE = seconds(50);

const LIFECYCLE = "node-lifecycle";
const EVICTION = "taint-eviction";

/** Nodes are evicted one at a time, 10 s apart. Source: node-eviction-rate 0.1. */
const BETWEEN_EVICTIONS = seconds(10);

/** Begins or ends the silence of a node, as its circumstances now have it. */
export function refreshLease(sim: Sim, node: string): void {
  const { state } = sim;
  const row = state.agents.get(node);
  if (row === undefined) return;
  const { now } = state.loop;
  const isAlive = kubeletRuns(state, node) && reachesApi(state, node);
  if (!isAlive && row.silentSince === undefined) {
    state.agents.set(node, { ...row, silentSince: now });
    state.loop.schedule(writtenOffAt(state, node), { kind: "node-health", node, step: "silent", since: now });
  }
  if (!isAlive || row.silentSince === undefined) return;
  const { silentSince: _, ...rest } = row;
  state.agents.set(node, { ...rest, aliveSince: now });
  for (const write of kubeletPostsStatus({ view: state.store.latest(), node, now }))
    send(sim, write, { by: { who: "kubelet", node }, component: watcherOf.kubelet(node) });
  later(sim, micros(afterLook(state, now) - now), { kind: "node-health", node, step: "back", since: now });
}

/** When a node that falls silent now is written off: 50 s after the look that saw its last renewal. */
function writtenOffAt(state: WorldState, node: string): SimTime {
  const { now } = state.loop;
  return simTime(Math.max(now, afterLook(state, lastRenewal(state, node, now)) + GRACE));
}

/** The controller's first look from a moment on. */
function afterLook(state: WorldState, at: number): SimTime {
  const phase = below(draw(state.setup.seed, LIFECYCLE, "look", 0), LOOK);
  return simTime(phase + Math.ceil((at - phase) / LOOK) * LOOK);
}

/** The controller looks at a Node that has fallen silent, or that is back. */
export function onNodeHealth(
  sim: Sim,
  { node, step, since }: { readonly node: string; readonly step: "silent" | "back"; readonly since: SimTime },
): Told {
  const { state } = sim;
  const head = { kind: "node health", lane: LANE.controllers, object: `Node ${node}` };
  const row = state.agents.get(node);
  const isSo = step === "silent" ? row?.silentSince === since : row !== undefined && row.silentSince === undefined;
  if (!isSo) return { ...head, sentence: `The node-lifecycle controller has heard of ${node} in time.` };
  const view = state.store.latest();
  const { now } = state.loop;
  const writes = step === "silent" ? nodeFellSilent({ view, node, now }) : nodeIsBack({ view, node });
  sendInTurn(sim, writes, { who: "control plane", name: LIFECYCLE });
  const pods = writes.filter((write) => write.verb === "patch" && write.ref.kind === "Pod").length;
  const read = { Node: view.revisionOf("Node"), Pod: view.revisionOf("Pod") };
  if (step === "back") {
    reportAgain(sim, node);
    return { ...head, read, sentence: `The node-lifecycle controller sees ${node} ready again and takes its taints away.` };
  }
  return {
    ...head,
    read,
    sentence: `The node-lifecycle controller has heard nothing of ${node} for 50 s: it writes the Node off and turns ${counted(pods, "Pod")} there not ready.`,
  };
}

function sendInTurn(sim: Sim, writes: readonly ApiWrite[], by: Extract<Actor, { who: "control plane" }>): void {
  let wait = seconds(0);
  for (const write of writes) wait = send(sim, write, { by, component: by.name, wait });
}

/** The kubelet's status manager finds that its Pods are not as it reported them. */
function reportAgain(sim: Sim, node: string): void {
  const { state } = sim;
  for (const row of state.pods.all()) {
    const pod = state.store.latest().get("Pod", row.namespace, row.name);
    const isTold = row.node !== node || pod?.metadata.uid !== row.uid || isTerminating(pod) || isReady(pod) || !hasProcesses(row.stage);
    if (isTold || !isProbedReady(pod, row)) continue;
    const write: ApiWrite = { verb: "patch", ref: refOf(pod), uid: row.uid, patch: readinessStatus(pod, true, state.loop.now) };
    send(sim, write, { by: { who: "kubelet", node }, component: watcherOf.kubelet(node) });
  }
}

/** A Node has the taint that evicts: each of its Pods has as long as it tolerates it. */
export function afterTaint(sim: Sim, node: Node, { previous, at }: Write): void {
  const { state } = sim;
  const before = state.store.writeAt(previous)?.object;
  if (!isUnreachable(node) || (before?.kind === "Node" && isUnreachable(before))) return;
  const { name } = node.metadata;
  const since = state.agents.get(name)?.silentSince;
  if (since === undefined) return;
  const turn = evictionTurn(sim);
  for (const pod of state.store.latest().list("Pod")) {
    const tolerated = pod.spec.nodeName === name && !isTerminating(pod) ? tolerationOf(pod) : null;
    if (tolerated === null) continue;
    state.loop.schedule(simTime(at + turn + seconds(tolerated)), { kind: "evict", node: name, uid: pod.metadata.uid ?? "", since });
  }
}

/** How long a Node waits for its turn: others that are being evicted go first. */
function evictionTurn(sim: Sim): number {
  const others = sim.state.store.latest().list("Node").filter(isUnreachable).length - 1;
  return others * BETWEEN_EVICTIONS;
}

/** A Pod has tolerated its Node's silence long enough. */
export function onEvict(sim: Sim, { node, uid, since }: { readonly node: string; readonly uid: string; readonly since: SimTime }): Told {
  const { state } = sim;
  const view = state.store.latest();
  const pod = view.list("Pod").find((one) => one.metadata.uid === uid);
  const head = {
    kind: "eviction",
    lane: LANE.controllers,
    object: pod === undefined ? "Pod" : `Pod ${pod.metadata.namespace ?? "default"}/${pod.metadata.name}`,
  };
  const found = view.get("Node", "", node);
  const isSo = found !== undefined && isUnreachable(found) && state.agents.get(node)?.silentSince === since;
  if (pod === undefined || isTerminating(pod) || !isSo)
    return { ...head, sentence: `There is nothing to evict: ${node} is back, or the Pod is going.` };
  const write: ApiWrite = { verb: "delete", ref: refOf(pod), uid };
  later(sim, apiLatency(sim, EVICTION), { kind: "write", write, by: { who: "control plane", name: EVICTION } });
  const read = { Node: view.revisionOf("Node"), Pod: view.revisionOf("Pod") };
  return {
    ...head,
    read,
    sentence: `${pod.metadata.name} has tolerated that ${node} is unreachable for ${tolerationOf(pod) ?? 0} s: the taint-eviction controller deletes it.`,
  };
}
