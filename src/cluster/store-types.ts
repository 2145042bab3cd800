/**
 * The cluster store as etcd really is: a sequence of revisions. Everybody else holds an older page of it.
 * Source: etcd mvcc; apiserver storage (one key space, resourceVersion = revision of the write).
 */
import type { SimTime } from "../engine/time";
import type { Kind, KubeObject, ObjectOfKind } from "./objects";

/** A store revision: a counter over all writes of all kinds. 0 = empty store. */
export type Revision = number;

/** One write. Writes are immutable and never change once made. */
export interface Write {
  readonly revision: Revision;
  readonly at: SimTime;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
  /** The object after the write; for DELETED its last state. */
  readonly object: KubeObject;
  /** Revision of the previous write of the same object, 0 where there is none. */
  readonly previous: Revision;
  /** Number of the event that wrote it, -1 for the start of the run. */
  readonly event: number;
}

/** The objects as one reader sees them: each kind at its own revision (as real informers do). Pure reading. */
export interface ClusterView {
  /** Up to which revision this view has the writes of a kind. */
  revisionOf(kind: Kind): Revision;
  /** One object, or undefined where it does not exist (any more) in this view. */
  get<K extends Kind>(kind: K, namespace: string, name: string): ObjectOfKind[K] | undefined;
  /** All objects of a kind, ordered by namespace then name (code units). Cached per revision; do not mutate. */
  list<K extends Kind>(kind: K): readonly ObjectOfKind[K][];
}
