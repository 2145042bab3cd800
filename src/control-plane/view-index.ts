/**
 * Look-ups over a view's lists that would otherwise be scans. Each index is made once per list (views cache their
 * lists per revision) and forgotten with it; it holds nothing that the list does not.
 * Kubernetes has the same in its informers (client-go tools/cache Indexer).
 */
import type { ControllerRevision, EndpointSlice, KubeObject, Labels, Pod, ReplicaSet, Service } from "../cluster/objects";
import { matchesSelector } from "../cluster/labels";
import type { Lineage } from "../cluster/list-cache";
import { lineageOf, lowerBound } from "../cluster/list-cache";
import type { ClusterView } from "../cluster/store-types";
import { controllerOf } from "./ownership";

/** Label that ties a slice to its Service. */
export const SERVICE_NAME_LABEL = "kubernetes.io/service-name";

type Index<T> = ReadonlyMap<string, readonly T[]>;

type Keys<T> = (object: T) => readonly string[];

function cached<T extends KubeObject>(keysOf: Keys<T>): (list: readonly T[]) => Index<T> {
  const made = new WeakMap<readonly T[], Index<T>>();
  return (list) => {
    const known = made.get(list);
    if (known !== undefined) return known;
    const index = fromOlder(list, keysOf, made) ?? indexBy(list, keysOf);
    made.set(list, index);
    return index;
  };
}

/** The index of a list from that of the nearest older list that has one: of a thousand objects one changes at a time. */
function fromOlder<T extends KubeObject>(list: readonly T[], keysOf: Keys<T>, made: WeakMap<readonly T[], Index<T>>): Index<T> | undefined {
  const steps: Lineage<T>[] = [];
  for (let lineage = lineageOf(list); lineage !== undefined; lineage = lineageOf(lineage.older)) {
    steps.push(lineage);
    const base = made.get(lineage.older);
    if (base !== undefined) return steps.reduceRight((index, step) => changed(index, step, keysOf), new Map(base));
  }
  return undefined;
}

/** Carries one step out on an index of the caller's own; buckets are replaced, never written. */
function changed<T extends KubeObject>(
  index: Map<string, readonly T[]>,
  { left, came }: Lineage<T>,
  keysOf: Keys<T>,
): Map<string, readonly T[]> {
  for (const object of left) {
    for (const key of keysOf(object)) {
      const bucket = index.get(key) ?? [];
      index.set(key, bucket.toSpliced(lowerBound(bucket, object, 0), 1));
    }
  }
  for (const object of came) {
    for (const key of keysOf(object)) {
      const bucket = index.get(key) ?? [];
      index.set(key, bucket.toSpliced(lowerBound(bucket, object, 0), 0, object));
    }
  }
  return index;
}

function indexBy<T>(list: readonly T[], keysOf: Keys<T>): Index<T> {
  const index = new Map<string, T[]>();
  for (const object of list) {
    for (const key of keysOf(object)) {
      const bucket = index.get(key);
      if (bucket === undefined) index.set(key, [object]);
      else bucket.push(object);
    }
  }
  return index;
}

function labelKeys(object: KubeObject): string[] {
  const namespace = object.metadata.namespace ?? "default";
  const pairs = Object.entries(object.metadata.labels ?? {}).map(([key, value]) => `${namespace}/${key}=${value}`);
  return [namespace, ...pairs];
}

const podIndex = cached<Pod>(labelKeys);
const podOwnerIndex = cached<Pod>(ownerOrOrphanKeys);
const replicaSetIndex = cached<ReplicaSet>((set) => [set.metadata.namespace ?? "default", ...ownerKeys(set)]);
const revisionIndex = cached<ControllerRevision>(ownerKeys);
const serviceIndex = cached<Service>((service) => {
  const [pair] = Object.entries(service.spec.selector ?? {});
  return pair === undefined ? [] : [`${service.metadata.namespace ?? "default"}/${pair[0]}=${pair[1]}`];
});
const sliceIndex = cached<EndpointSlice>((slice) => {
  const service = slice.metadata.labels?.[SERVICE_NAME_LABEL];
  return service === undefined ? [] : [`${slice.metadata.namespace ?? "default"}/${service}`];
});

function ownerOrOrphanKeys(pod: Pod): string[] {
  const keys = ownerKeys(pod);
  return keys.length > 0 ? keys : [`orphan ${pod.metadata.namespace ?? "default"}`];
}

function ownerKeys(object: KubeObject): string[] {
  const owner = controllerOf(object.metadata);
  return owner === undefined ? [] : [`uid ${owner.uid}`];
}

/** The Pods of a namespace that match every pair of a selector; none for an empty selector. */
export function podsMatching(view: ClusterView, namespace: string, selector: Labels): readonly Pod[] {
  const pairs = Object.entries(selector);
  const index = podIndex(view.list("Pod"));
  let smallest: readonly Pod[] | undefined;
  for (const [key, value] of pairs) {
    const bucket = index.get(`${namespace}/${key}=${value}`) ?? [];
    if (smallest === undefined || bucket.length < smallest.length) smallest = bucket;
  }
  if (pairs.length <= 1) return smallest ?? [];
  return (smallest ?? []).filter((pod) => matchesSelector(selector, pod.metadata.labels));
}

/** The Pods that an owner controls: those whose ownerReference with `controller: true` has its UID. */
export function podsControlledBy(view: ClusterView, uid: string): readonly Pod[] {
  return podOwnerIndex(view.list("Pod")).get(`uid ${uid}`) ?? [];
}

/** The Pods of a namespace that nobody controls: a ReplicaSet whose selector they match may adopt them. */
export function orphanPods(view: ClusterView, namespace: string): readonly Pod[] {
  return podOwnerIndex(view.list("Pod")).get(`orphan ${namespace}`) ?? [];
}

/** All ReplicaSets of a namespace. */
export function replicaSetsOfNamespace(view: ClusterView, namespace: string): readonly ReplicaSet[] {
  return replicaSetIndex(view.list("ReplicaSet")).get(namespace) ?? [];
}

/** The ReplicaSets that an owner controls. */
export function replicaSetsControlledBy(view: ClusterView, uid: string): readonly ReplicaSet[] {
  return replicaSetIndex(view.list("ReplicaSet")).get(`uid ${uid}`) ?? [];
}

/** The templates that an owner has had, as its ControllerRevisions. */
export function revisionsControlledBy(view: ClusterView, uid: string): readonly ControllerRevision[] {
  return revisionIndex(view.list("ControllerRevision")).get(`uid ${uid}`) ?? [];
}

/** The Services whose selector matches a Pod's labels; those without one match nothing (their endpoints are kept by hand). */
export function servicesSelecting(view: ClusterView, namespace: string, labels: Labels): readonly Service[] {
  const index = serviceIndex(view.list("Service"));
  return Object.entries(labels)
    .flatMap(([key, value]) => index.get(`${namespace}/${key}=${value}`) ?? [])
    .filter((service) => matchesSelector(service.spec.selector ?? {}, labels));
}

/** The slices that name a Service by label, whoever manages them. */
export function slicesOfService(view: ClusterView, namespace: string, service: string): readonly EndpointSlice[] {
  return sliceIndex(view.list("EndpointSlice")).get(`${namespace}/${service}`) ?? [];
}
