/** What a change of a Deployment, ReplicaSet or StatefulSet means, in words. */
import { sameJson } from "../cluster/api-write";
import type { Deployment, ReplicaSet, StatefulSet } from "../cluster/objects";
import { counted } from "./told";

type Workload = Deployment | ReplicaSet | StatefulSet;

const REVISION = "deployment.kubernetes.io/revision";

/** The first thing that says most: size, pause, template, strategy, revision, report. */
export function workloadChange(now: Workload, was: Workload): string {
  if (now.spec.replicas !== was.spec.replicas)
    return `goes from ${was.spec.replicas ?? 1} to ${counted(now.spec.replicas ?? 1, "replica")}`;
  if (pausedOf(now) !== pausedOf(was)) return pausedOf(now) ? "is paused" : "is resumed";
  if (!sameJson(now.spec.template, was.spec.template)) return `has a new template${imageWords(now, was)}`;
  if (!sameJson(strategyOf(now), strategyOf(was))) return "is to roll out in another way";
  const revision = now.metadata.annotations?.[REVISION];
  const isRevised = revision !== undefined && revision !== was.metadata.annotations?.[REVISION];
  if (!sameJson(now.status, was.status)) return `${isRevised ? `is at revision ${revision} and ` : ""}${reportWords(now, was)}`;
  return isRevised ? `is revision ${revision} from now on` : "changes";
}

function pausedOf(workload: Workload): boolean {
  return workload.kind === "Deployment" && workload.spec.paused === true;
}

function strategyOf(workload: Workload): unknown {
  if (workload.kind === "ReplicaSet") return null;
  return workload.kind === "Deployment" ? workload.spec.strategy : workload.spec.updateStrategy;
}

function imageWords(now: Workload, was: Workload): string {
  const changed = now.spec.template.spec.containers.filter(
    ({ name, image }) => was.spec.template.spec.containers.find((one) => one.name === name)?.image !== image,
  );
  return changed.length === 0 ? "" : `, with ${changed.map(({ image }) => `image ${image ?? "none"}`).join(", ")},`;
}

/** Counts; and the reason of the condition Progressing or Available where that is new. */
function reportWords(now: Workload, was: Workload): string {
  const counts = `reports ${counted(now.status?.readyReplicas ?? 0, "ready Pod")}, ${now.spec.replicas ?? 1} wanted`;
  const reasons = (now.status?.conditions ?? [])
    .filter(({ type, reason }) => was.status?.conditions?.find((one) => one.type === type)?.reason !== reason)
    .map(({ type, status, reason }) => `${type} ${status} (${reason ?? ""})`);
  return reasons.length === 0 ? `${counts},` : `${counts}, now ${reasons.join(", ")},`;
}
