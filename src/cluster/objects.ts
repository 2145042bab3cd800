/**
 * Kubernetes API objects, as far as we act on them; field names and types are the API's own
 * (kubernetes/api core/v1, apps/v1, discovery/v1). Fields that we do not act on are kept as given
 * in `KubeObject`'s open record, so that nothing a user wrote is lost. Objects are immutable.
 */

import type { ControllerRevision, Deployment, ReplicaSet, StatefulSet } from "./workload-objects";

export type * from "./workload-objects";

/** Kinds that the simulation acts on. Others are kept, and named in a warning. */
export type Kind =
  | "Namespace"
  | "Node"
  | "Pod"
  | "Service"
  | "EndpointSlice"
  | "Endpoints"
  | "Deployment"
  | "ReplicaSet"
  | "StatefulSet"
  | "ControllerRevision"
  | "ConfigMap";

/** Every kind, in the order in which lists show them. */
export const KINDS: readonly Kind[] = [
  "Namespace",
  "Node",
  "Deployment",
  "StatefulSet",
  "ControllerRevision",
  "ReplicaSet",
  "Pod",
  "Service",
  "EndpointSlice",
  "Endpoints",
  "ConfigMap",
];

/** Labels and selectors by equality. */
export type Labels = Readonly<Record<string, string>>;

/** metav1.OwnerReference. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** metav1.ObjectMeta. Timestamps are RFC 3339 text made from cluster time (see api-time.ts). */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly generateName?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly ownerReferences?: readonly OwnerReference[];
}

/** What every object has. */
export interface Base<K extends Kind> {
  readonly apiVersion: string;
  readonly kind: K;
  readonly metadata: ObjectMeta;
}

/** A condition of a Pod, Node or Deployment. */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string;
  readonly message?: string;
  /** Of a Deployment only: when the condition was last confirmed. */
  readonly lastUpdateTime?: string;
  readonly lastTransitionTime?: string;
}

/** core/v1 Namespace. */
export interface Namespace extends Base<"Namespace"> {
  readonly status?: { readonly phase?: "Active" | "Terminating" };
}

/** core/v1 Taint. */
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** core/v1 Toleration. */
export interface Toleration {
  readonly key?: string;
  readonly operator?: "Exists" | "Equal";
  readonly value?: string;
  readonly effect?: Taint["effect"];
  readonly tolerationSeconds?: number;
}

/** core/v1 Node. */
export interface Node extends Base<"Node"> {
  readonly spec?: {
    readonly podCIDR?: string;
    readonly podCIDRs?: readonly string[];
    readonly unschedulable?: boolean;
    readonly taints?: readonly Taint[];
  };
  readonly status?: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly conditions?: readonly Condition[];
    readonly nodeInfo?: { readonly kernelVersion?: string };
  };
}

/** Protocols of Service and container ports. */
export type Protocol = "TCP" | "UDP" | "SCTP";

/** core/v1 ContainerPort. */
export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: Protocol;
}

/** core/v1 EnvVar. `valueFrom` is kept and not resolved. */
export interface EnvVar {
  readonly name: string;
  readonly value?: string;
}

/** core/v1 Container, the part that we act on. */
export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly env?: readonly EnvVar[];
  readonly ports?: readonly ContainerPort[];
  readonly readinessProbe?: unknown;
  readonly livenessProbe?: unknown;
  readonly startupProbe?: unknown;
  readonly lifecycle?: unknown;
}

/** core/v1 PodSpec, the part that we act on. */
export interface PodSpec {
  readonly nodeName?: string;
  readonly containers: readonly Container[];
  readonly tolerations?: readonly Toleration[];
  readonly nodeSelector?: Labels;
  readonly hostNetwork?: boolean;
  readonly hostname?: string;
  readonly subdomain?: string;
  readonly dnsPolicy?: "ClusterFirst" | "ClusterFirstWithHostNet" | "Default" | "None";
  /** Lines for its /etc/hosts. */
  readonly hostAliases?: readonly { readonly ip: string; readonly hostnames?: readonly string[] }[];
  readonly dnsConfig?: {
    readonly nameservers?: readonly string[];
    readonly searches?: readonly string[];
    readonly options?: readonly { readonly name?: string; readonly value?: string }[];
  };
  readonly terminationGracePeriodSeconds?: number;
}

