/**
 * What the kubernetes plugin keeps of Services and EndpointSlices, and the indexes it looks them up by.
 * Source: CoreDNS plugin/kubernetes/object/{service,endpoint}.go, controller.go.
 * An index belongs to one list of a view (one revision) and is forgotten with it; it is a cache, never state.
 */
import type { ClusterView, EndpointSlice, Pod, Service } from "./cluster";
import { readAddress } from "../../message/ipv6";

/** A port of a Service or slice; port -1 stands for "declares no port". */
export interface KeptPort {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
}

const NO_PORT: readonly KeptPort[] = [{ name: "", protocol: "", port: -1 }];

/** A ready address of a slice. */
export interface KeptAddress {
  readonly address: string;
  readonly type: "A" | "AAAA";
  readonly hostname: string;
  /** "" where it has none or one of 64 characters or more, which is no DNS label. */
  readonly podName: string;
  readonly zone: string;
}

/** A slice, linked to its Service by label alone. */
export interface KeptSlice {
  readonly namespace: string;
  readonly service: string;
  readonly addresses: readonly KeptAddress[];
  readonly ports: readonly KeptPort[];
}

function memo<Item, Value>(make: (list: readonly Item[]) => Value): (list: readonly Item[]) => Value {
  const known = new WeakMap<readonly Item[], Value>();
  return (list) => {
    const found = known.get(list);
    if (found !== undefined) return found;
    const made = make(list);
    known.set(list, made);
    return made;
  };
}

function add<Value>(index: Map<string, Value[]>, key: string, value: Value): void {
  const list = index.get(key);
  if (list === undefined) index.set(key, [value]);
  else list.push(value);
}

/** Ports of a Service as kept. */
export function portsOfService(service: Service): readonly KeptPort[] {
  const ports = service.spec.ports ?? [];
  if (ports.length === 0) return NO_PORT;
  return ports.map((port) => ({ name: port.name ?? "", protocol: port.protocol ?? "TCP", port: port.port }));
}

/** Cluster addresses of a Service; the older single field where the list is empty. */
export function clusterIPsOf(service: Service): readonly string[] {
  const listed = service.spec.clusterIPs ?? [];
  if (listed.length > 0) return listed;
  return service.spec.clusterIP === undefined || service.spec.clusterIP === "" ? [] : [service.spec.clusterIP];
}

/** Whether the first cluster address is the word None. */
export function isHeadless(service: Service): boolean {
  return clusterIPsOf(service)[0] === "None";
}

function keep(slice: EndpointSlice): KeptSlice {
  const ports = (slice.ports ?? []).map((port) => ({ name: port.name ?? "", protocol: port.protocol ?? "TCP", port: port.port ?? -1 }));
  return {
    namespace: slice.metadata.namespace ?? "default",
    service: slice.metadata.labels?.["kubernetes.io/service-name"] ?? "",
    ports: ports.length === 0 ? NO_PORT : ports,
    addresses: slice.endpoints.flatMap(addressesOf),
  };
}

/** Ready is true or absent; serving and terminating do not matter. */
function addressesOf(endpoint: EndpointSlice["endpoints"][number]): readonly KeptAddress[] {
  if (endpoint.conditions?.ready === false) return [];
  const podName = endpoint.targetRef?.name ?? "";
  const kept = { hostname: endpoint.hostname ?? "", podName: podName.length < 64 ? podName : "", zone: endpoint.zone ?? "" };
  return endpoint.addresses.flatMap((text) => {
    const read = readAddress(text);
    return read === undefined ? [] : [{ ...kept, ...read }];
  });
}

const slicesByService = memo((slices: readonly EndpointSlice[]) => {
  const index = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    add(index, `${slice.metadata.namespace ?? "default"}/${slice.metadata.labels?.["kubernetes.io/service-name"] ?? ""}`, slice);
  }
  return index;
});

const slicesByAddress = memo((slices: readonly EndpointSlice[]) => {
  const index = new Map<string, KeptSlice[]>();
  for (const slice of slices) {
    const kept = keep(slice);
    for (const address of new Set(kept.addresses.map((item) => item.address))) add(index, address, kept);
  }
  return index;
});

const servicesByAddress = memo((services: readonly Service[]) => {
  const index = new Map<string, Service[]>();
  for (const service of services) {
    for (const text of clusterIPsOf(service)) add(index, readAddress(text)?.address ?? text, service);
  }
  return index;
});

const podsByAddress = memo((pods: readonly Pod[]) => {
  const index = new Map<string, Pod[]>();
  for (const pod of pods) {
    const text = pod.status?.podIP ?? "";
    const phase = pod.status?.phase;
    if (text === "" || phase === "Succeeded" || phase === "Failed" || phase === "Unknown") continue;
    add(index, readAddress(text)?.address ?? text, pod);
  }
  return index;
});

/** The slices of a Service. */
export function slicesOfService(view: ClusterView, namespace: string, service: string): readonly KeptSlice[] {
  return (slicesByService(view.list("EndpointSlice")).get(`${namespace}/${service}`) ?? []).map(keep);
}

/** The slices that hold a ready address (canonical text). */
export function slicesWithAddress(view: ClusterView, address: string): readonly KeptSlice[] {
  return slicesByAddress(view.list("EndpointSlice")).get(address) ?? [];
}

/** The Services that have a cluster address. */
export function servicesWithAddress(view: ClusterView, address: string): readonly Service[] {
  return servicesByAddress(view.list("Service")).get(address) ?? [];
}

/** The watched Pods that have an address (primary one only). */
export function podsWithAddress(view: ClusterView, address: string): readonly Pod[] {
  return podsByAddress(view.list("Pod")).get(address) ?? [];
}

/** The label under which an endpoint has its own name: hostname, else Pod name where wanted, else the dashed address. */
export function endpointLabel(endpoint: Pick<KeptAddress, "address" | "hostname" | "podName">, podNames: boolean): string {
  if (endpoint.hostname !== "") return endpoint.hostname;
  if (podNames && endpoint.podName !== "") return endpoint.podName;
  const dashed = endpoint.address.replaceAll(/[.:]/g, "-");
  return dashed.endsWith("-") ? `${dashed}0` : dashed;
}
