/**
 * The API server's watch cache of one kind: how far back a watch can go on. It keeps a hundred events, and all of the last
 * 75 seconds however many. A watch that is to go on from an older revision is answered 410 Gone.
 * Source: apiserver pkg/storage/cacher/watch_cache.go (defaultLowerBoundCapacity, eventFreshDuration, getAllEventsSince),
 * cacher.go (bookmarkFrequency). Left out: growing and shrinking by halves; the cap of 102,400 events.
 */
import { upperBound } from "../base/order";
import type { SimTime } from "../engine/time";
import { seconds, simTime } from "../engine/time";
import type { Kind } from "./objects";
import type { Store } from "./store";
import type { Revision } from "./store-types";

/** Events that are kept whatever their age. */
const CAPACITY = 100;

/** Events that are kept whatever their number. */
const FRESH = seconds(75);

/** Between two bookmarks: they tell a quiet watch how far the store is. */
const BETWEEN_BOOKMARKS = seconds(60);

/** The revision of the last bookmark that a watch got before a moment. */
export function bookmarkBefore(store: Store, at: SimTime): Revision {
  const minute = simTime(Math.floor(at / BETWEEN_BOOKMARKS) * BETWEEN_BOOKMARKS);
  return store.headAt(minute);
}

/**
 * Why a watch of a kind cannot go on after a revision at a moment: `too old resource version: HAD (OLDEST)`. Null where it
 * can. What was there when the server started came to the cache by a list and is no event.
 */
export function expiredMessage(store: Store, kind: Kind, { had, at }: { readonly had: Revision; readonly at: SimTime }): string | null {
  const writes = store.writesOf(kind);
  const first = upperBound(writes, -1, ({ event }) => event);
  const fresh = upperBound(writes, at - FRESH - 1, (write) => write.at);
  const kept = Math.max(first, Math.min(fresh, writes.length - CAPACITY));
  const oldest = writes[kept];
  if (oldest === undefined || kept === first || had >= oldest.revision - 1) return null;
  return `too old resource version: ${had} (${oldest.revision - 1})`;
}
