/** Geometry of the rollout's chart: moments to places from 0 to 1, counts to steps, and round ticks. */
import { scaleLinear } from "d3-scale";
import type { CountFrom, RolloutPod, RolloutView } from "../../../bridge/protocol";

/** The stretch of cluster time that is drawn. */
export interface Domain {
  readonly from: number;
  readonly to: number;
}

const LEAST = 2_000_000;
const ROOM = 400_000;

/** From the beginning to the shown moment, or to a little after all had come to rest. */
export function domainOf({ since, until, sets, pods, available }: RolloutView): Domain {
  const from = since ?? 0;
  const counts = [...sets.flatMap(({ sizes }) => sizes), ...available].map(({ at }) => at);
  const moments = pods.flatMap(({ moments: own, rules }) => [
    ...own.map(({ at }) => at),
    ...rules.flatMap((one) => [one.from ?? 0, one.until ?? 0]),
  ]);
  const last = Math.max(from, ...counts, ...moments);
  return { from, to: Math.max(from + LEAST, Math.min(until, last + ROOM)) };
}

/** Where a moment stands, from 0 to 1. */
export function placeOf({ from, to }: Domain, at: number): number {
  return Math.min(1, Math.max(0, (at - from) / (to - from)));
}

/** Round spans after the beginning, in seconds, with their places. */
export function ticksOf({ from, to }: Domain): readonly { readonly seconds: number; readonly place: number }[] {
  const span = (to - from) / 1_000_000;
  const scale = scaleLinear([0, span], [0, 1]);
  return scale.ticks(5).map((seconds) => ({ seconds, place: scale(seconds) }));
}

/** A step of a count: it holds from one place to another. */
export interface Step {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Steps up to `until` of counts in time order; before the first it is 0. */
export function stepsOf(domain: Domain, counts: readonly CountFrom[], until: number): readonly Step[] {
  const end = placeOf(domain, until);
  return counts
    .map(({ at, count }, index) => {
      const next = counts[index + 1];
      return { from: placeOf(domain, at), to: next === undefined ? end : placeOf(domain, next.at), count };
    })
    .filter((step) => step.to > step.from);
}

/** Sums of several counts, at every moment at which one changes. */
export function summed(all: readonly (readonly CountFrom[])[]): readonly CountFrom[] {
  const moments = [...new Set(all.flatMap((counts) => counts.map(({ at }) => at)))].toSorted((a, b) => a - b);
  return moments.map((at) => ({ at, count: all.reduce((sum, counts) => sum + (counts.findLast((one) => one.at <= at)?.count ?? 0), 0) }));
}

/** A stretch of a Pod's life and how it is drawn. */
export interface Piece {
  readonly how: "asked for" | "scheduled" | "starting" | "serving" | "ending" | "known";
  readonly from: number;
  readonly to: number;
}

const WAYS: readonly (readonly [begin: string, end: string, how: Piece["how"]])[] = [
  ["made", "scheduled", "asked for"],
  ["scheduled", "sandbox", "scheduled"],
  ["sandbox", "ready", "starting"],
  ["ready", "ending", "serving"],
  ["ending", "gone", "ending"],
];

/** A Pod's life as its kubelet has it, in pieces; one that is skipped (a Pod that ends before it was ready) leaves no gap. */
export function lifeOf(domain: Domain, { moments }: RolloutPod, until: number): readonly Piece[] {
  const at = new Map(moments.map((one) => [one.what as string, one.at]));
  const ended = at.get("ending") ?? at.get("gone") ?? until;
  return WAYS.flatMap(([begin, end, how]) => {
    const starts = at.get(begin);
    if (starts === undefined) return [];
    const ends = Math.min(at.get(end) ?? until, how === "ending" ? (at.get("gone") ?? until) : ended);
    return drawn({ how, from: placeOf(domain, starts), to: placeOf(domain, ends) });
  });
}

/** The stretch in which slices name it as ready. */
export function sliceOf(domain: Domain, pod: RolloutPod, until: number): readonly Piece[] {
  const at = new Map(pod.moments.map((one) => [one.what, one.at]));
  const wasThere = pod.rules.some(({ from }) => from === 0);
  const starts = at.get("in slice") ?? (wasThere ? domain.from : undefined);
  if (starts === undefined) return [];
  return drawn({ how: "known", from: placeOf(domain, starts), to: placeOf(domain, at.get("out of slice") ?? until) });
}

/** By node, the stretch in which its rules lead to the Pod; nodes in their order. */
export function rulesOf(domain: Domain, pod: RolloutPod, until: number): readonly (Piece & { readonly node: string })[] {
  return pod.rules.flatMap(({ node, from, until: ended }) =>
    from === null
      ? []
      : drawn({ how: "known" as const, from: placeOf(domain, from), to: placeOf(domain, ended ?? until) }).map((one) => ({ ...one, node })),
  );
}

function drawn(piece: Piece): readonly Piece[] {
  return piece.to > piece.from ? [piece] : [];
}
