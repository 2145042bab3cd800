/**
 * The controllers of the control plane, as a table: what each watches, which keys a change concerns, how it decides.
 * Sources: the event handlers of pkg/controller/{deployment,replicaset,statefulset,endpointslice,garbagecollector,nodeipam} and
 * pkg/scheduler/eventhandlers.go.
 */
import type { ApiWrite } from "../cluster/api-write";
import { sameJson } from "../cluster/api-write";
import type { Kind, KubeObject, Labels, Pod } from "../cluster/objects";
import type { ClusterView, Write } from "../cluster/store-types";
import { reconcileDeployment, recheckDeployment } from "../control-plane/deployment";
import { reconcileEndpointSlices } from "../control-plane/endpointslice";
import { collectGarbage } from "../control-plane/garbage";
import { keyOf, parseKey } from "../control-plane/keys";
import { nextPodRange } from "../control-plane/node-addressing";
import { controllerOf } from "../control-plane/ownership";
import { reconcileReplicaSet, recheckReplicaSet } from "../control-plane/replicaset";
import { schedule } from "../control-plane/scheduler";
import { reconcileStatefulSet, recheckStatefulSet } from "../control-plane/statefulset";
import { podsControlledBy, replicaSetsControlledBy, replicaSetsOfNamespace, servicesSelecting } from "../control-plane/view-index";
import { matchesLabelSelector } from "../cluster/labels";
import type { SimTime } from "../engine/time";

/** Every controller, by the name that readers and lanes show. */
export type ControllerName =
  | "pod-gc"
  | "deployment"
  | "replicaset"
  | "statefulset"
  | "endpointslice"
  | "scheduler"
  | "garbage-collector"
  | "node-ipam";

/** What a decision is made on. */
export interface Deciding {
  readonly view: ClusterView;
  readonly key: string;
  readonly now: SimTime;
  readonly clusterCIDR: string;
  /** The Pod range that was handed out last; "" before the first. */
  readonly lastAllocated: string;
}

/** A change as a controller hears of it. */
export interface Change {
  readonly write: Write;
  /** The object before, undefined where it is new. */
  readonly before: KubeObject | undefined;
  readonly view: ClusterView;
}

/** One controller. */
export interface Controller {
  readonly watches: readonly Kind[];
  /** First back-off after a failure, whole microseconds; doubles each time. */
  readonly backOff: number;
  /** Whether its writes go out in growing batches at once, or one after another. */
  readonly pace: "batches" | "in turn";
  keysFor(change: Change): readonly string[];
  decide(deciding: Deciding): readonly ApiWrite[];
  /** When a key is to be worked on again by time alone (client-go's AddAfter); null where it is not. */
  recheck?(deciding: Deciding): SimTime | null;
}

/** The controllers by name, in the order in which a settled world asks them. */
export const CONTROLLERS: Readonly<Record<ControllerName, Controller>> = {
  "node-ipam": { watches: ["Node"], backOff: 5000, pace: "in turn", keysFor: nodesWithoutRange, decide: assignRange },
  deployment: {
    watches: ["Deployment", "ReplicaSet", "Pod"],
    backOff: 5000,
    pace: "in turn",
    keysFor: deploymentsOf,
    decide: reconcileDeployment,
    recheck: recheckDeployment,
  },
  replicaset: {
    watches: ["ReplicaSet", "Pod"],
    backOff: 5000,
    pace: "batches",
    keysFor: replicaSetsOf,
    decide: reconcileReplicaSet,
    recheck: recheckReplicaSet,
  },
  statefulset: {
    watches: ["StatefulSet", "Pod", "ControllerRevision"],
    backOff: 5000,
    pace: "batches",
    keysFor: statefulSetsOf,
    decide: reconcileStatefulSet,
    recheck: recheckStatefulSet,
  },
  scheduler: { watches: ["Pod", "Node"], backOff: 1_000_000, pace: "in turn", keysFor: unscheduled, decide: bind },
  endpointslice: {
    watches: ["Service", "Pod", "EndpointSlice", "Node"],
    backOff: 1_000_000,
    pace: "in turn",
    keysFor: servicesOf,
    decide: reconcileEndpointSlices,
  },
  "garbage-collector": {
    watches: ["Deployment", "ReplicaSet", "Service", "Pod", "EndpointSlice", "StatefulSet"],
    backOff: 5000,
    pace: "in turn",
    keysFor: vanished,
    decide: ({ view, key }) => collectGarbage({ view, deletedUid: key }),
  },
  "pod-gc": { watches: ["Pod", "Node"], backOff: 5000, pace: "in turn", keysFor: orphaned, decide: removeOrphan },
};

