/**
 * Wiring of nodes, Pods and the node network, as kubelet, CNI (bridge, host-local) and flannel leave it on a host.
 * Sources: containernetworking/plugins plugins/main/bridge/bridge.go; flannel pkg/backend/vxlan.
 * Loopback and connected routes are the kernel's own doing (makeHost, addInterface).
 */
import type { SimTime } from "../../engine/time";
import type { IpAddress, MacAddress } from "../../network/address";
import { addressAt, ip, ipv4Number, ipv4Text, prefix } from "../../network/address";
import type { Links } from "../../network/links";
import { cutVeth, joinVeth, plugIn, unplug } from "../../network/links";
import type { Host } from "../kernel/host";
import { addFdb, addInterface, addRoute, removeFdb, removeInterface, removeNeighbour, removeRoute, setNeighbour } from "../kernel/host";
import { gatewayOf } from "./cni";

/** MTU of the node network. */
const NIC_MTU = 1500;

/** What VXLAN leaves of it: 50 bytes less. Source: flannel backend/vxlan. */
const POD_MTU = 1450;

/** flannel's VXLAN identifier and port (the kernel's default port, not IANA's 4789). */
export const VXLAN = { vni: 1, port: 8472 } as const;

/** The segment that joins the nodes: one /24, its router at .1. */
export interface NodeNetwork {
  /** `192.168.0.0/24`. */
  readonly range: string;
  readonly gateway: IpAddress;
}

/** One node's addresses and MACs. */
export interface NodeLinks {
  readonly name: string;
  /** On the node network. */
  readonly address: IpAddress;
  /** `10.244.1.0/24`. */
  readonly podRange: string;
  readonly nicMac: MacAddress;
  readonly bridgeMac: MacAddress;
  readonly vtepMac: MacAddress;
}

/** One Pod's addresses and MACs. */
export interface PodLinks {
  readonly address: IpAddress;
  readonly mac: MacAddress;
  readonly veth: string;
  readonly vethMac: MacAddress;
}

/** The node network that an address lies in. */
export function nodeNetworkOf(address: string): NodeNetwork {
  const base = (ipv4Number(address) & 0xffffff00) >>> 0;
  return { range: `${ipv4Text(base)}/24`, gateway: ipv4Text(base + 1) };
}

/** The address of a node's flannel.1: the first address of its range, as a /32. */
export function vtepAddress(podRange: string): IpAddress {
  return addressAt(prefix(podRange), 0);
}

/** The addresses that a node has towards its Pods and the tunnel: cni0's and flannel.1's. */
export function podInterfaceAddresses({ podRange }: Pick<NodeLinks, "podRange">): readonly IpAddress[] {
  return [gatewayOf(podRange), vtepAddress(podRange)];
}

/** A node's interfaces and own routes: lo, eth0 on the node network, bridge cni0, overlay device flannel.1. */
export function setUpNode(host: Host, links: Links, node: NodeLinks): void {
  addNic(host, links, { address: node.address, mac: node.nicMac });
  const gateway = gatewayOf(node.podRange);
  const { length } = prefix(node.podRange);
  addInterface(host, { name: "cni0", role: "bridge", mac: node.bridgeMac, mtu: POD_MTU, addresses: [`${gateway}/${length}`] });
  addInterface(host, {
    name: "flannel.1",
    role: "vxlan",
    mac: node.vtepMac,
    mtu: POD_MTU,
    addresses: [`${vtepAddress(node.podRange)}/32`],
    vxlan: { vni: VXLAN.vni, local: node.address, device: "eth0", port: VXLAN.port },
  });
}

/** Takes a node off the node network: frames to it vanish from now on. */
export function unplugNode(links: Links, node: NodeLinks): void {
  unplug(links, node.nicMac);
}

/** Puts a node back on it. */
export function plugNodeIn(links: Links, node: NodeLinks): void {
  plugIn(links, node.nicMac, { host: node.name, iface: "eth0" });
}

/** A machine on the node network that is no node: the router, or somebody outside. */
export function setUpMachine(host: Host, links: Links, machine: { readonly address: IpAddress; readonly mac: MacAddress }): void {
  addNic(host, links, machine);
}

