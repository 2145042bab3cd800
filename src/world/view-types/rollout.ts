/** How a workload's Pods are exchanged, as the page draws it: counts of its templates, and each Pod's way, on one axis. */
import type { ObjectRef } from "../../cluster/objects";

/** Moments of a Pod's life, in their usual order: what the API knows, what its kubelet did, what Services say of it. */
export type PodMoment =
  | "made"
  | "scheduled"
  | "sandbox"
  | "started"
  | "ready"
  | "in slice"
  | "ending"
  | "out of slice"
  | "signalled"
  | "gone";

/** When a node's rules led to a Pod. */
export interface RulesOfPod {
  readonly node: string;
  /** null: not yet. 0: since before the rollout. */
  readonly from: number | null;
  /** null: they still do, or never did. */
  readonly until: number | null;
}

/** One Pod of the rollout. */
export interface RolloutPod {
  readonly uid: string;
  readonly name: string;
  readonly node: string;
  /** Name of its ReplicaSet, or of its revision in a StatefulSet. */
  readonly set: string;
  readonly isNew: boolean;
  /** In time order, whole microseconds. Those before the rollout began stand with their own time. */
  readonly moments: readonly { readonly what: PodMoment; readonly at: number }[];
  readonly rules: readonly RulesOfPod[];
}

/** A count that holds from a moment on. */
export interface CountFrom {
  readonly at: number;
  readonly count: number;
}

/** The Pods of one template. */
export interface RolloutSet {
  readonly name: string;
  readonly revision: number;
  readonly isNew: boolean;
  /** `spec.replicas` of a ReplicaSet; in a StatefulSet the Pods of the revision. */
  readonly sizes: readonly CountFrom[];
}

/** How many Pods there may be, and must be available, from a moment on. */
export interface RolloutBounds {
  readonly at: number;
  readonly wanted: number;
  readonly most: number;
  readonly least: number;
}

/** A template that is kept. */
export interface RevisionView {
  readonly number: number;
  readonly keptBy: string;
  readonly images: readonly string[];
  readonly replicas: number;
  /** The template that is wanted now. */
  readonly isCurrent: boolean;
}

/** A workload and its last rollout. */
export interface RolloutView {
  readonly ref: ObjectRef;
  readonly replicas: number;
  readonly paused: boolean;
  readonly containers: readonly { readonly name: string; readonly image: string }[];
  readonly strategy: {
    readonly type: string;
    /** As they stand in the spec: a number or a share; "" where the type has none. */
    readonly maxSurge: number | string;
    readonly maxUnavailable: number | string;
    /** As Pods. */
    readonly surge: number;
    readonly unavailable: number;
    readonly partition: number;
  };
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
    readonly since: string;
  }[];
  /** The oldest first. */
  readonly revisions: readonly RevisionView[];
  /** When the last change of template or size was stored; null where there was none since the start. */
  readonly since: number | null;
  readonly until: number;
  /** What began it, and how it stands, in a sentence. */
  readonly sentence: string;
  readonly bounds: readonly RolloutBounds[];
  readonly sets: readonly RolloutSet[];
  /** Available Pods of all sets, as the workload reports them. */
  readonly available: readonly CountFrom[];
  readonly pods: readonly RolloutPod[];
}
