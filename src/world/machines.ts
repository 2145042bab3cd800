/** Machines of the world: making the hosts of nodes and Pods, joining them, taking them away. */
import { ensure } from "../base/assert";
import type { Pod } from "../cluster/objects";
import { podIP } from "../cluster/pods";
import type { ResolverFiles } from "../dns/resolver/conf-file";
import { podHosts } from "../dns/resolver/hosts-file";
import { podResolvConf } from "../dns/resolver/resolv-conf";
import type { PodResolvConf } from "../dns/resolver/resolv-conf";
import { seconds } from "../engine/time";
import type { IpAddress } from "../network/address";
import { contains, ip, prefix } from "../network/address";
import { joinVeth } from "../network/links";
import { makeHostLocal, release, reserve, reserveGiven } from "../node/agents/cni";
import { macOf, vethName } from "../node/agents/link-names";
import type { NodeLinks, PodLinks } from "../node/agents/node-network";
import {
  addPeer,
  nodeNetworkOf,
  removePeer,
  setUpMachine,
  setUpNode,
  setUpPod,
  tearDownPod,
  unplugNode,
} from "../node/agents/node-network";
import { KERNEL_COSTS } from "../node/agents/timings";
import type { Host } from "../node/kernel/host";
import { addInterface, addRoute, makeHost, setNeighbour } from "../node/kernel/host";
import { Counters } from "../node/kernel/netfilter/counters";
import { listenSctp } from "../node/kernel/sockets/index";
import { loopOf, makeCoredns } from "../workloads/coredns";
import { makeEcho, type EchoState } from "../workloads/echo";
import { makeServer } from "../workloads/server";
import { corefileOf } from "./corefile-map";
import { isBefore5 } from "./kernel-version";
import { isNodeCache, nodeCacheConfig, setUpNodeCache } from "./node-cache";
import type { NameServer } from "./programs";
import { isCoredns, portsOf, programsOf } from "./programs";
import type { AgentRow, PodRow } from "./rows";
import { startProcess } from "./run-process";
import type { Sim } from "./sim";
import { later, podHostName } from "./sim";
import type { WorldState } from "./state";
import { beginWatch } from "./watching";

/** Adds an empty host. */
export function addHost(state: WorldState, name: string, routes: boolean): Host {
  const { bridgeNfCallIptables, gateway } = state.setup.config;
  const answersNetUnreachable = name === "gateway" && gateway === "unreachable";
  const settings = { forwarding: routes, bridgeNfCallIptables: routes && bridgeNfCallIptables, answersNetUnreachable };
  const host = makeHost({ name, settings, costs: KERNEL_COSTS });
  state.hosts.set(name, host);
  return host;
}

/** A node's addresses and MACs. */
export function nodeLinks(
  state: WorldState,
  { name, address, podRange }: { readonly name: string; readonly address: string; readonly podRange: string },
): NodeLinks {
  const { seed } = state.setup;
  return {
    name,
    address: ip(address),
    podRange,
    nicMac: macOf(seed, `${name} eth0`),
    bridgeMac: macOf(seed, `${name} cni0`),
    vtepMac: macOf(seed, `${name} flannel.1`),
  };
}

/** Makes a node's machine and introduces it to the others (flannel's peers, both ways). */
export function addNode(
  state: WorldState,
  {
    links,
    zone,
    kernel,
    others = [],
  }: { readonly links: NodeLinks; readonly zone: string; readonly kernel: string; readonly others?: readonly string[] },
): AgentRow {
  const host = addHost(state, links.name, true);
  if (isBefore5(kernel)) host.settings = { ...host.settings, clash: "lost" };
  setUpNode(host, state.links, links);
  const nic = ensure(host.interfaces.get("eth0"), "a node's NIC");
  if (others.length > 0) addInterface(host, { ...nic, addresses: [...nic.addresses, ...others.map((address) => `${address}/24`)] });
  const { now } = state.loop;
  for (const other of state.agents.all()) {
    addPeer(ensure(state.hosts.get(other.name), "a node's host"), links, now);
    addPeer(host, other.links, now);
  }
  const row: AgentRow = {
    name: links.name,
    zone,
    links,
    ipam: makeHostLocal(links.podRange),
    leaving: false,
    ...(others.length > 0 ? { others } : {}),
  };
  state.agents.set(row.name, row);
  state.counters.set(row.name, new Counters());
  return row;
}

