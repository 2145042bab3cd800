/**
 * The garbage collector: dependents go after their owner (background propagation).
 * Source: pkg/controller/garbagecollector. Foreground deletion and orphaning (finalizers) are left out.
 */
import type { ApiWrite } from "../cluster/api-write";
import type { Kind, KubeObject, OwnerReference } from "../cluster/objects";
import { isClusterScoped, KINDS, refOf } from "../cluster/objects";
import type { ClusterView } from "../cluster/store-types";
import { isBeingDeleted, uidOf } from "./ownership";

/** Kinds that have owners here. */
const DEPENDENTS = ["ReplicaSet", "ControllerRevision", "Pod", "EndpointSlice", "Endpoints"] as const;

/**
 * Deletes what an owner that is gone leaves behind. A dependent that has another living owner stays, and only loses
 * the reference.
 */
export function collectGarbage({ view, deletedUid }: { readonly view: ClusterView; readonly deletedUid: string }): readonly ApiWrite[] {
  return DEPENDENTS.flatMap((kind) => dependentsOf(view, kind, deletedUid)).map((object) => {
    const living = (object.metadata.ownerReferences ?? []).filter((owner) => isAlive(view, object, owner, deletedUid));
    return living.length === 0
      ? { verb: "delete", ref: refOf(object), uid: uidOf(object) }
      : { verb: "patch", ref: refOf(object), uid: uidOf(object), patch: { metadata: { ownerReferences: living } } };
  });
}

function dependentsOf(view: ClusterView, kind: (typeof DEPENDENTS)[number], uid: string): readonly KubeObject[] {
  const objects: readonly KubeObject[] = view.list(kind);
  return objects.filter((object) => !isBeingDeleted(object) && (object.metadata.ownerReferences ?? []).some((owner) => owner.uid === uid));
}

function isAlive(view: ClusterView, dependent: KubeObject, owner: OwnerReference, deletedUid: string): boolean {
  if (owner.uid === deletedUid) return false;
  const kind = KINDS.find((known): known is Kind => known === owner.kind);
  if (kind === undefined) return true;
  const namespace = isClusterScoped(kind) ? "" : (dependent.metadata.namespace ?? "default");
  return view.get(kind, namespace, owner.name)?.metadata.uid === owner.uid;
}