/** core/v1 Pod. */
export interface Pod extends Base<"Pod"> {
  readonly spec: PodSpec;
  readonly status?: {
    readonly phase?: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
    readonly podIP?: string;
    readonly podIPs?: readonly { readonly ip: string }[];
    readonly hostIP?: string;
    readonly startTime?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

/** core/v1 ContainerStatus. */
export interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly started?: boolean;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

/** core/v1 ContainerState: one of three. */
export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: { readonly exitCode: number; readonly reason?: string; readonly startedAt?: string; readonly finishedAt?: string };
}

/** core/v1 ServicePort. */
export interface ServicePort {
  readonly name?: string;
  readonly protocol?: Protocol;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
  readonly appProtocol?: string;
}

/** core/v1 Service. */
export interface Service extends Base<"Service"> {
  readonly spec: {
    readonly type?: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
    readonly selector?: Labels;
    readonly clusterIP?: string;
    readonly clusterIPs?: readonly string[];
    readonly ipFamilies?: readonly ("IPv4" | "IPv6")[];
    readonly ipFamilyPolicy?: "SingleStack" | "PreferDualStack" | "RequireDualStack";
    readonly ports?: readonly ServicePort[];
    readonly externalName?: string;
    readonly externalIPs?: readonly string[];
    readonly sessionAffinity?: "None" | "ClientIP";
    readonly sessionAffinityConfig?: { readonly clientIP?: { readonly timeoutSeconds?: number } };
    readonly internalTrafficPolicy?: "Cluster" | "Local";
    readonly externalTrafficPolicy?: "Cluster" | "Local";
    readonly healthCheckNodePort?: number;
    readonly loadBalancerSourceRanges?: readonly string[];
    readonly publishNotReadyAddresses?: boolean;
    readonly trafficDistribution?: string;
  };
  readonly status?: {
    readonly loadBalancer?: {
      readonly ingress?: readonly {
        readonly ip?: string;
        readonly hostname?: string;
        readonly ipMode?: "VIP" | "Proxy";
      }[];
    };
  };
}

/** discovery/v1 Endpoint. Absent conditions: ready → true, serving → true, terminating → false. */
export interface Endpoint {
  readonly addresses: readonly string[];
  readonly conditions?: {
    readonly ready?: boolean | null;
    readonly serving?: boolean | null;
    readonly terminating?: boolean | null;
  };
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly zone?: string;
  readonly hints?: {
    readonly forZones?: readonly { readonly name: string }[];
    readonly forNodes?: readonly { readonly name: string }[];
  };
  readonly targetRef?: {
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
  };
}

/** discovery/v1 EndpointPort: a target port under the Service port's name. */
export interface EndpointPort {
  readonly name?: string;
  readonly port?: number;
  readonly protocol?: Protocol;
  readonly appProtocol?: string;
}

/** discovery/v1 EndpointSlice. Note: fields stand at the top level, as in the API. */
export interface EndpointSlice extends Base<"EndpointSlice"> {
  readonly addressType: "IPv4" | "IPv6" | "FQDN";
  readonly endpoints: readonly Endpoint[];
  readonly ports?: readonly EndpointPort[];
}

/** core/v1 Endpoints (deprecated since 1.33): the legacy view. */
export interface Endpoints extends Base<"Endpoints"> {
  readonly subsets?: readonly {
    readonly addresses?: readonly EndpointAddress[];
    readonly notReadyAddresses?: readonly EndpointAddress[];
    readonly ports?: readonly EndpointPort[];
  }[];
}

/** core/v1 EndpointAddress. */
export interface EndpointAddress {
  readonly ip: string;
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly targetRef?: Endpoint["targetRef"];
}

/** metav1.LabelSelector. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
    readonly values?: readonly string[];
  }[];
}

/** core/v1 PodTemplateSpec. */
export interface PodTemplateSpec {
  readonly metadata?: { readonly labels?: Labels; readonly annotations?: Labels };
  readonly spec: PodSpec;
}

/** core/v1 ConfigMap. */
export interface ConfigMap extends Base<"ConfigMap"> {
  readonly data?: Readonly<Record<string, string>>;
}

/** Object type by kind. */
export interface ObjectOfKind {
  readonly Namespace: Namespace;
  readonly Node: Node;
  readonly Pod: Pod;
  readonly Service: Service;
  readonly EndpointSlice: EndpointSlice;
  readonly Endpoints: Endpoints;
  readonly Deployment: Deployment;
  readonly ReplicaSet: ReplicaSet;
  readonly StatefulSet: StatefulSet;
  readonly ControllerRevision: ControllerRevision;
  readonly ConfigMap: ConfigMap;
}

/** Any object that the simulation acts on. */
export type KubeObject = ObjectOfKind[Kind];

/** Names one object; `namespace` is "" for cluster-scoped kinds (Namespace, Node). */
export interface ObjectRef {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

/** Kinds without a namespace. Source: `kubectl api-resources`, column NAMESPACED. */
export function isClusterScoped(kind: Kind): boolean {
  return kind === "Namespace" || kind === "Node";
}

/** `Kind ns/name`, or `Kind name`; how the page and transcripts name an object. */
export function showRef(ref: ObjectRef): string {
  return ref.namespace === "" ? `${ref.kind} ${ref.name}` : `${ref.kind} ${ref.namespace}/${ref.name}`;
}

/** The reference of an object. */
export function refOf(object: KubeObject): ObjectRef {
  const namespace = isClusterScoped(object.kind) ? "" : (object.metadata.namespace ?? "default");
  return { kind: object.kind, namespace, name: object.metadata.name };
}
