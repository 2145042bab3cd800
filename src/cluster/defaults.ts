/**
 * What the API server fills in where a manifest says nothing. Source: pkg/apis/core/v1/defaults.go,
 * pkg/apis/apps/v1/defaults.go, pkg/apis/discovery/v1/defaults.go. Left out: fields that nothing here acts on.
 */
import { unreachable } from "../base/assert";
import type {
  Container,
  Deployment,
  EndpointSlice,
  KubeObject,
  ObjectMeta,
  PodSpec,
  PodTemplateSpec,
  ReplicaSet,
  Service,
  ServicePort,
  StatefulSet,
} from "./objects";
import { isClusterScoped } from "./objects";

/** The object with defaults filled in; what was given stays. */
export function applyDefaults(object: KubeObject): KubeObject {
  switch (object.kind) {
    case "Service":
      return defaultService(object);
    case "Pod":
      return { ...object, metadata: withNamespace(object), spec: defaultPodSpec(object.spec) };
    case "Deployment":
      return defaultDeployment(object);
    case "ReplicaSet":
      return defaultReplicas(object);
    case "StatefulSet":
      return defaultStatefulSet(object);
    case "EndpointSlice":
      return defaultSlice(object);
    case "Namespace":
      return { ...object, status: { phase: "Active", ...object.status } };
    case "Node":
      return object;
    case "Endpoints":
    case "ControllerRevision":
    case "ConfigMap":
      return { ...object, metadata: withNamespace(object) };
    default:
      return unreachable(object);
  }
}

function withNamespace({ kind, metadata }: KubeObject): ObjectMeta {
  return isClusterScoped(kind) || metadata.namespace !== undefined ? metadata : { ...metadata, namespace: "default" };
}

function defaultService(service: Service): Service {
  const { spec } = service;
  const type = spec.type ?? "ClusterIP";
  const outside = type === "NodePort" || type === "LoadBalancer";
  return {
    ...service,
    metadata: withNamespace(service),
    spec: {
      ...(outside ? { externalTrafficPolicy: "Cluster" } : {}),
      ...(type === "ExternalName" ? {} : { internalTrafficPolicy: "Cluster" }),
      sessionAffinity: "None",
      ...spec,
      type,
      ...(spec.ports === undefined ? {} : { ports: spec.ports.map(defaultServicePort) }),
      ...(spec.sessionAffinity === "ClientIP"
        ? { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800, ...spec.sessionAffinityConfig?.clientIP } } }
        : {}),
    },
  };
}

function defaultServicePort(port: ServicePort): ServicePort {
  return { protocol: "TCP", targetPort: port.port, ...port };
}

function defaultPodSpec(spec: PodSpec): PodSpec {
  return { dnsPolicy: "ClusterFirst", terminationGracePeriodSeconds: 30, ...spec, containers: spec.containers.map(defaultContainer) };
}

function defaultContainer(container: Container): Container {
  if (container.ports === undefined) return container;
  return { ...container, ports: container.ports.map((port) => ({ protocol: "TCP", ...port })) };
}

function defaultTemplate(template: PodTemplateSpec): PodTemplateSpec {
  return { ...template, spec: defaultPodSpec(template.spec) };
}

function defaultDeployment(deployment: Deployment): Deployment {
  const { spec } = deployment;
  const rolling = { maxSurge: "25%", maxUnavailable: "25%", ...spec.strategy?.rollingUpdate };
  const strategy: Deployment["spec"]["strategy"] =
    spec.strategy?.type === "Recreate" ? spec.strategy : { type: "RollingUpdate", rollingUpdate: rolling };
  return {
    ...deployment,
    metadata: withNamespace(deployment),
    spec: {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
      strategy,
      template: defaultTemplate(spec.template),
    },
  };
}

function defaultReplicas(owner: ReplicaSet): ReplicaSet {
  const spec = { replicas: 1, ...owner.spec, template: defaultTemplate(owner.spec.template) };
  return { ...owner, metadata: withNamespace(owner), spec };
}

function defaultStatefulSet(set: StatefulSet): StatefulSet {
  const { spec } = set;
  const updateStrategy: StatefulSet["spec"]["updateStrategy"] =
    spec.updateStrategy?.type === "OnDelete"
      ? spec.updateStrategy
      : { type: "RollingUpdate", rollingUpdate: { partition: 0, ...spec.updateStrategy?.rollingUpdate } };
  return {
    ...set,
    metadata: withNamespace(set),
    spec: {
      replicas: 1,
      podManagementPolicy: "OrderedReady",
      revisionHistoryLimit: 10,
      ...spec,
      updateStrategy,
      template: defaultTemplate(spec.template),
    },
  };
}

function defaultSlice(slice: EndpointSlice): EndpointSlice {
  const ports = slice.ports?.map((port) => ({ name: "", protocol: "TCP" as const, ...port }));
  return { ...slice, metadata: withNamespace(slice), ...(ports === undefined ? {} : { ports }) };
}
