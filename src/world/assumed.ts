/** The scheduler's cache: Pods that it has placed count as placed before their binding has come back to it. Source: pkg/scheduler/backend/cache. */
import { lowerBound, noteLineage } from "../cluster/list-cache";
import type { ObjectOfKind, Kind, Pod } from "../cluster/objects";
import type { ClusterView } from "../cluster/store-types";
import type { WorldState } from "./state";

/** The scheduler's view with the bindings in it that stand in the store or are under way. */
export function assumedView(state: WorldState, view: ClusterView): ClusterView {
  const assumed = placements(state, view);
  if (assumed.length === 0) return view;
  const raw = view.list("Pod");
  const pods = withPlaced(raw, assumed);
  noteLineage(pods, { older: raw, left: assumed.map(({ pod }) => pod), came: assumed.map(placed) });
  return {
    revisionOf: (kind) => view.revisionOf(kind),
    get: (kind, namespace, name) => view.get(kind, namespace, name),
    list: <K extends Kind>(kind: K): readonly ObjectOfKind[K][] => (isListOf(pods, kind) ? pods : view.list(kind)),
  };
}

function isListOf<K extends Kind>(pods: readonly Pod[], kind: K): pods is readonly (Pod & ObjectOfKind[K])[] {
  return pods[0]?.kind === kind;
}

/** A Pod as the view has it, without a Node, and the Node that it is to have. */
interface Placed {
  readonly pod: Pod;
  readonly nodeName: string;
}

function placed({ pod, nodeName }: Placed): Pod {
  return { ...pod, spec: { ...pod.spec, nodeName } };
}

function withPlaced(pods: readonly Pod[], assumed: readonly Placed[]): readonly Pod[] {
  const copy = pods.slice();
  for (const one of assumed) copy[lowerBound(pods, one.pod, 0)] = placed(one);
  return copy;
}

/** Bindings that the view does not have: those that are on their way to the API server, and those on their way back. */
function placements(state: WorldState, view: ClusterView): readonly Placed[] {
  const nodes = new Map<string, Placed>();
  const note = (namespace: string, name: string, nodeName: string): void => {
    const pod = view.get("Pod", namespace, name);
    if (pod !== undefined && pod.spec.nodeName === undefined) nodes.set(pod.metadata.uid ?? "", { pod, nodeName });
  };
  for (const { payload } of state.loop.unordered()) {
    if (payload.kind !== "write" || payload.by.who !== "controller" || payload.by.controller !== "scheduler") continue;
    const { write } = payload;
    if (write.verb !== "patch" || write.uid === undefined) continue;
    const spec = write.patch["spec"];
    const node = typeof spec === "object" && spec !== null ? Reflect.get(spec, "nodeName") : undefined;
    if (typeof node === "string" && view.get("Pod", write.ref.namespace, write.ref.name)?.metadata.uid === write.uid)
      note(write.ref.namespace, write.ref.name, node);
  }
  const seen = state.watches.revisionAt("scheduler", "Pod", state.loop.now);
  for (const { object, namespace, name } of state.store.writesBetween("Pod", seen, state.store.head)) {
    if (object.kind !== "Pod" || object.spec.nodeName === undefined) continue;
    if (view.get("Pod", namespace, name)?.metadata.uid === object.metadata.uid) note(namespace, name, object.spec.nodeName);
  }
  return [...nodes.values()];
}
