/**
 * One Pod's life on its node, as a pure machine of stages: what is done on reaching a stage, and when the next comes.
 * Source: pkg/kubelet (syncPod, syncTerminatingPod, syncTerminatedPod), facts of the usual times in timings.ts.
 *
 *   admitted → sandbox-up → network-up → started → noticed → reported … runs
 *   [restart-stopping →] exit-noticed → restarting → started …           its programs have ended, and are started anew
 *   lost → exit-noticed → sandbox-up …                                   its machine went down and came back
 *   stopping → signalled → exited (by itself, or killed) → namespace-gone → end-reported → deleted
 *
 * Probes are beside it (probes.ts): what they find ends in a status, or in `restart-stopping`.
 * Left out: image pulls (images are there), volumes, init containers, restart policies other than Always.
 */
import { unreachable } from "../../base/assert";
import type { ApiWrite, JsonMergePatch } from "../../cluster/api-write";
import type { Pod } from "../../cluster/objects";
import { refOf } from "../../cluster/objects";
import type { Micros, SimTime } from "../../engine/time";
import { seconds } from "../../engine/time";
import { graceAfter, preStopOf } from "./grace";
import { admittedStatus, endedStatus, restartingStatus, runningStatus, sandboxStatus } from "./pod-status";
import { probeOf } from "./probes";
import type { Restarts } from "./restarts";
import type { Delay } from "./timings";
import { FIXED_TIMES } from "./timings";

/** Stages of a Pod's start, in order. */
const START_STAGES = ["admitted", "sandbox-up", "network-up", "started", "noticed", "reported"] as const;

/** Stages on the way from one start of the programs to the next. `restart-killed` is the deadline of `restart-stopping`. */
const RESTART_STAGES = ["lost", "restart-stopping", "restart-killed", "exit-noticed", "restarting"] as const;

/** Stages of a Pod's end. `killed` is the deadline of `signalled`. */
const STOP_STAGES = ["stopping", "signalled", "killed", "exited", "namespace-gone", "end-reported", "deleted"] as const;

/** A stage of a Pod on its node. */
export type PodStage = (typeof START_STAGES)[number] | (typeof RESTART_STAGES)[number] | (typeof STOP_STAGES)[number];

/** What is to be done on reaching a stage. */
export type KubeletAct =
  /** The sandbox: an empty network namespace with its resolv.conf. */
  | { readonly kind: "make-namespace" }
  /** CNI ADD. */
  | { readonly kind: "attach-network" }
  | { readonly kind: "start-processes" }
  | { readonly kind: "signal-processes"; readonly signal: "SIGTERM" | "SIGKILL" }
  /** CNI DEL, then the namespace goes; the address is free again. */
  | { readonly kind: "remove-namespace" }
  | { readonly kind: "write"; readonly write: ApiWrite };

/** How long until something: drawn from a table, or fixed. */
export type StageDelay = { readonly draw: Delay } | { readonly fixed: Micros };

/** A stage to come. */
export interface NextStage {
  readonly stage: PodStage;
  readonly after: StageDelay;
}

/** What a stage brings. */
export interface StageStep {
  readonly acts: readonly KubeletAct[];
  /** null: the Pod stays here until something else happens (it runs; its process has yet to end; it is gone). */
  readonly next: NextStage | null;
  /** Comes if nothing else has come before: SIGKILL after the grace. */
  readonly deadline?: NextStage;
}

/** What a stage is entered with. */
export interface StageInput {
  readonly stage: PodStage;
  /** The Pod as the kubelet knows it. */
  readonly pod: Pod;
  /** Of the node, "" where it has none. */
  readonly hostIP: string;
  /** The Pod's address, once CNI has given one; "" before. */
  readonly address: string;
  /** Whether its processes had to be killed. */
  readonly killed?: boolean;
  readonly now: SimTime;
  /** Once its programs have ended: what is kept of that, how long to wait, and whether its sandbox still stands. */
  readonly restart?: { readonly restarts: Restarts; readonly wait: Micros; readonly hasSandbox: boolean };
}

/** Until the kubelet admits a Pod, or begins to stop it, after its watch has told it. */
export const KUBELET_SYNC: StageDelay = { draw: "informer" };

