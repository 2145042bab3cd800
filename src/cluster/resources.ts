/** What the API calls each kind in paths and messages. Source: kubernetes/api register.go files. */
import type { Kind } from "./objects";

interface Resource {
  /** Plural, lower case: `services`. */
  readonly plural: string;
  /** API group, "" for the core group. */
  readonly group: string;
  /** Group and version as manifests write it: `apps/v1`. */
  readonly apiVersion: string;
}

const RESOURCES: Readonly<Record<Kind, Resource>> = {
  Namespace: { plural: "namespaces", group: "", apiVersion: "v1" },
  Node: { plural: "nodes", group: "", apiVersion: "v1" },
  Pod: { plural: "pods", group: "", apiVersion: "v1" },
  Service: { plural: "services", group: "", apiVersion: "v1" },
  EndpointSlice: { plural: "endpointslices", group: "discovery.k8s.io", apiVersion: "discovery.k8s.io/v1" },
  Endpoints: { plural: "endpoints", group: "", apiVersion: "v1" },
  Deployment: { plural: "deployments", group: "apps", apiVersion: "apps/v1" },
  ReplicaSet: { plural: "replicasets", group: "apps", apiVersion: "apps/v1" },
  StatefulSet: { plural: "statefulsets", group: "apps", apiVersion: "apps/v1" },
  ControllerRevision: { plural: "controllerrevisions", group: "apps", apiVersion: "apps/v1" },
  ConfigMap: { plural: "configmaps", group: "", apiVersion: "v1" },
};

/** Plural, group and version of a kind. */
export function resourceOf(kind: Kind): Resource {
  return RESOURCES[kind];
}

/** `services`, `deployments.apps`: a resource as error messages name it. */
export function resourceName(kind: Kind): string {
  const { plural, group } = RESOURCES[kind];
  return group === "" ? plural : `${plural}.${group}`;
}

/** `Service`, `Deployment.apps`: a kind as `is invalid` messages name it. */
export function kindName(kind: Kind): string {
  const { group } = RESOURCES[kind];
  return group === "" ? kind : `${kind}.${group}`;
}
