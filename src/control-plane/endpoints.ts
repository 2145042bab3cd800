/**
 * The legacy Endpoints object (deprecated since 1.33, KEP-4974), derived beside the slices. kube-proxy never reads it.
 * The contrast that teaches: a terminating Pod is dropped here at once, while its slice keeps it with flags.
 * Source: pkg/controller/endpoint/endpoints_controller.go, staging/src/k8s.io/api … endpoints/util.go (RepackSubsets).
 */
import type { EndpointAddress, EndpointPort, Endpoints, Pod, Service } from "../cluster/objects";
import { isReady, isTerminal, isTerminating, podIP, resolveTargetPort } from "../cluster/pods";
import { matchesSelector } from "../cluster/labels";
import { compareText } from "../base/order";
import { portsKey } from "./desired-endpoints";

/** Addresses in one object at most; more are cut, ready ones last. */
export const MAX_ADDRESSES = 1000;

const OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";

type Subset = NonNullable<Endpoints["subsets"]>[number];

interface Group {
  readonly ports: readonly EndpointPort[];
  readonly addresses: readonly EndpointAddress[];
  readonly notReadyAddresses: readonly EndpointAddress[];
}

/** The Endpoints of a Service from the Pods of its namespace; without a selector it has none of its own. */
export function legacyEndpoints(service: Service, pods: readonly Pod[]): Endpoints {
  const groups = grouped(
    service,
    pods.filter((pod) => isListed(service, pod)),
  );
  const cut = truncate(groups);
  const { name, namespace = "default", labels = {} } = service.metadata;
  return {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: {
      name,
      namespace,
      labels: { ...labels, "endpoints.kubernetes.io/managed-by": "endpoint-controller" },
      ...(cut === groups ? {} : { annotations: { [OVER_CAPACITY]: "truncated" } }),
    },
    subsets: cut.map(subsetOf),
  };
}

/** As the column ENDPOINTS of `kubectl get endpoints` has it: three at most, then `+ 2 more...`; `<none>` without subsets. */
export function showEndpoints(endpoints: Endpoints): string {
  const subsets = endpoints.subsets ?? [];
  if (subsets.length === 0) return "<none>";
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0 ? addresses.map(({ ip }) => ip) : ports.flatMap((port) => addresses.map(({ ip }) => join(ip, port.port))),
  );
  const shown = all.slice(0, 3).join(",");
  return all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown;
}

function join(ip: string, port: number | undefined): string {
  return ip.includes(":") ? `[${ip}]:${port ?? 0}` : `${ip}:${port ?? 0}`;
}

function isListed(service: Service, pod: Pod): boolean {
  if (!matchesSelector(service.spec.selector, pod.metadata.labels) || isTerminal(pod) || podIP(pod) === undefined) return false;
  return !isTerminating(pod) || service.spec.publishNotReadyAddresses === true;
}

/** Addresses with the same resolved ports stand together. */
function grouped(service: Service, pods: readonly Pod[]): readonly Group[] {
  const groups = new Map<string, { ports: readonly EndpointPort[]; addresses: EndpointAddress[]; notReadyAddresses: EndpointAddress[] }>();
  for (const pod of pods) {
    const ports = portsOf(service, pod);
    const key = portsKey(ports);
    const group = groups.get(key) ?? { ports, addresses: [], notReadyAddresses: [] };
    groups.set(key, group);
    const ready = isReady(pod) || service.spec.publishNotReadyAddresses === true;
    (ready ? group.addresses : group.notReadyAddresses).push(addressOf(service, pod));
  }
  const hasPorts = (service.spec.ports ?? []).length > 0;
  return [...groups]
    .filter(([key]) => key !== "" || !hasPorts)
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([, group]) => group);
}

function portsOf(service: Service, pod: Pod): readonly EndpointPort[] {
  return (service.spec.ports ?? []).flatMap((port) => {
    const number = resolveTargetPort(pod, port);
    if (number === null) return [];
    return [{ ...(port.name === undefined ? {} : { name: port.name }), port: number, protocol: port.protocol ?? "TCP" }];
  });
}

function addressOf(service: Service, pod: Pod): EndpointAddress {
  const { namespace = "default", name, uid } = pod.metadata;
  const { hostname, subdomain, nodeName } = pod.spec;
  return {
    ip: podIP(pod) ?? "",
    ...(hostname !== undefined && subdomain === service.metadata.name ? { hostname } : {}),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: { kind: "Pod", namespace, name, ...(uid === undefined ? {} : { uid }) },
  };
}

/** Cuts to the limit in proportion over the subsets: unready addresses first, and ready ones only if they alone are too many. */
function truncate(groups: readonly Group[]): readonly Group[] {
  const ready = groups.reduce((sum, group) => sum + group.addresses.length, 0);
  const unready = groups.reduce((sum, group) => sum + group.notReadyAddresses.length, 0);
  if (ready + unready <= MAX_ADDRESSES) return groups;
  const room = Math.max(MAX_ADDRESSES - ready, 0);
  return groups.map((group) => ({
    ports: group.ports,
    addresses: group.addresses.slice(0, share(group.addresses.length, ready, MAX_ADDRESSES)),
    notReadyAddresses: group.notReadyAddresses.slice(0, share(group.notReadyAddresses.length, unready, room)),
  }));
}

/** What one subset may keep of `room` that all subsets, with `of` addresses together, have. */
function share(count: number, of: number, room: number): number {
  return of <= room ? count : Math.floor((count * room) / of);
}

function sorted(list: readonly EndpointAddress[]): readonly EndpointAddress[] {
  return list.toSorted((a, b) => compareText(a.ip, b.ip));
}

function subsetOf({ ports, addresses, notReadyAddresses }: Group): Subset {
  return {
    ...(addresses.length === 0 ? {} : { addresses: sorted(addresses) }),
    ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses: sorted(notReadyAddresses) }),
    ...(ports.length === 0 ? {} : { ports }),
  };
}
