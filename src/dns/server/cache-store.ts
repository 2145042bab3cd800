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

  /** The live entry under a key, denial first (so a kept SERVFAIL stands until it ends); undefined where none is left. */
  get(key: string, now: SimTime): CacheEntry | undefined {
    const shard = shardOf(key);
    for (const kind of ["denial", "success"] as const) {
      const entry = this.shards[kind].get(shard)?.get(key);
      if (entry !== undefined && remaining(entry, now) > 0) return entry;
    }
    return undefined;
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