/** All names, in the table's order. */
export const CONTROLLER_NAMES: readonly ControllerName[] = [
  "node-ipam",
  "deployment",
  "replicaset",
  "statefulset",
  "scheduler",
  "endpointslice",
  "garbage-collector",
  "pod-gc",
];

function deploymentsOf({ write: { object, type }, before, view }: Change): readonly string[] {
  if (object.kind === "Deployment") return [keyOf(object)];
  if (object.kind === "Pod") return type === "DELETED" ? emptiedDeployments(view, object) : [];
  if (object.kind !== "ReplicaSet") return [];
  return unique([ownerKey(object, "Deployment"), before === undefined ? undefined : ownerKey(before, "Deployment")]);
}

/** A Deployment that recreates goes on once its last Pod is gone. Source: deployment_controller.go deletePod. */
function emptiedDeployments(view: ClusterView, pod: Pod): readonly string[] {
  const { namespace = "default" } = pod.metadata;
  const set = view.get("ReplicaSet", namespace, controllerOf(pod.metadata)?.name ?? "");
  const owner = set === undefined ? undefined : controllerOf(set.metadata);
  if (owner?.kind !== "Deployment" || view.get("Deployment", namespace, owner.name)?.spec.strategy?.type !== "Recreate") return [];
  const isEmpty = replicaSetsControlledBy(view, owner.uid).every((one) => podsControlledBy(view, one.metadata.uid ?? "").length === 0);
  return isEmpty ? [`${namespace}/${owner.name}`] : [];
}

function statefulSetsOf({ write: { object }, before, view }: Change): readonly string[] {
  if (object.kind === "StatefulSet") return [keyOf(object)];
  if (object.kind !== "Pod") return [];
  const owners = unique([ownerKey(object, "StatefulSet"), before === undefined ? undefined : ownerKey(before, "StatefulSet")]);
  if (owners.length > 0 || controllerOf(object.metadata) !== undefined) return owners;
  const { namespace = "default", labels } = object.metadata;
  return view
    .list("StatefulSet")
    .filter((set) => set.metadata.namespace === namespace && matchesLabelSelector(set.spec.selector, labels))
    .map(keyOf);
}

function ownerKey(object: KubeObject, kind: string): string | undefined {
  const owner = controllerOf(object.metadata);
  return owner?.kind === kind ? `${object.metadata.namespace ?? "default"}/${owner.name}` : undefined;
}

function unique(keys: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(keys.filter((key) => key !== undefined))];
}

function replicaSetsOf({ write: { object }, before, view }: Change): readonly string[] {
  if (object.kind === "ReplicaSet") return [keyOf(object)];
  if (object.kind !== "Pod") return [];
  const owners = unique([ownerKey(object, "ReplicaSet"), before === undefined ? undefined : ownerKey(before, "ReplicaSet")]);
  if (owners.length > 0) return owners;
  return replicaSetsOfNamespace(view, object.metadata.namespace ?? "default")
    .filter((set) => matchesLabelSelector(set.spec.selector, object.metadata.labels))
    .map(keyOf);
}

function unscheduled({ write: { object, type }, view }: Change): readonly string[] {
  if (type === "DELETED") return [];
  if (object.kind === "Pod") return needsNode(object) ? [keyOf(object)] : [];
  return view.list("Pod").filter(needsNode).map(keyOf);
}

function needsNode(pod: Pod): boolean {
  return pod.spec.nodeName === undefined && pod.metadata.deletionTimestamp === undefined;
}

