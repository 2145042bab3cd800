/**
 * The ReplicaSet controller. Source: pkg/controller/replicaset/replica_set.go, controller_ref_manager.go.
 * Pacing (slow start in batches of 1, 2, 4 …; 20 requests a second; expectations) is the caller's.
 */
import type { ApiWrite } from "../cluster/api-write";
import { sameJson } from "../cluster/api-write";
import type { Pod, ReplicaSet, WorkloadStatus } from "../cluster/objects";
import { refOf } from "../cluster/objects";
import { matchesLabelSelector } from "../cluster/labels";
import { availabilityCheck, isAvailable, isReady, isTerminal, isTerminating } from "../cluster/pods";
import type { ClusterView } from "../cluster/store-types";
import type { SimTime } from "../engine/time";
import { parseKey } from "./keys";
import { controllerOf, controllerRef, isBeingDeleted, uidOf } from "./ownership";
import { deletionOrder, isActive } from "./pod-ranking";
import { orphanPods, podsControlledBy, replicaSetsControlledBy } from "./view-index";

/** Creates or deletes in one sync at most. Source: replica_set.go BurstReplicas. */
export const BURST = 500;

/**
 * Brings one ReplicaSet (`NAMESPACE/NAME`) on: adopts and releases Pods, creates or deletes to the wanted number,
 * reports its status. A Pod whose deletion has begun counts no more, so its replacement comes at once.
 */
export function reconcileReplicaSet({
  view,
  key,
  now,
}: {
  readonly view: ClusterView;
  readonly key: string;
  readonly now: SimTime;
}): readonly ApiWrite[] {
  const { namespace, name } = parseKey(key);
  const set = view.get("ReplicaSet", namespace, name);
  if (set === undefined) return [];
  const claim = claimPods(view, set);
  const scaling = isBeingDeleted(set) ? [] : scale({ view, set, pods: claim.pods, now });
  return [...claim.writes, ...scaling, ...reportStatus(set, view, claim.pods, now)];
}

interface Claim {
  readonly pods: readonly Pod[];
  readonly writes: readonly ApiWrite[];
}

/** Keeps matching Pods, releases those that left the selector, adopts matching orphans. */
function claimPods(view: ClusterView, set: ReplicaSet): Claim {
  const uid = uidOf(set);
  const pods: Pod[] = [];
  const writes: ApiWrite[] = [];
  for (const pod of candidates(view, set)) {
    if (!isActive(pod)) continue;
    const matches = matchesLabelSelector(set.spec.selector, pod.metadata.labels);
    const owner = controllerOf(pod.metadata);
    if (owner?.uid === uid) {
      if (matches) pods.push(pod);
      else if (!isBeingDeleted(set)) writes.push(release(pod, uid));
    } else if (owner === undefined && matches && !isBeingDeleted(set)) {
      pods.push(pod);
      writes.push(adopt(pod, set));
    }
  }
  return { pods, writes };
}

function candidates(view: ClusterView, set: ReplicaSet): readonly Pod[] {
  return [...podsControlledBy(view, uidOf(set)), ...orphanPods(view, set.metadata.namespace ?? "default")];
}

function release(pod: Pod, uid: string): ApiWrite {
  const others = (pod.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
  const ownerReferences = others.length === 0 ? null : others;
  return { verb: "patch", ref: refOf(pod), uid: uidOf(pod), patch: { metadata: { ownerReferences } } };
}

function adopt(pod: Pod, set: ReplicaSet): ApiWrite {
  const ownerReferences = [...(pod.metadata.ownerReferences ?? []), controllerRef(set)];
  return { verb: "patch", ref: refOf(pod), uid: uidOf(pod), patch: { metadata: { ownerReferences } } };
}

function scale({
  view,
  set,
  pods,
  now,
}: {
  readonly view: ClusterView;
  readonly set: ReplicaSet;
  readonly pods: readonly Pod[];
  readonly now: SimTime;
}): readonly ApiWrite[] {
  const difference = pods.length - (set.spec.replicas ?? 1);
  if (difference < 0) return Array.from({ length: Math.min(-difference, BURST) }, () => createPod(set));
  const surplus = Math.min(difference, BURST);
  const ordered = surplus === 0 || surplus === pods.length ? pods : deletionOrder({ pods, related: relatedPods(view, set), now });
  return ordered.slice(0, surplus).map((pod): ApiWrite => ({ verb: "delete", ref: refOf(pod), uid: uidOf(pod) }));
}

/** Pods of all ReplicaSets of the same owner, for the crowding rank; none for a ReplicaSet without an owner. */
function relatedPods(view: ClusterView, set: ReplicaSet): readonly Pod[] {
  const owner = controllerOf(set.metadata);
  if (owner === undefined) return [];
  return replicaSetsControlledBy(view, owner.uid).flatMap((sibling) => podsControlledBy(view, uidOf(sibling)));
}

function createPod(set: ReplicaSet): ApiWrite {
  const { metadata, spec } = set.spec.template;
  const { namespace = "default", name } = set.metadata;
  const object: Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "",
      generateName: `${name}-`,
      namespace,
      ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
      ...(metadata?.annotations === undefined ? {} : { annotations: metadata.annotations }),
      ownerReferences: [controllerRef(set)],
    },
    spec,
  };
  return { verb: "create", object };
}

function reportStatus(set: ReplicaSet, view: ClusterView, pods: readonly Pod[], now: SimTime): readonly ApiWrite[] {
  const ending = podsControlledBy(view, uidOf(set)).filter((pod) => isTerminating(pod) && !isTerminal(pod)).length;
  const status = statusOf(set, pods, ending, now);
  const old = set.status ?? {};
  if (sameJson({ ...old, ...status }, old)) return [];
  return [{ verb: "patch", ref: refOf(set), uid: uidOf(set), patch: { status: { ...status } } }];
}

/** Source: replica_set_utils.go calculateStatus. */
function statusOf(set: ReplicaSet, pods: readonly Pod[], ending: number, now: SimTime): WorkloadStatus {
  const labels = set.spec.template.metadata?.labels ?? {};
  const carriesAll = (pod: Pod): boolean => Object.entries(labels).every(([key, value]) => pod.metadata.labels?.[key] === value);
  return {
    replicas: pods.length,
    fullyLabeledReplicas: pods.filter(carriesAll).length,
    readyReplicas: pods.filter(isReady).length,
    availableReplicas: pods.filter((pod) => isAvailable(pod, set.spec.minReadySeconds ?? 0, now)).length,
    terminatingReplicas: ending,
    observedGeneration: set.metadata.generation ?? 1,
  };
}

/** When a ReplicaSet is to be looked at again, since a Pod of it becomes available by then; null where that is not needed. */
export function recheckReplicaSet({ view, key, now }: Parameters<typeof reconcileReplicaSet>[0]): SimTime | null {
  const { namespace, name } = parseKey(key);
  const set = view.get("ReplicaSet", namespace, name);
  if (set === undefined || (set.spec.minReadySeconds ?? 0) === 0) return null;
  return availabilityCheck(podsControlledBy(view, uidOf(set)).filter(isActive), set.spec.minReadySeconds ?? 0, now);
}
