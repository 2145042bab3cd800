/** Objects by the names that commands give them, and the nearest name where there is none. */
import { nearestName } from "../base/nearest";
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";
import type { Kind, ObjectOfKind, ObjectRef } from "../cluster/objects";
import { isClusterScoped, refOf } from "../cluster/objects";
import type { WorldState } from "./state";
import { nameOf } from "./told";

/** An object's place from `ns/name`, or from a bare name. */
export function refFrom(kind: Kind, name: string): ObjectRef {
  if (isClusterScoped(kind)) return { kind, namespace: "", name };
  const slash = name.indexOf("/");
  return slash < 0 ? { kind, namespace: "default", name } : { kind, namespace: name.slice(0, slash), name: name.slice(slash + 1) };
}

/** The object of a name as it stands; the problem names the nearest that exists. */
export function existing<K extends Kind>(state: WorldState, kind: K, name: string): Result<ObjectOfKind[K]> {
  const ref = refFrom(kind, name);
  const object = state.store.latest().get(kind, ref.namespace, ref.name);
  if (object !== undefined) return ok(object);
  const nearest = nearestOf(state, kind, nameOf(ref));
  return failAt(`there is no ${kind} ${nameOf(ref)}${nearest === "" ? "" : `; the nearest is ${nearest}`}`);
}

/** The notice where the object exists; else the problem, with the nearest name. */
export function exists(state: WorldState, kind: Kind, name: string, notice: string): Result<string> {
  const found = existing(state, kind, name);
  return found.ok ? ok(notice) : found;
}

/** The name of a kind that differs least; "" where there is none. */
export function nearestOf(state: WorldState, kind: Kind, name: string): string {
  const names = state.store
    .latest()
    .list(kind)
    .map((object) => nameOf(refOf(object)));
  return nearestName(name, names) ?? "";
}
