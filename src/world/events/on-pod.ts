/** The kubelet goes on with one Pod, stage by stage; what each stage does is kubelet.ts's, how it is done is here. */
import { unreachable } from "../../base/assert";
import type { Pod } from "../../cluster/objects";
import type { Micros } from "../../engine/time";
import { micros, seconds } from "../../engine/time";
import { reserve } from "../../node/agents/cni";
import type { KubeletAct, NextStage, PodStage } from "../../node/agents/kubelet";
import { enterStage, hasNamespace } from "../../node/agents/kubelet";
import { noteEnd, planRestart } from "../../node/agents/restarts";
import { announce } from "../../node/kernel/host";
import { addHost, attachPod, detachPod, newHostNameOf, resolvConfOf, startPrograms } from "../machines";
import type { OnTerm } from "../../workloads/termination";
import { kubeletRuns } from "../node-faults";
import { terminationOf } from "../programs";
import type { PodRow } from "../rows";
import { killProcess, processesOf, runProcess } from "../run-process";
import type { Sim } from "../sim";
import { hostOf, later } from "../sim";
import type { WorldState } from "../state";
import type { Told } from "../told";
import { startProbes, wakeProbes } from "./on-probe";
import { forgetProbes, NOW, planCrash, podExited, stageDelay, write } from "./pod-life";

/** Enters a stage. */
export function onPod(sim: Sim, event: { readonly uid: string; readonly stage: PodStage; readonly generation: number }): Told {
  const { state } = sim;
  const row = state.pods.get(event.uid);
  const { stage } = event;
  const head = { kind: "pod", lane: row?.node ?? "", object: row === undefined ? "Pod" : `Pod ${row.namespace}/${row.name}` };
  if (row === undefined || row.generation !== event.generation)
    return { ...head, sentence: `Nothing is left to do: the Pod has gone another way since.` };
  if (!kubeletRuns(state, row.node)) return { ...head, sentence: hold(sim, row, stage) };
  const pod = knownPod(sim, row);
  if (pod === undefined) return { ...head, sentence: `${row.node}'s kubelet no longer knows ${row.name}.` };
  if (stage === "network-up" && pod.spec.hostNetwork !== true) {
    const problem = addressProblem(state, row);
    if (problem !== null) return { ...head, sentence: retrySandbox(sim, row, problem) };
  }
  const planned = stage === "exit-noticed" && row.restarts !== undefined ? planRestart(row.restarts, state.loop.now) : null;
  const restarts = planned?.restarts ?? row.restarts;
  const entered: PodRow = { ...row, stage, killed: row.killed || stage === "killed", ...(restarts === undefined ? {} : { restarts }) };
  state.pods.set(row.uid, entered);
  const restart = restarts === undefined ? {} : { restart: { restarts, wait: planned?.wait ?? NOW, hasSandbox: row.host !== "" } };
  const hostIP = state.agents.get(row.node)?.links.address ?? "";
  const address = row.links?.address ?? (pod.spec.hostNetwork === true ? hostIP : "");
  const step = enterStage({ stage, pod, hostIP, address, killed: entered.killed, now: state.loop.now, ...restart });
  const said = step.acts.map((act) => perform(sim, row.uid, pod, act)).filter((text) => text !== "");
  const span = step.next === null ? null : schedule(sim, row.uid, step.next);
  if (step.deadline !== undefined) schedule(sim, row.uid, step.deadline);
  if (stage === "exited") for (const process of processesOf(sim, row.uid)) killProcess(sim, process.id);
  if (stage === "restart-killed") endRestart(sim, row.uid);
  if ((stage === "signalled" || stage === "restart-stopping") && !isRunning(sim, row.uid)) podExited(sim, row.uid);
  if (stage === "signalled") wakeProbes(sim, row.uid);
  if (stage === "reported") startProbes(sim, row.uid);
  if (stage === "deleted") state.pods.delete(row.uid);
  return {
    ...head,
    podStage: stage,
    ...(span === null ? {} : { span }),
    sentence: said.length > 0 ? said.join(" ") : stageSentence(state.pods.get(row.uid) ?? row, stage, planned?.wait ?? NOW),
  };
}

/** A stage waits until its kubelet runs again. */
function hold(sim: Sim, row: PodRow, stage: PodStage): string {
  sim.state.pods.set(row.uid, { ...row, held: [...(row.held ?? []), stage] });
  return `${row.name} waits for the kubelet of ${row.node}, which does not run.`;
}

/** A container that had to be killed to be restarted. */
function endRestart(sim: Sim, uid: string): void {
  const row = sim.state.pods.get(uid);
  if (row === undefined) return;
  sim.state.pods.set(uid, { ...row, restarts: noteEnd(row.restarts, { finishedAt: sim.state.loop.now, exitCode: KILLED }) });
  forgetProbes(sim, uid);
}

/** Exit code of a program that SIGKILL ended. */
const KILLED = 137;

