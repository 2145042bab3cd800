/** A made-up cluster of so many Services, each with a ClusterIP, a port and a few endpoints on another node. */
import type { EndpointSlice, Kind, ObjectOfKind, Service } from "../../cluster/objects";
import type { ClusterView } from "../../cluster/store-types";
import { ipv4Text } from "../../network/address";

/** Endpoints of each Service. */
export const ENDPOINTS_EACH = 3;

/** The port of every Service. */
export const PORT = 80;

const FIRST_SERVICE = 0x0a60_0100;
const FIRST_ENDPOINT = 0x0af4_0202;
/** Pods stand behind several Services where there are more of these than addresses of one node. */
const ENDPOINTS = 240;

/** ClusterIP of the n-th Service, from 0. */
export function clusterIPOf(index: number): string {
  return ipv4Text(FIRST_SERVICE + index);
}

function nameOf(index: number): string {
  return `web-${`${index}`.padStart(5, "0")}`;
}

function serviceOf(index: number): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "shop", name: nameOf(index) },
    spec: { clusterIP: clusterIPOf(index), ports: [{ name: "http", port: PORT, protocol: "TCP", targetPort: 8080 }] },
  };
}

function sliceOf(index: number): EndpointSlice {
  const name = nameOf(index);
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { namespace: "shop", name: `${name}-abcde`, labels: { "kubernetes.io/service-name": name } },
    addressType: "IPv4",
    ports: [{ name: "http", port: 8080, protocol: "TCP" }],
    endpoints: Array.from({ length: ENDPOINTS_EACH }, (_, n) => ({
      addresses: [ipv4Text(FIRST_ENDPOINT + ((index * ENDPOINTS_EACH + n) % ENDPOINTS))],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: "node-b",
    })),
  };
}

/** The cluster as a kube-proxy reads it: Services and slices, in the order of their names. */
export function sampleCluster(services: number): ClusterView {
  const lists: Partial<{ readonly [K in Kind]: readonly ObjectOfKind[K][] }> = {
    Service: Array.from({ length: services }, (_, index) => serviceOf(index)),
    EndpointSlice: Array.from({ length: services }, (_, index) => sliceOf(index)),
  };
  const list = <K extends Kind>(kind: K): readonly ObjectOfKind[K][] => lists[kind] ?? [];
  return {
    revisionOf: () => 1,
    list,
    get: (kind, namespace, name) => list(kind).find(({ metadata }) => metadata.name === name && metadata.namespace === namespace),
  };
}
