/**
 * Elements that rules put into dynamic sets (`update @set { ip saddr }`): hot state beside the immutable table, as the
 * kernel keeps them in the set itself. Entries expire by the clock; nothing removes them but looking and listing.
 * Source: net/netfilter/nft_set_hash.c (nft_rhash_update), nf_tables.h (nft_set_elem_expired).
 */
import type { Fingerprint } from "../../../base/hash";
import { compareText } from "../../../base/order";
import { after, seconds, type SimTime } from "../../../engine/time";

/** When each address leaves each set; entries are replaced and never changed. */
export type DynamicSetsCheckpoint = ReadonlyMap<string, ReadonlyMap<string, SimTime>>;

/** One element as it stands. */
export interface DynamicElement {
  readonly address: string;
  readonly expires: SimTime;
}

/** The dynamic elements of one host. */
export class DynamicSets {
  private sets: Map<string, ReadonlyMap<string, SimTime>>;

  constructor(checkpoint: DynamicSetsCheckpoint = new Map()) {
    this.sets = new Map(checkpoint);
  }

  /** Whether a set holds an address now; an element is gone at the very moment of its expiry. */
  holds(set: string, address: string, now: SimTime): boolean {
    const expires = this.sets.get(set)?.get(address);
    return expires !== undefined && now < expires;
  }

  /** Puts an address in, or its time back to the start. `timeout` in seconds. */
  update(entry: { readonly set: string; readonly address: string; readonly timeout: number; readonly now: SimTime }): void {
    const { set, address, timeout, now } = entry;
    const elements = new Map(this.sets.get(set));
    for (const [key, expires] of elements) if (expires <= now) elements.delete(key);
    this.sets.set(set, elements.set(address, after(now, seconds(timeout))));
  }

  /** What a set holds now, in the order in which it came in. */
  elements(set: string, now: SimTime): readonly DynamicElement[] {
    const held = [...(this.sets.get(set) ?? [])].filter(([, expires]) => now < expires);
    return held.map(([address, expires]) => ({ address, expires }));
  }

  /** Forgets the sets that a table no longer has; a set that is made again starts empty. */
  keepOnly(isThere: (set: string) => boolean): void {
    for (const set of this.sets.keys()) if (!isThere(set)) this.sets.delete(set);
  }

  /** A copy that later updates do not change. */
  checkpoint(): DynamicSetsCheckpoint {
    return new Map(this.sets);
  }

  /** Goes back to a checkpoint. */
  restore(checkpoint: DynamicSetsCheckpoint): void {
    this.sets = new Map(checkpoint);
  }

  /** Mixes everything held into a state hash, in order of name. */
  hash(into: Fingerprint): void {
    for (const set of [...this.sets.keys()].toSorted(compareText)) {
      into.text(set);
      for (const [address, expires] of this.sets.get(set) ?? []) {
        into.text(address);
        into.number(expires);
      }
    }
  }
}
