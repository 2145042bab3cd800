/**
 * The two caches of one CoreDNS replica: positive and negative answers with their TTLs running down.
 * Source: CoreDNS plugin/cache (cache.go, item.go) and plugin/pkg/cache (256 shards, random eviction in a full one).
 * Hot state: entries and shards are replaced, never changed, so that a checkpoint is a copy of two small Maps.
 */
import { below } from "../../base/draw";
import { Fingerprint, mix } from "../../base/hash";
import type { SimTime } from "../../engine/time";
import { showData } from "../message/show";
import type { Message } from "../message/types";

/** Success holds NOERROR answers; denial holds NXDOMAIN, NODATA and server failures. */
export type CacheKind = "success" | "denial";

/** A kept reply. */
export interface CacheEntry {
  /** Key: name in lower case, type, class, DO, CD. */
  readonly key: string;
  readonly message: Message;
  readonly storedAt: SimTime;
  /** Seconds for which it was stored. */
  readonly ttl: number;
  /** Whose number that is. */
  readonly setBy: TtlSetter;
  /** Hits without too long a gap, and the last of them; only where prefetch counts them. */
  readonly hits?: number;
  readonly lastHit?: SimTime;
}

/** Who set the time of an entry: its records (for a denial its SOA), or a bound of the cache. */
export type TtlSetter = "records" | "longest" | "shortest" | "failure";

/** An entry as panels show it. */
export interface ShownEntry extends CacheEntry {
  readonly kind: CacheKind;
  /** Seconds left. */
  readonly left: number;
  readonly answer: string;
}

type Shard = ReadonlyMap<string, CacheEntry>;
type Shards = ReadonlyMap<number, Shard>;

/** What `checkpoint` keeps. */
export interface DnsCacheCheckpoint {
  readonly success: Shards;
  readonly denial: Shards;
}

const SHARDS = 256;

function shardOf(key: string): number {
  const hash = new Fingerprint();
  hash.text(key);
  return Number.parseInt(hash.hex().slice(-2), 16) % SHARDS;
}

/** Seconds an entry has left; whole elapsed seconds count, as in item.ttl. 0 or less = expired. */
export function remaining(entry: CacheEntry, now: SimTime): number {
  return entry.ttl - Math.trunc((now - entry.storedAt) / 1_000_000);
}

function wordsOf(message: Message): string {
  if (message.rcode !== "NOERROR") return message.rcode;
  return message.answers.length === 0 ? "NODATA" : message.answers.map((record) => `${record.type} ${showData(record)}`).join(", ");
}

/** The cache plugin's memory. */
export class DnsCache {
  private shards: { success: Map<number, Shard>; denial: Map<number, Shard> } = { success: new Map(), denial: new Map() };

  /**
   * The entry under a key, denial first (so a kept SERVFAIL stands until it ends): a live one, or one that ran out less than
   * `stale` seconds ago; undefined where none is left.
   */
  get(key: string, now: SimTime, stale = 0): CacheEntry | undefined {
    const shard = shardOf(key);
    for (const kind of ["denial", "success"] as const) {
      const entry = this.shards[kind].get(shard)?.get(key);
      if (entry === undefined) continue;
      const left = remaining(entry, now);
      if (left > 0 || (stale > 0 && -left < stale)) return entry;
    }
    return undefined;
  }

  /** Takes what one of the two caches holds under a key out of it. */
  remove(kind: CacheKind, key: string): void {
    const number = shardOf(key);
    const shard = new Map(this.shards[kind].get(number));
    if (shard.delete(key)) this.shards[kind].set(number, shard);
  }

  /** Puts an entry in the place of the one under its key, in whichever cache that stands. */
  replace(entry: CacheEntry): void {
    const number = shardOf(entry.key);
    for (const kind of ["denial", "success"] as const) {
      const shard = this.shards[kind].get(number);
      if (shard?.has(entry.key) === true) this.shards[kind].set(number, new Map(shard).set(entry.key, entry));
    }
  }

  /** What is counted of the hits on a key; it is handed on to the entry that comes in its place. */
  hitsOf(key: string): Pick<CacheEntry, "hits" | "lastHit"> {
    const shard = shardOf(key);
    const entry = this.shards.success.get(shard)?.get(key) ?? this.shards.denial.get(shard)?.get(key);
    return entry?.hits === undefined || entry.lastHit === undefined ? {} : { hits: entry.hits, lastHit: entry.lastHit };
  }

  /** Keeps an entry; in a full shard a drawn one goes first. `capacity` is that of the whole cache. */
  put(kind: CacheKind, entry: CacheEntry, capacity: number, draw: (purpose: string) => number): void {
    const number = shardOf(entry.key);
    const shard = new Map(this.shards[kind].get(number));
    const room = Math.max(1, Math.trunc(capacity / SHARDS));
    if (!shard.has(entry.key) && shard.size >= room) {
      const victim = [...shard.keys()][below(draw(`evict ${kind}`), shard.size)];
      if (victim !== undefined) shard.delete(victim);
    }
    shard.delete(entry.key);
    shard.set(entry.key, entry);
    this.shards[kind].set(number, shard);
  }

  /** Live entries, by shard and age; the denial cache after the success cache. */
  entries(now: SimTime): readonly ShownEntry[] {
    return (["success", "denial"] as const).flatMap((kind) =>
      [...this.shards[kind].entries()]
        .toSorted(([a], [b]) => a - b)
        .flatMap(([, shard]) => [...shard.values()])
        .map((entry) => ({ ...entry, kind, left: remaining(entry, now), answer: wordsOf(entry.message) }))
        .filter((shown) => shown.left > 0),
    );
  }

  /** A copy that later writes do not touch. */
  checkpoint(): DnsCacheCheckpoint {
    return { success: new Map(this.shards.success), denial: new Map(this.shards.denial) };
  }

  /** Back to a checkpoint. */
  restore(checkpoint: DnsCacheCheckpoint): void {
    this.shards = { success: new Map(checkpoint.success), denial: new Map(checkpoint.denial) };
  }

  /** Mixes everything that is kept into a fingerprint. */
  hash(into: Fingerprint): void {
    mix(into, this.shards);
  }
}
