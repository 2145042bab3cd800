/**
 * Endpoints of Service ports as kube-proxy gathers them from EndpointSlices. Not yet any node's choice of them.
 * Source: pkg/proxy/endpointslicecache.go, endpoint.go.
 */
import { byKey } from "../../../base/order";
import { showEndpoint, type IpFamily } from "../../../network/address";
import type { Endpoint as ApiEndpoint, EndpointSlice } from "../../../cluster/objects";
import { protocolOf, type ServicePort } from "./service-ports";

/** The label by which a slice names its Service. */
export const SERVICE_NAME_LABEL = "kubernetes.io/service-name";

/** One address and port behind a Service port. */
export interface ProxyEndpoint {
  readonly address: string;
  readonly port: number;
  /** `address:port` or `[address]:port`, which names it in rules. */
  readonly text: string;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  /** "" where unknown: then it is local to no node. */
  readonly nodeName: string;
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
}

/** Whether kube-proxy watches a slice at all: slices of headless Services are filtered at its informer. */
function isWatched(slice: EndpointSlice, family: IpFamily): boolean {
  return slice.addressType === family && slice.metadata.labels?.["service.kubernetes.io/headless"] === undefined;
}

/**
 * The endpoints of a port, ordered by their `address:port` text (so that 10.0.0.10 stands before 10.0.0.2).
 * Slices and Service agree by port name and protocol; target ports are the slice's. Doubles collapse, the last wins.
 */
export function endpointsOf(port: ServicePort, slices: readonly EndpointSlice[], family: IpFamily = "IPv4"): readonly ProxyEndpoint[] {
  const found = new Map<string, ProxyEndpoint>();
  for (const slice of slices) {
    if (!isWatched(slice, family)) continue;
    const target = slice.ports?.find((one) => (one.name ?? "") === port.portName && protocolOf(one) === port.protocol);
    if (target?.port === undefined) continue;
    for (const endpoint of slice.endpoints) {
      const made = makeEndpoint(endpoint, target.port);
      if (made !== null) found.set(made.text, made);
    }
  }
  return [...found.values()].toSorted(byKey(({ text }) => text));
}

/** Absent conditions mean ready, serving and not terminating. */
function makeEndpoint(endpoint: ApiEndpoint, port: number): ProxyEndpoint | null {
  const address = endpoint.addresses[0];
  if (address === undefined) return null;
  const { conditions, hints } = endpoint;
  return {
    address,
    port,
    text: showEndpoint(address, port),
    ready: conditions?.ready ?? true,
    serving: conditions?.serving ?? true,
    terminating: conditions?.terminating ?? false,
    nodeName: endpoint.nodeName ?? "",
    zoneHints: (hints?.forZones ?? []).map(({ name }) => name),
    nodeHints: (hints?.forNodes ?? []).map(({ name }) => name),
  };
}
