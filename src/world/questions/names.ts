/** Names of things that a question asks about: found, or the nearest that exists is named. */
import { nearestName } from "../../base/nearest";
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import type { Pod } from "../../cluster/objects";
import { refOf } from "../../cluster/objects";
import { nameOf } from "../told";
import type { AgentRow } from "../rows";
import type { WorldState } from "../state";

/** A name that does not exist, said with the nearest one that does. */
export function unknownName(kind: string, name: string, names: readonly string[], at: string): Result<never> {
  const nearest = nearestName(name, names);
  return failAt(
    nearest === undefined
      ? `there is no ${kind} "${name}", and no other ${kind} either`
      : `there is no ${kind} "${name}"; the nearest that exists is "${nearest}"`,
    at,
  );
}

/** A node of the settled cluster. */
export function findNode(state: WorldState, name: string, at: string): Result<AgentRow> {
  const row = state.agents.get(name);
  return row === undefined ? unknownName("node", name, state.agents.keys(), at) : ok(row);
}

/** A Pod by `ns/name`; a bare name stands in `default`. */
export function findPod(state: WorldState, name: string, at: string): Result<Pod> {
  const full = name.includes("/") ? name : `default/${name}`;
  const [namespace = "", own = ""] = full.split("/");
  const view = state.store.latest();
  const pod = view.get("Pod", namespace, own);
  if (pod !== undefined) return ok(pod);
  return unknownName(
    "Pod",
    full,
    view.list("Pod").map((one) => nameOf(refOf(one))),
    at,
  );
}
