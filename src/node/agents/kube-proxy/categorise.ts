/**
 * Which endpoints one node's rules may send to, and what is left when there are none.
 * Source: pkg/proxy/topology.go (CategorizeEndpoints, topologyModeFromHints).
 */
import { byKey } from "../../../base/order";
import type { ProxyEndpoint } from "./endpoints";
import { usesClusterEndpoints, usesLocalEndpoints, type ServicePort } from "./service-ports";
import type { ProxyNode } from "./settings";

/** The endpoints of a Service port as one node sees them. */
export interface Categorised {
  /** For traffic that may go anywhere in the cluster. */
  readonly cluster: readonly ProxyEndpoint[];
  /** For traffic that a policy keeps on this node. */
  readonly local: readonly ProxyEndpoint[];
  /** Both, each once. */
  readonly reachable: readonly ProxyEndpoint[];
  /** Whether anything anywhere could serve: else the port is rejected. */
  readonly hasEndpoints: boolean;
  /** Whether the ClusterIP leads anywhere from this node: else it is dropped (policy Local, nothing here). */
  readonly hasInternal: boolean;
  /** The same for external addresses and node ports. */
  readonly hasExternal: boolean;
}

/** Sorts a port's endpoints for a node. Each list falls back on its own to endpoints that still serve while terminating. */
export function categorise(port: ServicePort, endpoints: readonly ProxyEndpoint[], node: ProxyNode): Categorised {
  const cluster = usesClusterEndpoints(port) ? clusterList(endpoints, node) : [];
  const usesLocal = usesLocalEndpoints(port);
  const local = usesLocal
    ? orServing(
        endpoints.filter((one) => isLocal(one, node)),
        (one) => one.ready,
      )
    : [];
  const hasEndpoints = cluster.length > 0 || (usesLocal && endpoints.some((one) => one.ready || servesWhileTerminating(one)));
  return {
    cluster,
    local,
    reachable: union(cluster, local),
    hasEndpoints,
    hasInternal: hasEndpoints && !(port.internalPolicyLocal && local.length === 0),
    hasExternal: hasEndpoints && !(port.externalPolicyLocal && local.length === 0),
  };
}

/** Whether the outcome can differ from node to node. */
export function dependsOnNode(port: ServicePort, endpoints: readonly ProxyEndpoint[]): boolean {
  return usesLocalEndpoints(port) || endpoints.some((one) => one.zoneHints.length > 0 || one.nodeHints.length > 0);
}

function clusterList(endpoints: readonly ProxyEndpoint[], node: ProxyNode): readonly ProxyEndpoint[] {
  const isNear = topology(
    endpoints.filter((one) => one.ready),
    node,
  );
  return orServing(endpoints, (one) => one.ready && isNear(one));
}

function orServing(endpoints: readonly ProxyEndpoint[], wanted: (one: ProxyEndpoint) => boolean): readonly ProxyEndpoint[] {
  const found = endpoints.filter(wanted);
  return found.length > 0 ? found : endpoints.filter(servesWhileTerminating);
}

function servesWhileTerminating(one: ProxyEndpoint): boolean {
  return one.serving && one.terminating;
}

function isLocal(one: ProxyEndpoint, node: ProxyNode): boolean {
  return one.nodeName === node.name && node.name !== "";
}

/** Hints count only when every ready endpoint has them and one of them names this node, or this node's zone. */
function topology(ready: readonly ProxyEndpoint[], node: ProxyNode): (one: ProxyEndpoint) => boolean {
  const forNode = (one: ProxyEndpoint): boolean => one.nodeHints.includes(node.name);
  if (ready.every((one) => one.nodeHints.length > 0) && ready.some(forNode)) return forNode;
  const forZone = (one: ProxyEndpoint): boolean => one.zoneHints.includes(node.zone);
  if (node.zone !== "" && ready.every((one) => one.zoneHints.length > 0) && ready.some(forZone)) return forZone;
  return () => true;
}

function union(cluster: readonly ProxyEndpoint[], local: readonly ProxyEndpoint[]): readonly ProxyEndpoint[] {
  if (local.length === 0) return cluster;
  if (cluster.length === 0) return local;
  const all = new Map([...cluster, ...local].map((one) => [one.text, one]));
  return [...all.values()].toSorted(byKey(({ text }) => text));
}
