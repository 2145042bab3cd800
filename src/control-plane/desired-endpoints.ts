/**
 * Which endpoints a Service ought to have: the plain fold over its Pods, before any packing into slices.
 * Source: staging/src/k8s.io/endpointslice/{reconciler,utils}.go.
 */
import type { Endpoint, EndpointPort, Node, Pod, Service, ServicePort } from "../cluster/objects";
import { readApiTime } from "../cluster/api-time";
import { matchesSelector } from "../cluster/labels";
import { isReady, isTerminal, isTerminating, resolveTargetPort } from "../cluster/pods";
import { compareText } from "../base/order";

/** Address families that have slices of their own. */
export type AddressFamily = "IPv4" | "IPv6";

/** Endpoints whose Pods resolve the Service's ports to the same numbers. */
export interface EndpointGroup {
  /** The ports as canonical text; equal text, same group. */
  readonly key: string;
  readonly ports: readonly EndpointPort[];
  /** In the order of the Pods. */
  readonly endpoints: readonly Endpoint[];
}

/**
 * The endpoints of a Service in one family, grouped by resolved ports. Groups stand in the order of their first Pod.
 * `pods` may be all Pods of the namespace or only the matching ones.
 */
export function desiredEndpoints(
  service: Service,
  pods: readonly Pod[],
  nodes: ReadonlyMap<string, Node>,
  family: AddressFamily = "IPv4",
): readonly EndpointGroup[] {
  const groups = new Map<string, { ports: readonly EndpointPort[]; endpoints: Endpoint[] }>();
  for (const { endpoint, ports, key } of madeOfAll(service, pods, nodes, family)) {
    if (endpoint === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ports, endpoints: [endpoint] });
    else group.endpoints.push(endpoint);
  }
  return [...groups].map(([key, group]) => ({ key, ...group }));
}

/** The families a Service has; IPv4 where nothing says otherwise. */
export function familiesOf(service: Service): readonly AddressFamily[] {
  return service.spec.ipFamilies ?? ["IPv4"];
}

/** Ports as canonical text, whatever their order. */
export function portsKey(ports: readonly EndpointPort[]): string {
  return ports
    .map((port) => `${port.name ?? ""}|${port.protocol ?? "TCP"}|${port.port ?? ""}|${port.appProtocol ?? ""}`)
    .toSorted(compareText)
    .join(",");
}

/** What one Pod comes to for a Service. */
interface Made {
  /** null where it is no endpoint, or is not selected. */
  readonly endpoint: Endpoint | null;
  readonly ports: readonly EndpointPort[];
  readonly key: string;
  /** When its readiness turned last, "" where it never did; and the same as a number, to compare. */
  readonly turn: string;
  readonly turnedAt: number;
}

/** The last answer for a Service: of a thousand Pods one changes at a time, and the others come to the same objects. */
interface Answer {
  readonly pods: readonly Pod[];
  readonly nodes: ReadonlyMap<string, Node>;
  readonly made: readonly Made[];
}

const answers: Readonly<Record<AddressFamily, WeakMap<Service, Answer>>> = { IPv4: new WeakMap(), IPv6: new WeakMap() };

function madeOfAll(service: Service, pods: readonly Pod[], nodes: ReadonlyMap<string, Node>, family: AddressFamily): readonly Made[] {
  const last = answers[family].get(service);
  const known = last?.nodes === nodes ? last : undefined;
  if (known?.pods === pods) return known.made;
  let place = 0;
  const made = pods.map((pod) => {
    // Both lists have the same order: a Pod that is gone is passed, one that is new or another object is looked at.
    if (known?.pods[place] !== pod && known?.pods[place + 1] === pod) place += 1;
    const before = known?.pods[place] === pod ? known.made[place] : undefined;
    if (before !== undefined || known?.pods[place]?.metadata.name === pod.metadata.name) place += 1;
    return before ?? madeOf({ service, pod, nodes, family }, known?.made[0]?.key);
  });
  answers[family].set(service, { pods, nodes, made });
  return made;
}

/** `usual`: the key of another Pod, kept as the same text where it is equal, since equal texts that are one compare at once. */
function madeOf({ service, pod, nodes, family }: EndpointArguments, usual = ""): Made {
  const ports = portsOf(service, pod);
  const key = portsKey(ports);
  const isSelected = matchesSelector(service.spec.selector ?? {}, pod.metadata.labels);
  const turn = pod.status?.conditions?.find((condition) => condition.type === "Ready")?.lastTransitionTime ?? "";
  return {
    endpoint: isSelected ? endpointOf({ service, pod, nodes, family }) : null,
    ports,
    key: key === usual ? usual : key,
    turn,
    turnedAt: turn === "" ? Number.NEGATIVE_INFINITY : readApiTime(turn),
  };
}

