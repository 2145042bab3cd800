/**
 * Probes of a Pod's containers: what a manifest asks for, when a worker looks, and when its result changes. A look that
 * would find what the last ones found is derived, not an event: `isSteady` says when nothing more can change by itself.
 * Sources: pkg/kubelet/prober/{worker,prober_manager}.go; pkg/apis/core/v1/defaults.go.
 * Left out: the packets of a look (the kubelet asks from the Pod's own node, where no rule concerns it), gRPC, a second
 * probe of a kind in another container of the same Pod.
 */
import type { Container, Pod } from "../../cluster/objects";
import { containerPorts } from "../../cluster/pods";
import type { Micros, SimTime } from "../../engine/time";
import { seconds, simTime } from "../../engine/time";
import { field } from "./grace";

/** The three kinds. */
export type ProbeName = "readiness" | "liveness" | "startup";

/** All kinds, in the order in which they matter. */
export const PROBE_NAMES: readonly ProbeName[] = ["startup", "readiness", "liveness"];

/** A probe as a manifest has it, with the API's defaults filled in. */
export interface Probe {
  readonly name: ProbeName;
  /** What is asked: a port (its number), or a command in the container. */
  readonly asks: { readonly how: "httpGet" | "tcpSocket"; readonly port: number } | { readonly how: "exec" };
  readonly initialDelay: Micros;
  readonly period: Micros;
  readonly timeout: Micros;
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

/** What one look finds. */
export type Outcome = "success" | "failure";

/** A probe's worker as it stands. */
export interface ProbeWorker {
  readonly name: ProbeName;
  /** Ticks are whole periods after this. */
  readonly begun: SimTime;
  /** What the kubelet acts on. */
  readonly result: Outcome;
  /** What the last looks found, and how many in a row. */
  readonly last: Outcome | null;
  readonly run: number;
  /** A look is scheduled. */
  readonly isDue: boolean;
}

/** The probe of a kind; null where no container has one. */
export function probeOf(pod: Pod, name: ProbeName): Probe | null {
  for (const container of pod.spec.containers) {
    const given = partOf(container, name);
    if (given !== undefined) return read(pod, name, given);
  }
  return null;
}

function partOf({ readinessProbe, livenessProbe, startupProbe }: Container, name: ProbeName): unknown {
  if (name === "readiness") return readinessProbe;
  return name === "liveness" ? livenessProbe : startupProbe;
}

function read(pod: Pod, name: ProbeName, given: unknown): Probe {
  const whole = (part: string, usual: number): number => Math.max(Number(field(given, part) ?? usual), 0);
  return {
    name,
    asks: asksOf(pod, given),
    initialDelay: seconds(whole("initialDelaySeconds", 0)),
    period: seconds(Math.max(whole("periodSeconds", 10), 1)),
    timeout: seconds(Math.max(whole("timeoutSeconds", 1), 1)),
    successThreshold: Math.max(whole("successThreshold", 1), 1),
    failureThreshold: Math.max(whole("failureThreshold", 3), 1),
  };
}

function asksOf(pod: Pod, given: unknown): Probe["asks"] {
  for (const how of ["httpGet", "tcpSocket"] as const) {
    const port = field(field(given, how), "port");
    if (port !== undefined) return { how, port: portNumber(pod, port) };
  }
  return { how: "exec" };
}

function portNumber(pod: Pod, port: unknown): number {
  if (typeof port === "number") return port;
  return containerPorts(pod).find(({ name }) => name === port)?.containerPort ?? Number(port);
}

/** A worker whose container has just started: ready has to be earned, alive is believed. */
export function freshWorker(name: ProbeName, begun: SimTime): ProbeWorker {
  return { name, begun, result: name === "liveness" ? "success" : "failure", last: null, run: 0, isDue: false };
}

/** A worker that has found the same for long. */
export function settledWorker(name: ProbeName, begun: SimTime): ProbeWorker {
  return { name, begun, result: "success", last: "success", run: 1, isDue: false };
}

/** A look has found something. */
export function look(worker: ProbeWorker, probe: Probe, found: Outcome): ProbeWorker {
  const run = worker.last === found ? worker.run + 1 : 1;
  const enough = run >= (found === "success" ? probe.successThreshold : probe.failureThreshold);
  return { ...worker, last: found, run, result: enough ? found : worker.result };
}

/** Whether further looks that find the same change nothing. */
export function isSteady({ last, result }: ProbeWorker): boolean {
  return last === result;
}

/** The first tick after a moment at which the container is old enough to be asked. Its age counts in whole seconds. */
export function nextLook(
  { begun }: ProbeWorker,
  { period, initialDelay }: Probe,
  at: { readonly now: SimTime; readonly startedAt: SimTime },
): SimTime {
  const notBefore = Math.max(at.now + 1, at.startedAt + initialDelay);
  return simTime(begun + Math.ceil((notBefore - begun) / period) * period);
}

/** Whether a container is old enough for a look outside its ticks: the one when it counts as started. */
export function mayLookAtOnce({ initialDelay }: Probe, at: { readonly now: SimTime; readonly startedAt: SimTime }): boolean {
  return at.now - at.startedAt >= initialDelay;
}
