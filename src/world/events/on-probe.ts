/**
 * A kubelet looks at a Pod's programs, and acts on what it finds. A worker has an event only while its looks can change
 * something: whoever changes what a program answers wakes it (`wakeProbes`).
 */
import { below, draw } from "../../base/draw";
import type { Pod } from "../../cluster/objects";
import { isReady } from "../../cluster/pods";
import { micros, simTime } from "../../engine/time";
import { hasProcesses } from "../../node/agents/kubelet";
import { readinessStatus } from "../../node/agents/pod-status";
import type { Outcome, Probe, ProbeName, ProbeWorker } from "../../node/agents/probes";
import { freshWorker, isSteady, look, mayLookAtOnce, nextLook, PROBE_NAMES, probeOf, settledWorker } from "../../node/agents/probes";
import { kubeletRuns } from "../node-faults";
import type { PodRow } from "../rows";
import { processesOf } from "../run-process";
import type { Sim } from "../sim";
import { hostOf, later } from "../sim";
import type { Told } from "../told";
import { reportOf, restartProbed } from "./pod-life";

/** A Pod's programs have started and are known to run: its workers begin, readiness with a look at once. */
export function startProbes(sim: Sim, uid: string): void {
  const row = sim.state.pods.get(uid);
  const pod = row === undefined ? undefined : podOf(sim, row);
  if (row === undefined || pod === undefined) return;
  const names = PROBE_NAMES.filter((name) => probeOf(pod, name) !== null);
  if (names.length === 0) return;
  sim.state.pods.set(uid, { ...row, probes: names.map((name) => freshWorker(name, row.startedAt)) });
  planLooks(sim, uid, { atOnce: true });
}

/** What a Pod's programs answer may be another now: its workers look again. */
export function wakeProbes(sim: Sim, uid: string): void {
  const row = sim.state.pods.get(uid);
  const pod = row === undefined ? undefined : podOf(sim, row);
  if (row === undefined || pod === undefined || !hasProcesses(row.stage)) return;
  const names = PROBE_NAMES.filter((name) => probeOf(pod, name) !== null);
  if (names.length === 0) return;
  if (row.probes === undefined)
    sim.state.pods.set(uid, { ...row, probes: names.map((name) => settledWorker(name, begunBefore(sim, row))) });
  planLooks(sim, uid, { all: true });
}

/** Ticks of a worker that began before the run did: a phase of its own. */
function begunBefore(sim: Sim, row: PodRow): ReturnType<typeof simTime> {
  return row.programsAt === undefined ? simTime(-below(draw(sim.state.setup.seed, row.uid, "probe phase", 0), 1_000_000)) : row.startedAt;
}

function podOf(sim: Sim, row: PodRow): Pod | undefined {
  const pod = sim.state.store.latest().get("Pod", row.namespace, row.name);
  return pod?.metadata.uid === row.uid ? pod : undefined;
}

/** Schedules a look of every worker that has something to find and none scheduled. `all`: even of those that are steady. */
function planLooks(sim: Sim, uid: string, { atOnce = false, all = false }: { readonly atOnce?: boolean; readonly all?: boolean }): void {
  const { loop, pods } = sim.state;
  const row = pods.get(uid);
  const pod = row === undefined ? undefined : podOf(sim, row);
  if (row?.probes === undefined || pod === undefined) return;
  const isStarted = row.probes.every(({ name, result }) => name !== "startup" || result === "success");
  const at = { now: loop.now, startedAt: row.programsAt ?? row.startedAt };
  const probes = row.probes.map((worker): ProbeWorker => {
    const probe = probeOf(pod, worker.name);
    const waits = !isStarted && worker.name !== "startup";
    const stops = row.stage !== "reported" && worker.name !== "readiness";
    if (probe === null || worker.isDue || waits || stops || (isSteady(worker) && !all)) return worker;
    const isFirst = atOnce && worker.name !== "liveness" && mayLookAtOnce(probe, at);
    const when = isFirst ? loop.now : nextLook(worker, probe, at);
    loop.schedule(when, { kind: "probe", uid, probe: worker.name, generation: row.generation });
    return { ...worker, isDue: true };
  });
  pods.set(uid, { ...row, probes });
}