/** Enters a stage. */
export function enterStage(input: StageInput): StageStep {
  const { stage, pod, now } = input;
  switch (stage) {
    case "admitted":
      return step([patch(pod, admittedStatus(pod, input.hostIP, now))], "sandbox-up", { draw: "sandbox" });
    case "sandbox-up":
      return step([{ kind: "make-namespace" }], "network-up", { draw: "cni" });
    case "network-up":
      return step([{ kind: "attach-network" }, patch(pod, sandboxStatus(pod, now))], "started", { draw: "containerStart" });
    case "started":
      return step([{ kind: "start-processes" }], "noticed", { draw: "pleg" });
    case "noticed":
      return step([], "reported", { draw: "status" });
    case "reported":
      return report(input);
    case "lost":
    case "restart-stopping":
    case "restart-killed":
    case "exit-noticed":
    case "restarting":
      return enterRestartStage(input, stage);
    case "stopping":
    case "signalled":
    case "killed":
    case "exited":
    case "namespace-gone":
    case "end-reported":
    case "deleted":
      return enterStopStage(input, stage);
    default:
      return unreachable(stage);
  }
}

/**
 * The first stage of a Pod's end, by how far it has come. One without processes has nothing to signal.
 * `null`: it is ending already, or is gone.
 */
export function stopFrom(reached: PodStage): PodStage | null {
  if (STOP_STAGES.some((stage) => stage === reached)) return null;
  return hasProcesses(reached) ? "stopping" : "exited";
}

/** Whether processes run at a stage of the start. */
export function hasProcesses(reached: PodStage): boolean {
  return ["started", "noticed", "reported", "restart-stopping"].includes(reached);
}

/** Whether the Pod has a network namespace at a stage. */
export function hasNamespace(reached: PodStage): boolean {
  return (
    reached !== "admitted" && reached !== "lost" && reached !== "namespace-gone" && reached !== "end-reported" && reached !== "deleted"
  );
}

function enterStopStage(input: StageInput, stage: (typeof STOP_STAGES)[number]): StageStep {
  const { pod, now, killed = false } = input;
  switch (stage) {
    case "stopping":
      return step([], "signalled", { fixed: preStopOf(pod) });
    case "signalled":
      return {
        acts: [{ kind: "signal-processes", signal: "SIGTERM" }],
        next: null,
        deadline: { stage: "killed", after: { fixed: graceAfter(pod, preStopOf(pod)) } },
      };
    case "killed":
      return step([{ kind: "signal-processes", signal: "SIGKILL" }], "exited", { fixed: seconds(0) });
    case "exited":
      return step([], "namespace-gone", { fixed: FIXED_TIMES.namespaceGone });
    case "namespace-gone":
      return step([{ kind: "remove-namespace" }], "end-reported", { draw: "status" });
    case "end-reported":
      return step([patch(pod, endedStatus(pod, { killed, now }))], "deleted", { draw: "status" });
    case "deleted":
      return { acts: [remove(pod)], next: null };
    default:
      return unreachable(stage);
  }
}

function enterRestartStage({ pod, now, restart }: StageInput, stage: (typeof RESTART_STAGES)[number]): StageStep {
  switch (stage) {
    case "lost":
      return { acts: [], next: null };
    case "restart-stopping":
      return {
        acts: [{ kind: "signal-processes", signal: "SIGTERM" }],
        next: null,
        deadline: { stage: "restart-killed", after: { fixed: graceAfter(pod, seconds(0)) } },
      };
    case "restart-killed":
      return step([{ kind: "signal-processes", signal: "SIGKILL" }], "exit-noticed", { fixed: seconds(0) });
    case "exit-noticed": {
      if (restart === undefined) return { acts: [], next: null };
      const act = patch(pod, restartingStatus(pod, { ...restart, now }));
      return restart.hasSandbox ? step([act], "restarting", { fixed: restart.wait }) : step([act], "sandbox-up", { draw: "sandbox" });
    }
    case "restarting":
      return step([], "started", { draw: "containerStart" });
    default:
      return unreachable(stage);
  }
}

/** Without a probe that has to succeed first, Ready comes in the very report that has the address. */
function report({ pod, address, now, restart }: StageInput): StageStep {
  const ready = probeOf(pod, "readiness") === null && probeOf(pod, "startup") === null;
  return { acts: [patch(pod, runningStatus(pod, { address, ready, now, restarts: restart?.restarts }))], next: null };
}

function step(acts: readonly KubeletAct[], stage: PodStage, after: StageDelay): StageStep {
  return { acts, next: { stage, after } };
}

function patch(pod: Pod, body: JsonMergePatch): KubeletAct {
  return { kind: "write", write: { verb: "patch", ref: refOf(pod), ...uid(pod), patch: body } };
}

/** The kubelet's own DELETE: the object goes at once. */
function remove(pod: Pod): KubeletAct {
  return { kind: "write", write: { verb: "delete", ref: refOf(pod), ...uid(pod), gracePeriodSeconds: 0 } };
}

function uid(pod: Pod): { readonly uid?: string } {
  return pod.metadata.uid === undefined ? {} : { uid: pod.metadata.uid };
}
