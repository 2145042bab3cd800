/** Interfaces of one host: making them, taking them away, whose addresses they hold. Source: net/core/dev.c, net/ipv4/devinet.c. */
import type { IpAddress } from "../../../network/address";
import { ip, prefix } from "../../../network/address";
import type { InterfaceSpec } from "../api";
import type { Host } from "../state";
import { flushPort } from "./fdb";
import { dropDeviceNeighbours } from "./neighbour-table";
import { addRoute, flushRoutes } from "./routes";

/** Makes an interface, its addresses, and the connected route of each address with a prefix (not for /32). */
export function addInterface(host: Host, spec: InterfaceSpec): void {
  const own = spec.addresses.map((text) => ip(text.split("/")[0] ?? text));
  host.interfaces.set(spec.name, { ...spec, own });
  for (const text of spec.addresses) {
    const address = ip(text.split("/")[0] ?? text);
    host.addresses.set(address, spec.name);
    const range = prefix(text);
    if (range.length === 32 || spec.role === "lo") continue;
    const network = `${networkText(range.base)}/${range.length}`;
    addRoute(host, { to: network, device: spec.name, protocol: "kernel", scope: "link", source: address });
  }
}

/** Gives an interface one more address of its own, a /32. */
export function addAddress(host: Host, name: string, address: string): void {
  const iface = host.interfaces.get(name);
  if (iface === undefined) return;
  const own = ip(address);
  host.interfaces.set(name, { ...iface, addresses: [...iface.addresses, `${address}/32`], own: [...iface.own, own] });
  host.addresses.set(own, name);
}

function networkText(base: number): string {
  return [24, 16, 8, 0].map((shift) => (base >>> shift) & 255).join(".");
}

/**
 * Takes an interface away with its addresses, routes and own neighbours. Of a bridge port only the bridge's
 * forwarding entries go: the bridge's neighbour entries stay as they are (dead-endpoints lab, B).
 */
export function removeInterface(host: Host, name: string): void {
  const iface = host.interfaces.get(name);
  if (iface === undefined) return;
  host.interfaces.delete(name);
  forgetAddresses(host, iface.own, name);
  flushRoutes(host, name);
  dropDeviceNeighbours(host, name);
  if (iface.bridge !== undefined) flushPort(host, iface.bridge, name);
}

/** An address that another interface holds as well stays the host's own. */
function forgetAddresses(host: Host, gone: readonly IpAddress[], name: string): void {
  const held = new Map([...host.interfaces.values()].flatMap((other) => other.own.map((address) => [address, other.name] as const)));
  for (const address of gone) {
    if (host.addresses.get(address) !== name) continue;
    const other = held.get(address);
    if (other === undefined) host.addresses.delete(address);
    else host.addresses.set(address, other);
  }
}

/** The primary address of an interface; undefined where it has none. */
export function primaryAddress(host: Host, name: string): IpAddress | undefined {
  return host.interfaces.get(name)?.own[0];
}
