/**
 * A write reaches the store, and is told to everybody who acts on it: controllers, the kubelet of a Pod's node,
 * kube-proxies. A delivery that nobody acts on is no event; cursors are computed.
 */
import { commit } from "../../cluster/api-server";
import type { ApiWrite } from "../../cluster/api-write";
import { sameJson } from "../../cluster/api-write";
import type { Kind, Node, ObjectRef, Pod } from "../../cluster/objects";
import { refOf } from "../../cluster/objects";
import { isTerminal } from "../../cluster/pods";
import type { Write } from "../../cluster/store-types";
import { stopFrom } from "../../node/agents/kubelet";
import { CONTROLLER_NAMES, CONTROLLERS } from "../controllers";
import type { Actor } from "../event";
import type { Sim } from "../sim";
import { watcherOf } from "../sim";
import type { Told } from "../told";
import { capital, consumedOf, controllerText, counted, LANE, nameOf, objectOf } from "../told";
import { writeDone } from "../work-queue";
import { afterNodeWrite } from "./on-node";
import { afterServiceWrite } from "./on-process";

/** Carries a write out. */
export function onWrite(sim: Sim, { write, by }: { readonly write: ApiWrite; readonly by: Actor }): Told {
  const { state } = sim;
  const done = commit(state.store, write, {
    at: state.loop.now,
    event: sim.event(),
    serviceCIDRs: state.setup.config.serviceCIDRs,
    draw: (component, purpose) => state.draws.next(component, purpose),
  });
  const written = done.ok ? done.value : null;
  if (by.who === "controller") {
    const own = written === null ? null : { kind: written.kind, revision: written.revision };
    writeDone(state, by, { own, failed: !done.ok });
  }
  if (written !== null) spread(sim, written);
  const head = { kind: "write", lane: LANE.api, object: written === null ? targetOf(write) : objectOf(refOf(written.object)) };
  if (!done.ok) return { ...head, sentence: `The API server refuses ${actorOf(by)}: ${done.problem.message}.` };
  if (written === null) return { ...head, sentence: `${capital(actorOf(by))} changes nothing: the object is so already.` };
  const read = written.previous === 0 ? {} : { read: { [written.kind]: written.previous } };
  return { ...head, ...read, wrote: consumedOf(written), sentence: sentenceOf(written, before(sim, written), by) };
}

/** Tells a write to all that act on it. */
export function spread(sim: Sim, write: Write): void {
  for (const watcher of actingOn(sim, write)) {
    const at = sim.state.watches.arrivalOf(watcher, write.kind, write.revision);
    sim.state.loop.schedule(at, { kind: "deliver", watcher, of: write.kind, revision: write.revision });
  }
  afterNodeWrite(sim, write);
  afterServiceWrite(sim, write);
}

function actingOn(sim: Sim, write: Write): readonly string[] {
  const change = { write, before: before(sim, write)?.object, view: sim.state.store.latest() };
  const controllers = CONTROLLER_NAMES.filter(
    (name) => CONTROLLERS[name].watches.includes(write.kind) && CONTROLLERS[name].keysFor(change).length > 0,
  );
  return [...controllers, ...kubeletOf(sim, write), ...proxies(sim, write.kind)];
}

/** A kubelet acts on its Pods' coming, on the beginning of their end, and on their vanishing. */
function kubeletOf(sim: Sim, write: Write): readonly string[] {
  const { object } = write;
  if (object.kind !== "Pod") return [];
  const node = object.spec.nodeName;
  if (node === undefined || !sim.state.agents.has(node)) return [];
  const row = sim.state.pods.get(object.metadata.uid ?? "");
  const acts = row === undefined ? isNew(write, object) : isEnding(write, object) && stopFrom(row.stage) !== null;
  return acts ? [watcherOf.kubelet(node)] : [];
}

function isNew(write: Write, pod: Pod): boolean {
  return write.type !== "DELETED" && !isTerminal(pod) && pod.metadata.deletionTimestamp === undefined;
}

function isEnding(write: Write, pod: Pod): boolean {
  return write.type === "DELETED" || pod.metadata.deletionTimestamp !== undefined;
}

