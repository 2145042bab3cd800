/**
 * The Deployment controller: one ReplicaSet per template, sized step by step.
 * Sources: pkg/controller/deployment/{deployment_controller,sync,rolling,recreate}.go.
 * Left out: progress deadline and conditions (they decide nothing), hash collisions, rollback requests (deprecated).
 */
import type { ApiWrite, JsonMergePatch } from "../cluster/api-write";
import { sameJson } from "../cluster/api-write";
import type { Deployment, PodTemplateSpec, ReplicaSet, WorkloadStatus } from "../cluster/objects";
import { refOf } from "../cluster/objects";
import { matchesLabelSelector } from "../cluster/labels";
import type { ClusterView } from "../cluster/store-types";
import { fenceposts, replicasOf } from "./deployment-arithmetic";
import type { Sizing } from "./deployment-rollout";
import { byAge, DESIRED, newSetSize, rollOut, scaleInProportion, sizeOf } from "./deployment-rollout";
import { parseKey } from "./keys";
import { controllerOf, controllerRef, isBeingDeleted, uidOf } from "./ownership";
import { TEMPLATE_HASH, templateHash } from "./template-hash";
import { podsControlledBy, replicaSetsOfNamespace } from "./view-index";

const REVISION = "deployment.kubernetes.io/revision";
const MAX = "deployment.kubernetes.io/max-replicas";

/** Brings one Deployment (`NAMESPACE/NAME`) one step on: at most one ReplicaSet created, or sizes changed one way. */
export function reconcileDeployment({ view, key }: { readonly view: ClusterView; readonly key: string }): readonly ApiWrite[] {
  const { namespace, name } = parseKey(key);
  const deployment = view.get("Deployment", namespace, name);
  if (deployment === undefined) return [];
  const { sets, writes: adoptions } = claimSets(view, deployment);
  const newSet = sets.filter((set) => sameTemplate(set.spec.template, deployment.spec.template)).toSorted(byAge)[0];
  const rollout: Rollout = { view, deployment, newSet, oldSets: sets.filter((set) => set !== newSet) };
  const steps = isBeingDeleted(deployment) ? [] : nextSteps(rollout);
  return [...adoptions, ...steps, ...reportStatus(rollout)];
}

interface Rollout {
  readonly view: ClusterView;
  readonly deployment: Deployment;
  readonly newSet: ReplicaSet | undefined;
  readonly oldSets: readonly ReplicaSet[];
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
      writes.push({
        verb: "patch",
        ref: refOf(set),
        uid: uidOf(set),
        patch: { metadata: { ownerReferences: [controllerRef(deployment)] } },
      });
    }
    sets.push(set);
  }
  return { sets, writes };
}

/** Paused and freshly scaled Deployments are only sized; others roll. */
function nextSteps(rollout: Rollout): readonly ApiWrite[] {
  const { deployment, newSet, oldSets, view } = rollout;
  if (deployment.spec.paused === true || wasScaled(rollout)) return resize(rollout, afterScaling(rollout));
  if (newSet === undefined) return isHeldBack(rollout) ? resize(rollout, emptied(oldSets)) : [createSet(rollout)];
  const sizes = rollOut({ deployment, newSet, oldSets, podsOf: (set) => podsControlledBy(view, uidOf(set)) });
  if (sizes.length > 0) return resize(rollout, sizes);
  return [...annotate(rollout, newSet), ...cleanUp(rollout)];
}

/** Recreate makes no new set while an old Pod is still there. */
function isHeldBack({ deployment, oldSets, view }: Rollout): boolean {
  if (deployment.spec.strategy?.type !== "Recreate") return false;
  return oldSets.some((set) => sizeOf(set) > 0 || podsControlledBy(view, uidOf(set)).length > 0);
}

function emptied(sets: readonly ReplicaSet[]): readonly Sizing[] {
  return sets.filter((set) => sizeOf(set) > 0).map((set) => ({ set, replicas: 0 }));
}

/** Whether `spec.replicas` has changed since the sets were last sized. Source: sync.go isScalingEvent. */
function wasScaled({ deployment, newSet, oldSets }: Rollout): boolean {
  return activeOf([...oldSets, ...(newSet === undefined ? [] : [newSet])]).some((set) => {
    const desired = set.metadata.annotations?.[DESIRED];
    return desired !== undefined && Number(desired) !== replicasOf(deployment);
  });
}

/** Source: sync.go scale. */
function afterScaling({ deployment, newSet, oldSets }: Rollout): readonly Sizing[] {
  const desired = replicasOf(deployment);
  const active = activeOf([...oldSets, ...(newSet === undefined ? [] : [newSet])]);
  const only = active.length <= 1 ? (active[0] ?? newSet ?? oldSets.toSorted(byAge).at(-1)) : undefined;
  if (only !== undefined) return [{ set: only, replicas: desired }];
  if (newSet !== undefined && sizeOf(newSet) === desired && (newSet.status?.availableReplicas ?? 0) === desired) {
    return emptied(oldSets);
  }
  return deployment.spec.strategy?.type === "Recreate" ? [] : scaleInProportion(deployment, active);
}

