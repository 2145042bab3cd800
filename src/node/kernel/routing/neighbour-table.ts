/** Neighbour entries as data. The states' lives are in neighbours.ts. Source: net/core/neighbour.c. */
import type { SimTime } from "../../../engine/time";
import { after, seconds } from "../../../engine/time";
import type { IpAddress, MacAddress } from "../../../network/address";
import type { Host, Neighbour, NeighbourState } from "../state";

/** An entry to set by hand, as `ip neigh replace` does. */
export interface NeighbourSpec {
  readonly device: string;
  readonly address: IpAddress;
  readonly mac: MacAddress;
  readonly state: Exclude<NeighbourState, "INCOMPLETE" | "DELAY" | "PROBE">;
  /** For REACHABLE: when it turns STALE; by default 30 s on. */
  readonly reachableUntil?: SimTime;
}

/** The key of an entry. */
export function neighbourKey(device: string, address: string): string {
  return `${device} ${address}`;
}

/** The entry of an address on a device, REACHABLE turned STALE where its time is over. */
export function findNeighbour(host: Host, device: string, address: string, now: SimTime): Neighbour | undefined {
  const entry = host.neighbours.get(neighbourKey(device, address));
  if (entry?.state !== "REACHABLE" || entry.reachableUntil > now) return entry;
  return { ...entry, state: "STALE" };
}

/** Whether an entry may be used without asking (NUD_CONNECTED). */
export function isConnected({ state }: Neighbour): boolean {
  return state === "REACHABLE" || state === "PERMANENT";
}

/** Writes an entry with a new generation, so that timers of its earlier states are void. */
export function putNeighbour(host: Host, entry: Neighbour): Neighbour {
  const renewed = { ...entry, generation: host.nextGeneration };
  host.nextGeneration += 1;
  host.neighbours.set(neighbourKey(entry.device, entry.address), renewed);
  return renewed;
}

/** `ip neigh replace`. Packets that waited are lost, as nobody sends them. */
export function setNeighbour(host: Host, spec: NeighbourSpec, now: SimTime): void {
  const { device, address, mac, state } = spec;
  const reachableUntil = spec.reachableUntil ?? after(now, seconds(30));
  putNeighbour(host, { device, address, mac, state, reachableUntil, probes: 0, generation: 0, hasHeader: false, queue: [] });
}

/** Whether a packet of a socket still waits in a neighbour's queue of this host (skb_still_in_host_queue). */
export function isQueued(host: Host, socket: number): boolean {
  for (const { queue } of host.neighbours.values()) if (queue.some(({ skb }) => skb.socket === socket)) return true;
  return false;
}

/** `ip neigh del`. */
export function removeNeighbour(host: Host, device: string, address: string): void {
  host.neighbours.delete(neighbourKey(device, address));
}

/** Drops all entries of a device, as when it goes. */
export function dropDeviceNeighbours(host: Host, device: string): void {
  for (const [key, entry] of host.neighbours) if (entry.device === device) host.neighbours.delete(key);
}
