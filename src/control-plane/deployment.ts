/**
 * The Deployment controller: one ReplicaSet per template, sized step by step.
 * Sources: pkg/controller/deployment/{deployment_controller,sync,rolling,recreate,progress}.go.
 * Left out: hash collisions, failures of a ReplicaSet as a condition, rollback requests (deprecated; a client rolls back).
 */
import type { ApiWrite } from "../cluster/api-write";
import type { Deployment, ReplicaSet } from "../cluster/objects";
import { refOf } from "../cluster/objects";
import { matchesLabelSelector } from "../cluster/labels";
import { isTerminal } from "../cluster/pods";
import type { ClusterView } from "../cluster/store-types";
import type { SimTime } from "../engine/time";
import { replicasOf } from "./deployment-arithmetic";
import { deadlineCheck, isComplete } from "./deployment-conditions";
import type { Sizing } from "./deployment-rollout";
import { byAge, DESIRED, rollOut, scaleInProportion, sizeOf } from "./deployment-rollout";
import {
  annotateNewSet,
  cleanUpSets,
  isAnnotated,
  newReplicaSet,
  patchSet,
  REVISION,
  sameTemplate,
  sizeAnnotations,
} from "./deployment-sets";
import { noteNewSet, notePause, reportStatus } from "./deployment-status";
import { parseKey } from "./keys";
import { controllerOf, controllerRef, isBeingDeleted, uidOf } from "./ownership";
import { podsControlledBy, replicaSetsOfNamespace } from "./view-index";

interface Asked {
  readonly view: ClusterView;
  /** `NAMESPACE/NAME`. */
  readonly key: string;
  readonly now: SimTime;
}

/** Brings one Deployment one step on: a ReplicaSet made, or sizes changed one way, and its status. */
export function reconcileDeployment({ view, key, now }: Asked): readonly ApiWrite[] {
  const { namespace, name } = parseKey(key);
  const stored = view.get("Deployment", namespace, name);
  if (stored === undefined) return [];
  const { sets, writes: adoptions } = claimSets(view, stored);
  const deployment = isBeingDeleted(stored) ? stored : notePause(stored, now);
  const newSet = sets.filter((set) => sameTemplate(set.spec.template, deployment.spec.template)).toSorted(byAge)[0];
  const rollout: Rollout = { view, deployment, newSet, oldSets: sets.filter((set) => set !== newSet), now };
  return [...adoptions, ...changesOf(stored, deployment), ...syncOf(rollout)];
}

/** When a Deployment is to be looked at again although nothing changes; null where that is not needed. */
export function recheckDeployment({ view, key }: Pick<Asked, "view" | "key">): SimTime | null {
  const { namespace, name } = parseKey(key);
  const deployment = view.get("Deployment", namespace, name);
  return deployment === undefined ? null : deadlineCheck(deployment);
}

interface Rollout {
  readonly view: ClusterView;
  readonly deployment: Deployment;
  readonly newSet: ReplicaSet | undefined;
  readonly oldSets: readonly ReplicaSet[];
  readonly now: SimTime;
}

function claimSets(view: ClusterView, deployment: Deployment): { sets: readonly ReplicaSet[]; writes: readonly ApiWrite[] } {
  const sets: ReplicaSet[] = [];
  const writes: ApiWrite[] = [];
  for (const set of replicaSetsOfNamespace(view, deployment.metadata.namespace ?? "default")) {
    const owner = controllerOf(set.metadata);
    if (owner !== undefined && owner.uid !== uidOf(deployment)) continue;
    if (!matchesLabelSelector(deployment.spec.selector, set.metadata.labels)) continue;
    if (owner === undefined) {
      if (isBeingDeleted(deployment) || isBeingDeleted(set)) continue;
      writes.push(patchSet(set, { metadata: { ownerReferences: [controllerRef(deployment)] } }));
    }
    sets.push(set);
  }
  return { sets, writes };
}

/** One deleted reports only; one paused or freshly scaled is sized; others roll. */
function syncOf(rollout: Rollout): readonly ApiWrite[] {
  const { deployment, oldSets } = rollout;
  if (isBeingDeleted(deployment)) return reportStatus(rollout, false);
  const isPaused = deployment.spec.paused === true;
  if (!isPaused && !wasScaled(rollout)) return deployment.spec.strategy?.type === "Recreate" ? recreate(rollout) : roll(rollout);
  const { writes, rollout: noted } = withRevision(rollout);
  const tidied = isPaused ? cleanUpSets(deployment, oldSets) : [];
  return [...writes, ...resize(noted, afterScaling(noted)), ...tidied, ...reportStatus(noted, false)];
}

/** Source: rolling.go rolloutRolling. The set of a new template is made, and old Pods may be given up in the same sync. */
function roll(given: Rollout): readonly ApiWrite[] {
  const { writes, rollout } = given.newSet === undefined ? withNewSet(given) : withRevision(given);
  return [...writes, ...finish(rollout, sizesOf(rollout))];
}

