/**
 * The ReplicaSets of a Deployment as objects: one a template, with the revision that it was last rolled out as.
 * Sources: pkg/controller/deployment/sync.go (getNewReplicaSet, cleanupDeployment), util/deployment_util.go.
 */
import type { ApiWrite, JsonMergePatch } from "../cluster/api-write";
import { sameJson } from "../cluster/api-write";
import type { Deployment, Labels, PodTemplateSpec, ReplicaSet } from "../cluster/objects";
import { refOf } from "../cluster/objects";
import { fenceposts, replicasOf } from "./deployment-arithmetic";
import { byAge, DESIRED, newSetSize, sizeOf } from "./deployment-rollout";
import { controllerRef, isBeingDeleted, uidOf } from "./ownership";
import { TEMPLATE_HASH, templateHash } from "./template-hash";

/** The rollout that a template was last used for, on Deployment and ReplicaSet. */
export const REVISION = "deployment.kubernetes.io/revision";
const HISTORY = "deployment.kubernetes.io/revision-history";
const MAX = "deployment.kubernetes.io/max-replicas";

/** Annotations that a Deployment and its sets do not share. Source: annotationsToSkip. */
const OWN: readonly string[] = ["kubectl.kubernetes.io/last-applied-configuration", REVISION, HISTORY, DESIRED, MAX];

/** The revision of a set, 0 where it has none. */
export function revisionOfSet(set: ReplicaSet): number {
  return Number(set.metadata.annotations?.[REVISION] ?? "0");
}

/** Annotations that a Deployment hands on to its sets, and a roll back takes from a set. */
export function sharedAnnotations(annotations: Labels | undefined): Labels {
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !OWN.includes(key)));
}

/** Whether two templates are the same but for the hash of a set's. Source: EqualIgnoreHash. */
export function sameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return sameJson(withHash(a, ""), withHash(b, ""));
}

function withHash(template: PodTemplateSpec, hash: string): PodTemplateSpec {
  return { ...template, metadata: { ...template.metadata, labels: { ...template.metadata?.labels, [TEMPLATE_HASH]: hash } } };
}

/** A patch of a set. */
export function patchSet(set: ReplicaSet, patch: JsonMergePatch): ApiWrite {
  return { verb: "patch", ref: refOf(set), uid: uidOf(set), patch };
}

/** The sizes that a set was sized for: a difference to `spec.replicas` tells a scaling from a rollout. */
export function sizeAnnotations(deployment: Deployment): Labels {
  const desired = replicasOf(deployment);
  return { [DESIRED]: `${desired}`, [MAX]: `${desired + fenceposts(deployment).surge}` };
}

/** Whether a set carries annotations as wanted. */
export function isAnnotated(set: ReplicaSet, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => set.metadata.annotations?.[key] === value);
}

/** A set for the Deployment's template, with the size that it begins with. */
export function newReplicaSet(deployment: Deployment, oldSets: readonly ReplicaSet[]): ReplicaSet {
  const hash = templateHash(deployment.spec.template);
  const { namespace = "default", name } = deployment.metadata;
  const template = withHash(deployment.spec.template, hash);
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: template.metadata?.labels ?? {},
      annotations: {
        ...sharedAnnotations(deployment.metadata.annotations),
        ...sizeAnnotations(deployment),
        [REVISION]: `${nextRevision(oldSets)}`,
      },
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
}

function nextRevision(oldSets: readonly ReplicaSet[]): number {
  return 1 + Math.max(0, ...oldSets.map(revisionOfSet));
}

/**
 * What the set of the current template has to be told: the highest revision (also after a roll back, which is noted in
 * its history), the Deployment's annotations and minReadySeconds. Source: SetNewReplicaSetAnnotations.
 */
export function annotateNewSet(deployment: Deployment, newSet: ReplicaSet, oldSets: readonly ReplicaSet[]): readonly ApiWrite[] {
  const own = revisionOfSet(newSet);
  const next = nextRevision(oldSets);
  const had = newSet.metadata.annotations?.[HISTORY];
  const annotations: Labels = {
    ...sharedAnnotations(deployment.metadata.annotations),
    ...(own >= next ? {} : { [REVISION]: `${next}` }),
    ...(own > 0 && own < next ? { [HISTORY]: had === undefined || had === "" ? `${own}` : `${had},${own}` } : {}),
  };
  const { minReadySeconds } = deployment.spec;
  const isReadyLong = (newSet.spec.minReadySeconds ?? 0) === (minReadySeconds ?? 0);
  if (isAnnotated(newSet, annotations) && isReadyLong) return [];
  return [patchSet(newSet, { metadata: { annotations }, ...(isReadyLong ? {} : { spec: { minReadySeconds: minReadySeconds ?? 0 } }) })];
}

/**
 * Deletes empty old sets beyond the history limit, those of the lowest revisions first; one that still has Pods keeps
 * its place among them. Source: cleanupDeployment.
 */
export function cleanUpSets({ spec }: Deployment, oldSets: readonly ReplicaSet[]): readonly ApiWrite[] {
  const alive = oldSets.filter((set) => !isBeingDeleted(set));
  const surplus = alive.length - (spec.revisionHistoryLimit ?? 10);
  return alive
    .toSorted((a, b) => revisionOfSet(a) - revisionOfSet(b) || byAge(a, b))
    .slice(0, Math.max(surplus, 0))
    .filter((set) => sizeOf(set) === 0 && (set.status?.replicas ?? 0) === 0 && isObserved(set))
    .map((set): ApiWrite => ({ verb: "delete", ref: refOf(set), uid: uidOf(set) }));
}

function isObserved({ metadata, status }: ReplicaSet): boolean {
  return (metadata.generation ?? 1) <= (status?.observedGeneration ?? 0);
}