function proxies(sim: Sim, kind: Kind): readonly string[] {
  if (kind !== "Service" && kind !== "EndpointSlice") return [];
  return sim.state.proxies.keys().map((node) => watcherOf.proxy(node));
}

function before(sim: Sim, write: Write): Write | undefined {
  return write.previous === 0 ? undefined : sim.state.store.writeAt(write.previous);
}

function targetOf(write: ApiWrite): string {
  const ref: ObjectRef = write.verb === "create" || write.verb === "update" ? refOf(write.object) : write.ref;
  return objectOf(ref);
}

function actorOf(by: Actor): string {
  switch (by.who) {
    case "you":
      return "your change";
    case "controller":
      return controllerText(by.controller);
    case "kubelet":
      return `${by.node}'s kubelet`;
  }
}

function sentenceOf(write: Write, old: Write | undefined, by: Actor): string {
  const name = `${write.kind} ${nameOf(write)}`;
  const end = `as revision ${write.revision}`;
  switch (write.type) {
    case "ADDED":
      return `${name} is stored ${end}, made by ${actorOf(by)}.`;
    case "DELETED":
      return `${name} is gone ${end}, deleted by ${actorOf(by)}.`;
    case "MODIFIED":
      return `${name} ${whatChanged(write, old)} ${end}, by ${actorOf(by)}.`;
  }
}

function whatChanged({ object }: Write, old: Write | undefined): string {
  const was = old?.object;
  if (object.kind === "Pod" && was?.kind === "Pod") return podChange(object, was);
  if (object.kind === "EndpointSlice" && was?.kind === "EndpointSlice") {
    const addresses = object.endpoints.filter((endpoint) => endpoint.conditions?.ready !== false).flatMap((endpoint) => endpoint.addresses);
    return `now has ${addresses.length === 0 ? "no ready address" : addresses.join(", ")}`;
  }
  if (object.kind === "Node" && was?.kind === "Node") return nodeChange(object, was);
  if (
    (object.kind === "Deployment" || object.kind === "ReplicaSet") &&
    was?.kind === object.kind &&
    object.spec.replicas !== was.spec.replicas
  ) {
    return `goes from ${was.spec.replicas ?? 1} to ${counted(object.spec.replicas ?? 1, "replica")}`;
  }
  if ((object.kind === "Deployment" || object.kind === "ReplicaSet") && was?.kind === object.kind && !sameJson(object.status, was.status)) {
    return `reports ${counted(object.status?.readyReplicas ?? 0, "ready Pod")}, ${object.spec.replicas ?? 1} wanted,`;
  }
  return "changes";
}

function podChange(now: Pod, was: Pod): string {
  if (now.metadata.deletionTimestamp !== was.metadata.deletionTimestamp) return "is to end: its deletion begins";
  if (now.spec.nodeName !== was.spec.nodeName) return `is bound to ${now.spec.nodeName ?? "no node"}`;
  if (now.status?.podIP !== was.status?.podIP) return `is known by its address ${now.status?.podIP ?? ""}`;
  if (JSON.stringify(now.metadata.labels) !== JSON.stringify(was.metadata.labels)) return "gets other labels";
  if (now.status?.phase !== was.status?.phase) return `is ${now.status?.phase ?? "Pending"}`;
  if (!sameJson(now.metadata.ownerReferences, was.metadata.ownerReferences))
    return (now.metadata.ownerReferences ?? []).length === 0 ? "is released: no ReplicaSet owns it any more" : "is adopted";
  const became = trueConditions(now).filter((type) => !trueConditions(was).includes(type));
  return became.length === 0 ? "changes" : `now has ${became.join(", ")}`;
}

function trueConditions({ status }: Pod | Node): readonly string[] {
  return (status?.conditions ?? []).filter((condition) => condition.status === "True").map(({ type }) => type);
}

function nodeChange(now: Node, was: Node): string {
  if (now.spec?.podCIDR !== was.spec?.podCIDR) return `has the Pod range ${now.spec?.podCIDR ?? "of nobody"}`;
  if (now.spec?.unschedulable !== was.spec?.unschedulable) return now.spec?.unschedulable === true ? "is cordoned" : "takes Pods again";
  const became = trueConditions(now).filter((type) => !trueConditions(was).includes(type));
  return became.length === 0 ? "changes" : `now has ${became.join(", ")}`;
}
