/** Programs that end by themselves, and programs that stand still. */
import { hasProcesses } from "../../node/agents/kubelet";
import { noteEnd } from "../../node/agents/restarts";
import { freezeProcess, killProcess, processesOf, resumeProcess } from "../run-process";
import type { Sim } from "../sim";
import type { Told } from "../told";
import { wakeProbes } from "./on-probe";
import { forgetProbes, goOn, podExited, stageDelay } from "./pod-life";

/** Exit code of a program that gave up. */
const GAVE_UP = 1;

/** A Pod's programs end with exit code 1; its kubelet notices with its next look at its containers. Nothing where none runs. */
export function crashPod(sim: Sim, uid: string): void {
  const row = sim.state.pods.get(uid);
  if (row === undefined) return;
  for (const { id } of processesOf(sim, uid)) killProcess(sim, id);
  if (!hasProcesses(row.stage)) return podExited(sim, uid);
  const restarts = noteEnd(row.restarts, { finishedAt: sim.state.loop.now, exitCode: GAVE_UP });
  sim.state.pods.set(uid, { ...row, restarts });
  forgetProbes(sim, uid);
  goOn(sim, { ...row, restarts }, "exit-noticed", stageDelay(sim, `kubelet, ${row.node}`, { draw: "pleg" }));
}

/** A program that crashes again and again has had its second. */
export function onCrash(
  sim: Sim,
  { uid, generation, why }: { readonly uid: string; readonly generation: number; readonly why?: string },
): Told {
  const row = sim.state.pods.get(uid);
  const head = { kind: "crash", lane: row?.node ?? "", object: row === undefined ? "Pod" : `Pod ${row.namespace}/${row.name}` };
  const isMeant = row !== undefined && (row.crashes === true || why !== undefined) && row.generation === generation;
  if (!isMeant) return { ...head, sentence: "A program that was to crash has been mended, or has ended before." };
  crashPod(sim, uid);
  return { ...head, sentence: `The program of ${row.name} ends with exit code 1${why === undefined ? ", again" : `: ${why}`}.` };
}

/** A Pod's programs stand still, or go on with what has come meanwhile. */
export function freezePod(sim: Sim, uid: string, frozen: boolean): void {
  for (const { id } of processesOf(sim, uid)) {
    if (frozen) freezeProcess(sim, id);
    else resumeProcess(sim, id);
  }
  if (processesOf(sim, uid).length === 0) podExited(sim, uid);
  wakeProbes(sim, uid);
}
