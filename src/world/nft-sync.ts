/**
 * A sync of a kube-proxy in nftables mode, computed when its table is first asked for: a node that nobody sends a packet
 * through costs nothing. Unlike iptables' rules a table depends on the syncs before it (chains that wait for their
 * deletion, the order of making), so a sync knows the one before, until it is computed.
 */
import { Fingerprint } from "../base/hash";
import type { SimTime } from "../engine/time";
import type { NftProxyState } from "../node/agents/kube-proxy/nftables/proxy-state";
import type { ProxyRevisions } from "./rows";

/** Computes what stands after a sync from what stood before it. */
type Compute = (previous: NftProxyState | null, from: ProxyRevisions, to: NftSync) => NftProxyState;

/** One sync. Immutable, seen from outside. */
export class NftSync {
  /** Names the whole history of syncs that led here. */
  readonly fingerprint: string;
  private made: NftProxyState | null = null;

  constructor(
    /** On which revisions it worked. */
    readonly revisions: ProxyRevisions,
    /** When it began. */
    readonly at: SimTime,
    private previous: NftSync | null = null,
  ) {
    const into = new Fingerprint();
    into.text(previous?.fingerprint ?? "");
    for (const part of [revisions.Service, revisions.EndpointSlice, at]) into.number(part);
    this.fingerprint = into.hex();
  }

  /** What stands after it. The store must still hold the revisions of all syncs that were not computed yet. */
  state(compute: Compute): NftProxyState {
    if (this.made !== null) return this.made;
    const waiting: NftSync[] = [];
    for (let sync = this.previous; sync !== null && sync.made === null; sync = sync.previous) waiting.push(sync);
    for (const sync of waiting.toReversed()) sync.make(compute);
    return this.make(compute);
  }

  private make(compute: Compute): NftProxyState {
    const { previous } = this;
    const made = compute(previous?.made ?? null, previous?.revisions ?? this.revisions, this);
    this.made = made;
    this.previous = null;
    return made;
  }
}