/** Takes a node's machine away, and its peers' entries of it. */
export function removeNodeMachine(state: WorldState, row: AgentRow): void {
  state.agents.delete(row.name);
  for (const other of state.agents.all()) removePeer(ensure(state.hosts.get(other.name), "a node's host"), row.links);
  unplugNode(state.links, row.links);
  state.hosts.delete(row.name);
  state.nftables.delete(row.name);
  state.counters.delete(row.name);
  state.proxies.delete(row.name);
}

/** A machine on the node network that is no node. */
export function addMachine(state: WorldState, name: string, address: string, forwards = false): Host {
  const host = addHost(state, name, forwards);
  setUpMachine(host, state.links, { address: ip(address), mac: macOf(state.setup.seed, `${name} eth0`) });
  return host;
}

/** CNI ADD: reserves an address (the given one where there is one) and wires the Pod. The problem is host-local's own. */
export function attachPod(state: WorldState, row: PodRow, given?: IpAddress): PodLinks | string {
  const agent = ensure(state.agents.get(row.node), "the Pod's node");
  const by = `${row.namespace}/${row.name}`;
  const reserved = given === undefined ? reserve(agent.ipam, by) : keepGiven(agent, given, by);
  if (!reserved.ok) return reserved.problem.message;
  const { seed } = state.setup;
  const pod: PodLinks = {
    address: reserved.value.ip,
    mac: macOf(seed, `pod ${row.uid}`),
    veth: vethName(seed, row.uid),
    vethMac: macOf(seed, `veth ${row.uid}`),
  };
  state.agents.set(agent.name, { ...agent, ipam: reserved.value.ipam });
  setUpPod({
    nodeHost: ensure(state.hosts.get(row.node), "the Pod's node"),
    podHost: ensure(state.hosts.get(row.host), "the Pod's namespace"),
    links: state.links,
    pod,
    podRange: agent.links.podRange,
    clusterRange: state.setup.config.proxy.clusterCIDR,
  });
  return pod;
}

/** An address that a file gives stands, even outside the node's range: then host-local has no part in it. */
function keepGiven(agent: AgentRow, given: IpAddress, by: string): ReturnType<typeof reserve> {
  if (!contains(prefix(agent.links.podRange), given)) return { ok: true, value: { ip: given, ipam: agent.ipam } };
  const reserved = reserveGiven(agent.ipam, given, by);
  return reserved.ok ? { ok: true, value: { ip: given, ipam: reserved.value } } : reserved;
}

/** CNI DEL, and the namespace goes. */
export function detachPod(state: WorldState, row: PodRow): void {
  const nodeHost = state.hosts.get(row.node);
  const agent = state.agents.get(row.node);
  if (row.links !== null && nodeHost !== undefined && agent !== undefined) {
    tearDownPod({ nodeHost, links: state.links, veth: row.links.veth });
    state.agents.set(agent.name, { ...agent, ipam: release(agent.ipam, row.links.address) });
  }
  state.hosts.delete(row.host);
  state.draws.forget(`kernel ${row.host}`);
}

/** Starts what a Pod runs. */
export function startPrograms(sim: Sim, pod: Pod, row: PodRow): void {
  const { state } = sim;
  const ports = portsOf(pod, state.store.latest());
  const dns = nameServerOf(state, pod, row);
  if (dns?.role === "node cache") setUpNodeCache(sim, row.node);
  for (const { name, program } of programsOf(pod, ports, dns)) {
    if (program.program === "coredns" && program.role === "replica") beginWatch(state, program.pod);
    startProcess(sim, { id: `${row.host} [${name}]`, host: row.host, pod: row.uid, program });
  }
  if (dns !== null) endAtLoop(sim, row, dns);
  const host = state.hosts.get(row.host);
  if (host !== undefined) for (const port of ports.sctp) listenSctp(host, { owner: `${row.host} [server]`, port });
}

