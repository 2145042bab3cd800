/**
 * What a file uses and does not give: Namespaces, and Nodes (or their addresses and ranges). They are made, with a
 * warning each. A made Node takes the address and the range that its Pods already show; else the next free ones,
 * in order of first mention: 192.168.0.x from .11, and the next /24 of 10.244.0.0/16 from 10.244.1.0.
 */
import type { KubeObject, Namespace, Node } from "../cluster/objects";
import { refOf } from "../cluster/objects";
import { parseIpv4, parseIpv4Range, rangeSize, showIpv4 } from "../cluster/ip-text";

/** The objects with what was missing in front, and a sentence for each thing made. */
export interface Completed {
  readonly objects: readonly KubeObject[];
  readonly warnings: readonly string[];
}

/** What is known of a Node from what others say of it. */
interface Mention {
  readonly name: string;
  readonly address: string | undefined;
  readonly podAddress: string | undefined;
}

const NODE_POOLS = [
  ["192.168.0.11", 244],
  ["172.16.0.1", 65_000],
] as const;
const LARGE_POD_POOL = "10.128.0.0/9";
const RANGE = 256;

/** Adds what is used and missing. `clusterCIDR` is where Pod ranges come from. */
export function completeObjects(objects: readonly KubeObject[], clusterCIDR = "10.244.0.0/16"): Completed {
  const namespaces = missingNamespaces(objects);
  const nodes = new NodeMaker(objects, clusterCIDR);
  const made = missingNodes(objects).map((mention) => nodes.make(mention));
  const given = objects.map((object) => (object.kind === "Node" ? nodes.complete(object) : object));
  return {
    objects: [...namespaces, ...made, ...given],
    warnings: [...namespaces.map(({ metadata }) => `Namespace ${metadata.name} is used and not given; it was made`), ...nodes.warnings],
  };
}

function missingNamespaces(objects: readonly KubeObject[]): readonly Namespace[] {
  const given = new Set(objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name));
  const used = new Set(objects.map((object) => refOf(object).namespace).filter((name) => name !== ""));
  return [...used].filter((name) => !given.has(name)).map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
}

function missingNodes(objects: readonly KubeObject[]): readonly Mention[] {
  const given = new Set(objects.filter(({ kind }) => kind === "Node").map(({ metadata }) => metadata.name));
  const found = new Map<string, Mention>();
  for (const { name, address, podAddress } of objects.flatMap(mentions)) {
    if (name === "" || given.has(name)) continue;
    const before = found.get(name);
    found.set(name, { name, address: before?.address ?? address, podAddress: before?.podAddress ?? podAddress });
  }
  return [...found.values()];
}

function plain(name: string | undefined): Mention {
  return { name: name ?? "", address: undefined, podAddress: undefined };
}

function mentions(object: KubeObject): readonly Mention[] {
  switch (object.kind) {
    case "Pod": {
      const { spec, status } = object;
      return [{ name: spec.nodeName ?? "", address: status?.hostIP, podAddress: spec.hostNetwork === true ? undefined : status?.podIP }];
    }
    case "EndpointSlice":
      return object.endpoints.map(({ nodeName }) => plain(nodeName));
    case "Endpoints":
      return (object.subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [] }) =>
        [...addresses, ...notReadyAddresses].map(({ nodeName }) => plain(nodeName)),
      );
    default:
      return [];
  }
}

/** Gives out addresses and ranges that no Node has. */
class NodeMaker {
  readonly warnings: string[] = [];
  private readonly addresses = new Set<string>();
  private readonly ranges = new Set<string>();
  private readonly clusterCIDR: string;

  constructor(objects: readonly KubeObject[], clusterCIDR: string) {
    this.clusterCIDR = clusterCIDR;
    for (const object of objects) {
      if (object.kind !== "Node") continue;
      for (const { address } of object.status?.addresses ?? []) this.addresses.add(address);
      for (const range of object.spec?.podCIDRs ?? [object.spec?.podCIDR ?? ""]) this.ranges.add(range);
    }
  }

  make({ name, address, podAddress }: Mention): Node {
    const own = this.takeAddress(address);
    const podCIDR = this.takeRange(podAddress);
    this.warnings.push(`Node ${name} is named and not given; it was made with address ${own} and Pod range ${podCIDR}`);
    const metadata = { name, labels: { "kubernetes.io/hostname": name } };
    return { apiVersion: "v1", kind: "Node", metadata, spec: { podCIDR, podCIDRs: [podCIDR] }, status: statusOf(own) };
  }

  /** A given Node that lacks an address or a range gets one, as the kubelet and the node controller would give it. */
  complete(node: Node): Node {
    const hasAddress = node.status?.addresses?.some(({ type }) => type === "InternalIP") ?? false;
    const range = node.spec?.podCIDR ?? node.spec?.podCIDRs?.[0];
    const podCIDR = range ?? this.takeRange(undefined);
    const own = hasAddress ? undefined : this.takeAddress(undefined);
    if (own !== undefined) this.warnings.push(`Node ${node.metadata.name} has no InternalIP; it was given ${own}`);
    if (range === undefined) this.warnings.push(`Node ${node.metadata.name} has no podCIDR; it was given ${podCIDR}`);
    const status =
      own === undefined
        ? node.status
        : { ...statusOf(own), ...node.status, addresses: [...(node.status?.addresses ?? []), ...addressesOf(own)] };
    return { ...node, spec: { podCIDRs: [podCIDR], ...node.spec, podCIDR }, ...(status === undefined ? {} : { status }) };
  }

  private takeAddress(wanted: string | undefined): string {
    const address = wanted !== undefined && !this.addresses.has(wanted) ? wanted : this.nextAddress();
    this.addresses.add(address);
    return address;
  }

  private nextAddress(): string {
    for (const [first, count] of NODE_POOLS) {
      const base = parseIpv4(first) ?? 0;
      for (let step = 0; step < count; step += 1) {
        const address = showIpv4(base + step);
        if (!this.addresses.has(address)) return address;
      }
    }
    throw new Error("invariant broken: more Nodes than addresses");
  }

  private takeRange(podAddress: string | undefined): string {
    const wanted = podAddress === undefined ? undefined : rangeAround(podAddress, this.clusterCIDR);
    const range = wanted !== undefined && !this.ranges.has(wanted) ? wanted : this.nextRange();
    this.ranges.add(range);
    return range;
  }

  /** The first range of a cluster is its control plane's, so counting begins at the second. */
  private nextRange(): string {
    for (const pool of [this.clusterCIDR, LARGE_POD_POOL]) {
      const range = parseIpv4Range(pool);
      if (range === undefined) continue;
      for (let base = range.base + RANGE; base < range.base + rangeSize(range.prefix); base += RANGE) {
        const text = `${showIpv4(base)}/24`;
        if (!this.ranges.has(text)) return text;
      }
    }
    throw new Error("invariant broken: more Nodes than Pod ranges");
  }
}

function rangeAround(address: string, clusterCIDR: string): string | undefined {
  const value = parseIpv4(address);
  const cluster = parseIpv4Range(clusterCIDR);
  if (value === undefined || cluster === undefined) return undefined;
  const isInside = value >= cluster.base && value < cluster.base + rangeSize(cluster.prefix);
  return isInside ? `${showIpv4(value - (value % RANGE))}/24` : undefined;
}

function addressesOf(address: string): readonly { readonly type: string; readonly address: string }[] {
  return [{ type: "InternalIP", address }];
}

function statusOf(address: string): NonNullable<Node["status"]> {
  return { addresses: addressesOf(address), conditions: [{ type: "Ready", status: "True", reason: "KubeletReady" }] };
}
