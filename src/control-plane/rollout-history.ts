/**
 * The revisions that a workload has had, as `kubectl rollout history` lists them and `kubectl rollout undo` finds them.
 * Source: kubectl/pkg/polymorphichelpers/{history,rollback}.go.
 */
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";
import type { Deployment, Labels, PodTemplateSpec, StatefulSet } from "../cluster/objects";
import type { ClusterView } from "../cluster/store-types";
import { revisionOfSet, sharedAnnotations } from "./deployment-sets";
import { uidOf } from "./ownership";
import { historyOf, templateOf } from "./statefulset-revisions";
import { TEMPLATE_HASH } from "./template-hash";
import { replicaSetsControlledBy } from "./view-index";

/** One revision. */
export interface RolloutRevision {
  readonly number: number;
  /** Name of the ReplicaSet or ControllerRevision that keeps it. */
  readonly keptBy: string;
  readonly template: PodTemplateSpec;
  /** Annotations that a roll back gives the Deployment again; null for a StatefulSet, which keeps its own. */
  readonly annotations: Labels | null;
}

/** All revisions that are kept, the oldest first. */
export function rolloutHistory(view: ClusterView, workload: Deployment | StatefulSet): readonly RolloutRevision[] {
  if (workload.kind === "StatefulSet") {
    return historyOf(view, workload).map((one) => ({
      number: one.revision,
      keptBy: one.metadata.name,
      template: templateOf(one, workload),
      annotations: null,
    }));
  }
  return replicaSetsControlledBy(view, uidOf(workload))
    .map((set) => ({
      number: revisionOfSet(set),
      keptBy: set.metadata.name,
      template: withoutHash(set.spec.template),
      annotations: sharedAnnotations(set.metadata.annotations),
    }))
    .toSorted((a, b) => a.number - b.number);
}

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [TEMPLATE_HASH]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** The revision of a number; 0: the one before the newest. The problems are kubectl's own. */
export function revisionToRollBackTo(view: ClusterView, workload: Deployment | StatefulSet, number: number): Result<RolloutRevision> {
  const history = rolloutHistory(view, workload);
  const found = number === 0 ? history.at(-2) : history.find((one) => one.number === number);
  if (found !== undefined) return ok(found);
  if (number !== 0) return failAt(`unable to find specified revision ${number} in history`);
  return workload.kind === "Deployment"
    ? failAt(`no rollout history found for deployment "${workload.metadata.name}"`)
    : failAt("no last revision to roll back to");
}
