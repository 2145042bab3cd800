/** Forwarding entries of bridges and VXLAN devices. Source: net/bridge/br_fdb.c, drivers/net/vxlan. Entries do not age here. */
import type { IpAddress, MacAddress } from "../../../network/address";
import type { FdbEntry, Host } from "../state";

/** A forwarding entry to make: `dst` for a VXLAN device, `port` for a bridge. */
export interface FdbSpec {
  readonly device: string;
  readonly mac: MacAddress;
  readonly dst?: IpAddress;
  readonly port?: string;
  readonly permanent: boolean;
}

/** Adds an entry, or replaces the one of the same MAC. */
export function addFdb(host: Host, spec: FdbSpec): void {
  const { device, mac, permanent } = spec;
  host.fdb.set(`${device} ${mac}`, { device, mac, port: spec.port ?? "", remote: spec.dst ?? null, permanent });
}

/** Takes an entry away. */
export function removeFdb(host: Host, device: string, mac: MacAddress): void {
  host.fdb.delete(`${device} ${mac}`);
}

/** The entry of a MAC on a device. */
export function findFdb(host: Host, device: string, mac: MacAddress): FdbEntry | undefined {
  return host.fdb.get(`${device} ${mac}`);
}

/** A bridge learns that a MAC stands behind a port. */
export function learn(host: Host, bridge: string, mac: MacAddress, port: string): void {
  const known = findFdb(host, bridge, mac);
  if (known?.port === port || known?.permanent === true) return;
  addFdb(host, { device: bridge, mac, port, permanent: false });
}

/** Forgets everything behind a port that goes. */
export function flushPort(host: Host, bridge: string, port: string): void {
  for (const [key, entry] of host.fdb) if (entry.device === bridge && entry.port === port) host.fdb.delete(key);
}
