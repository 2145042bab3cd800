/** One object as `kubectl get -o yaml` prints it, at one of its revisions; one that is gone in its last state. */
import type { ObjectRef } from "../../cluster/objects";
import { yamlOf } from "../../cluster/show";
import type { WorldState } from "../state";
import type { ObjectView } from "../view-types";

/** Writes that are offered for choosing. */
const MOST_REVISIONS = 60;

/** The object of a reference; `revision` chooses an older write of it. */
export function objectView(state: WorldState, ref: ObjectRef, revision?: number): ObjectView {
  const history = state.store.historyOf(ref.kind, ref.namespace, ref.name);
  const index = history.findLastIndex((write) => revision === undefined || write.revision === revision);
  const chosen = history[index] ?? history.at(-1);
  if (chosen === undefined) return { ref, yaml: "", revision: 0, exists: false, before: "", revisions: [] };
  const before = history[history.indexOf(chosen) - 1];
  return {
    ref,
    yaml: yamlOf(chosen.object),
    revision: chosen.revision,
    exists: history.at(-1)?.type !== "DELETED",
    before: before === undefined || before.type === "DELETED" || chosen.type === "ADDED" ? "" : yamlOf(before.object),
    revisions: history
      .slice(-MOST_REVISIONS)
      .toReversed()
      .map(({ revision: number, at, event, type }) => ({ revision: number, at, event, type })),
  };
}
