/** Whoever sends the traced packet: a host that is there already, or one that is put where the question says. */
import type { Result } from "../../../base/result";
import { failAt, ok } from "../../../base/result";
import type { IpAddress } from "../../../network/address";
import { contains, ip, prefix } from "../../../network/address";
import { gatewayOf } from "../../../node/agents/cni";
import { macOf } from "../../../node/agents/link-names";
import { vtepAddress } from "../../../node/agents/node-network";
import type { Host } from "../../../node/kernel/host";
import { addFdb, addInterface, addRoute, setNeighbour } from "../../../node/kernel/host";
import { parseResolvConf } from "../../../dns/resolver/resolv-conf";
import type { ResolverFiles } from "../../../dns/resolver/conf-file";
import { plugIn } from "../../../network/links";
import { addEndpointHost, addHost, hostNameOf, resolverFilesOf, standOnLink } from "../../machines";
import type { AgentRow } from "../../rows";
import type { Settled } from "../settled";
import { findNode, findPod } from "../names";
import type { From } from "../types";

/** The client: its namespace, and how it resolves names. */
export interface Client {
  readonly host: Host;
  readonly conf: ResolverFiles;
  /** As people name it: `shop/my-app-x`, `node-a`, `203.0.113.2`. */
  readonly title: string;
}

/** Finds or makes the client; `asked` is the address or name that it will ask. */
export function clientOf(settled: Settled, from: From, asked: string): Result<Client> {
  switch (from.kind) {
    case "pod":
      return podClient(settled, from.name);
    case "node":
      return nodeClient(settled, from.name);
    case "external":
      return externalClient(settled, from.address, from.via);
    case "ip":
      return from.address === asked ? selfClient(settled, from) : addressClient(settled, from);
  }
}

function podClient({ sim }: Settled, name: string): Result<Client> {
  const pod = findPod(sim.state, name, "from.pod");
  if (!pod.ok) return pod;
  const host = sim.state.hosts.get(sim.state.pods.get(pod.value.metadata.uid ?? "")?.host ?? hostNameOf(pod.value));
  if (host === undefined)
    return failAt(`Pod ${name} has no network: it runs on no node, or its address is gone; expected a running Pod`, "from.pod");
  return ok({ host, conf: resolverFilesOf(sim.state, pod.value), title: name });
}

function nodeClient({ sim }: Settled, name: string): Result<Client> {
  const node = findNode(sim.state, name, "from.node");
  if (!node.ok) return node;
  const host = sim.state.hosts.get(name);
  return host === undefined ? failAt(`node ${name} has no machine`, "from.node") : ok({ host, conf: outsideConf(sim), title: name });
}

function outsideConf({ state }: Settled["sim"]): ResolverFiles {
  const read = parseResolvConf(state.setup.config.nodeResolvConf);
  return read.ok ? read.value : { nameservers: [], search: [], options: [] };
}

function externalClient(settled: Settled, address: string, via: string | undefined): Result<Client> {
  const { sim } = settled;
  const known = ownerOf(sim, address);
  if (known !== undefined)
    return failAt(`${address} is ${known.name}'s own address; expected an address outside the cluster`, "from.external");
  const agent = via === undefined ? undefined : findNode(sim.state, via, "from.via");
  if (agent?.ok === false) return agent;
  const host = addOutsider(settled, ip(address), agent?.value ?? null);
  return ok({ host, conf: outsideConf(sim), title: address });
}

function addressClient(settled: Settled, { address, via }: { readonly address: string; readonly via: string }): Result<Client> {
  const { sim } = settled;
  const agent = findNode(sim.state, via, "from.via");
  if (!agent.ok) return agent;
  const known = ownerOf(sim, address);
  if (known !== undefined) return ok({ host: known, conf: outsideConf(sim), title: address });
  const inside = contains(prefix(sim.state.setup.config.proxy.clusterCIDR), address);
  const host = inside ? addBridged(settled, ip(address), agent.value) : addOutsider(settled, ip(address), agent.value);
  return ok({ host, conf: outsideConf(sim), title: address });
}