/** Source: recreate.go rolloutRecreate. No new set is made while an old Pod is still there. */
function recreate(given: Rollout): readonly ApiWrite[] {
  if (sizesOfOld(given).length > 0) return [...resize(given, sizesOfOld(given)), ...reportStatus(given, true)];
  if (given.oldSets.some((set) => podsControlledBy(given.view, uidOf(set)).some((pod) => !isTerminal(pod))))
    return reportStatus(given, true);
  return roll(given);
}

function sizesOfOld({ oldSets }: Rollout): readonly Sizing[] {
  return activeOf(oldSets).map((set) => ({ set, replicas: 0 }));
}

function sizesOf({ deployment, newSet, oldSets }: Rollout): readonly Sizing[] {
  return newSet === undefined ? [] : rollOut({ deployment, newSet, oldSets });
}

function finish(rollout: Rollout, sizes: readonly Sizing[]): readonly ApiWrite[] {
  const { deployment, oldSets } = rollout;
  const tidied = sizes.length === 0 && isComplete(deployment, deployment.status ?? {}) ? cleanUpSets(deployment, oldSets) : [];
  return [...resize(rollout, sizes), ...tidied, ...reportStatus(rollout, true)];
}

interface Noted {
  readonly rollout: Rollout;
  readonly writes: readonly ApiWrite[];
}

function withNewSet(rollout: Rollout): Noted {
  const { deployment, oldSets, now } = rollout;
  const newSet = newReplicaSet(deployment, oldSets);
  const noted = noteNewSet(withRevisionOf(deployment, newSet), newSet, true, now);
  return {
    rollout: { ...rollout, newSet, deployment: noted },
    writes: [{ verb: "create", object: newSet }, ...changesOf(deployment, noted)],
  };
}

/** The current set gets the highest revision, and the Deployment the revision of its set. */
function withRevision(rollout: Rollout): Noted {
  const { deployment, newSet, oldSets, now } = rollout;
  if (newSet === undefined) return { rollout, writes: [] };
  const annotated = annotateNewSet(deployment, newSet, oldSets);
  if (annotated.length > 0) return { rollout, writes: annotated };
  const noted = noteNewSet(withRevisionOf(deployment, newSet), newSet, false, now);
  return { rollout: { ...rollout, deployment: noted }, writes: changesOf(deployment, noted) };
}

function withRevisionOf(deployment: Deployment, set: ReplicaSet): Deployment {
  const revision = set.metadata.annotations?.[REVISION] ?? "";
  const { metadata } = deployment;
  if (metadata.annotations?.[REVISION] === revision) return deployment;
  return { ...deployment, metadata: { ...metadata, annotations: { ...metadata.annotations, [REVISION]: revision } } };
}

/** What a sync has noted on the Deployment, as one write. */
function changesOf(before: Deployment, after: Deployment): readonly ApiWrite[] {
  if (before === after) return [];
  const revision = after.metadata.annotations?.[REVISION];
  const patch = {
    ...(before.metadata === after.metadata ? {} : { metadata: { annotations: { [REVISION]: revision } } }),
    ...(before.status === after.status ? {} : { status: { conditions: after.status?.conditions ?? [] } }),
  };
  return [{ verb: "patch", ref: refOf(before), uid: uidOf(before), patch }];
}

/** Whether `spec.replicas` has changed since the sets were last sized. Source: sync.go isScalingEvent. */
function wasScaled({ deployment, newSet, oldSets }: Rollout): boolean {
  return activeOf([...oldSets, ...(newSet === undefined ? [] : [newSet])]).some((set) => {
    const desired = set.metadata.annotations?.[DESIRED];
    return desired !== undefined && Number(desired) !== replicasOf(deployment);
  });
}

/** Source: sync.go scale. */
function afterScaling(rollout: Rollout): readonly Sizing[] {
  const { deployment, newSet, oldSets } = rollout;
  const desired = replicasOf(deployment);
  const active = activeOf([...oldSets, ...(newSet === undefined ? [] : [newSet])]);
  const only = active.length <= 1 ? (active[0] ?? newSet ?? oldSets.toSorted(byAge).at(-1)) : undefined;
  if (only !== undefined) return [{ set: only, replicas: desired }];
  if (newSet !== undefined && isSaturated(newSet, desired)) return sizesOfOld(rollout);
  return deployment.spec.strategy?.type === "Recreate" ? [] : scaleInProportion(deployment, active);
}

/** Source: deployment_util.go IsSaturated. */
function isSaturated(set: ReplicaSet, desired: number): boolean {
  return sizeOf(set) === desired && isAnnotated(set, { [DESIRED]: `${desired}` }) && (set.status?.availableReplicas ?? 0) === desired;
}

function activeOf(sets: readonly ReplicaSet[]): readonly ReplicaSet[] {
  return sets.filter((set) => sizeOf(set) > 0);
}

function resize({ deployment }: Rollout, sizes: readonly Sizing[]): readonly ApiWrite[] {
  const annotations = sizeAnnotations(deployment);
  return sizes.flatMap(({ set, replicas }) => {
    const settled = sizeOf(set) === replicas && isAnnotated(set, annotations);
    return settled ? [] : [patchSet(set, { spec: { replicas }, metadata: { annotations } })];
  });
}
