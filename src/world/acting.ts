/** Who acts on a write: only for them its delivery is an event. A delivery that nobody acts on is computed when looked at. */
import type { Kind, Pod } from "../cluster/objects";
import { isTerminal } from "../cluster/pods";
import type { Write } from "../cluster/store-types";
import { stopFrom } from "../node/agents/kubelet";
import { CONTROLLER_NAMES, CONTROLLERS } from "./controllers";
import type { Sim } from "./sim";
import { watcherOf } from "./sim";

/** The watchers that act on a write: controllers, the kubelet of a Pod's node, kube-proxies. */
export function actingOn(sim: Sim, write: Write): readonly string[] {
  const change = { write, before: objectBefore(sim, write)?.object, view: sim.state.store.latest() };
  const controllers = CONTROLLER_NAMES.filter(
    (name) => CONTROLLERS[name].watches.includes(write.kind) && CONTROLLERS[name].keysFor(change).length > 0,
  );
  return [...controllers, ...kubeletOf(sim, write), ...proxies(sim, write.kind)];
}

/** The write before, of the same object. */
export function objectBefore(sim: Sim, write: Write): Write | undefined {
  return write.previous === 0 ? undefined : sim.state.store.writeAt(write.previous);
}

/** A kubelet acts on its Pods' coming, on the beginning of their end, and on their vanishing. */
function kubeletOf(sim: Sim, write: Write): readonly string[] {
  const { object } = write;
  if (object.kind !== "Pod") return [];
  const node = object.spec.nodeName;
  if (node === undefined || !sim.state.agents.has(node)) return [];
  const row = sim.state.pods.get(object.metadata.uid ?? "");
  const acts = row === undefined ? isNew(write, object) : isEnding(write, object) && stopFrom(row.stage) !== null;
  return acts ? [watcherOf.kubelet(node)] : [];
}

function isNew(write: Write, pod: Pod): boolean {
  return write.type !== "DELETED" && !isTerminal(pod) && pod.metadata.deletionTimestamp === undefined;
}

function isEnding(write: Write, pod: Pod): boolean {
  return write.type === "DELETED" || pod.metadata.deletionTimestamp !== undefined;
}

function proxies(sim: Sim, kind: Kind): readonly string[] {
  if (kind !== "Service" && kind !== "EndpointSlice") return [];
  return sim.state.proxies.keys().map((node) => watcherOf.proxy(node));
}
