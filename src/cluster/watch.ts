/**
 * Watches: how far each reader has read the store. A cursor is computed, not delivered: within a kind,
 *
 *   arrival(w, r) = max(arrival(w, write before r), written(r) + delay(seed, w, kind, r) + extra(w at r))
 *
 * so a watcher sees the writes of a kind in order and never goes back, and a watcher that nobody looks at costs nothing.
 * A watch that is cut brings nothing until it is healed; then what it missed comes at once, in order, from the revision
 * at which it stopped. Where the server's watch cache does not reach back to there (watch-cache.ts), the watcher is told
 * 410 Gone and lists again: everything up to that list comes at one moment.
 * Source: apiserver watch cache (one stream a kind and client), client-go reflectors.
 */
import { assert, ensure } from "../base/assert";
import type { Seed } from "../base/draw";
import { draw } from "../base/draw";
import { fingerprint } from "../base/hash";
import { upperBound } from "../base/order";
import type { QuantileTable } from "../base/quantile";
import { quantile } from "../base/quantile";
import type { Micros, SimTime } from "../engine/time";
import { micros, simTime } from "../engine/time";
import type { Kind, KubeObject } from "./objects";
import { KINDS } from "./objects";
import type { Store } from "./store";
import type { Revision, Write } from "./store-types";
import { bookmarkBefore, expiredMessage } from "./watch-cache";

/** An extra delay of every write made after a revision. */
interface ExtraDelay {
  readonly after: Revision;
  readonly extra: Micros;
}

/** A stretch of time in which nothing arrives. `until` null: it is not over. */
interface Cut {
  readonly from: SimTime;
  readonly until: SimTime | null;
  /** Kinds that had to be listed again when it was over. */
  readonly lists?: Readonly<Partial<Record<Kind, Relist>>>;
}

/** A list that was needed because a watch could not go on. */
export interface Relist {
  /** `too old resource version: 65 (312)` */
  readonly message: string;
  /** The revision that the watcher had. */
  readonly had: Revision;
  /** The revision of the list, and when it arrived. */
  readonly revision: Revision;
  readonly at: SimTime;
}

interface Registration {
  /** The list the watcher began with: it has everything up to here. */
  readonly since: Revision;
  /** Ascending by revision. */
  readonly delays: readonly ExtraDelay[];
  /** Ascending by time; absent where the watch was never cut. */
  readonly cuts?: readonly Cut[];
}

/** The arrival of what does not arrive while a watch is cut. */
export const NEVER: SimTime = simTime(Number.MAX_SAFE_INTEGER);

interface Arrival {
  readonly write: Write;
  readonly at: SimTime;
}

/** What the server sends on a watch, and what a client lists where the watch cannot go on. */
export type WatchMessage =
  | { readonly type: Write["type"]; readonly object: KubeObject; readonly revision: Revision }
  | { readonly type: "ERROR"; readonly code: 410; readonly message: string }
  | { readonly type: "LIST"; readonly revision: Revision; readonly objects: readonly KubeObject[] };

/** What a copy of the watches holds: who watches, since when, how much later than usual. */
export type WatchesCheckpoint = ReadonlyMap<string, Registration>;

/** All watchers of one store. */
export class Watches {
  private registrations = new Map<string, Registration>();
  /** Arrivals computed so far, by watcher and kind. A cache: it can be dropped at any time. */
  private readonly memo = new Map<string, Map<Kind, Arrival[]>>();

  private readonly store: Store;
  private readonly seed: Seed;
  private readonly delay: QuantileTable;

  /** `delay` is the usual time from write to reader, in whole microseconds. */
  constructor(store: Store, seed: Seed, delay: QuantileTable) {
    this.store = store;
    this.seed = seed;
    this.delay = delay;
  }

  /** Begins a watch by a list at revision `since`. A name that watches already begins anew. */
  register(watcher: string, since: Revision): void {
    this.replace(watcher, { since, delays: [] });
  }

  /** Ends a watch. */
  unregister(watcher: string): void {
    this.registrations.delete(watcher);
    this.memo.delete(watcher);
  }

  /** Who watches, in the order of registration. */
  watchers(): readonly string[] {
    return [...this.registrations.keys()];
  }

  /** Makes everything written from now on reach the watcher `extra` later than usual; 0 is as usual. What is under way keeps its time. */
  setDelay(watcher: string, extra: Micros): void {
    const registration = this.registration(watcher);
    const after = this.store.head;
    const earlier = registration.delays.filter((entry) => entry.after < after);
    this.registrations.set(watcher, { ...registration, delays: [...earlier, { after, extra }] });
  }

  /** The revision of the list with which a watcher began. */
  sinceOf(watcher: string): Revision {
    return this.registration(watcher).since;
  }

  /** How many watch. */
  get size(): number {
    return this.registrations.size;
  }

  /** Whether somebody of that name watches. */
  has(watcher: string): boolean {
    return this.registrations.has(watcher);
  }

