/**
 * Where on its node a Pod stands. The place follows from its address, so that it is the same whenever one looks: a Pod
 * that comes moves nobody, one that goes moves at most those that it had pushed aside, and going back in time finds
 * everything where it was.
 */
import type { PodView } from "../../bridge/protocol";

/** The last number of an address, 0 where there is none. */
function lastNumber(address: string): number {
  const text = address.slice(Math.max(address.lastIndexOf("."), address.lastIndexOf(":")) + 1);
  return Number.parseInt(text, 10) || 0;
}

/** The older Pod first; those of one moment by their address. */
export function older(a: PodView, b: PodView): number {
  if (a.createdAt !== b.createdAt) return a.createdAt - b.createdAt;
  const difference = lastNumber(a.address) - lastNumber(b.address);
  if (difference !== 0) return difference;
  return a.uid < b.uid ? -1 : 1;
}

/**
 * Slot of each Pod by UID, 0 up to `capacity` - 1. Addresses begin at .2 (.1 is the bridge), so .2 prefers slot 0;
 * a taken slot sends the younger Pod to the next free one. Pods beyond the capacity get none.
 */
export function slotsOf(pods: readonly PodView[], capacity: number): ReadonlyMap<string, number> {
  const taken = new Set<number>();
  const slots = new Map<string, number>();
  for (const pod of pods.toSorted(older)) {
    if (taken.size >= capacity) break;
    let slot = Math.max(0, lastNumber(pod.address) - 2) % capacity;
    while (taken.has(slot)) slot = (slot + 1) % capacity;
    taken.add(slot);
    slots.set(pod.uid, slot);
  }
  return slots;
}
