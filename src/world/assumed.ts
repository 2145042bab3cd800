/** The scheduler's cache: Pods that it has placed count as placed before their binding has come back to it. Source: pkg/scheduler/backend/cache. */
import type { ObjectOfKind, Kind, Pod } from "../cluster/objects";
import type { ClusterView } from "../cluster/store-types";
import type { WorldState } from "./state";

/** The scheduler's view with the bindings in it that stand in the store or are under way. */
export function assumedView(state: WorldState, view: ClusterView): ClusterView {
  const assumed = placements(state);
  if (assumed.size === 0) return view;
  const place = (pod: Pod): Pod => {
    const nodeName = pod.spec.nodeName === undefined ? assumed.get(pod.metadata.uid ?? "") : undefined;
    return nodeName === undefined ? pod : { ...pod, spec: { ...pod.spec, nodeName } };
  };
  let pods: readonly Pod[] | undefined;
  return {
    revisionOf: (kind) => view.revisionOf(kind),
    get: (kind, namespace, name) => view.get(kind, namespace, name),
    list: <K extends Kind>(kind: K): readonly ObjectOfKind[K][] => {
      if (kind !== "Pod") return view.list(kind);
      pods ??= view.list("Pod").map(place);
      return pods.filter((pod): pod is Pod & ObjectOfKind[K] => pod.kind === kind);
    },
  };
}

function placements(state: WorldState): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const event of state.loop.ordered()) {
    const { payload } = event;
    if (payload.kind !== "write" || payload.by.who !== "controller" || payload.by.controller !== "scheduler") continue;
    const { write } = payload;
    if (write.verb !== "patch" || write.uid === undefined) continue;
    const spec = write.patch["spec"];
    const node = typeof spec === "object" && spec !== null ? Reflect.get(spec, "nodeName") : undefined;
    if (typeof node === "string") found.set(write.uid, node);
  }
  const seen = state.watches.revisionAt("scheduler", "Pod", state.loop.now);
  for (const { object } of state.store.writesBetween("Pod", seen, state.store.head)) {
    if (object.kind === "Pod" && object.spec.nodeName !== undefined) found.set(object.metadata.uid ?? "", object.spec.nodeName);
  }
  return found;
}