  /** Cuts a watch: what has not arrived by a moment does not arrive. Nothing where it is cut already. */
  cut(watcher: string, at: SimTime): void {
    const registration = this.registration(watcher);
    if (this.isCut(watcher)) return;
    this.replace(watcher, { ...registration, cuts: [...(registration.cuts ?? []), { from: at, until: null }] });
  }

  /** Heals a watch: what it missed arrives from then on, or by a new list where the cache has forgotten it. Nothing where it is not cut. */
  heal(watcher: string, at: SimTime): void {
    const registration = this.registration(watcher);
    if (!this.isCut(watcher)) return;
    const cuts = registration.cuts?.map((cut) => (cut.until === null ? this.healed(watcher, cut, at) : cut)) ?? [];
    this.replace(watcher, { ...registration, cuts });
  }

  private healed(watcher: string, cut: Cut, at: SimTime): Cut {
    const lists: Partial<Record<Kind, Relist>> = {};
    for (const kind of KINDS) {
      const had = Math.max(this.revisionAt(watcher, kind, at), bookmarkBefore(this.store, cut.from));
      const message = expiredMessage(this.store, kind, { had, at });
      if (message === null) continue;
      const takes = quantile(this.delay, draw(this.seed, watcher, `list ${kind}`, this.store.head));
      lists[kind] = { message, had, revision: this.store.head, at: simTime(at + takes) };
    }
    return { ...cut, until: at, ...(Object.keys(lists).length === 0 ? {} : { lists }) };
  }

  /** The list that brought a revision to a watcher after its watch had expired, undefined where the watch itself brought it. */
  relistOf(watcher: string, kind: Kind, revision: Revision): Relist | undefined {
    const lists = this.relistsOf(watcher, kind);
    return lists.find((list) => list.had < revision && revision <= list.revision);
  }

  /** Every list of a kind that a watcher needed anew, oldest first. */
  relistsOf(watcher: string, kind: Kind): readonly Relist[] {
    return (this.registration(watcher).cuts ?? []).flatMap(({ lists }) => lists?.[kind] ?? []);
  }

  /** Messages of one watch in (after, upTo], in their order: its events, and where it expired the error and the new list. */
  messagesBetween(watcher: string, kind: Kind, after: SimTime, upTo: SimTime): readonly WatchMessage[] {
    this.revisionAt(watcher, kind, upTo);
    const arrivals = this.arrivals(watcher, kind);
    const momentOf = (arrival: Arrival): SimTime => arrival.at;
    const events = arrivals.slice(upperBound(arrivals, after, momentOf), upperBound(arrivals, upTo, momentOf));
    const lists = this.relistsOf(watcher, kind).filter(({ at }) => at > after && at <= upTo);
    const byList = (revision: Revision): boolean => lists.some((list) => list.had < revision && revision <= list.revision);
    const told = events
      .filter(({ write }) => !byList(write.revision))
      .map(({ write: { type, object, revision }, at }) => ({ at, message: { type, object, revision } }) as const);
    const listed = lists.flatMap(({ at, message, revision }) => [
      { at, message: { type: "ERROR", code: 410, message } } as const,
      { at, message: { type: "LIST", revision, objects: this.store.view(revision).list(kind) } } as const,
    ]);
    return [...listed, ...told].toSorted((a, b) => a.at - b.at).map(({ message }) => message);
  }

  /** Whether nothing arrives at a watcher now. */
  isCut(watcher: string): boolean {
    return this.registration(watcher).cuts?.at(-1)?.until === null;
  }

  /** The extra delay in force for what is written next. */
  extraDelay(watcher: string): Micros {
    return this.registration(watcher).delays.at(-1)?.extra ?? micros(0);
  }

  /** When a write reaches the watcher; the moment it was written where the watcher began with it; `NEVER` while it is cut. */
  arrivalOf(watcher: string, kind: Kind, revision: Revision): SimTime {
    const write = ensure(this.store.writeAt(revision), `write ${revision}`);
    assert(write.kind === kind, `revision ${revision} is a write of ${write.kind}, not of ${kind}`);
    if (revision <= this.registration(watcher).since) return write.at;
    const arrivals = this.arrivals(watcher, kind);
    while ((arrivals.at(-1)?.write.revision ?? 0) < revision) {
      if (!this.extend(watcher, kind, arrivals)) return NEVER;
    }
    const index = upperBound(arrivals, revision, (arrival) => arrival.write.revision) - 1;
    return ensure(arrivals[index], "arrival of a write").at;
  }

  /** Revision of the last write of a kind that has reached the watcher by a moment; what it began with where none has. */
  revisionAt(watcher: string, kind: Kind, at: SimTime): Revision {
    const arrivals = this.arrivals(watcher, kind);
    while ((arrivals.at(-1)?.at ?? at) <= at) {
      if (!this.extend(watcher, kind, arrivals)) break;
    }
    const arrived = arrivals[upperBound(arrivals, at, (arrival) => arrival.at) - 1];
    return arrived?.write.revision ?? this.registration(watcher).since;
  }