/** A probe is due. */
export function onProbe(
  sim: Sim,
  event: { readonly uid: string; readonly probe: ProbeName; readonly generation: number; readonly late?: true },
): Told {
  const { state } = sim;
  const row = state.pods.get(event.uid);
  const head = { kind: "probe", lane: row?.node ?? "", object: row === undefined ? "Pod" : `Pod ${row.namespace}/${row.name}` };
  const pod = row === undefined ? undefined : podOf(sim, row);
  const probe = pod === undefined ? null : probeOf(pod, event.probe);
  const worker = row?.probes?.find(({ name }) => name === event.probe);
  const isPast = row === undefined || worker === undefined || !hasProcesses(row.stage);
  if (isPast || pod === undefined || probe === null) return { ...head, sentence: `A ${event.probe} probe has nobody to ask any more.` };
  if (!kubeletRuns(state, row.node)) {
    keep(sim, row, { ...worker, isDue: false });
    return { ...head, sentence: `Nobody probes ${row.name}: the kubelet of ${row.node} does not run.` };
  }
  const found = event.late === true ? "timeout" : answerOf(sim, row, probe);
  if (found === "timeout" && event.late !== true) {
    later(sim, probe.timeout, { ...event, kind: "probe", late: true });
    return { ...head, sentence: `The kubelet asks ${row.name} (${event.probe} probe) and gets no answer yet.` };
  }
  const outcome = found === "success" ? "success" : "failure";
  const after = look({ ...worker, isDue: false }, probe, outcome);
  keep(sim, row, after);
  if (after.result !== worker.result || worker.last === null) actOn(sim, row, pod, after);
  planLooks(sim, row.uid, { atOnce: event.probe === "startup" && after.result === "success" });
  return { ...head, sentence: sentenceOf({ row, probe, worker, after, found }) };
}

function keep(sim: Sim, row: PodRow, worker: ProbeWorker): void {
  sim.state.pods.set(row.uid, { ...row, probes: (row.probes ?? []).map((one) => (one.name === worker.name ? worker : one)) });
}

/** What the program answers: its kernel takes a connection even while it stands still. */
function answerOf(sim: Sim, row: PodRow, { asks, name }: Probe): Outcome | "timeout" {
  const processes = processesOf(sim, row.uid);
  const isFrozen = processes.some(({ held }) => held !== undefined);
  if (row.failing?.includes(name) === true) return "failure";
  if (asks.how === "exec") return isFrozen ? "timeout" : "success";
  const listens = hostOf(sim, row.host)?.sockets.listeners.has(asks.port) === true;
  if (!listens) return "failure";
  return isFrozen && asks.how === "httpGet" ? "timeout" : "success";
}

/** Readiness goes into the status, unless startup has yet to succeed; the others restart the containers. */
function actOn(sim: Sim, row: PodRow, pod: Pod, { name, result }: ProbeWorker): void {
  if (name === "readiness" || (name === "startup" && result === "success")) return report(sim, row, pod);
  if (result === "failure" && row.stage === "reported") restartProbed(sim, row.uid, name);
}

function report(sim: Sim, before: PodRow, pod: Pod): void {
  const row = sim.state.pods.get(before.uid) ?? before;
  const ready = isProbedReady(pod, row);
  if (ready !== isReady(pod)) reportOf(sim, row, readinessStatus(pod, ready, sim.state.loop.now));
}

/** Whether its probes call a Pod ready: all that have to succeed have. A Pod without workers is as it was settled. */
export function isProbedReady(pod: Pod, { probes }: PodRow): boolean {
  const needed = PROBE_NAMES.filter((name) => name !== "liveness" && probeOf(pod, name) !== null);
  return needed.every((name) => (probes?.find((worker) => worker.name === name)?.result ?? "success") === "success");
}

function sentenceOf({
  row,
  probe,
  worker,
  after,
  found,
}: {
  readonly row: PodRow;
  readonly probe: Probe;
  readonly worker: ProbeWorker;
  readonly after: ProbeWorker;
  readonly found: Outcome | "timeout";
}): string {
  const what = `The ${probe.name} probe of ${row.name}`;
  if (found === "success") {
    if (after.result !== worker.result) return `${what} succeeds${consequence(probe.name, "success")}.`;
    return after.result === "success" ? `${what} succeeds.` : `${what} succeeds, ${after.run} of ${probe.successThreshold} times in a row.`;
  }
  const how = found === "timeout" ? `gets no answer within ${micros(probe.timeout) / 1_000_000} s` : "fails";
  if (after.result !== worker.result)
    return `${what} ${how}${after.run === 1 ? "" : ` ${after.run} times in a row`}${consequence(probe.name, "failure")}.`;
  return after.run < probe.failureThreshold
    ? `${what} ${how}, ${after.run} of ${probe.failureThreshold} times that are borne.`
    : `${what} ${how}.`;
}

function consequence(name: ProbeName, result: Outcome): string {
  if (name === "readiness") return result === "success" ? ": it is ready" : ": it is not ready";
  if (name === "startup") return result === "success" ? ": its other probes begin" : ": its containers are restarted";
  return result === "success" ? "" : ": its containers are restarted";
}
