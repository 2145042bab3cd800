/** Names of everything in kube-proxy's table that no Service has to itself. Source: pkg/proxy/nftables/proxier.go. */

/** kube-proxy's table. */
export const KUBE_PROXY = "kube-proxy";

/** Set: every ClusterIP that is in use. */
export const CLUSTER_IPS = "cluster-ips";
/** Set: the node's addresses that serve NodePorts; absent where all do. */
export const NODEPORT_IPS = "nodeport-ips";
/** Map: address, protocol and port of a Service to its chain. */
export const SERVICE_IPS = "service-ips";
/** Map: protocol and NodePort to the chain for external traffic. */
export const SERVICE_NODEPORTS = "service-nodeports";
/** Map: Services that lead nowhere from here, to `drop` or the chain that rejects. */
export const NO_ENDPOINT_SERVICES = "no-endpoint-services";
/** Map: the same for NodePorts. */
export const NO_ENDPOINT_NODEPORTS = "no-endpoint-nodeports";
/** Map: load balancer addresses with source ranges, to the chain that checks them. */
export const FIREWALL_IPS = "firewall-ips";

/** Chain that sets the mark. */
export const MARK_FOR_MASQUERADE = "mark-for-masquerade";
/** Chain that rejects; maps cannot hold `reject` themselves. */
export const REJECT_CHAIN = "reject-chain";

/** The sets and maps that service ports put elements into, in the order in which left-over elements are removed. */
export const ELEMENT_SETS = [
  CLUSTER_IPS,
  SERVICE_IPS,
  FIREWALL_IPS,
  NO_ENDPOINT_SERVICES,
  NO_ENDPOINT_NODEPORTS,
  SERVICE_NODEPORTS,
] as const;

/** One of them. */
export type ElementSetName = (typeof ELEMENT_SETS)[number];

/** Whether it is a set or a map. */
export function kindOf(name: ElementSetName): "set" | "map" {
  return name === CLUSTER_IPS ? "set" : "map";
}
