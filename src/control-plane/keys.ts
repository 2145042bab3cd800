/**
 * Keys of work queues: `NAMESPACE/NAME`, or a bare name for cluster-scoped objects.
 * Source: client-go tools/cache MetaNamespaceKeyFunc.
 */
import type { KubeObject } from "../cluster/objects";
import { refOf } from "../cluster/objects";

/** A key taken apart; `namespace` is "" for cluster-scoped objects. */
export interface Key {
  readonly namespace: string;
  readonly name: string;
}

/** Takes a key apart. */
export function parseKey(key: string): Key {
  const slash = key.indexOf("/");
  return slash < 0 ? { namespace: "", name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The key of an object. */
export function keyOf(object: KubeObject): string {
  const { namespace, name } = refOf(object);
  return namespace === "" ? name : `${namespace}/${name}`;
}
