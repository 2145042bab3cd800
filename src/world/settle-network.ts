/** The network of a settled world: hosts behind endpoint addresses that no Pod has, and neighbours who have all spoken before. */
import { ensure } from "../base/assert";
import type { EndpointSlice } from "../cluster/objects";
import { podIP } from "../cluster/pods";
import type { IpAddress } from "../network/address";
import { ip } from "../network/address";
import { gatewayOf } from "../node/agents/cni";
import { settleMachines, settlePod } from "../node/agents/node-network";
import type { Host } from "../node/kernel/host";
import { addFdb, setNeighbour } from "../node/kernel/host";
import { makeServer } from "../workloads/server";
import { addEndpointHost } from "./machines";
import { startProcess } from "./run-process";
import type { Sim } from "./sim";
import type { WorldState } from "./state";

interface Named {
  readonly address: IpAddress;
  node: string | null;
  readonly tcp: Set<number>;
  readonly udp: Set<number>;
  readonly sctp: Set<number>;
}

/** Makes a host for every endpoint address that nobody else has. */
export function addEndpointHosts(sim: Sim): void {
  const { state } = sim;
  const view = state.store.latest();
  const known = new Set([...view.list("Pod").map(podIP), ...state.setup.config.gone]);
  for (const named of endpointsOf(view.list("EndpointSlice")).values()) {
    if (known.has(named.address)) continue;
    const node = state.agents.all().find((row) => row.links.address === named.address);
    if (node !== undefined) startOnNode(sim, node.name, named);
    else addEndpointHost(sim, { address: named.address, node: named.node, ports: sorted(named) });
  }
}

function sorted({ tcp, udp, sctp }: Named): {
  readonly tcp: readonly number[];
  readonly udp: readonly number[];
  readonly sctp: readonly number[];
} {
  return { tcp: ascending(tcp), udp: ascending(udp), sctp: ascending(sctp) };
}

function ascending(ports: ReadonlySet<number>): readonly number[] {
  return [...ports].toSorted((a, b) => a - b);
}

function startOnNode(sim: Sim, node: string, named: Named): void {
  const id = `${node} [server]`;
  if (!sim.state.processes.has(id)) startProcess(sim, { id, host: node, pod: "", program: makeServer(node, sorted(named).tcp) });
}

function endpointsOf(slices: readonly EndpointSlice[]): ReadonlyMap<string, Named> {
  const found = new Map<string, Named>();
  for (const slice of slices) {
    if (slice.addressType !== "IPv4") continue;
    for (const endpoint of slice.endpoints) {
      const [address] = endpoint.addresses;
      if (address === undefined) continue;
      const named = found.get(address) ?? { address: ip(address), node: null, tcp: new Set(), udp: new Set(), sctp: new Set() };
      found.set(address, named);
      named.node ??= endpoint.nodeName ?? null;
      for (const { port, protocol = "TCP" } of slice.ports ?? []) if (port !== undefined) portSet(named, protocol).add(port);
    }
  }
  return found;
}

function portSet(named: Named, protocol: "TCP" | "UDP" | "SCTP"): Set<number> {
  switch (protocol) {
    case "TCP":
      return named.tcp;
    case "UDP":
      return named.udp;
    case "SCTP":
      return named.sctp;
  }
}

/** Everybody has spoken to everybody before, a while ago: all neighbours STALE, all bridges know their ports. */
export function settleNeighbours(state: WorldState): void {
  const { now } = state.loop;
  for (const row of state.pods.all()) {
    const agent = state.agents.get(row.node);
    if (row.links === null || agent === undefined) continue;
    settlePod({ nodeHost: hostOf(state, row.node), podHost: hostOf(state, row.host), pod: row.links, node: agent.links, now });
  }
  for (const host of state.hosts.values()) if (host.name.startsWith("endpoint:")) settleBridged(state, host);
  settleMachines([...state.hosts.values()].flatMap(machineOf), now);
}

/** An endpoint host on a node's bridge, which no Pod row stands for. */
function settleBridged(state: WorldState, host: Host): void {
  const { now } = state.loop;
  const eth0 = host.interfaces.get("eth0");
  const peer = state.links.veths.get(`${host.name} eth0`);
  const agent = state.agents.get(peer?.host ?? "");
  const [address] = eth0?.own ?? [];
  if (eth0 === undefined || peer === undefined || agent === undefined || address === undefined) return;
  const nodeHost = hostOf(state, agent.name);
  setNeighbour(host, { device: "eth0", address: gatewayOf(agent.links.podRange), mac: agent.links.bridgeMac, state: "STALE" }, now);
  setNeighbour(nodeHost, { device: "cni0", address, mac: eth0.mac, state: "STALE" }, now);
  addFdb(nodeHost, { device: "cni0", mac: eth0.mac, port: peer.iface, permanent: false });
}

function machineOf(host: Host): Parameters<typeof settleMachines>[0] {
  const eth0 = host.interfaces.get("eth0");
  const [address] = eth0?.own ?? [];
  return eth0?.role === "nic" && address !== undefined ? [{ host, address, mac: eth0.mac }] : [];
}

function hostOf(state: WorldState, name: string): Host {
  return ensure(state.hosts.get(name), `host ${name}`);
}