/** host-local's refusal, where a node's range has no free address. */
function addressProblem({ agents }: WorldState, row: PodRow): string | null {
  const agent = agents.get(row.node);
  const reserved = agent === undefined ? null : reserve(agent.ipam, row.name);
  return reserved === null || reserved.ok ? null : reserved.problem.message;
}

/**
 * The sandbox cannot be made: it is taken down, and the kubelet tries again 10 to 15 s later.
 * Source: pkg/kubelet/pod_workers.go (backOffPeriod, workerBackOffPeriodJitterFactor); the event FailedCreatePodSandBox.
 */
function retrySandbox(sim: Sim, row: PodRow, problem: string): string {
  const { state } = sim;
  if (row.host !== "") state.hosts.delete(row.host);
  state.pods.set(row.uid, { ...row, host: "", stage: "admitted" });
  const wait = micros(seconds(10) + state.draws.below(`kubelet, ${row.node}`, "sandbox retry", seconds(5)));
  later(sim, wait, { kind: "pod", uid: row.uid, stage: "sandbox-up", generation: row.generation });
  return `FailedCreatePodSandBox: ${row.name} gets no network on ${row.node}: plugin type="bridge" failed (add): failed to allocate for range 0: ${problem}. The kubelet tries again in ${(wait / 1_000_000).toFixed(1)} s.`;
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

/** How long until the stage; null where the Pod is gone. */
function schedule(sim: Sim, uid: string, { stage, after }: NextStage): Micros | null {
  const row = sim.state.pods.get(uid);
  if (row === undefined) return null;
  const delay = stageDelay(sim, `kubelet, ${row.node}`, after);
  later(sim, delay, { kind: "pod", uid, stage, generation: row.generation });
  return delay;
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
      sim.state.pods.set(uid, { ...row, programsAt: sim.state.loop.now });
      startPrograms(sim, pod, row);
      if (row.crashes === true) planCrash(sim, uid, row.generation);
      return `The containers of ${row.name} start${row.restarts === undefined ? "" : ` anew (restart ${row.restarts.count})`}.`;
    case "signal-processes":
      return signal(sim, row, pod, act.signal);
    case "remove-namespace":
      return remove(sim, row);
    case "write":
      if (isStored(sim, row)) write(sim, row, act.write, NOW);
      return "";
    default:
      return unreachable(act);
  }
}

function makeNamespace(sim: Sim, row: PodRow, pod: Pod): string {
  const host = newHostNameOf(sim.state, pod);
  if (pod.spec.hostNetwork !== true) addHost(sim.state, host, false);
  sim.state.pods.set(row.uid, { ...row, host });
  const { conf, warnings } = resolvConfOf(sim.state, pod);
  const servers = conf.nameservers.length === 0 ? "no name server" : conf.nameservers.join(", ");
  const said = warnings.map((warning) => ` Warning DNSConfigForming: ${warning.replace(/\.$/, "")}.`).join("");
  return `${row.name} gets a network namespace of its own on ${row.node}, with a resolv.conf that names ${servers}.${said}`;
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

function signal(sim: Sim, row: PodRow, pod: Pod, name: "SIGTERM" | "SIGKILL"): string {
  for (const { id } of processesOf(sim, row.uid)) {
    if (name === "SIGKILL") killProcess(sim, id);
    else runProcess(sim, id, { kind: "signal", signal: name });
  }
  return name === "SIGTERM"
    ? `SIGTERM reaches ${row.name}: ${termWords(terminationOf(pod).onTerm)}.`
    : `The grace of ${row.name} is over: it is killed.`;
}

function termWords(onTerm: OnTerm): string {
  switch (onTerm) {
    case "close":
      return "it closes its listeners";
    case "drain":
      return "it goes on accepting and answering while it drains";
    case "ignore":
      return "it does not hear it";
  }
}

function remove(sim: Sim, row: PodRow): string {
  if (row.host === row.node || row.host === "") return `${row.name} has ended.`;
  for (const { id } of processesOf(sim, row.uid)) killProcess(sim, id);
  detachPod(sim.state, row);
  sim.state.pods.set(row.uid, { ...row, host: "", links: null });
  const address = row.links === null ? "" : `, and ${row.links.address} is free again`;
  return `The network namespace of ${row.name} goes${address}.`;
}

function stageSentence(row: PodRow, stage: PodStage, wait: Micros): string {
  switch (stage) {
    case "admitted":
      return `${row.node}'s kubelet admits ${row.name} and makes its sandbox.`;
    case "noticed":
      return `${row.node}'s kubelet notices that the containers of ${row.name} run.`;
    case "reported":
      return `${row.node}'s kubelet reports that ${row.name} runs${row.links === null ? "" : `, at ${row.links.address}`}.`;
    case "exit-noticed":
      return `${row.node}'s kubelet notices that the containers of ${row.name} have ended${wait > 0 ? `: CrashLoopBackOff, it starts them anew in ${(wait / 1_000_000).toFixed(1)} s` : ", and starts them anew"}.`;
    case "restarting":
      return `${row.node}'s kubelet creates the containers of ${row.name} anew.`;
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