/** A CoreDNS whose own question comes back to it ends by itself (plugin/loop), and its kubelet starts it anew. */
function endAtLoop(sim: Sim, row: PodRow, dns: NameServer): void {
  const asks = dns.config.loop ? loopOf(makeCoredns({ pod: row.name, ...dns })) : null;
  if (asks === null) return;
  const why = `plugin/loop: its own question, sent to ${asks}, came back to it`;
  later(sim, seconds(1), { kind: "crash", uid: row.uid, generation: row.generation, why });
}

/** What a Pod's name server works by; null where it runs none. A Corefile that cannot be read leaves the one before in force. */
function nameServerOf(state: WorldState, pod: Pod, row: PodRow): NameServer | null {
  if (isNodeCache(pod)) return { role: "node cache", config: nodeCacheConfig(state), resolvers: resolversOf(state, pod), own: [] };
  if (!isCoredns(pod)) return null;
  const corefile = corefileOf(state);
  const dns = state.store.latest().get("Service", "kube-system", "kube-dns")?.spec.clusterIP;
  const own = [dns, row.links?.address].filter((address) => address !== undefined);
  return { role: "replica", config: corefile.ok ? corefile.value : state.setup.config.corefile, resolvers: resolversOf(state, pod), own };
}

/**
 * The servers that a name server itself asks: those of the node, as its Pod's dnsPolicy Default says. A CoreDNS Pod whose
 * manifest leaves that out is taken to mean it; what asks itself would not start (plugin/loop).
 */
function resolversOf(state: WorldState, pod: Pod): readonly string[] {
  const meant: Pod = { ...pod, spec: { ...pod.spec, dnsPolicy: pod.spec.dnsPolicy ?? "Default" } };
  return resolvConfOf(state, meant).conf.nameservers;
}

/** A host for an endpoint address that no Pod has: on the bridge of its node, or on the node network. */
export function addEndpointHost(
  sim: Sim,
  endpoint: {
    readonly address: IpAddress;
    readonly node: string | null;
    readonly ports: { readonly tcp: readonly number[]; readonly udp: readonly number[]; readonly sctp: readonly number[] };
  },
): void {
  const { state } = sim;
  const name = `endpoint:${endpoint.address}`;
  const agent = endpoint.node === null ? undefined : state.agents.get(endpoint.node);
  const host = agent === undefined ? addMachine(state, name, endpoint.address) : addHost(state, name, false);
  if (agent === undefined) {
    knowTheWayBack(state, host);
    if (!isOnNodeNetwork(state, endpoint.address)) standOnLink(state, host);
  } else joinBridge(state, host, agent, endpoint.address);
  const owner = `${name} [server]`;
  startProcess(sim, { id: owner, host: name, pod: "", program: makeServer(endpoint.address, endpoint.ports.tcp) });
  const echo: EchoState = makeEcho(endpoint.ports.udp);
  startProcess(sim, { id: `${name} [echo]`, host: name, pod: "", program: echo });
  for (const port of endpoint.ports.sctp) listenSctp(host, { owner, port });
}

/** A machine on the node network reaches each node's Pods by that node. */
export function knowTheWayBack(state: WorldState, host: Host): void {
  for (const { links } of state.agents.all()) addRoute(host, { to: links.podRange, via: links.address, device: "eth0" });
}

function isOnNodeNetwork(state: WorldState, address: IpAddress): boolean {
  const { range } = nodeNetworkOf(address);
  return state.agents.all().some(({ links }) => nodeNetworkOf(links.address).range === range);
}

