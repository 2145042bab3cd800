/** A Pod's way through its kubelet's stages: how it begins, goes another way, ends; and what its kubelet reports. */
import type { ApiWrite, JsonMergePatch } from "../../cluster/api-write";
import type { Pod } from "../../cluster/objects";
import type { Micros } from "../../engine/time";
import { micros, seconds } from "../../engine/time";
import type { PodStage, StageDelay } from "../../node/agents/kubelet";
import { stopFrom } from "../../node/agents/kubelet";
import type { ProbeName } from "../../node/agents/probes";
import { noteEnd } from "../../node/agents/restarts";
import { DELAYS } from "../../node/agents/timings";
import { reachesApi } from "../node-faults";
import type { PodRow } from "../rows";
import type { Sim } from "../sim";
import { later } from "../sim";

/** At once. */
export const NOW: Micros = micros(0);

/** From the start of a program that crashes again and again to its end. */
const LIVES = seconds(1);

/** How long until a stage. */
export function stageDelay(sim: Sim, component: string, delay: StageDelay): Micros {
  return "fixed" in delay ? delay.fixed : sim.state.draws.span(component, delay.draw, DELAYS[delay.draw]);
}

/** A kubelet takes a Pod up. */
export function beginPod(sim: Sim, pod: Pod, node: string, wait: Micros): void {
  const { namespace = "default", name, uid = "" } = pod.metadata;
  const row: PodRow = {
    uid,
    namespace,
    name,
    node,
    stage: "admitted",
    generation: 0,
    host: "",
    links: null,
    killed: false,
    startedAt: sim.state.loop.now,
  };
  sim.state.pods.set(uid, row);
  later(sim, wait, { kind: "pod", uid, stage: "admitted", generation: 0 });
}

/** A kubelet begins to end a Pod; nothing where it is ending already. */
export function endPod(sim: Sim, uid: string, wait: Micros): void {
  const row = sim.state.pods.get(uid);
  const stage = row === undefined ? null : stopFrom(row.stage);
  if (row === undefined || stage === null) return;
  goOn(sim, row, stage, wait);
}

/** Voids what was to come, and schedules a stage. */
export function goOn(sim: Sim, row: PodRow, stage: PodStage, wait: Micros): void {
  const generation = row.generation + 1;
  sim.state.pods.set(row.uid, { ...row, generation });
  later(sim, wait, { kind: "pod", uid: row.uid, stage, generation });
}

/** A Pod's last program has ended. */
export function podExited(sim: Sim, uid: string): void {
  const row = sim.state.pods.get(uid);
  if (row === undefined) return;
  if (row.stage === "signalled" || row.stage === "killed") goOn(sim, row, "exited", NOW);
  if (row.stage !== "restart-stopping") return;
  const restarts = noteEnd(row.restarts, { finishedAt: sim.state.loop.now, exitCode: 0 });
  sim.state.pods.set(uid, { ...row, restarts });
  forgetProbes(sim, uid);
  goOn(sim, sim.state.pods.get(uid) ?? row, "exit-noticed", NOW);
}

/** A probe has failed for good: the containers are stopped with their grace, and started anew. */
export function restartProbed(sim: Sim, uid: string, probe: ProbeName): void {
  const row = sim.state.pods.get(uid);
  if (row === undefined) return;
  const failing = (row.failing ?? []).filter((one) => one !== probe);
  goOn(sim, { ...row, failing }, "restart-stopping", NOW);
}

/** The kubelet reports a Pod's status. */
export function reportOf(sim: Sim, row: PodRow, status: JsonMergePatch): void {
  const ref = { kind: "Pod", namespace: row.namespace, name: row.name } as const;
  const wait = stageDelay(sim, `kubelet, ${row.node}`, { draw: "status" });
  write(sim, row, { verb: "patch", ref, uid: row.uid, patch: status }, wait);
}

/** A kubelet's write; one that does not reach the API server is sent when it does. */
export function write(sim: Sim, row: PodRow, one: ApiWrite, wait: Micros): void {
  const { state } = sim;
  const agent = state.agents.get(row.node);
  if (agent !== undefined && !reachesApi(state, row.node))
    return state.agents.set(row.node, { ...agent, owed: [...(agent.owed ?? []), one] });
  later(sim, wait, { kind: "write", write: one, by: { who: "kubelet", node: row.node } });
}

/** A Pod's programs have ended: its probes' workers wait for the next start. */
export function forgetProbes(sim: Sim, uid: string): void {
  const row = sim.state.pods.get(uid);
  if (row?.probes === undefined) return;
  const { probes: _, ...rest } = row;
  sim.state.pods.set(uid, rest);
}

/** Programs that crash again and again have started: they have a second. */
export function planCrash(sim: Sim, uid: string, generation: number): void {
  later(sim, LIVES, { kind: "crash", uid, generation });
}
