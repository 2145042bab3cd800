/**
 * Ordered lists of one kind's objects, cached by the last write they contain. A write never changes and fixes all that
 * came before it, so an entry is never wrong, only perhaps unused; the oldest unused ones are dropped.
 * A new list is the nearest older cached one with the changes since merged in: copying pointers, not sorting again.
 * (A copy-on-write tree was the other choice: it makes the single write cheaper and every full read dearer, and
 * controllers read full lists.)
 */
import { compareText } from "../base/order";
import type { KubeObject } from "./objects";
import { refOf } from "./objects";
import type { Write } from "./store-types";

const KEPT = 64;

/** How a list came from an older one. */
export interface Lineage<T extends KubeObject> {
  readonly older: readonly T[];
  /** Objects of the older list that are not in the new one, or not as they were. */
  readonly left: readonly T[];
  readonly came: readonly T[];
}

const lineages = new WeakMap<readonly KubeObject[], Lineage<KubeObject>>();

/** More changes than these are no less work than looking at everything. */
const FEW = 16;

/** Notes how a list was made from another by whoever made it. The note holds the older list as long as the new one lives. */
export function noteLineage<T extends KubeObject>(list: readonly T[], lineage: Lineage<T>): void {
  lineages.set(list, lineage);
}

/** How a list came from an older one, where that is known and few objects differ: who has an index of that one makes the new one from it. */
export function lineageOf<T extends KubeObject>(list: readonly T[]): Lineage<T> | undefined {
  const found = lineages.get(list);
  return found !== undefined && isOfSameKind(found, list) ? found : undefined;
}

function isOfSameKind<T extends KubeObject>(lineage: Lineage<KubeObject>, list: readonly T[]): lineage is Lineage<T> {
  const kind = list[0]?.kind;
  return lineage.older[0]?.kind === kind && [...lineage.left, ...lineage.came].every((object) => object.kind === kind);
}

/** The order of lists: namespace first, then name, by code units. */
function compareObjects(a: KubeObject, b: KubeObject): number {
  const left = refOf(a);
  const right = refOf(b);
  return compareText(left.namespace, right.namespace) || compareText(left.name, right.name);
}

/** Lists of one kind. */
export class ListCache {
  private readonly lists = new Map<Write, readonly KubeObject[]>();

  /** The objects after the first `count` of `writes`, ordered by namespace, then name. */
  listAt(writes: readonly Write[], count: number): readonly KubeObject[] {
    const last = writes[count - 1];
    if (last === undefined) return [];
    const cached = this.lists.get(last);
    if (cached !== undefined) return this.keep(last, cached);
    let from = count - 1;
    while (from > 0 && !this.has(writes[from - 1])) from -= 1;
    const base = writes[from - 1];
    const older = base === undefined ? [] : (this.lists.get(base) ?? []);
    const changes = lastOfEach(writes.slice(from, count));
    const list = merge(older, changes);
    if (base !== undefined && changes.length <= FEW) lineages.set(list, lineageFrom(older, changes));
    return this.keep(last, list);
  }

  private has(write: Write | undefined): boolean {
    return write !== undefined && this.lists.has(write);
  }

  private keep(last: Write, list: readonly KubeObject[]): readonly KubeObject[] {
    this.lists.delete(last);
    this.lists.set(last, list);
    if (this.lists.size > KEPT) {
      for (const [oldest, dropped] of this.lists) {
        this.lists.delete(oldest);
        // A list must not hold all those that were before it.
        lineages.delete(dropped);
        break;
      }
    }
    return list;
  }
}

function lineageFrom(older: readonly KubeObject[], changes: readonly Write[]): Lineage<KubeObject> {
  const left = changes.flatMap(({ object }) => {
    const place = lowerBound(older, object, 0);
    return standsAt(older, place, object) ? older.slice(place, place + 1) : [];
  });
  return { older, left, came: changes.flatMap(({ type, object }) => (type === "DELETED" ? [] : [object])) };
}

/** The last write of each object, in the lists' order. */
function lastOfEach(writes: readonly Write[]): readonly Write[] {
  if (writes.length === 1) return writes;
  const byName = new Map<string, Write>();
  for (const write of writes) byName.set(`${write.namespace}\u0000${write.name}`, write);
  return [...byName.values()].toSorted((a, b) => compareObjects(a.object, b.object));
}

function merge(older: readonly KubeObject[], changes: readonly Write[]): readonly KubeObject[] {
  const [first] = changes;
  if (first !== undefined && changes.length === 1) return withOne(older, first);
  const merged: KubeObject[] = [];
  let next = 0;
  for (const write of changes) {
    const place = lowerBound(older, write.object, next);
    for (let index = next; index < place; index += 1) push(merged, older[index]);
    next = place + (standsAt(older, place, write.object) ? 1 : 0);
    if (write.type !== "DELETED") merged.push(write.object);
  }
  for (let index = next; index < older.length; index += 1) push(merged, older[index]);
  return merged;
}

/** The usual case, one write since the last list: a block copy. */
function withOne(older: readonly KubeObject[], { type, object }: Write): readonly KubeObject[] {
  const place = lowerBound(older, object, 0);
  const removed = standsAt(older, place, object) ? 1 : 0;
  return type === "DELETED" ? older.toSpliced(place, removed) : older.toSpliced(place, removed, object);
}

function standsAt(list: readonly KubeObject[], place: number, object: KubeObject): boolean {
  const there = list[place];
  return there !== undefined && compareObjects(there, object) === 0;
}

function push(into: KubeObject[], object: KubeObject | undefined): void {
  if (object !== undefined) into.push(object);
}

/** Where an object stands in a list, or would, from a place on. */
export function lowerBound(list: readonly KubeObject[], wanted: KubeObject, start: number): number {
  let low = start;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = list[middle];
    if (item !== undefined && compareObjects(item, wanted) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