function addNic(host: Host, links: Links, { address, mac }: { readonly address: IpAddress; readonly mac: MacAddress }): void {
  const { gateway } = nodeNetworkOf(address);
  addInterface(host, { name: "eth0", role: "nic", mac, mtu: NIC_MTU, addresses: [`${address}/24`] });
  if (address !== gateway) addRoute(host, { to: "default", via: gateway, device: "eth0" });
  plugIn(links, mac, { host: host.name, iface: "eth0" });
}

/**
 * flannel's three entries for a peer, in its order: permanent neighbour for the peer's flannel.1, forwarding entry from
 * its MAC to its node, route. With them nothing is ever flooded on the overlay.
 */
export function addPeer(host: Host, peer: NodeLinks, now: SimTime): void {
  const vtep = vtepAddress(peer.podRange);
  setNeighbour(host, { device: "flannel.1", address: vtep, mac: peer.vtepMac, state: "PERMANENT" }, now);
  addFdb(host, { device: "flannel.1", mac: peer.vtepMac, dst: peer.address, permanent: true });
  addRoute(host, { to: peer.podRange, via: vtep, device: "flannel.1", onlink: true });
}

/** Takes a peer's three entries away, in reverse. */
export function removePeer(host: Host, peer: NodeLinks): void {
  removeRoute(host, peer.podRange);
  removeFdb(host, "flannel.1", peer.vtepMac);
  removeNeighbour(host, "flannel.1", vtepAddress(peer.podRange));
}

/**
 * CNI ADD: the veth pair with its host end on cni0 (hairpin on, as flannel's manifest has it), the Pod's address and
 * its routes. `clusterRange` gives the route that flannel's delegate adds; "" leaves it out.
 */
export function setUpPod({
  nodeHost,
  podHost,
  links,
  pod,
  podRange,
  clusterRange,
}: {
  readonly nodeHost: Host;
  readonly podHost: Host;
  readonly links: Links;
  readonly pod: PodLinks;
  readonly podRange: string;
  readonly clusterRange: string;
}): void {
  const gateway = gatewayOf(podRange);
  const { length } = prefix(podRange);
  addInterface(nodeHost, { name: pod.veth, role: "veth", mac: pod.vethMac, mtu: POD_MTU, addresses: [], bridge: "cni0", hairpin: true });
  addInterface(podHost, { name: "eth0", role: "pod-eth0", mac: pod.mac, mtu: POD_MTU, addresses: [`${pod.address}/${length}`] });
  joinVeth(links, { host: podHost.name, iface: "eth0" }, { host: nodeHost.name, iface: pod.veth });
  addRoute(podHost, { to: "default", via: gateway, device: "eth0" });
  if (clusterRange !== "") addRoute(podHost, { to: clusterRange, via: gateway, device: "eth0" });
}

/** CNI DEL, the node's side: the veth pair goes with its forwarding entries. The Pod's namespace is the caller's to drop. */
export function tearDownPod({ nodeHost, links, veth }: { readonly nodeHost: Host; readonly links: Links; readonly veth: string }): void {
  removeInterface(nodeHost, veth);
  cutVeth(links, { host: nodeHost.name, iface: veth });
}

/** What a settled Pod and its node know of each other: both neighbours STALE, and the bridge has learned the Pod's port. */
export function settlePod({
  nodeHost,
  podHost,
  pod,
  node,
  now,
}: {
  readonly nodeHost: Host;
  readonly podHost: Host;
  readonly pod: PodLinks;
  readonly node: NodeLinks;
  readonly now: SimTime;
}): void {
  const gateway = gatewayOf(node.podRange);
  setNeighbour(podHost, { device: "eth0", address: gateway, mac: node.bridgeMac, state: "STALE" }, now);
  setNeighbour(nodeHost, { device: "cni0", address: pod.address, mac: pod.mac, state: "STALE" }, now);
  addFdb(nodeHost, { device: "cni0", mac: pod.mac, port: pod.veth, permanent: false });
}

/** What machines on the node network know of each other once all have spoken: every neighbour STALE. */
export function settleMachines(
  machines: readonly { readonly host: Host; readonly address: IpAddress; readonly mac: MacAddress }[],
  now: SimTime,
): void {
  for (const { host, address } of machines) {
    for (const other of machines) {
      if (other.address === address || nodeNetworkOf(other.address).range !== nodeNetworkOf(address).range) continue;
      setNeighbour(host, { device: "eth0", address: ip(other.address), mac: other.mac, state: "STALE" }, now);
    }
  }
}
