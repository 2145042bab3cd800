/**
 * A write reaches the store, and is told to everybody who acts on it: controllers, the kubelet of a Pod's node,
 * kube-proxies. A delivery that nobody acts on is no event; cursors are computed.
 */
import { commit } from "../../cluster/api-server";
import type { ApiWrite } from "../../cluster/api-write";
import { sameJson } from "../../cluster/api-write";
import { showTaint } from "../../control-plane/taints";
import type { Deployment, KubeObject, Node, ObjectRef, Pod, ReplicaSet, StatefulSet } from "../../cluster/objects";
import { refOf } from "../../cluster/objects";
import type { Write } from "../../cluster/store-types";
import { actingOn, objectBefore } from "../acting";
import type { Actor } from "../event";
import type { Sim } from "../sim";
import type { Told } from "../told";
import { capital, consumedOf, controllerText, LANE, nameOf, objectOf } from "../told";
import { planDelivery } from "../watching";
import { writeDone } from "../work-queue";
import { workloadChange } from "../workload-words";
import { afterConfigMapWrite } from "./on-corefile";
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
  return { ...head, ...read, wrote: consumedOf(written), sentence: sentenceOf(written, objectBefore(sim, written), by) };
}

/** Tells a write to all that act on it. */
export function spread(sim: Sim, write: Write): void {
  for (const watcher of actingOn(sim, write)) planDelivery(sim, watcher, write);
  afterNodeWrite(sim, write);
  afterServiceWrite(sim, write);
  afterConfigMapWrite(sim, write);
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
    case "control plane":
      return `the ${by.name} controller`;
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
  if (isWorkload(object) && isWorkload(was)) return workloadChange(object, was);
  return "changes";
}

function isWorkload(object: KubeObject | undefined): object is Deployment | ReplicaSet | StatefulSet {
  return object?.kind === "Deployment" || object?.kind === "ReplicaSet" || object?.kind === "StatefulSet";
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
  if (became.length > 0) return `now has ${became.join(", ")}`;
  const waits = now.status?.containerStatuses?.find(({ state }) => state?.waiting !== undefined)?.state?.waiting?.reason;
  const lost = trueConditions(was).filter((type) => !trueConditions(now).includes(type));
  const words = [...(waits === undefined ? [] : [`is in ${waits}`]), ...(lost.length === 0 ? [] : [`no longer has ${lost.join(", ")}`])];
  return words.length === 0 ? "changes" : words.join(" and ");
}

function trueConditions({ status }: Pod | Node): readonly string[] {
  return (status?.conditions ?? []).filter((condition) => condition.status === "True").map(({ type }) => type);
}

function nodeChange(now: Node, was: Node): string {
  if (now.spec?.podCIDR !== was.spec?.podCIDR) return `has the Pod range ${now.spec?.podCIDR ?? "of nobody"}`;
  if (now.spec?.unschedulable !== was.spec?.unschedulable) return now.spec?.unschedulable === true ? "is cordoned" : "takes Pods again";
  const became = trueConditions(now).filter((type) => !trueConditions(was).includes(type));
  if (became.length > 0) return `now has ${became.join(", ")}`;
  const lost = trueConditions(was).filter((type) => !trueConditions(now).includes(type));
  if (lost.length > 0) return `no longer has ${lost.join(", ")}`;
  return sameJson(now.spec?.taints, was.spec?.taints) ? "changes" : taintChange(now, was);
}

function taintChange({ spec }: Node, was: Node): string {
  const before = (was.spec?.taints ?? []).map(showTaint);
  const after = (spec?.taints ?? []).map(showTaint);
  const added = after.filter((taint) => !before.includes(taint));
  if (added.length > 0) return `is tainted with ${added.join(" and ")}`;
  return `loses the taint ${before.filter((taint) => !after.includes(taint)).join(" and ")}`;
}
