/**
 * Which Pods a ReplicaSet gives up first. Source: pkg/controller/controller_utils.go (ActivePodsWithRanks),
 * KEP-2185 (log2 buckets of age). Restart counts (rule 7) are left out: containers do not restart here.
 */
import type { Pod } from "../cluster/objects";
import { readApiTime } from "../cluster/api-time";
import { isReady, isTerminal, isTerminating } from "../cluster/pods";
import { compareText } from "../base/order";
import type { SimTime } from "../engine/time";
import { uidOf } from "./ownership";
import { floorLog2 } from "./whole-log";

const DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

/** Neither ended nor being deleted. Source: controller_utils.go IsPodActive. */
export function isActive(pod: Pod): boolean {
  return !isTerminal(pod) && !isTerminating(pod);
}

/**
 * Pods in the order in which they are deleted. `related` are the Pods of all ReplicaSets of the same owner: the more of
 * them share a Node, the sooner a Pod there goes. A total order: where Go's comparison would leave two Pods of the same
 * age undecided (its sort is not stable), the smaller UID goes first.
 */
export function deletionOrder({
  pods,
  related,
  now,
}: {
  readonly pods: readonly Pod[];
  readonly related: readonly Pod[];
  readonly now: SimTime;
}): readonly Pod[] {
  const perNode = activePerNode(related);
  return pods
    .map((pod) => ({ pod, rank: rankOf(pod, perNode, now) }))
    .toSorted((a, b) => compareRanks(a.rank, b.rank) || compareText(uidOf(a.pod), uidOf(b.pod)))
    .map((ranked) => ranked.pod);
}

/** Numbers to compare one after another; smaller goes first. */
type Rank = readonly number[];

function rankOf(pod: Pod, perNode: ReadonlyMap<string, number>, now: SimTime): Rank {
  const ready = isReady(pod);
  const rank = [
    nodeOf(pod) === "" ? 0 : 1,
    PHASE_ORDER[pod.status?.phase ?? "Pending"],
    ready ? 1 : 0,
    deletionCost(pod),
    -(perNode.get(nodeOf(pod)) ?? 0),
  ];
  return [...rank, ageBucket(ready ? readySince(pod) : pod.metadata.creationTimestamp, now)];
}

const PHASE_ORDER = { Pending: 0, Unknown: 1, Running: 2, Succeeded: 3, Failed: 3 } as const;

function compareRanks(a: Rank, b: Rank): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function activePerNode(pods: readonly Pod[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const pod of pods) {
    if (isActive(pod)) counts.set(nodeOf(pod), (counts.get(nodeOf(pod)) ?? 0) + 1);
  }
  return counts;
}

function nodeOf(pod: Pod): string {
  return pod.spec.nodeName ?? "";
}

/** The annotation as a 32-bit whole number; 0 where it is absent or no number (the API refuses such). */
function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[DELETION_COST] ?? "0";
  return /^(0|-?[1-9]\d{0,9})$/.test(text) ? Number(text) : 0;
}

function readySince(pod: Pod): string | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === "Ready")?.lastTransitionTime;
}

/** floor(log2(age in nanoseconds)); -1 for no age, so that an unknown time counts as the youngest. */
function ageBucket(since: string | undefined, now: SimTime): number {
  return since === undefined ? -1 : floorLog2((now - readApiTime(since)) * 1000);
}
