/** What a Deployment reports: counts of its sets, and its conditions. Sources: pkg/controller/deployment/{sync,progress}.go. */
import type { ApiWrite } from "../cluster/api-write";
import { sameJson } from "../cluster/api-write";
import type { Condition, Deployment, ReplicaSet, WorkloadStatus } from "../cluster/objects";
import { refOf } from "../cluster/objects";
import type { SimTime } from "../engine/time";
import { fenceposts, replicasOf } from "./deployment-arithmetic";
import type { Finding } from "./deployment-conditions";
import { conditionOf, confirmed, hasDeadline, hasMoved, hasTimedOut, isComplete, REASON, withCondition } from "./deployment-conditions";
import { sizeOf } from "./deployment-rollout";
import { uidOf } from "./ownership";

/** A Deployment with its sets, as one sync of the controller sees them. */
export interface Reported {
  readonly deployment: Deployment;
  readonly newSet: ReplicaSet | undefined;
  readonly oldSets: readonly ReplicaSet[];
  readonly now: SimTime;
}

/** Pausing and resuming are noted at once, so that the time of a pause never counts against the deadline. Source: checkPausedConditions. */
export function notePause(deployment: Deployment, now: SimTime): Deployment {
  const { conditions = [] } = deployment.status ?? {};
  const reason = conditionOf(conditions, "Progressing")?.reason;
  const { paused = false } = deployment.spec;
  if (!hasDeadline(deployment) || reason === REASON.timedOut || paused === (reason === REASON.paused)) return deployment;
  const finding: Finding = paused
    ? { type: "Progressing", status: "Unknown", reason: REASON.paused, message: "Deployment is paused" }
    : { type: "Progressing", status: "Unknown", reason: REASON.resumed, message: "Deployment is resumed" };
  return { ...deployment, status: { ...deployment.status, conditions: withCondition(conditions, finding, now) } };
}

/** The first word on a new set, before anything of it runs. Source: sync.go getNewReplicaSet. */
export function noteNewSet(deployment: Deployment, set: ReplicaSet, isNew: boolean, now: SimTime): Deployment {
  const { conditions = [] } = deployment.status ?? {};
  if (!hasDeadline(deployment) || (!isNew && conditionOf(conditions, "Progressing") !== undefined)) return deployment;
  const finding: Finding = {
    type: "Progressing",
    status: "True",
    reason: isNew ? REASON.created : REASON.found,
    message: `${isNew ? "Created" : "Found"} new replica set "${set.metadata.name}"`,
  };
  return { ...deployment, status: { ...deployment.status, conditions: withCondition(conditions, finding, now) } };
}

/** A write of the status where it says something new. `rolls` false: only counts, as while it is paused, scaled or deleted. */
export function reportStatus(reported: Reported, rolls: boolean): readonly ApiWrite[] {
  const { deployment } = reported;
  const counts = countsOf(reported);
  const conditions = rolls ? progressOf(reported, counts) : availabilityOf(reported, counts);
  const old = deployment.status ?? {};
  const status = { ...counts, conditions };
  if (sameJson({ ...old, ...status }, old)) return [];
  return [{ verb: "patch", ref: refOf(deployment), uid: uidOf(deployment), patch: { status } }];
}

/** Sums over the sets' own status, as they were last reported. Source: calculateStatus. */
function countsOf({ deployment, newSet, oldSets }: Reported): WorkloadStatus {
  const all = newSet === undefined ? oldSets : [...oldSets, newSet];
  const sum = (of: (status: WorkloadStatus) => number | undefined): number =>
    all.reduce((count, set) => count + (of(set.status ?? {}) ?? 0), 0);
  const available = sum((status) => status.availableReplicas);
  const size = all.reduce((count, set) => count + sizeOf(set), 0);
  return {
    replicas: sum((status) => status.replicas),
    updatedReplicas: newSet?.status?.replicas ?? 0,
    readyReplicas: sum((status) => status.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(size - available, 0),
    terminatingReplicas: sum((status) => status.terminatingReplicas),
    observedGeneration: deployment.metadata.generation ?? 1,
  };
}

function availabilityOf({ deployment, now }: Reported, counts: WorkloadStatus): readonly Condition[] {
  const enough = (counts.availableReplicas ?? 0) >= replicasOf(deployment) - fenceposts(deployment).unavailable;
  const finding: Finding = enough
    ? { type: "Available", status: "True", reason: "MinimumReplicasAvailable", message: "Deployment has minimum availability." }
    : {
        type: "Available",
        status: "False",
        reason: "MinimumReplicasUnavailable",
        message: "Deployment does not have minimum availability.",
      };
  return withCondition(deployment.status?.conditions ?? [], finding, now);
}

/** Source: progress.go syncRolloutStatus. */
function progressOf(reported: Reported, counts: WorkloadStatus): readonly Condition[] {
  const { deployment, newSet, now } = reported;
  const conditions = availabilityOf(reported, counts);
  if (!hasDeadline(deployment)) return conditions.filter(({ type }) => type !== "Progressing");
  const current = conditionOf(deployment.status?.conditions, "Progressing");
  if (counts.replicas === counts.updatedReplicas && current?.reason === REASON.available) return conditions;
  const who = newSet === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newSet.metadata.name}"`;
  const finding = (status: "True" | "False", reason: string, words: string): Finding => ({
    type: "Progressing",
    status,
    reason,
    message: `${who} ${words}.`,
  });
  if (isComplete(deployment, counts))
    return withCondition(conditions, finding("True", REASON.available, "has successfully progressed"), now);
  if (hasMoved(deployment.status ?? {}, counts)) return confirmed(conditions, finding("True", REASON.updated, "is progressing"), now);
  if (!hasTimedOut(deployment, current, now)) return conditions;
  return withCondition(conditions, finding("False", REASON.timedOut, "has timed out progressing"), now);
}
