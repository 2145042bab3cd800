/**
 * A host's addresses, routes, neighbours and forwarding entries as iproute2 prints them.
 * Source: iproute2 ip/{ipaddress,iproute,ipneigh}.c, bridge/fdb.c. Left out: IPv6, and entries that the kernel makes for its own MACs.
 */
import type { SimTime } from "../../../engine/time";
import type { FdbEntry, Host, Interface, Neighbour, Route } from "../state";
import { findNeighbour } from "./neighbour-table";

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join("");
}

function routeLine(route: Route): string {
  const words = [route.to.length === 0 ? "default" : route.to.text];
  if (route.via !== undefined) words.push("via", route.via);
  words.push("dev", route.device);
  if (route.protocol !== undefined) words.push("proto", route.protocol);
  if (route.scope !== undefined) words.push("scope", route.scope);
  if (route.source !== undefined) words.push("src", route.source);
  if (route.onlink === true) words.push("onlink");
  return `${words.join(" ")} `;
}

/** `ip route`: the default first, then by network. */
export function ipRoute(host: Host): string {
  const inOrder = [...host.routes.values()].toSorted((a, b) => a.to.base - b.to.base || a.to.length - b.to.length);
  return lines(inOrder.map(routeLine));
}

function neighbourLine({ address, device, mac, state }: Neighbour): string {
  return `${address} dev ${device} ${mac === null ? "" : `lladdr ${mac} `}${state} `;
}

/** `ip neigh`: the entries at a moment, in the order in which they were made. */
export function ipNeigh(host: Host, now: SimTime): string {
  const entries = [...host.neighbours.values()].map(({ device, address }) => findNeighbour(host, device, address, now));
  return lines(entries.filter((entry) => entry !== undefined).map(neighbourLine));
}

function fdbLine({ device, mac, port, remote, permanent }: FdbEntry): string {
  const state = permanent ? " permanent" : "";
  return remote === null ? `${mac} dev ${port} master ${device}${state} ` : `${mac} dev ${device} dst ${remote} self${state} `;
}

/** `bridge fdb`: learned MACs of bridges, and where a VXLAN device sends each MAC. */
export function bridgeFdb(host: Host): string {
  return lines([...host.fdb.values()].map(fdbLine));
}

function linkLine(iface: Interface, index: number): string {
  const isLoopback = iface.role === "lo";
  const flags = isLoopback ? "LOOPBACK,UP,LOWER_UP" : "BROADCAST,MULTICAST,UP,LOWER_UP";
  const hasPeer = iface.role === "veth" || iface.role === "pod-eth0";
  const master = iface.bridge === undefined ? "" : ` master ${iface.bridge}`;
  const state = isLoopback || iface.role === "vxlan" ? "UNKNOWN" : "UP";
  const queue = iface.role === "nic" ? "fq_codel" : "noqueue";
  return `${index}: ${iface.name}${hasPeer ? "@if2" : ""}: <${flags}> mtu ${iface.mtu} qdisc ${queue}${master} state ${state} group default`;
}

function addressLines(iface: Interface): readonly string[] {
  const scope = iface.role === "lo" ? "host" : "global";
  return iface.addresses.flatMap((text) => [
    `    inet ${text} scope ${scope} ${iface.name}`,
    "       valid_lft forever preferred_lft forever",
  ]);
}

/** `ip addr`: every interface with its addresses. A veth's peer has index 2 in its Pod, as the second interface there. */
export function ipAddr(host: Host): string {
  const all = [...host.interfaces.values()].flatMap((iface, index) => {
    const [kind, broadcast] = iface.role === "lo" ? ["loopback", iface.mac] : ["ether", "ff:ff:ff:ff:ff:ff"];
    return [linkLine(iface, index + 1), `    link/${kind} ${iface.mac} brd ${broadcast}`, ...addressLines(iface)];
  });
  return lines(all);
}
