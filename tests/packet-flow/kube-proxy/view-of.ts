/** A plain view over given objects: what a reader holds when it has seen them all. */
import { byKey } from "../../../src/base/order";
import type { Kind, KubeObject, ObjectOfKind } from "../../../src/cluster/objects";
import type { ClusterView } from "../../../src/cluster/store-types";

export function viewOf(objects: readonly KubeObject[]): ClusterView {
  const sorted = objects.toSorted(byKey((one) => `${one.metadata.namespace ?? ""}\0${one.metadata.name}`));
  const byPlace = new Map(sorted.map((one) => [placeOf(one.kind, one.metadata.namespace ?? "", one.metadata.name), one]));
  return {
    revisionOf: () => 1,
    get: (kind, namespace, name) => {
      const found = byPlace.get(placeOf(kind, namespace, name));
      return isKind(found, kind) ? found : undefined;
    },
    list: <K extends Kind>(kind: K) => sorted.filter((one): one is ObjectOfKind[K] & KubeObject => isKind(one, kind)),
  };
}

function isKind<K extends Kind>(object: KubeObject | undefined, kind: K): object is ObjectOfKind[K] & KubeObject {
  return object?.kind === kind;
}

function placeOf(kind: Kind, namespace: string, name: string): string {
  return `${kind} ${namespace} ${name}`;
}
