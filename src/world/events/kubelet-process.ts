/** A node's kubelet stops, and starts again: what waits for it, and what it finds when it lists its Pods anew. */
import type { Pod } from "../../cluster/objects";
import { isTerminal, isTerminating } from "../../cluster/pods";
import { KUBELET_SYNC } from "../../node/agents/kubelet";
import { kubeletRuns, reachesApi, setFaults } from "../node-faults";
import type { PodRow } from "../rows";
import type { Sim } from "../sim";
import { later, watcherOf } from "../sim";
import { beginWatch, refreshWatch } from "../watching";
import { refreshLease } from "./on-node-health";
import { beginPod, endPod, goOn, stageDelay } from "./pod-life";

/** A kubelet stops: its containers run on, its lease runs out, nobody starts or ends a Pod there. */
export function stopKubelet(sim: Sim, node: string): void {
  setFaults(sim.state, node, { kubelet: "stopped" });
  refreshWatch(sim, watcherOf.kubelet(node));
  refreshLease(sim, node);
}

/** A kubelet starts: it lists its Pods, goes on with those under way, and renews its lease. */
export function startKubelet(sim: Sim, node: string): void {
  setFaults(sim.state, node, { kubelet: undefined });
  if (!kubeletRuns(sim.state, node)) return;
  beginWatch(sim.state, watcherOf.kubelet(node));
  takeUpAgain(sim, node);
  if (reachesApi(sim.state, node)) relist(sim, node);
  refreshLease(sim, node);
}

/** Everything that waited for it, in the order in which it came. */
function takeUpAgain(sim: Sim, node: string): void {
  for (const row of sim.state.pods.all()) {
    if (row.node !== node || row.held === undefined) continue;
    const { held, ...rest } = row;
    sim.state.pods.set(row.uid, rest);
    for (const stage of held)
      later(sim, stageDelay(sim, watcherOf.kubelet(node), KUBELET_SYNC), { kind: "pod", uid: row.uid, stage, generation: row.generation });
  }
}

/** Its list: Pods that are new to it, Pods that are to end, Pods that are no more. */
export function relist(sim: Sim, node: string): void {
  const view = sim.state.store.latest();
  const wait = (): ReturnType<typeof stageDelay> => stageDelay(sim, watcherOf.kubelet(node), KUBELET_SYNC);
  for (const row of sim.state.pods.all()) {
    if (row.node !== node) continue;
    const pod = view.get("Pod", row.namespace, row.name);
    if (isToEnd(pod, row)) endPod(sim, row.uid, wait());
    else if (row.stage === "lost") goOn(sim, row, "exit-noticed", wait());
  }
  for (const pod of view.list("Pod")) {
    const isNew = pod.spec.nodeName === node && !isTerminal(pod) && !isTerminating(pod) && !sim.state.pods.has(pod.metadata.uid ?? "");
    if (isNew) beginPod(sim, pod, node, wait());
  }
}

function isToEnd(pod: Pod | undefined, row: PodRow): boolean {
  return pod?.metadata.uid !== row.uid || isTerminating(pod);
}
