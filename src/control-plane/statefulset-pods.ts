/**
 * Pods of a StatefulSet: a name and a number that stay, and the template that each is made from.
 * Source: pkg/controller/statefulset/stateful_set_utils.go. Left out: volume claims.
 */
import type { ControllerRevision, Pod, PodTemplateSpec, StatefulSet } from "../cluster/objects";
import { isReady, isTerminating } from "../cluster/pods";
import { controllerRef } from "./ownership";

/** Label of a Pod: the revision that it was made from. */
export const POD_REVISION = "controller-revision-hash";
const POD_NAME = "statefulset.kubernetes.io/pod-name";
const POD_INDEX = "apps.kubernetes.io/pod-index";

/** The number of a Pod's place: `web-2` of `web` is 2; -1 where the name has none. Source: getParentNameAndOrdinal. */
export function ordinalOf(pod: Pod): number {
  const found = /^(?:.*)-([0-9]+)$/.exec(pod.metadata.name);
  return found === null ? -1 : Number(found[1]);
}

/** Whether a Pod's name is one of the set's. Source: isMemberOf. */
export function isMemberOf(set: StatefulSet, pod: Pod): boolean {
  return ordinalOf(pod) >= 0 && pod.metadata.name.slice(0, pod.metadata.name.lastIndexOf("-")) === set.metadata.name;
}

/** The first ordinal. */
export function startOf(set: StatefulSet): number {
  return set.spec.ordinals?.start ?? 0;
}

/** Source: isRunningAndReady. */
export function isRunningAndReady(pod: Pod): boolean {
  return pod.status?.phase === "Running" && isReady(pod);
}

/** Whether a Pod is of a revision and there to stay. */
export function isOfRevision(pod: Pod, revision: ControllerRevision): boolean {
  return !isTerminating(pod) && pod.metadata.labels?.[POD_REVISION] === revision.metadata.name;
}

/** The Pod of an ordinal: its name is its host name, under the governing Service. Source: newVersionedStatefulSetPod, initIdentity. */
export function podOf(set: StatefulSet, ordinal: number, { template, revision }: { template: PodTemplateSpec; revision: string }): Pod {
  const { namespace = "default" } = set.metadata;
  const name = `${set.metadata.name}-${ordinal}`;
  const { labels = {}, annotations } = template.metadata ?? {};
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace,
      labels: { ...labels, [POD_INDEX]: `${ordinal}`, [POD_REVISION]: revision, [POD_NAME]: name },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerRef(set)],
    },
    spec: { ...template.spec, hostname: name, ...(set.spec.serviceName === undefined ? {} : { subdomain: set.spec.serviceName }) },
  };
}
