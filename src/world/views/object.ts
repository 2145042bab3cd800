/** One object as `kubectl get -o yaml` prints it; one that is gone in its last state. */
import type { ObjectRef } from "../../cluster/objects";
import { yamlOf } from "../../cluster/show";
import type { WorldState } from "../state";
import type { ObjectView } from "../view-types";

/** The object of a reference. */
export function objectView(state: WorldState, ref: ObjectRef): ObjectView {
  const write = state.store.historyOf(ref.kind, ref.namespace, ref.name).at(-1);
  if (write === undefined) return { ref, yaml: "", revision: 0, exists: false };
  return { ref, yaml: yamlOf(write.object), revision: write.revision, exists: write.type !== "DELETED" };
}