  /** Every kind's revision at a moment: what the watcher's view is made from. */
  revisionsAt(watcher: string, at: SimTime): Readonly<Record<Kind, Revision>> {
    const of = (kind: Kind): Revision => this.revisionAt(watcher, kind, at);
    return {
      Namespace: of("Namespace"),
      Node: of("Node"),
      Pod: of("Pod"),
      Service: of("Service"),
      EndpointSlice: of("EndpointSlice"),
      Endpoints: of("Endpoints"),
      Deployment: of("Deployment"),
      ReplicaSet: of("ReplicaSet"),
      StatefulSet: of("StatefulSet"),
      ControllerRevision: of("ControllerRevision"),
      ConfigMap: of("ConfigMap"),
    };
  }

  /** The oldest write of the given kinds that has not reached the watcher, undefined where it has everything. */
  firstUnseen(watcher: string, kinds: readonly Kind[], at: SimTime): Write | undefined {
    let first: Write | undefined;
    for (const kind of kinds) {
      const seen = this.revisionAt(watcher, kind, at);
      const writes = this.store.writesOf(kind);
      const next = writes[upperBound(writes, seen, (write) => write.revision)];
      if (next !== undefined && (first === undefined || next.revision < first.revision)) first = next;
    }
    return first;
  }

  /** Forgets computed arrivals of revisions after `head`. Never needed for being right: a memo checks itself. */
  truncate(head: Revision): void {
    for (const kinds of this.memo.values()) {
      for (const arrivals of kinds.values()) {
        arrivals.length = upperBound(arrivals, head, (arrival) => arrival.write.revision);
      }
    }
  }

  /** A copy; registrations are immutable and shared. */
  checkpoint(): WatchesCheckpoint {
    return new Map(this.registrations);
  }

  /** Goes back (or forward) to a copy. The store must be restored too. */
  restore(checkpoint: WatchesCheckpoint): void {
    for (const [watcher, registration] of this.registrations) {
      if (checkpoint.get(watcher) !== registration) this.memo.delete(watcher);
    }
    this.registrations = new Map(checkpoint);
  }

  /** Fingerprint of who watches, and how. */
  hash(): string {
    return fingerprint(this.registrations);
  }

  private replace(watcher: string, registration: Registration): void {
    this.registrations.set(watcher, registration);
    this.memo.delete(watcher);
  }

  private registration(watcher: string): Registration {
    return ensure(this.registrations.get(watcher), `watcher ${watcher}`);
  }

  /** The memo of a stream, cut back to what is still in the log. */
  private arrivals(watcher: string, kind: Kind): Arrival[] {
    let kinds = this.memo.get(watcher);
    if (kinds === undefined) this.memo.set(watcher, (kinds = new Map<Kind, Arrival[]>()));
    let arrivals = kinds.get(kind);
    if (arrivals === undefined) kinds.set(kind, (arrivals = []));
    while (arrivals.length > 0 && this.isGone(arrivals.at(-1))) arrivals.pop();
    if (arrivals.length === 0) this.extend(watcher, kind, arrivals);
    return arrivals;
  }

  private isGone(arrival: Arrival | undefined): boolean {
    return arrival !== undefined && this.store.writeAt(arrival.write.revision) !== arrival.write;
  }

  /** Computes one more arrival of a stream; false where the log has no more, or the watch is cut before it comes. */
  private extend(watcher: string, kind: Kind, arrivals: Arrival[]): boolean {
    const { since, delays, cuts } = this.registration(watcher);
    const last = arrivals.at(-1);
    const writes = this.store.writesOf(kind);
    const write = writes[upperBound(writes, last?.write.revision ?? since, (item) => item.revision)];
    if (write === undefined) return false;
    const usual = quantile(this.delay, draw(this.seed, watcher, `watch ${kind}`, write.revision));
    const own = write.at + usual + extraAt(delays, write.revision);
    const at = throughCuts({ write, at: simTime(Math.max(own, last?.at ?? 0)), usual, cuts });
    if (at === NEVER) return false;
    arrivals.push({ write, at });
    return true;
  }
}

function extraAt(delays: readonly ExtraDelay[], revision: Revision): number {
  return delays.findLast((entry) => entry.after < revision)?.extra ?? 0;
}

/** What would arrive within a cut arrives after it, once the watch goes on: by itself, or by a new list. */
function throughCuts({
  write: { revision, kind },
  at,
  usual,
  cuts = [],
}: Arrival & { readonly usual: number; readonly cuts: readonly Cut[] | undefined }): SimTime {
  let arrives = at;
  for (const { from, until, lists } of cuts) {
    if (arrives < from) break;
    if (until === null) return NEVER;
    const list = lists?.[kind];
    if (list !== undefined && revision <= list.revision) arrives = simTime(Math.max(arrives, list.at));
    else if (arrives < until) arrives = simTime(until + usual);
  }
  return arrives;
}
