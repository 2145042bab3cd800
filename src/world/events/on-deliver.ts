/** A watcher takes up a revision, and acts: a controller puts keys in its queue, a kubelet begins or ends a Pod, a kube-proxy plans a sync. */
import { ensure } from "../../base/assert";
import type { Kind } from "../../cluster/objects";
import type { SimTime } from "../../engine/time";
import type { Revision, Write } from "../../cluster/store-types";
import { KUBELET_SYNC } from "../../node/agents/kubelet";
import type { ControllerName } from "../controllers";
import { CONTROLLER_NAMES, CONTROLLERS } from "../controllers";
import type { Sim } from "../sim";
import type { Told } from "../told";
import { capital, consumedOf, controllerText, LANE, nameOf, objectOf } from "../told";
import { refOf } from "../../cluster/objects";
import { enqueue } from "../work-queue";
import { beginPod, endPod, stageDelay } from "./pod-life";
import { planSync } from "./on-proxy";

/** Hands a write to its watcher. */
export function onDeliver(sim: Sim, event: { readonly watcher: string; readonly of: Kind; readonly revision: Revision }): Told {
  const { watcher } = event;
  const write = ensure(sim.state.store.writeAt(event.revision), "the delivered write");
  const head = { kind: "watch", object: objectOf(refOf(write.object)), consumed: [consumedOf(write)] };
  if (!arrivesNow(sim, event))
    return { ...head, lane: LANE.api, sentence: `${write.kind} ${nameOf(write)} does not reach ${watcher}: that watch was cut.` };
  const name = CONTROLLER_NAMES.find((one) => one === watcher);
  if (name !== undefined) {
    const keys = hear(sim, name, write);
    return {
      ...head,
      lane: LANE.controllers,
      sentence: `${capital(controllerText(name))} hears of ${write.kind} ${nameOf(write)}${keys.length === 0 ? "" : ` and will look at ${keys.join(", ")}`}.`,
    };
  }
  const [role = "", node = ""] = watcher.split(", ");
  if (role === "kubelet") return { ...head, lane: node, sentence: kubeletHears(sim, node, write) };
  planSync(sim, node);
  return {
    ...head,
    lane: node,
    sentence: `${node}'s kube-proxy hears of ${write.kind} ${nameOf(write)}, revision ${write.revision}; its rules follow with the next sync.`,
  };
}

/** A watch has expired while it was cut: the server's answer, and the list that takes its place. */
export function onRelist({ state }: Sim, { watcher, of, at }: { readonly watcher: string; readonly of: Kind; readonly at: SimTime }): Told {
  const head = { kind: "watch", lane: LANE.api, object: watcher };
  const list = state.watches.has(watcher) ? state.watches.relistsOf(watcher, of).find((one) => one.at === at) : undefined;
  if (list === undefined) return { ...head, sentence: `${watcher} lists ${of} for a watch that it has no more.` };
  return {
    ...head,
    read: { [of]: list.revision },
    sentence: `${watcher}'s watch of ${of} cannot go on: 410 Gone, ${list.message}. It lists anew and has revision ${list.revision}.`,
  };
}

/** Whether the watch still brings it now: it may have been cut, or begun anew by a list, since the delivery was planned. */
function arrivesNow(
  { state: { watches, loop } }: Sim,
  { watcher, of, revision }: { readonly watcher: string; readonly of: Kind; readonly revision: Revision },
): boolean {
  return !watches.has(watcher) || watches.arrivalOf(watcher, of, revision) === loop.now;
}

function hear(sim: Sim, name: ControllerName, write: Write): readonly string[] {
  const before = write.previous === 0 ? undefined : sim.state.store.writeAt(write.previous)?.object;
  const view = sim.state.store.view(sim.state.watches.revisionsAt(name, sim.state.loop.now));
  const keys = CONTROLLERS[name].keysFor({ write, before, view });
  for (const key of keys) enqueue(sim.state, name, { key, revision: write.revision });
  return keys;
}

function kubeletHears(sim: Sim, node: string, write: Write): string {
  const { object, type } = write;
  const name = nameOf(write);
  if (object.kind !== "Pod") return `${node}'s kubelet hears of ${name}.`;
  const uid = object.metadata.uid ?? "";
  const wait = stageDelay(sim, `kubelet, ${node}`, KUBELET_SYNC);
  if (sim.state.pods.get(uid) === undefined) {
    const stored = sim.state.store.latest().get("Pod", write.namespace, write.name);
    if (type === "DELETED" || object.metadata.deletionTimestamp !== undefined || stored?.metadata.uid !== uid)
      return `${node}'s kubelet hears that Pod ${name} ends before it has begun.`;
    beginPod(sim, object, node, wait);
    return `${node}'s kubelet hears that Pod ${name} is to run here.`;
  }
  endPod(sim, uid, wait);
  return `${node}'s kubelet hears that Pod ${name} is to end.`;
}