/**
 * Who asks an address from that very address holds it: a node on a cloud whose balancer leaves its address in the packets, and
 * whose guest agent therefore makes it one of the node's own (Google's: `ip route add to local ADDRESS dev eth0 proto 66`).
 */
function selfClient(settled: Settled, { address, via }: { readonly address: string; readonly via: string }): Result<Client> {
  if (ownerOf(settled.sim, address) !== undefined) return addressClient(settled, { address, via });
  const node = nodeClient(settled, via);
  if (!node.ok) return node;
  const { host } = node.value;
  const lo = mustHaveLoopback(host);
  addInterface(host, { ...lo, addresses: [...lo.addresses, `${address}/32`] });
  return ok({ ...node.value, title: address });
}

function mustHaveLoopback(host: Host): NonNullable<ReturnType<Host["interfaces"]["get"]>> {
  const lo = host.interfaces.get("lo");
  if (lo === undefined) throw new Error(`invariant broken: ${host.name} has no loopback`);
  return lo;
}

function ownerOf({ state }: Settled["sim"], address: string): Host | undefined {
  for (const host of state.hosts.values()) if (host.addresses.has(address)) return host;
  return undefined;
}

/** A namespace on a node's bridge, as an endpoint without a Pod has one; every node and endpoint knows the way back. */
function addBridged({ sim }: Settled, address: IpAddress, agent: AgentRow): Host {
  const { state } = sim;
  const nothing = { tcp: [], udp: [], sctp: [] };
  addEndpointHost(sim, { address, node: agent.name, ports: nothing });
  const host = mustHave(state.hosts, `endpoint:${address}`);
  const node = mustHave(state.hosts, agent.name);
  const gateway = gatewayOf(agent.links.podRange);
  const now = state.loop.now;
  const nic = host.interfaces.get("eth0");
  const port = state.links.veths.get(`${host.name} eth0`);
  if (nic !== undefined && port !== undefined) {
    setNeighbour(host, { device: "eth0", address: gateway, mac: agent.links.bridgeMac, state: "STALE" }, now);
    setNeighbour(node, { device: "cni0", address, mac: nic.mac, state: "STALE" }, now);
    addFdb(node, { device: "cni0", mac: nic.mac, port: port.iface, permanent: false });
  }
  const to = `${address}/32`;
  for (const other of state.agents.all()) {
    if (other === agent) continue;
    addRoute(mustHave(state.hosts, other.name), { to, via: vtepAddress(agent.links.podRange), device: "flannel.1", onlink: true });
  }
  for (const machine of machines(sim)) addRoute(machine, { to, via: agent.links.address, device: "eth0", onlink: true });
  return host;
}

/** Machines of the node network that are no nodes. */
function machines({ state }: Settled["sim"]): readonly Host[] {
  return [...state.hosts.values()].filter((host) => !state.agents.has(host.name) && host.interfaces.get("eth0")?.role === "nic");
}

/** A machine outside, plugged into the node network; its packets go to `via`, or to the router. */
function addOutsider({ sim }: Settled, address: IpAddress, via: AgentRow | null): Host {
  const { state } = sim;
  const host = addHost(state, `external:${address}`, false);
  const mac = macOf(state.setup.seed, `${host.name} eth0`);
  addInterface(host, { name: "eth0", role: "nic", mac, mtu: 1500, addresses: [`${address}/32`] });
  plugIn(state.links, mac, { host: host.name, iface: "eth0" });
  standOnLink(state, host);
  if (via !== null) addRoute(host, { to: "default", via: via.links.address, device: "eth0", onlink: true });
  return host;
}

function mustHave(hosts: ReadonlyMap<string, Host>, name: string): Host {
  const host = hosts.get(name);
  if (host === undefined) throw new Error(`invariant broken: no host ${name}`);
  return host;
}