/** A machine that is plugged into the node network with an address of another: all others reach it directly, and it them. */
export function standOnLink(state: WorldState, host: Host): void {
  const nic = ensure(host.interfaces.get("eth0"), "the machine's NIC");
  const address = ensure(nic.own[0], "the machine's address");
  const { now } = state.loop;
  for (const other of state.hosts.values()) {
    const { role, mac, own } = other.interfaces.get("eth0") ?? nic;
    const [there] = own;
    if (other === host || role !== "nic" || there === undefined) continue;
    addRoute(other, { to: `${address}/32`, device: "eth0", scope: "link" });
    addRoute(host, { to: `${there}/32`, device: "eth0", scope: "link" });
    setNeighbour(other, { device: "eth0", address, mac: nic.mac, state: "STALE" }, now);
    setNeighbour(host, { device: "eth0", address: there, mac, state: "STALE" }, now);
  }
  const router = state.hosts.get("gateway")?.interfaces.get("eth0")?.own[0];
  if (router !== undefined) addRoute(host, { to: "default", via: router, device: "eth0", onlink: true });
}

function joinBridge(state: WorldState, host: Host, agent: AgentRow, address: IpAddress): void {
  const { seed } = state.setup;
  const node = ensure(state.hosts.get(agent.name), "the endpoint's node");
  const veth = vethName(seed, host.name);
  const gateway = ip(agent.links.podRange.replace(/\.\d+\/\d+$/, ".1"));
  addInterface(node, {
    name: veth,
    role: "veth",
    mac: macOf(seed, `veth ${host.name}`),
    mtu: 1450,
    addresses: [],
    bridge: "cni0",
    hairpin: true,
  });
  addInterface(host, { name: "eth0", role: "pod-eth0", mac: macOf(seed, `pod ${host.name}`), mtu: 1450, addresses: [`${address}/32`] });
  joinVeth(state.links, { host: host.name, iface: "eth0" }, { host: agent.name, iface: veth });
  addRoute(node, { to: `${address}/32`, device: "cni0", scope: "link" });
  addRoute(host, { to: `${gateway}/32`, device: "eth0", scope: "link" });
  addRoute(host, { to: "0.0.0.0/0", via: gateway, device: "eth0", onlink: true });
}

/** A Pod's /etc/resolv.conf, as its kubelet writes it. */
export function resolvConfOf(state: WorldState, pod: Pod): PodResolvConf {
  const dns = state.store.latest().get("Service", "kube-system", "kube-dns")?.spec.clusterIP ?? "10.96.0.10";
  const { clusterDomain, nodeResolvConf } = state.setup.config;
  return podResolvConf({ pod, clusterDNS: [dns], clusterDomain, nodeResolvConf });
}

/** What the resolvers of a Pod's programs read: /etc/resolv.conf and /etc/hosts. */
export function resolverFilesOf(state: WorldState, pod: Pod): ResolverFiles {
  const { clusterDomain } = state.setup.config;
  return { ...resolvConfOf(state, pod).conf, hosts: podHosts(pod, { address: podIP(pod) ?? "", clusterDomain }) };
}

/** The namespace that a Pod's programs run in. */
export function hostNameOf(pod: Pod): string {
  const { namespace = "default", name } = pod.metadata;
  return pod.spec.hostNetwork === true ? (pod.spec.nodeName ?? "") : podHostName(namespace, name);
}

/** The same for a new Pod: where one of its name is still going (deleted without grace, and made again), it gets another. */
export function newHostNameOf(state: WorldState, pod: Pod): string {
  const name = hostNameOf(pod);
  if (pod.spec.hostNetwork === true) return name;
  let free = name;
  for (let n = 2; state.hosts.has(free); n += 1) free = `${name}~${n}`;
  return free;
}

/** A Pod's address as given, where it is one. */
export function givenAddress(pod: Pod): IpAddress | undefined {
  const address = podIP(pod);
  return address === undefined ? undefined : ip(address);
}

/** The node network's router. */
export function gatewayAddress(address: string): IpAddress {
  return nodeNetworkOf(address).gateway;
}
