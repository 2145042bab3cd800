/**
 * How many Pods each ReplicaSet of a Deployment is to have next. One sync goes one way only: the new set up, or old
 * ones down. Sources: pkg/controller/deployment/{rolling,recreate,sync}.go, deployment/util/deployment_util.go.
 */
import type { Deployment, ReplicaSet } from "../cluster/objects";
import { compareText } from "../base/order";
import { fenceposts, replicasOf } from "./deployment-arithmetic";
import { uidOf } from "./ownership";

/** A ReplicaSet and the size it is to have. */
export interface Sizing {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

/** Annotation by which a scaling of the Deployment is told from a rollout. */
export const DESIRED = "deployment.kubernetes.io/desired-replicas";

/** The size that a new ReplicaSet begins with, or the current one goes to. Source: deployment_util.go NewRSNewReplicas. */
export function newSetSize(deployment: Deployment, newSet: ReplicaSet | undefined, all: readonly ReplicaSet[]): number {
  const desired = replicasOf(deployment);
  if (isRecreate(deployment)) return desired;
  const current = newSet === undefined ? 0 : sizeOf(newSet);
  const room = desired + fenceposts(deployment).surge - total(all);
  return room <= 0 ? current : current + Math.min(room, Math.max(desired - current, 0));
}

/** Sizes that change in this sync of a rollout; none where it is done or has to wait. A Recreate Deployment's old sets are empty by then. */
export function rollOut({
  deployment,
  newSet,
  oldSets,
}: {
  readonly deployment: Deployment;
  readonly newSet: ReplicaSet;
  readonly oldSets: readonly ReplicaSet[];
}): readonly Sizing[] {
  const all = [...oldSets, newSet];
  const desired = replicasOf(deployment);
  const size = sizeOf(newSet) > desired ? desired : newSetSize(deployment, newSet, all);
  if (size !== sizeOf(newSet)) return [{ set: newSet, replicas: size }];
  return isRecreate(deployment) ? [] : shrinkOld(deployment, newSet, oldSets);
}

function shrinkOld(deployment: Deployment, newSet: ReplicaSet, oldSets: readonly ReplicaSet[]): readonly Sizing[] {
  const all = [...oldSets, newSet];
  const minimum = replicasOf(deployment) - fenceposts(deployment).unavailable;
  const newUnavailable = sizeOf(newSet) - availableOf(newSet);
  const limit = total(all) - minimum - newUnavailable;
  if (limit <= 0) return [];
  const cleaned = takeFrom(oldestFirst(oldSets), limit, ({ set }) => sizeOf(set) - availableOf(set));
  const available = all.reduce((sum, set) => sum + availableOf(set), 0);
  return takeFrom(cleaned, available - minimum, (sizing) => sizing.replicas).filter((s) => s.replicas !== sizeOf(s.set));
}

/** Takes up to `limit` Pods away, at most `most(x)` from each, in the given order. */
function takeFrom(sets: readonly Sizing[], limit: number, most: (sizing: Sizing) => number): readonly Sizing[] {
  let left = Math.max(limit, 0);
  return sets.map((sizing) => {
    const taken = Math.min(left, Math.max(most(sizing), 0), sizing.replicas);
    left -= taken;
    return { set: sizing.set, replicas: sizing.replicas - taken };
  });
}

/**
 * Sizes after a change of `spec.replicas` in the middle of a rollout: shared out in proportion, largest set first,
 * what rounding leaves over to the largest. Source: sync.go scale, GetReplicaSetProportion.
 */
export function scaleInProportion(deployment: Deployment, active: readonly ReplicaSet[]): readonly Sizing[] {
  const desired = replicasOf(deployment);
  const allowed = desired > 0 ? desired + fenceposts(deployment).surge : 0;
  const toAdd = allowed - total(active);
  const sorted = active.toSorted((a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? byAge(b, a) : byAge(a, b)));
  let added = 0;
  const sizes = sorted.map((set) => {
    const share = toAdd === 0 ? 0 : proportion({ deployment, set, allowed, left: toAdd - added });
    added += share;
    return { set, replicas: sizeOf(set) + share };
  });
  return sizes.map((sizing, index) => ({ ...sizing, replicas: Math.max(sizing.replicas + (index === 0 ? toAdd - added : 0), 0) }));
}

function proportion({
  deployment,
  set,
  allowed,
  left,
}: {
  readonly deployment: Deployment;
  readonly set: ReplicaSet;
  readonly allowed: number;
  readonly left: number;
}): number {
  const size = sizeOf(set);
  if (size === 0 || left === 0) return 0;
  const annotated = Number(set.metadata.annotations?.["deployment.kubernetes.io/max-replicas"] ?? "0");
  const before = annotated > 0 ? annotated : (deployment.status?.replicas ?? 0);
  const share = before > 0 ? Math.round((size * allowed) / before) - size : 0;
  return left > 0 ? Math.min(share, left) : Math.max(share, left);
}

/** `spec.replicas` of a ReplicaSet. */
export function sizeOf(set: ReplicaSet): number {
  return set.spec.replicas ?? 1;
}

/** Sum of `spec.replicas`: Pods that are on their way out do not count. */
function total(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + sizeOf(set), 0);
}

/** Orders by creation, oldest first, then by name. */
export function byAge(a: ReplicaSet, b: ReplicaSet): number {
  return (
    compareText(a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? "") ||
    compareText(a.metadata.name, b.metadata.name) ||
    compareText(uidOf(a), uidOf(b))
  );
}

function oldestFirst(sets: readonly ReplicaSet[]): readonly Sizing[] {
  return sets.toSorted(byAge).map((set) => ({ set, replicas: sizeOf(set) }));
}

function availableOf(set: ReplicaSet): number {
  return set.status?.availableReplicas ?? 0;
}

function isRecreate(deployment: Deployment): boolean {
  return deployment.spec.strategy?.type === "Recreate";
}
