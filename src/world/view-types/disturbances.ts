/** What is broken at a moment and which delays are in force, as plain data: what the page's "Break things" reads. */
import type { ProbeName } from "../../node/agents/probes";
import type { OnTerm } from "../../workloads/termination";

/** A node of which something is broken. */
export interface BrokenNodeView {
  readonly node: string;
  readonly kubeletStopped: boolean;
  readonly proxyStopped: boolean;
  readonly off: boolean;
  readonly cutOff: boolean;
  readonly addressesTaken: boolean;
}

/** A Pod that has probes, has been restarted, or of which something is broken. */
export interface TroubledPodView {
  /** `ns/name`. */
  readonly pod: string;
  readonly probes: readonly ProbeName[];
  readonly failing: readonly ProbeName[];
  readonly frozen: boolean;
  readonly crashes: boolean;
  readonly restarts: number;
  /** Until when its containers wait to be started anew, whole microseconds; null where they do not. */
  readonly waitsUntil: number | null;
}

/** How a Deployment's Pods are probed and end, by its template. */
export interface EndingView {
  /** `ns/name`. */
  readonly deployment: string;
  readonly preStopSeconds: number;
  readonly graceSeconds: number;
  /** Of the readiness probe; null where there is none. */
  readonly probePeriodSeconds: number | null;
  readonly shutdownSeconds: number;
  readonly onTerm: OnTerm;
}

/** All of it. What is whole is left out. */
export interface DisturbancesView {
  readonly nodes: readonly BrokenNodeView[];
  readonly pods: readonly TroubledPodView[];
  /** Readers whose own watch is cut. */
  readonly cutWatches: readonly string[];
  /** Delays in milliseconds. */
  readonly watchDelay: number;
  readonly storeDelay: number;
  readonly syncPeriod: number;
  readonly endings: readonly EndingView[];
}
