/** The cluster of the laboratory: three nodes of two Pods, a router, two machines outside, a Service for each kind of decision. */
import type { EndpointPort, Service, ServicePort } from "../../src/cluster/objects";
import type { IpAddress, MacAddress } from "../../src/network/address";
import { addressAt, ip, mac, prefix } from "../../src/network/address";
import { gatewayOf } from "../../src/node/agents/cni";
import { vtepAddress } from "../../src/node/agents/node-network";
import { endpoint, service, slice } from "../unit/kube-proxy/objects";
import type { LabCluster, LabMachine, LabNeighbours, LabNode, LabPod, OtherEndpoints, StaticRoute } from "./description";

const ROUTER = ip("192.168.1.1");

/** A locally administered MAC that shows whose it is: a kind, then the address. */
function macFor(kind: number, address: string): MacAddress {
  return mac([kind, 0x42, ...address.split(".").map(Number)].map((byte) => byte.toString(16).padStart(2, "0")).join(":"));
}

function node(name: string, address: string, podRange: string): LabNode {
  const macs = {
    nicMac: macFor(0x02, address),
    bridgeMac: macFor(0x06, gatewayOf(podRange)),
    vtepMac: macFor(0x0a, vtepAddress(podRange)),
  };
  return { name, address: ip(address), podRange, ...macs, routes: [{ to: "default", via: ROUTER }] };
}

function pod(name: string, onNode: LabNode, index: number): LabPod {
  const address = addressAt(prefix(onNode.podRange), index);
  return { name, node: onNode.name, address, mac: macFor(0x0e, address), veth: `p-${name}`, vethMac: macFor(0x12, address) };
}

function machine(
  name: string,
  address: IpAddress,
  more: { readonly forwarding?: boolean; readonly routes?: readonly StaticRoute[] },
): LabMachine {
  return { name, address, mac: macFor(0x02, address), forwarding: more.forwarding ?? false, routes: more.routes ?? [] };
}

const N1 = node("n1", "192.168.1.11", "10.244.1.0/24");
const N2 = node("n2", "192.168.1.12", "10.244.2.0/24");
const N3 = node("n3", "192.168.1.13", "10.244.3.0/24");

/** Outside, everything that balancers and external addresses stand for leads to n1, and so do ClusterIPs. */
const OUTSIDE: readonly StaticRoute[] = [
  { to: "default", via: ROUTER },
  { to: "203.0.113.0/24", via: N1.address },
  { to: "10.96.0.0/12", via: N1.address },
];

const A1 = "10.244.1.2@n1";
const B1 = "10.244.1.3@n1";
const A2 = "10.244.2.2@n2";
const B2 = "10.244.2.3@n2";

interface Words {
  readonly address: string;
  readonly nodePort?: number;
  readonly udp?: boolean;
  readonly target?: number;
  readonly endpoints: readonly string[];
  readonly spec?: Partial<Service["spec"]>;
  /** The balancer's address. */
  readonly balancer?: string;
}

/** A Service of port 80 (UDP: 53) and its slice of port 8080 (UDP: 5353). */
function served(name: string, words: Words): LabCluster["objects"] {
  const { address, nodePort, endpoints, spec = {}, balancer } = words;
  const protocol = words.udp === true ? "UDP" : "TCP";
  const port: ServicePort = { name: "http", port: words.udp === true ? 53 : 80, protocol, ...(nodePort === undefined ? {} : { nodePort }) };
  const target: EndpointPort = { name: "http", port: words.target ?? (words.udp === true ? 5353 : 8080), protocol };
  const type = balancer !== undefined ? "LoadBalancer" : nodePort === undefined ? "ClusterIP" : "NodePort";
  const status = balancer === undefined ? {} : { status: { loadBalancer: { ingress: [{ ip: balancer }] } } };
  const made = service(`shop/${name}`, address, { type, ports: [port], ...spec }, status);
  return [made, { ...slice(`shop/${name}`, endpoints), ports: [target] }];
}

const INSIDE_RANGE = ["192.168.1.96/28"];

