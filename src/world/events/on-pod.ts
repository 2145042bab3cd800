/** The kubelet goes on with one Pod, stage by stage; what each stage does is kubelet.ts's, how it is done is here. */
import { unreachable } from "../../base/assert";
import type { Pod } from "../../cluster/objects";
import type { Micros } from "../../engine/time";
import type { KubeletAct, NextStage, PodStage, StageDelay } from "../../node/agents/kubelet";
import { enterStage, hasNamespace, stopFrom } from "../../node/agents/kubelet";
import { DELAYS } from "../../node/agents/timings";
import { announce } from "../../node/kernel/host";
import { addHost, attachPod, detachPod, hostNameOf, startPrograms } from "../machines";
import type { PodRow } from "../rows";
import { killProcess, processesOf, runProcess } from "../run-process";
import type { Sim } from "../sim";
import { hostOf, later } from "../sim";
import type { Told } from "../told";

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
function goOn(sim: Sim, row: PodRow, stage: PodStage, wait: Micros): void {
  const generation = row.generation + 1;
  sim.state.pods.set(row.uid, { ...row, generation });
  later(sim, wait, { kind: "pod", uid: row.uid, stage, generation });
}

/** A Pod's last program has ended. */
export function podExited(sim: Sim, uid: string): void {
  const row = sim.state.pods.get(uid);
  if (row !== undefined && (row.stage === "signalled" || row.stage === "killed"))
    goOn(sim, row, "exited", stageDelay(sim, row.node, { fixed: NOW }));
}

const NOW = 0 as Micros;

/** Enters a stage. */
export function onPod(sim: Sim, event: { readonly uid: string; readonly stage: PodStage; readonly generation: number }): Told {
  const { state } = sim;
  const row = state.pods.get(event.uid);
  const { stage } = event;
  const head = { kind: "pod", lane: row?.node ?? "", object: row === undefined ? "Pod" : `Pod ${row.namespace}/${row.name}` };
  if (row === undefined || row.generation !== event.generation)
    return { ...head, sentence: `Nothing is left to do: the Pod has gone another way since.` };
  const pod = knownPod(sim, row);
  if (pod === undefined) return { ...head, sentence: `${row.node}'s kubelet no longer knows ${row.name}.` };
  const entered: PodRow = { ...row, stage, killed: row.killed || stage === "killed" };
  state.pods.set(row.uid, entered);
  const hostIP = state.agents.get(row.node)?.links.address ?? "";
  const address = row.links?.address ?? (pod.spec.hostNetwork === true ? hostIP : "");
  const step = enterStage({ stage, pod, hostIP, address, killed: entered.killed, now: state.loop.now });
  const said = step.acts.map((act) => perform(sim, row.uid, pod, act)).filter((text) => text !== "");
  for (const next of [step.next, step.deadline ?? null]) if (next !== null) schedule(sim, row.uid, next);
  if (stage === "exited") for (const process of processesOf(sim, row.uid)) killProcess(sim, process.id);
  if (stage === "signalled" && !isRunning(sim, row.uid)) podExited(sim, row.uid);
  if (stage === "deleted") state.pods.delete(row.uid);
  const span = step.next === null ? undefined : spanOf(sim, row.uid, step.next);
  return { ...head, ...(span === undefined ? {} : { span }), sentence: said.length > 0 ? said.join(" ") : stageSentence(row, stage) };
}

/** The object as the kubelet knows it: its own reports are in it, since it made them. */
function knownPod(sim: Sim, row: PodRow): Pod | undefined {
  const stored = sim.state.store.latest().get("Pod", row.namespace, row.name);
  if (stored?.metadata.uid === row.uid) return stored;
  const last = sim.state.store.historyOf("Pod", row.namespace, row.name).findLast((write) => write.object.metadata.uid === row.uid);
  return last?.object.kind === "Pod" ? last.object : undefined;
}

function isStored(sim: Sim, row: PodRow): boolean {
  return sim.state.store.latest().get("Pod", row.namespace, row.name)?.metadata.uid === row.uid;
}

function schedule(sim: Sim, uid: string, { stage, after }: NextStage): void {
  const row = sim.state.pods.get(uid);
  if (row === undefined) return;
  later(sim, stageDelay(sim, `kubelet, ${row.node}`, after), { kind: "pod", uid, stage, generation: row.generation });
}

