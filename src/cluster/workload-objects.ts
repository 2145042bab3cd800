/** Objects that keep Pods running: field names and types are the API's own (kubernetes/api apps/v1), as far as we act on them. */
import type { Base, Condition, LabelSelector, PodTemplateSpec } from "./objects";

/** A number of Pods, or a share of the wanted ones such as `25%`. Source: util/intstr IntOrString. */
export type PodCount = number | string;

/** apps/v1 DeploymentStrategy. `rollingUpdate` stands with type RollingUpdate only. */
export interface DeploymentStrategy {
  readonly type?: "RollingUpdate" | "Recreate";
  readonly rollingUpdate?: { readonly maxSurge?: PodCount; readonly maxUnavailable?: PodCount };
}

/** apps/v1 Deployment. */
export interface Deployment extends Base<"Deployment"> {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplateSpec;
    readonly minReadySeconds?: number;
    readonly strategy?: DeploymentStrategy;
    readonly revisionHistoryLimit?: number;
    readonly progressDeadlineSeconds?: number;
    readonly paused?: boolean;
  };
  readonly status?: WorkloadStatus;
}

/** Counts that Deployment, ReplicaSet and StatefulSet report; each uses some of them. */
export interface WorkloadStatus {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly unavailableReplicas?: number;
  readonly fullyLabeledReplicas?: number;
  /** Pods that are being deleted and have not ended (Deployment and ReplicaSet, since 1.35 by default). */
  readonly terminatingReplicas?: number;
  /** Of a StatefulSet: Pods of `currentRevision`. */
  readonly currentReplicas?: number;
  readonly currentRevision?: string;
  readonly updateRevision?: string;
  readonly conditions?: readonly Condition[];
}

/** apps/v1 ReplicaSet. */
export interface ReplicaSet extends Base<"ReplicaSet"> {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplateSpec;
    readonly minReadySeconds?: number;
  };
  readonly status?: WorkloadStatus;
}

/** apps/v1 StatefulSet. Volume claims are kept as given and not acted on. */
export interface StatefulSet extends Base<"StatefulSet"> {
  readonly spec: {
    readonly replicas?: number;
    readonly serviceName?: string;
    readonly selector: LabelSelector;
    readonly template: PodTemplateSpec;
    readonly minReadySeconds?: number;
    readonly podManagementPolicy?: "OrderedReady" | "Parallel";
    readonly updateStrategy?: {
      readonly type?: "RollingUpdate" | "OnDelete";
      /** Pods below this ordinal keep the current revision. */
      readonly rollingUpdate?: { readonly partition?: number };
    };
    readonly ordinals?: { readonly start?: number };
    readonly revisionHistoryLimit?: number;
  };
  readonly status?: WorkloadStatus;
}

/** apps/v1 ControllerRevision: a template that a StatefulSet has had, as a strategic merge patch that replaces it. */
export interface ControllerRevision extends Base<"ControllerRevision"> {
  readonly data?: { readonly spec: { readonly template: PodTemplateSpec & { readonly $patch?: "replace" } } };
  readonly revision: number;
}