/** Source: scheduler's Bind plugin (POST pods/NAME/binding): the Node, and the condition PodScheduled. */
function bind({ view, key }: Deciding): readonly ApiWrite[] {
  const { namespace, name } = parseKey(key);
  const pod = view.get("Pod", namespace, name);
  if (pod === undefined || !needsNode(pod)) return [];
  const placement = schedule({ view, pod });
  const ref = { kind: "Pod", namespace, name } as const;
  const uid = pod.metadata.uid ?? "";
  if ("node" in placement) {
    const conditions = [{ type: "PodScheduled", status: "True" }];
    return [{ verb: "patch", ref, uid, patch: { spec: { nodeName: placement.node }, status: { phase: "Pending", conditions } } }];
  }
  const conditions = [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: placement.unschedulable }];
  if (sameJson(pod.status?.conditions, conditions)) return [];
  return [{ verb: "patch", ref, uid, patch: { status: { phase: "Pending", conditions } } }];
}

function servicesOf({ write: { object, type }, before, view }: Change): readonly string[] {
  switch (object.kind) {
    case "Service":
      return [keyOf(object)];
    case "Pod":
      return type === "MODIFIED" && before?.kind === "Pod" && !concernsEndpoints(before, object) ? [] : selecting(view, object, before);
    case "EndpointSlice":
      return type === "DELETED" ? unique([ownerKey(object, "Service")]) : [];
    default:
      return [];
  }
}

/** Source: endpointslice/util/controller_utils.go podEndpointsChanged. */
function concernsEndpoints(before: Pod, after: Pod): boolean {
  return !sameJson(endpointParts(before), endpointParts(after));
}

function endpointParts({ metadata, spec, status }: Pod): readonly unknown[] {
  return [
    metadata.deletionTimestamp ?? null,
    metadata.labels ?? {},
    status?.podIP ?? null,
    status?.phase ?? null,
    status?.conditions?.find((condition) => condition.type === "Ready")?.status ?? null,
    spec.hostname ?? null,
    spec.subdomain ?? null,
  ];
}

function selecting(view: ClusterView, pod: Pod, before: KubeObject | undefined): readonly string[] {
  const namespace = pod.metadata.namespace ?? "default";
  const labelSets: readonly Labels[] = [pod.metadata.labels ?? {}, before?.metadata.labels ?? {}];
  return unique(labelSets.flatMap((labels) => servicesSelecting(view, namespace, labels).map(keyOf)));
}

function vanished({ write: { object, type } }: Change): readonly string[] {
  const isOwner =
    object.kind === "Deployment" || object.kind === "ReplicaSet" || object.kind === "Service" || object.kind === "StatefulSet";
  return type === "DELETED" && isOwner ? unique([object.metadata.uid]) : [];
}

/**
 * Pods that are bound to a Node which is no more: nobody would ever end them.
 * Source: pkg/controller/podgc (orphaned Pods); its period of 20 s and quarantine of 40 s are left out.
 */
function orphaned({ write: { object, type }, view }: Change): readonly string[] {
  if (object.kind === "Pod") return type !== "DELETED" && isOrphan(view, object) ? [keyOf(object)] : [];
  if (object.kind !== "Node" || type !== "DELETED") return [];
  return view
    .list("Pod")
    .filter((pod) => pod.spec.nodeName === object.metadata.name)
    .map(keyOf);
}

function isOrphan(view: ClusterView, pod: Pod): boolean {
  return pod.spec.nodeName !== undefined && view.get("Node", "", pod.spec.nodeName) === undefined;
}

function removeOrphan({ view, key }: Deciding): readonly ApiWrite[] {
  const { namespace, name } = parseKey(key);
  const pod = view.get("Pod", namespace, name);
  if (pod === undefined || !isOrphan(view, pod)) return [];
  return [{ verb: "delete", ref: { kind: "Pod", namespace, name }, uid: pod.metadata.uid ?? "", gracePeriodSeconds: 0 }];
}

function nodesWithoutRange({ write: { object, type } }: Change): readonly string[] {
  return object.kind === "Node" && type !== "DELETED" && object.spec?.podCIDR === undefined ? [object.metadata.name] : [];
}

function assignRange({ view, key, clusterCIDR, lastAllocated }: Deciding): readonly ApiWrite[] {
  const node = view.get("Node", "", key);
  if (node === undefined || node.spec?.podCIDR !== undefined) return [];
  const range = nextPodRange({ view, clusterCIDR, lastAllocated });
  if (range === null) return [];
  const ref = { kind: "Node", namespace: "", name: key } as const;
  return [{ verb: "patch", ref, patch: { spec: { podCIDR: range, podCIDRs: [range] } } }];
}
