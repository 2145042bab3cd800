/** Structural sharing: what came over the line and did not change stays the same object, so that nothing redraws. */

/** `next`, with every part that equals its counterpart in `previous` taken from there. */
export function reuse<T>(previous: T | null | undefined, next: T): T {
  if (Object.is(previous, next) || typeof next !== "object" || next === null) return next;
  if (typeof previous !== "object" || previous === null) return next;
  if (Array.isArray(next)) return Array.isArray(previous) ? reuseList(previous, next) : next;
  return Array.isArray(previous) ? next : reuseRecord(previous, next);
}

function reuseList<T extends object>(previous: T & readonly unknown[], next: T & unknown[]): T {
  const byId = idOf(previous[0]) === undefined ? null : new Map(previous.map((item) => [idOf(item), item]));
  let same = previous.length === next.length;
  for (let index = 0; index < next.length; index += 1) {
    const was: unknown = byId === null ? previous[index] : byId.get(idOf(next[index]));
    next[index] = reuse(was, next[index]);
    same &&= Object.is(next[index], previous[index]);
  }
  return same ? previous : next;
}

/** What names an item wherever it stands in its list: lists that grow at their head keep their items. */
function idOf(item: unknown): unknown {
  if (typeof item !== "object" || item === null) return undefined;
  return "uid" in item ? item.uid : "id" in item ? item.id : undefined;
}

function reuseRecord<T extends object>(previous: T, next: T): T {
  const keys = Object.keys(next);
  let same = keys.length === Object.keys(previous).length;
  for (const key of keys) {
    const was: unknown = Reflect.get(previous, key);
    const value: unknown = reuse(was, Reflect.get(next, key));
    Reflect.set(next, key, value);
    same &&= Object.is(value, was);
  }
  return same ? previous : next;
}