function spanOf(sim: Sim, uid: string, { stage }: NextStage): number | undefined {
  const next = sim.state.loop.ordered().find(({ payload }) => payload.kind === "pod" && payload.uid === uid && payload.stage === stage);
  return next === undefined ? undefined : next.at - sim.state.loop.now;
}

/** Whether one of a Pod's own programs (not a client that it started) still runs. */
function isRunning(sim: Sim, uid: string): boolean {
  return processesOf(sim, uid).some(
    ({ program }) => program.program === "server" || program.program === "coredns" || program.program === "echo",
  );
}

/** Carries one act out and says what it did. */
function perform(sim: Sim, uid: string, pod: Pod, act: KubeletAct): string {
  const row = sim.state.pods.get(uid);
  if (row === undefined) return "";
  switch (act.kind) {
    case "make-namespace":
      return makeNamespace(sim, row, pod);
    case "attach-network":
      return attach(sim, row, pod);
    case "start-processes":
      startPrograms(sim, pod, row);
      return `The containers of ${row.name} start.`;
    case "signal-processes":
      return signal(sim, row, act.signal);
    case "remove-namespace":
      return remove(sim, row);
    case "write":
      if (isStored(sim, row)) later(sim, NOW, { kind: "write", write: act.write, by: { who: "kubelet", node: row.node } });
      return "";
    default:
      return unreachable(act);
  }
}

function makeNamespace(sim: Sim, row: PodRow, pod: Pod): string {
  const host = hostNameOf(pod);
  if (pod.spec.hostNetwork !== true) addHost(sim.state, host, false);
  sim.state.pods.set(row.uid, { ...row, host });
  return `${row.name} gets a network namespace of its own on ${row.node}, with a resolv.conf that names the cluster's DNS.`;
}

function attach(sim: Sim, row: PodRow, pod: Pod): string {
  if (pod.spec.hostNetwork === true) return `${row.name} uses the network of ${row.node} itself.`;
  const links = attachPod(sim.state, row);
  if (typeof links === "string") return `${row.name} gets no address: ${links}.`;
  sim.state.pods.set(row.uid, { ...row, links });
  const host = hostOf(sim, row.host);
  if (host !== undefined) announce(host, "eth0", sim.kernelFor(""));
  return `The CNI plug-in gives ${row.name} the address ${links.address} and joins it to cni0 by ${links.veth}.`;
}

function signal(sim: Sim, row: PodRow, name: "SIGTERM" | "SIGKILL"): string {
  for (const { id } of processesOf(sim, row.uid)) {
    if (name === "SIGKILL") killProcess(sim, id);
    else runProcess(sim, id, { kind: "signal", signal: name });
  }
  return name === "SIGTERM" ? `SIGTERM reaches ${row.name}: it closes its listeners.` : `The grace of ${row.name} is over: it is killed.`;
}

function remove(sim: Sim, row: PodRow): string {
  if (row.host === row.node || row.host === "") return `${row.name} has ended.`;
  for (const { id } of processesOf(sim, row.uid)) killProcess(sim, id);
  detachPod(sim.state, row);
  sim.state.pods.set(row.uid, { ...row, host: "", links: null });
  const address = row.links === null ? "" : `, and ${row.links.address} is free again`;
  return `The network namespace of ${row.name} goes${address}.`;
}

function stageSentence(row: PodRow, stage: PodStage): string {
  switch (stage) {
    case "admitted":
      return `${row.node}'s kubelet admits ${row.name} and makes its sandbox.`;
    case "noticed":
      return `${row.node}'s kubelet notices that the containers of ${row.name} run.`;
    case "reported":
      return `${row.node}'s kubelet reports that ${row.name} runs${row.links === null ? "" : `, at ${row.links.address}`}.`;
    case "probed":
      return `The readiness probe of ${row.name} succeeds.`;
    case "stopping":
      return `${row.node}'s kubelet begins to stop ${row.name}.`;
    case "exited":
      return `The programs of ${row.name} have ended.`;
    case "end-reported":
      return `${row.node}'s kubelet reports the end of ${row.name}.`;
    case "deleted":
      return `${row.node}'s kubelet deletes ${row.name} from the API.`;
    default:
      return `${row.name} is ${hasNamespace(stage) ? "on its way" : "going"}: ${stage}.`;
  }
}