/** When the readiness of one of the Pods turned last, "" where none ever did. Arguments as for `desiredEndpoints`. */
export function newestTurn(
  service: Service,
  pods: readonly Pod[],
  nodes: ReadonlyMap<string, Node>,
  family: AddressFamily = "IPv4",
): string {
  let newest: Made | undefined;
  for (const made of madeOfAll(service, pods, nodes, family)) {
    if (newest === undefined || made.turnedAt > newest.turnedAt) newest = made;
  }
  return newest?.turn ?? "";
}

interface EndpointArguments {
  readonly service: Service;
  readonly pod: Pod;
  readonly nodes: ReadonlyMap<string, Node>;
  readonly family: AddressFamily;
}

/**
 * One Pod as an endpoint, or null where it is none: ended, without an address of the family,
 * or on a Node that does not exist (unless unready addresses are published).
 */
function endpointOf({ service, pod, nodes, family }: EndpointArguments): Endpoint | null {
  const address = addressOf(pod, family);
  if (isTerminal(pod) || address === undefined) return null;
  const nodeName = pod.spec.nodeName;
  const node = nodes.get(nodeName ?? "");
  if (node === undefined && service.spec.publishNotReadyAddresses !== true) return null;
  const zone = node?.metadata.labels?.["topology.kubernetes.io/zone"];
  const hostname = hostnameOf(service, pod);
  const endpoint: Endpoint = {
    addresses: [address],
    conditions: conditionsOf(service, pod),
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(zone === undefined ? {} : { zone }),
    targetRef: targetRefOf(pod),
  };
  return withHints(service, endpoint);
}

/** The three conditions. A terminating Pod is never `ready`, but serves on while its readiness lasts. Source: KEP-1672. */
function conditionsOf(service: Service, pod: Pod): NonNullable<Endpoint["conditions"]> {
  const serving = isReady(pod);
  const terminating = isTerminating(pod);
  const published = service.spec.publishNotReadyAddresses === true;
  return { ready: published || (serving && !terminating), serving, terminating };
}

/** Only a Pod that names this Service as its subdomain has a hostname of its own in DNS. */
function hostnameOf(service: Service, pod: Pod): string | undefined {
  const { hostname, subdomain } = pod.spec;
  return subdomain === service.metadata.name && hostname !== "" ? hostname : undefined;
}

function targetRefOf(pod: Pod): NonNullable<Endpoint["targetRef"]> {
  const { namespace = "default", name, uid } = pod.metadata;
  return { kind: "Pod", namespace, name, ...(uid === undefined ? {} : { uid }) };
}

function addressOf(pod: Pod, family: AddressFamily): string | undefined {
  const { podIP, podIPs } = pod.status ?? {};
  const addresses = podIPs?.map((entry) => entry.ip) ?? (podIP === undefined ? [] : [podIP]);
  return addresses.find((address) => address !== "" && address.includes(":") === (family === "IPv6"));
}

/** The Service's ports as one Pod resolves them; a name that the Pod does not have is left out for this Pod. */
function portsOf(service: Service, pod: Pod): readonly EndpointPort[] {
  return (service.spec.ports ?? []).flatMap((port) => {
    const number = resolveTargetPort(pod, port);
    return number === null ? [] : [endpointPort(port, number)];
  });
}

function endpointPort(port: ServicePort, number: number): EndpointPort {
  return {
    name: port.name ?? "",
    port: number,
    protocol: port.protocol ?? "TCP",
    ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }),
  };
}

/**
 * Hints of `spec.trafficDistribution` on ready endpoints that know their zone. Source: endpointslice/trafficdist.
 * The annotation `topology-mode: Auto` (proportional to CPU) is left out.
 */
function withHints(service: Service, endpoint: Endpoint): Endpoint {
  const wish = service.spec.trafficDistribution;
  const sameNode = wish === "PreferSameNode";
  if (!sameNode && wish !== "PreferClose" && wish !== "PreferSameZone") return endpoint;
  if (endpoint.conditions?.ready !== true || endpoint.zone === undefined) return endpoint;
  const forZones = [{ name: endpoint.zone }];
  if (!sameNode || endpoint.nodeName === undefined) return { ...endpoint, hints: { forZones } };
  return { ...endpoint, hints: { forZones, forNodes: [{ name: endpoint.nodeName }] } };
}
