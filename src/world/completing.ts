/**
 * What a cluster file leaves unsaid and a running cluster has: Namespaces and Nodes that are used, addresses and Pod
 * ranges of Nodes, and (for the page and `--file`) the Service `kubernetes`. Source: headless.md (Input).
 */
import type { EndpointSlice, KubeObject, Namespace, Node, Pod, Service } from "../cluster/objects";
import { isClusterScoped } from "../cluster/objects";
import { addressAt, contains, ipv4Number, ipv4Text, prefix } from "../network/address";
import type { GivenObject } from "./setup";

/** The objects with what was missing, and a warning for each that was made. */
export interface Completed {
  readonly objects: readonly GivenObject[];
  readonly warnings: readonly string[];
}

const CONTROL_PLANE = "node-role.kubernetes.io/control-plane";

/** Whether a Node is the control plane's: by its role label, or by its name. */
export function isControlPlane(node: Node): boolean {
  return node.metadata.name === "control-plane" || CONTROL_PLANE in (node.metadata.labels ?? {});
}

/** Completes a list of objects. */
export function complete(
  given: readonly GivenObject[],
  {
    clusterCIDR,
    serviceCIDRs,
    addsKubernetes,
  }: { readonly clusterCIDR: string; readonly serviceCIDRs: readonly string[]; readonly addsKubernetes: boolean },
): Completed {
  const objects = given.map(({ object }) => object);
  const nodes = missingNodes(objects);
  const own = addsKubernetes ? kubernetesService(objects, serviceCIDRs) : [];
  const namespaces = missingNamespaces([...objects, ...own]);
  const made = [...namespaces, ...nodes, ...own].map((object): GivenObject => ({ object, at: "made" }));
  const completed = addressNodes([...given, ...made], clusterCIDR);
  const isOwn = ({ metadata }: Namespace): boolean => own.some((object) => object.metadata.namespace === metadata.name);
  const warnings = [
    ...namespaces.filter((one) => !isOwn(one)).map(({ metadata }) => `Namespace "${metadata.name}" is used and not given; it was made.`),
    ...completed.flatMap(({ object }) =>
      object.kind === "Node" && nodes.some(({ metadata }) => metadata.name === object.metadata.name) ? [madeInWords(object)] : [],
    ),
  ];
  return { objects: completed, warnings };
}

function madeInWords(node: Node): string {
  return `Node "${node.metadata.name}" is named and not given; it was made, with address ${addressOf(node)} and Pod range ${node.spec?.podCIDR ?? ""}.`;
}

function missingNamespaces(objects: readonly KubeObject[]): readonly Namespace[] {
  const there = new Set(objects.filter((object) => object.kind === "Namespace").map((object) => object.metadata.name));
  const used = objects.filter((object) => !isClusterScoped(object.kind)).map((object) => object.metadata.namespace ?? "default");
  return [...new Set(used)].filter((name) => !there.has(name)).map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
}

function missingNodes(objects: readonly KubeObject[]): readonly Node[] {
  const there = new Set(objects.filter((object) => object.kind === "Node").map((object) => object.metadata.name));
  return [...new Set(objects.flatMap(nodesNamed))]
    .filter((name) => !there.has(name))
    .map((name) => ({ apiVersion: "v1", kind: "Node", metadata: { name, labels: { "kubernetes.io/hostname": name } } }));
}

function nodesNamed(object: KubeObject): readonly string[] {
  if (object.kind === "Pod") return object.spec.nodeName === undefined ? [] : [object.spec.nodeName];
  return object.kind === "EndpointSlice" ? object.endpoints.flatMap((endpoint) => endpoint.nodeName ?? []) : [];
}

/** Every Node gets what it lacks: an InternalIP and a Pod range (those that its Pods show, else the next free), the condition Ready. */
function addressNodes(given: readonly GivenObject[], clusterCIDR: string): readonly GivenObject[] {
  const nodes = given.flatMap(({ object }) => (object.kind === "Node" ? [object] : []));
  const pods = given.flatMap(({ object }) => (object.kind === "Pod" ? [object] : []));
  const addresses = new Set(nodes.map(addressOf));
  const ranges = new Set(nodes.map((node) => node.spec?.podCIDR ?? ""));
  const shown = new Map(nodes.map((node) => [node.metadata.name, shownBy(pods, node, { clusterCIDR, addresses, ranges })]));
  return given.map(({ object, at }) =>
    object.kind === "Node"
      ? { object: addressed(object, shown.get(object.metadata.name) ?? {}, { clusterCIDR, addresses, ranges }), at }
      : { object, at },
  );
}

