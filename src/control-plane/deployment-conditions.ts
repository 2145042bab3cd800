/**
 * Conditions of a Deployment: whether enough of it is available, and whether its rollout moves.
 * Sources: pkg/controller/deployment/util/deployment_util.go (reasons, SetDeploymentCondition), progress.go.
 */
import { readApiTime, showApiTime } from "../cluster/api-time";
import type { Condition, Deployment, WorkloadStatus } from "../cluster/objects";
import type { SimTime } from "../engine/time";
import { simTime } from "../engine/time";

/** Reasons of the condition Progressing that decide something. */
export const REASON = {
  created: "NewReplicaSetCreated",
  found: "FoundNewReplicaSet",
  updated: "ReplicaSetUpdated",
  available: "NewReplicaSetAvailable",
  timedOut: "ProgressDeadlineExceeded",
  paused: "DeploymentPaused",
  resumed: "DeploymentResumed",
} as const;

/** A condition before it has its times. */
export type Finding = Required<Pick<Condition, "type" | "status" | "reason" | "message">>;

/** The condition of a type, undefined where there is none. */
export function conditionOf(conditions: readonly Condition[] | undefined, type: "Available" | "Progressing"): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Sets a condition: one with the same status and reason stays as it is; its transition time moves with its status only. */
export function withCondition(conditions: readonly Condition[], finding: Finding, now: SimTime): readonly Condition[] {
  const old = conditions.find(({ type }) => type === finding.type);
  if (old?.status === finding.status && old.reason === finding.reason) return conditions;
  return confirmed(conditions, finding, now);
}

/** Sets a condition anew, also where it says the same: a rollout that moves again confirms that it does. */
export function confirmed(conditions: readonly Condition[], finding: Finding, now: SimTime): readonly Condition[] {
  const old = conditions.find(({ type }) => type === finding.type);
  const time = showApiTime(now);
  const since = old?.status === finding.status ? (old.lastTransitionTime ?? time) : time;
  return [...conditions.filter((one) => one !== old), { ...finding, lastUpdateTime: time, lastTransitionTime: since }];
}

/** The rollout is through: every wanted Pod is of the new template and available. Source: DeploymentComplete. */
export function isComplete({ metadata, spec }: Deployment, status: WorkloadStatus): boolean {
  const wanted = spec.replicas ?? 1;
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 1)
  );
}

/** Something moved since the last report. Source: DeploymentProgressing. */
export function hasMoved(before: WorkloadStatus, now: WorkloadStatus): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: WorkloadStatus): number => replicas - updatedReplicas;
  const grew = (of: "updatedReplicas" | "readyReplicas" | "availableReplicas"): boolean => (now[of] ?? 0) > (before[of] ?? 0);
  return grew("updatedReplicas") || grew("readyReplicas") || grew("availableReplicas") || old(now) < old(before);
}

/** Whether nothing has moved for longer than the deadline. Source: DeploymentTimedOut. */
export function hasTimedOut({ spec }: Deployment, progressing: Condition | undefined, now: SimTime): boolean {
  if (progressing === undefined || progressing.reason === REASON.available) return false;
  if (progressing.reason === REASON.timedOut) return true;
  return readApiTime(progressing.lastUpdateTime) + deadlineOf(spec.progressDeadlineSeconds) < now;
}

/**
 * When to look again although nothing changes: a second after the deadline of a rollout that stands still. Null where
 * nothing can run out. Source: requeueStuckDeployment.
 */
export function deadlineCheck(deployment: Deployment): SimTime | null {
  const { spec, status = {} } = deployment;
  const progressing = conditionOf(status.conditions, "Progressing");
  if (!hasDeadline(deployment) || spec.paused === true || progressing === undefined) return null;
  if (isComplete(deployment, status) || progressing.reason === REASON.timedOut || progressing.reason === REASON.available) return null;
  return simTime(readApiTime(progressing.lastUpdateTime) + deadlineOf(spec.progressDeadlineSeconds) + 1_000_000);
}

const NO_DEADLINE = 2_147_483_647;

/** The largest number means none. Source: HasProgressDeadline. */
export function hasDeadline({ spec }: Deployment): boolean {
  return spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== NO_DEADLINE;
}

function deadlineOf(seconds: number | undefined): number {
  return (seconds ?? NO_DEADLINE) * 1_000_000;
}
