/** Pods counted by state, in words: what is folded is still told. */
import type { PodState, PodView } from "../../bridge/protocol";
import { widthOf } from "./text-width";

/** The four signs of a Pod. */
export type PodSign = "ready" | "not ready" | "terminating" | "failed";

export function signOf(state: PodState): PodSign {
  switch (state) {
    case "Running":
      return "ready";
    case "Terminating":
      return "terminating";
    case "Failed":
      return "failed";
    case "Pending":
    case "ContainerCreating":
    case "Not ready":
    case "CrashLoopBackOff":
    case "Completed":
      return "not ready";
  }
}

const ORDER: readonly PodState[] = [
  "Running",
  "Not ready",
  "CrashLoopBackOff",
  "Pending",
  "ContainerCreating",
  "Terminating",
  "Completed",
  "Failed",
];

const WORDS: Readonly<Record<PodState, string>> = {
  Running: "ready",
  "Not ready": "not ready",
  CrashLoopBackOff: "crash looping",
  Pending: "pending",
  ContainerCreating: "starting",
  Terminating: "terminating",
  Completed: "completed",
  Failed: "failed",
};

/** How many Pods are in a state, with its sign and word. */
export interface StateCount {
  readonly sign: PodSign;
  readonly count: number;
  readonly word: string;
}

/** States that occur, in a fixed order. A node without Pods says so with one entry of 0. */
function countsOf(pods: readonly PodView[]): readonly StateCount[] {
  const counts = ORDER.map((state) => ({
    sign: signOf(state),
    word: WORDS[state],
    count: pods.filter((pod) => pod.state === state).length,
  })).filter((each) => each.count > 0);
  return counts.length > 0 ? counts : [{ sign: "not ready", word: "Pods", count: 0 }];
}

/** All states, or where they have no room the ready ones and the rest, or Pods alone. */
export function fittedCounts(pods: readonly PodView[], room: number): readonly StateCount[] {
  const all = countsOf(pods);
  const ready = all.filter((each) => each.sign === "ready");
  const rest = pods.length - ready.reduce((sum, each) => sum + each.count, 0);
  const two: readonly StateCount[] = [...ready, ...(rest > 0 ? [{ sign: "not ready" as const, count: rest, word: "not ready" }] : [])];
  const one: readonly StateCount[] = [{ sign: rest > 0 ? "not ready" : "ready", count: pods.length, word: "Pods" }];
  return [all, two].find((counts) => countsWidth(counts) <= room) ?? one;
}

/** Width of counts in a row, each with its sign, at 11 px. */
export function countsWidth(counts: readonly StateCount[]): number {
  return counts.reduce((sum, each) => sum + countWidth(each), -12);
}

export function countWidth(each: StateCount): number {
  return widthOf(`${each.count} ${each.word}`, 11) + 24;
}

/** `3 ready, 1 terminating`. */
export function countWords(pods: readonly PodView[]): string {
  return countsOf(pods)
    .map((each) => `${each.count} ${each.word}`)
    .join(", ");
}