interface Taken {
  readonly clusterCIDR: string;
  readonly addresses: Set<string>;
  readonly ranges: Set<string>;
}

/** What a Node's Pods say of it, claimed for it where nobody else has it. */
function shownBy(
  pods: readonly Pod[],
  { metadata, spec }: Node,
  { clusterCIDR, addresses, ranges }: Taken,
): { readonly address?: string; readonly range?: string } {
  const own = pods.filter((pod) => pod.spec.nodeName === metadata.name);
  const address = own.find(({ status }) => status?.hostIP !== undefined)?.status?.hostIP;
  const podAddress = own.find((pod) => pod.spec.hostNetwork !== true && pod.status?.podIP !== undefined)?.status?.podIP;
  const isInside = podAddress !== undefined && contains(prefix(clusterCIDR), podAddress);
  const range = isInside ? `${ipv4Text((ipv4Number(podAddress) & 0xffffff00) >>> 0)}/24` : undefined;
  return {
    ...(address !== undefined && claim(addresses, address) ? { address } : {}),
    ...(spec?.podCIDR === undefined && range !== undefined && claim(ranges, range) ? { range } : {}),
  };
}

function claim(taken: Set<string>, wanted: string): boolean {
  if (taken.has(wanted)) return false;
  taken.add(wanted);
  return true;
}

function addressOf(node: Node): string {
  return node.status?.addresses?.find(({ type }) => type === "InternalIP")?.address ?? "";
}

function addressed(
  node: Node,
  shown: { readonly address?: string; readonly range?: string },
  { clusterCIDR, addresses, ranges }: Taken,
): Node {
  const first = isControlPlane(node) ? 0 : 1;
  const next = (): string => free(addresses, (n) => ipv4Text(ipv4Number("192.168.0.10") + n), first);
  const address = addressOf(node) === "" ? (shown.address ?? next()) : addressOf(node);
  const range = node.spec?.podCIDR ?? shown.range ?? free(ranges, (n) => `${addressAt(prefix(clusterCIDR), n * 256)}/24`, first);
  const conditions = node.status?.conditions ?? [{ type: "Ready", status: "True", reason: "KubeletReady" }];
  const known = node.status?.addresses ?? [];
  return {
    ...node,
    spec: { ...node.spec, podCIDR: range, podCIDRs: [range] },
    status: { ...node.status, conditions, addresses: known.length > 0 ? known : [{ type: "InternalIP", address }] },
  };
}

function free(taken: Set<string>, nth: (n: number) => string, first: number): string {
  let n = first;
  while (taken.has(nth(n))) n += 1;
  taken.add(nth(n));
  return nth(n);
}

function isOurs({ metadata }: KubeObject): boolean {
  return metadata.name === "kubernetes" && (metadata.namespace ?? "default") === "default";
}

/** `default/kubernetes`, which the API server itself keeps: its Service and its slice, where they are absent. */
function kubernetesService(objects: readonly KubeObject[], serviceCIDRs: readonly string[]): readonly (Service | EndpointSlice)[] {
  const hasService = objects.some((object) => object.kind === "Service" && isOurs(object));
  const hasSlice = objects.some((object) => object.kind === "EndpointSlice" && isOurs(object));
  const host = objects.flatMap((object) => (object.kind === "Node" && isControlPlane(object) ? [addressOf(object)] : []))[0] ?? "";
  const address = host === "" ? "192.168.0.10" : host;
  const service: Service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "kubernetes", namespace: "default", labels: { component: "apiserver", provider: "kubernetes" } },
    spec: {
      clusterIP: addressAt(prefix(serviceCIDRs[0] ?? "10.96.0.0/12"), 1),
      ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: 6443 }],
    },
  };
  const slice: EndpointSlice = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "kubernetes", namespace: "default", labels: { "kubernetes.io/service-name": "kubernetes" } },
    addressType: "IPv4",
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: "https", port: 6443, protocol: "TCP" }],
  };
  return [...(hasService ? [] : [service]), ...(hasSlice ? [] : [slice])];
}
