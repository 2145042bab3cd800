/**
 * Which UDP flows kube-proxy takes out of the connection table after a sync: those that were sent to a Service's address
 * and whose answers come from an address that serves it no more. TCP is never touched.
 * Source: pkg/proxy/conntrack/cleanup.go of 1.32 to 1.36: a port that nobody serves is passed over, and a Service that was
 * deleted is not looked at; both leave flows where they are.
 */
import type { EndpointSlice, Service } from "../../../cluster/objects";
import type { ClusterView } from "../../../cluster/store-types";

/** Where datagrams of Services are sent to, and who serves each. */
export interface DatagramFrontends {
  /** `address:port` → addresses that serve it. */
  readonly byAddress: ReadonlyMap<string, ReadonlySet<string>>;
  /** Node port → addresses that serve it, whatever the address. */
  readonly byNodePort: ReadonlyMap<number, ReadonlySet<string>>;
}

/** A flow as the connection table has it: where it was sent, and from where it is answered. */
export interface DatagramFlow {
  readonly dst: string;
  readonly dstPort: number;
  readonly answersFrom: string;
}

/** Whether a Service has a UDP port. */
export function hasDatagrams({ spec }: Service): boolean {
  return (spec.ports ?? []).some(({ protocol }) => protocol === "UDP");
}

/** All frontends of UDP ports that somebody serves. Policies, zones and nodes play no part. */
export function datagramFrontends(view: ClusterView): DatagramFrontends {
  const byAddress = new Map<string, ReadonlySet<string>>();
  const byNodePort = new Map<number, ReadonlySet<string>>();
  const slices = slicesByService(view);
  for (const service of view.list("Service")) {
    if (!hasDatagrams(service)) continue;
    const own = slices.get(keyOf(service.metadata.namespace, service.metadata.name)) ?? [];
    for (const { name = "", port, protocol, nodePort = 0 } of service.spec.ports ?? []) {
      const serving = protocol === "UDP" ? servingOf(own, name) : null;
      if (serving === null || serving.size === 0) continue;
      for (const address of addressesOf(service)) byAddress.set(`${address}:${port}`, serving);
      if (nodePort > 0) byNodePort.set(nodePort, serving);
    }
  }
  return { byAddress, byNodePort };
}

/** Whether a flow is answered by somebody who serves its frontend no more. */
export function isStaleFlow({ byAddress, byNodePort }: DatagramFrontends, { dst, dstPort, answersFrom }: DatagramFlow): boolean {
  const serving = byAddress.get(`${dst}:${dstPort}`) ?? byNodePort.get(dstPort);
  return serving !== undefined && !serving.has(answersFrom);
}

function keyOf(namespace = "default", name = ""): string {
  return `${namespace}/${name}`;
}

function slicesByService(view: ClusterView): ReadonlyMap<string, readonly EndpointSlice[]> {
  const found = new Map<string, EndpointSlice[]>();
  for (const slice of view.list("EndpointSlice")) {
    const key = keyOf(slice.metadata.namespace, slice.metadata.labels?.["kubernetes.io/service-name"]);
    const known = found.get(key);
    if (known === undefined) found.set(key, [slice]);
    else known.push(slice);
  }
  return found;
}

/** Endpoints that serve a port, those that are terminating and still serve among them. */
function servingOf(slices: readonly EndpointSlice[], port: string): ReadonlySet<string> {
  const named = slices.filter(({ ports = [] }) => ports.some(({ name = "", protocol = "TCP" }) => name === port && protocol === "UDP"));
  return new Set(
    named.flatMap(({ endpoints }) =>
      endpoints.filter(({ conditions }) => conditions?.serving !== false).flatMap(({ addresses }) => addresses),
    ),
  );
}

function addressesOf({ spec, status }: Service): readonly string[] {
  const own = spec.clusterIPs ?? (spec.clusterIP === undefined ? [] : [spec.clusterIP]);
  const balancer = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip === undefined ? [] : [ip]));
  return [...own.filter((address) => address !== "" && address !== "None"), ...balancer, ...(spec.externalIPs ?? [])];
}