function activeOf(sets: readonly ReplicaSet[]): readonly ReplicaSet[] {
  return sets.filter((set) => sizeOf(set) > 0);
}

function resize(rollout: Rollout, sizes: readonly Sizing[]): readonly ApiWrite[] {
  return sizes.flatMap(({ set, replicas }) => {
    const annotations = sizeAnnotations(rollout.deployment);
    const settled = sizeOf(set) === replicas && annotated(set, annotations);
    return settled ? [] : [patchSet(set, { spec: { replicas }, metadata: { annotations } })];
  });
}

function annotated(set: ReplicaSet, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => set.metadata.annotations?.[key] === value);
}

function patchSet(set: ReplicaSet, patch: JsonMergePatch): ApiWrite {
  return { verb: "patch", ref: refOf(set), uid: uidOf(set), patch };
}

function sizeAnnotations(deployment: Deployment): Readonly<Record<string, string>> {
  const desired = replicasOf(deployment);
  return { [DESIRED]: `${desired}`, [MAX]: `${desired + fenceposts(deployment).surge}` };
}

/** The new set carries the highest revision, also after a roll back to an older template. */
function annotate(rollout: Rollout, newSet: ReplicaSet): readonly ApiWrite[] {
  const revision = nextRevision(rollout.oldSets);
  const own = Number(newSet.metadata.annotations?.[REVISION] ?? "0");
  const annotations = { ...sizeAnnotations(rollout.deployment), [REVISION]: `${Math.max(revision, own)}` };
  return annotated(newSet, annotations) ? [] : [patchSet(newSet, { metadata: { annotations } })];
}

function nextRevision(oldSets: readonly ReplicaSet[]): number {
  return 1 + Math.max(0, ...oldSets.map((set) => Number(set.metadata.annotations?.[REVISION] ?? "0")));
}

function createSet({ deployment, oldSets }: Rollout): ApiWrite {
  const hash = templateHash(deployment.spec.template);
  const { namespace = "default", name } = deployment.metadata;
  const template = withHash(deployment.spec.template, hash);
  const object: ReplicaSet = {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: template.metadata?.labels ?? {},
      annotations: { ...sizeAnnotations(deployment), [REVISION]: `${nextRevision(oldSets)}` },
      ownerReferences: [controllerRef(deployment)],
    },
    spec: {
      replicas: newSetSize(deployment, undefined, oldSets),
      selector: {
        ...deployment.spec.selector,
        matchLabels: { ...deployment.spec.selector.matchLabels, [TEMPLATE_HASH]: hash },
      },
      template,
      ...(deployment.spec.minReadySeconds === undefined ? {} : { minReadySeconds: deployment.spec.minReadySeconds }),
    },
  };
  return { verb: "create", object };
}

function withHash(template: PodTemplateSpec, hash: string): PodTemplateSpec {
  return { ...template, metadata: { ...template.metadata, labels: { ...template.metadata?.labels, [TEMPLATE_HASH]: hash } } };
}

function sameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return sameJson(withHash(a, ""), withHash(b, ""));
}

/** Deletes empty old sets beyond the history limit, oldest first, once the rollout is through. Source: sync.go cleanupDeployment. */
function cleanUp({ deployment, oldSets }: Rollout): readonly ApiWrite[] {
  const empty = oldSets.filter((set) => sizeOf(set) === 0 && (set.status?.replicas ?? 0) === 0 && !isBeingDeleted(set));
  const surplus = oldSets.length - (deployment.spec.revisionHistoryLimit ?? 10);
  return empty
    .toSorted(byAge)
    .slice(0, Math.max(surplus, 0))
    .map((set): ApiWrite => ({ verb: "delete", ref: refOf(set), uid: uidOf(set) }));
}

function reportStatus({ deployment, newSet, oldSets }: Rollout): readonly ApiWrite[] {
  const status = statusOf(deployment, newSet, oldSets);
  const old = deployment.status ?? {};
  if (sameJson({ ...old, ...status }, old)) return [];
  return [{ verb: "patch", ref: refOf(deployment), uid: uidOf(deployment), patch: { status: { ...status } } }];
}

/** Sums over the sets' own status, as they were last reported. Source: sync.go calculateStatus. */
function statusOf(deployment: Deployment, newSet: ReplicaSet | undefined, oldSets: readonly ReplicaSet[]): WorkloadStatus {
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
    observedGeneration: deployment.metadata.generation ?? 1,
  };
}
