/** Who controls whom. Source: apimachinery/pkg/apis/meta/v1/controller_ref.go. */
import type { KubeObject, ObjectMeta, OwnerReference } from "../cluster/objects";

/** The one owner reference that says `controller: true`, or undefined. */
export function controllerOf(metadata: ObjectMeta): OwnerReference | undefined {
  return metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** The reference that makes `owner` the controller of a dependent. */
export function controllerRef(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: uidOf(owner),
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** An object's UID; "" for one that was never stored. */
export function uidOf(object: { readonly metadata: ObjectMeta }): string {
  return object.metadata.uid ?? "";
}

/** Whether a deletion of the object has begun. */
export function isBeingDeleted(object: { readonly metadata: ObjectMeta }): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

/** The revision an object was read at, for optimistic updates; 0 for one that was never stored. */
export function revisionOf(object: { readonly metadata: ObjectMeta }): number {
  return Number(object.metadata.resourceVersion ?? "0");
}
