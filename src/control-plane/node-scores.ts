/**
 * Scores of the scheduler's default profile, in whole numbers. Source: pkg/scheduler/framework/plugins
 * {tainttoleration,podtopologyspread,noderesources}; weights of apis/config/v1/default_plugins.go.
 * Node affinity, Pod affinity and image locality give every Node the same here and are left out.
 */
import type { Node, Pod } from "../cluster/objects";
import { untolerated } from "./taints";
import { lnMillionths } from "./whole-log";

/** Weights of the plugins that can differ from Node to Node. */
const WEIGHT = { taints: 3, spread: 2, least: 1, balanced: 1 } as const;

/** What every Node is taken to have: manifests seldom say it. Four processors, 16 GiB. */
const ALLOCATABLE = { milliCpu: 4000, mebibytes: 16_384 } as const;

/** What a container without requests counts for. Source: pkg/scheduler/util/pod_resources.go. */
const DEFAULT_REQUEST = { milliCpu: 100, mebibytes: 200 } as const;

/** How even the spread is wished: soft constraints of Pods that say nothing. Source: podtopologyspread/plugin.go systemDefaultConstraints. */
const MAX_SKEW = { hostname: 3, zone: 5 } as const;

/** A Node that passed the filters, with what is on it. */
export interface Candidate {
  readonly node: Node;
  readonly name: string;
  readonly zone: string | undefined;
  /** Pods on it. */
  readonly pods: number;
  /** Pods on it that belong together with the new one. */
  readonly matching: number;
}

/** The total score of each candidate, in their order. `spread` is false for a Pod of no Service or ReplicaSet. */
export function scores(pod: Pod, candidates: readonly Candidate[], spread: boolean): readonly number[] {
  const taints = reversed(candidates.map(({ node }) => untolerated(node, pod.spec.tolerations ?? [], ["PreferNoSchedule"]).length));
  const spreading = spread ? spreadScores(candidates) : candidates.map(() => 0);
  return candidates.map(
    (candidate, index) =>
      WEIGHT.taints * (taints[index] ?? 0) +
      WEIGHT.spread * (spreading[index] ?? 0) +
      WEIGHT.least * leastAllocated(candidate, pod) +
      WEIGHT.balanced * balanced(candidate, pod),
  );
}

/** More is worse: 100 for none, 0 for the most. Source: framework/plugins/helper DefaultNormalizeScore (reverse). */
function reversed(values: readonly number[]): readonly number[] {
  const most = Math.max(...values, 0);
  return values.map((value) => (most === 0 ? 100 : 100 - Math.floor((100 * value) / most)));
}

/** Source: podtopologyspread/scoring.go: Σ count·ln(size + 2) + (maxSkew − 1), rounded, then 100·(max + min − raw)/max. */
function spreadScores(candidates: readonly Candidate[]): readonly number[] {
  const perZone = new Map<string, number>();
  for (const { zone, matching } of candidates) {
    if (zone !== undefined) perZone.set(zone, (perZone.get(zone) ?? 0) + matching);
  }
  const hostWeight = lnMillionths(candidates.length + 2);
  const zoneWeight = lnMillionths(perZone.size + 2);
  const raw = candidates.map(({ zone, matching }) => {
    const host = matching * hostWeight + (MAX_SKEW.hostname - 1) * 1_000_000;
    const inZone = zone === undefined ? 0 : (perZone.get(zone) ?? 0) * zoneWeight + (MAX_SKEW.zone - 1) * 1_000_000;
    return Math.round((host + inZone) / 1_000_000);
  });
  const most = Math.max(...raw);
  const least = Math.min(...raw);
  return raw.map((value) => (most === 0 ? 100 : Math.floor((100 * (most + least - value)) / most)));
}

function used(candidate: Candidate, pod: Pod): { readonly milliCpu: number; readonly mebibytes: number } {
  const containers = candidate.pods + Math.max(pod.spec.containers.length, 1);
  return {
    milliCpu: Math.min(containers * DEFAULT_REQUEST.milliCpu, ALLOCATABLE.milliCpu),
    mebibytes: Math.min(containers * DEFAULT_REQUEST.mebibytes, ALLOCATABLE.mebibytes),
  };
}

function leastAllocated(candidate: Candidate, pod: Pod): number {
  const { milliCpu, mebibytes } = used(candidate, pod);
  const cpu = Math.floor(((ALLOCATABLE.milliCpu - milliCpu) * 100) / ALLOCATABLE.milliCpu);
  const memory = Math.floor(((ALLOCATABLE.mebibytes - mebibytes) * 100) / ALLOCATABLE.mebibytes);
  return Math.floor((cpu + memory) / 2);
}

/** 100·(1 − standard deviation of the two fractions), which for two is half their difference. */
function balanced(candidate: Candidate, pod: Pod): number {
  const { milliCpu, mebibytes } = used(candidate, pod);
  const difference = Math.abs(milliCpu / ALLOCATABLE.milliCpu - mebibytes / ALLOCATABLE.mebibytes);
  return Math.floor((1 - difference / 2) * 100);
}
