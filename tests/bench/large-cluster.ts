/** Objects of a large cluster: Services with a ClusterIP and one slice of ready endpoints each, in a real store. */
import type { EndpointSlice, Service } from "../../src/cluster/objects";
import { Store } from "../../src/cluster/store";
import { START } from "../../src/engine/time";
import { ipv4Text } from "../../src/network/address";

/** Its size: 30,000 endpoints on 3,000 Pods, so that every Pod stands behind ten Services. */
export const SIZE = { services: 10_000, endpointsEach: 3, nodes: 20, podsPerNode: 150 } as const;

const PODS = SIZE.nodes * SIZE.podsPerNode;

/** The cluster's Pod range; a /24 a node. */
export const RANGES = { podCIDR: "10.244.0.0/16", nodePodLength: 24 } as const;

const FIRST_SERVICE = 0x0a60_0100;
const FIRST_POD_RANGE = 0x0af4_0000;
const PODS_IN_RANGE = 2 ** (32 - RANGES.nodePodLength);

export function nodeName(node: number): string {
  return `node-${`${node}`.padStart(2, "0")}`;
}

export function podRange(node: number): string {
  return `${ipv4Text(FIRST_POD_RANGE + node * PODS_IN_RANGE)}/${RANGES.nodePodLength}`;
}

/** Pod n stands on node n modulo nodes. */
export function podPlace(pod: number): { readonly node: number; readonly address: string } {
  const node = pod % SIZE.nodes;
  return { node, address: ipv4Text(FIRST_POD_RANGE + node * PODS_IN_RANGE + 2 + Math.floor((pod % PODS) / SIZE.nodes)) };
}

export function serviceAddress(index: number): string {
  return ipv4Text(FIRST_SERVICE + index);
}

function serviceOf(prefix: string, index: number): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "shop", name: `${prefix}-${index}` },
    spec: {
      clusterIP: serviceAddress(index),
      selector: { app: `${prefix}-${index}` },
      ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: 8080 }],
    },
  };
}

/** The slice of a Service; its Pods are numbered one after another, and `shift` moves to others. */
export function sliceOf(prefix: string, index: number, shift = 0): EndpointSlice {
  const pods = Array.from({ length: SIZE.endpointsEach }, (_, n) => podPlace(index * SIZE.endpointsEach + n + shift));
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { namespace: "shop", name: `${prefix}-${index}-abcde`, labels: { "kubernetes.io/service-name": `${prefix}-${index}` } },
    addressType: "IPv4",
    ports: [{ name: "http", port: 8080, protocol: "TCP" }],
    endpoints: pods.map(({ node, address }) => ({
      addresses: [address],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: nodeName(node),
    })),
  };
}

/** A store with all of them. Another prefix gives other names, so that nothing remembered by name helps. */
export function largeStore(prefix: string): Store {
  const store = new Store();
  for (let index = 0; index < SIZE.services; index += 1) {
    for (const object of [serviceOf(prefix, index), sliceOf(prefix, index)] as const) {
      store.write({ type: "ADDED", kind: object.kind, object, at: START, event: -1 });
    }
  }
  return store;
}