export const CLUSTER: LabCluster = {
  podCIDR: "10.244.0.0/16",
  nodes: [N1, N2, N3],
  pods: [pod("a1", N1, 2), pod("b1", N1, 3), pod("a2", N2, 2), pod("b2", N2, 3), pod("a3", N3, 2), pod("b3", N3, 3)],
  machines: [
    machine("gw", ROUTER, { forwarding: true }),
    machine("ext", ip("192.168.1.100"), { routes: OUTSIDE }),
    machine("far", ip("192.168.1.120"), { routes: OUTSIDE }),
  ],
  objects: [
    ...served("web", { address: "10.96.0.20", nodePort: 30080, endpoints: [A1, B1, A2] }),
    ...served("dns", { address: "10.96.0.10", nodePort: 30053, udp: true, endpoints: [B2, B1] }),
    ...served("none", { address: "10.96.0.30", nodePort: 30090, endpoints: [], balancer: "203.0.113.30" }),
    ...served("outer-local", {
      address: "10.96.0.40",
      nodePort: 30040,
      endpoints: [B1, A2],
      balancer: "203.0.113.40",
      spec: { externalTrafficPolicy: "Local", healthCheckNodePort: 31040 },
    }),
    ...served("inner-local", { address: "10.96.0.50", nodePort: 30050, endpoints: [A2], spec: { internalTrafficPolicy: "Local" } }),
    ...served("ranges", {
      address: "10.96.0.60",
      nodePort: 30060,
      endpoints: [B1, A2],
      balancer: "203.0.113.60",
      spec: { loadBalancerSourceRanges: INSIDE_RANGE },
    }),
    ...served("ranges-none", {
      address: "10.96.0.65",
      endpoints: [],
      balancer: "203.0.113.65",
      spec: { loadBalancerSourceRanges: INSIDE_RANGE },
    }),
    ...served("outer", { address: "10.96.0.70", endpoints: [B1, A2], spec: { externalIPs: ["203.0.113.70"] } }),
    ...served("leaving", { address: "10.96.0.80", endpoints: ["10.244.1.3@n1 terminating", "10.244.2.3@n2 unready"] }),
    ...served("sticky", { address: "10.96.0.90", endpoints: [A1, B1, A2], spec: { sessionAffinity: "ClientIP" } }),
    ...served("briefly-sticky", {
      address: "10.96.0.95",
      udp: true,
      endpoints: [A1, B1, A2],
      spec: { sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: { timeoutSeconds: 1 } } },
    }),
    ...served("here-and-there", { address: "10.96.0.140", endpoints: [B1, A2] }),
    ...served("shut", { address: "10.96.0.100", nodePort: 30100, target: 8081, endpoints: [B1] }),
    ...served("shut-there", { address: "10.96.0.105", target: 8081, endpoints: [A2] }),
    ...served("shut-udp", { address: "10.96.0.110", udp: true, target: 5354, endpoints: [B1] }),
    ...served("shut-udp-there", { address: "10.96.0.115", udp: true, target: 5354, endpoints: [A2] }),
    ...served("one-here", { address: "10.96.0.120", nodePort: 30120, endpoints: [B1] }),
    ...served("one-there", { address: "10.96.0.125", nodePort: 30125, endpoints: [A2] }),
    ...served("udp-here", { address: "10.96.0.130", udp: true, endpoints: [B1] }),
    ...served("udp-there", { address: "10.96.0.135", nodePort: 30135, udp: true, endpoints: [A2] }),
  ],
  listens: { tcp: [8080], udp: [5353] },
};

/** The objects with other endpoints for some Services. */
export function objectsWith(other: OtherEndpoints): LabCluster["objects"] {
  return CLUSTER.objects.map((object) => {
    const changed = other[object.metadata.labels?.["kubernetes.io/service-name"] ?? ""];
    return object.kind === "EndpointSlice" && changed !== undefined ? { ...object, endpoints: changed.map(endpoint) } : object;
  });
}

/** A Pod that has the address of one that went. */
export function heirOf(old: LabPod): LabPod {
  const name = `${old.name}x`;
  return { ...old, name, veth: `p-${name}`, mac: macFor(0x16, old.address), vethMac: macFor(0x1a, old.address) };
}

/** Names of all MACs, as a reader wants to see them. */
export const MAC_NAMES: ReadonlyMap<string, string> = new Map([
  ...CLUSTER.nodes.flatMap(({ name, nicMac, bridgeMac, vtepMac }): [string, string][] => [
    [nicMac, `${name}.eth0`],
    [bridgeMac, `${name}.cni0`],
    [vtepMac, `${name}.flannel.1`],
  ]),
  ...[...CLUSTER.pods, ...CLUSTER.pods.map(heirOf)].flatMap(({ name, node: on, mac: own, veth, vethMac }): [string, string][] => [
    [own, `${name}.eth0`],
    [vethMac, `${on}.${veth}`],
  ]),
  ...CLUSTER.machines.map(({ name, mac: own }): [string, string] => [own, `${name}.eth0`]),
]);

/** What everybody knows of the neighbours on eth0 from the beginning, so that no ARP disturbs a journey. */
export const SETTLED: LabNeighbours = Object.fromEntries([
  ...[...CLUSTER.nodes, ...CLUSTER.machines].map(({ name }) => [name, segmentNeighbours(name)] as const),
  ...CLUSTER.pods.map(({ name }) => [name, podNeighbours(name)] as const),
]);

function segmentNeighbours(of: string): LabNeighbours[string] {
  const nics = [...CLUSTER.nodes.map(({ name, address, nicMac }) => ({ name, address, mac: nicMac })), ...CLUSTER.machines];
  return nics.filter(({ name }) => name !== of).map(({ address, mac: own }) => ({ device: "eth0", address, mac: own, state: "permanent" }));
}

function podNeighbours(of: string): LabNeighbours[string] {
  const on = CLUSTER.nodes.find(({ name }) => name === CLUSTER.pods.find((one) => one.name === of)?.node);
  if (on === undefined) return [];
  const others = CLUSTER.pods.filter((one) => one.node === on.name && one.name !== of);
  const known = [{ address: gatewayOf(on.podRange), mac: on.bridgeMac }, ...others];
  return known.map(({ address, mac: own }) => ({ device: "eth0", address, mac: own, state: "permanent" }));
}
