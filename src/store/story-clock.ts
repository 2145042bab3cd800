/**
 * Story time: the clock the viewer lives in. A monotone, piecewise linear map between cluster time (whole
 * microseconds) and story time (milliseconds at 1×), made from the beats of what is followed. Before the first beat and
 * after the last, and while nothing is followed, story time is true time.
 */
import { upperBound } from "../base/order";
import type { JourneyView } from "../bridge/protocol";
import { BEAT, type Beat } from "./beats";

/** A joint of the map: a hop, where it stands in both clocks. */
export interface Knot {
  /** Milliseconds at 1×. */
  readonly story: number;
  /** Whole microseconds. */
  readonly at: number;
  /** The event whose outcome is shown here. */
  readonly event: number;
  readonly hop: number;
  readonly beat: number;
}

/** The map. Without knots it is true time. */
export interface StoryMap {
  readonly knots: readonly Knot[];
  /** Where the last beat is over. Equal to the last knot where there are no knots. */
  readonly end: { readonly story: number; readonly at: number };
}

/** Nothing followed: story time is true time. */
export const TRUE_TIME: StoryMap = { knots: [], end: { story: 0, at: 0 } };

/**
 * The map of a followed journey. Packets are told one after another even where they travel at the same time, so the
 * cluster time of a hop is the latest time reached so far: the playhead never runs backwards.
 */
export function storyMap(journey: JourneyView, beats: readonly Beat[]): StoryMap {
  const first = journey.hops[0];
  if (first === undefined || beats.length === 0) return TRUE_TIME;
  const start = journey.startedAt / 1000;
  const knots: Knot[] = [];
  let at = journey.startedAt;
  let event = first.event;
  for (const beat of beats) {
    for (let offset = 0; offset < beat.hops; offset += 1) {
      const hop = journey.hops[beat.firstHop + offset];
      if (hop === undefined) continue;
      if (knots.length > 0) at = Math.max(at, hop.at);
      event = Math.max(event, hop.event);
      knots.push({ story: start + BEAT * (beat.index + offset / beat.hops), at, event, hop: hop.index, beat: beat.index });
    }
  }
  return { knots, end: { story: start + BEAT * beats.length, at: Math.max(at, journey.endedAt ?? at) } };
}

/** Cluster time of a story time: whole microseconds, never below 0. */
export function clusterAt(map: StoryMap, story: number): number {
  const { knots, end } = map;
  const first = knots[0];
  if (first === undefined) return Math.max(0, Math.round(story * 1000));
  if (story <= first.story) return Math.max(0, Math.round(first.at - (first.story - story) * 1000));
  if (story >= end.story) return Math.round(end.at + (story - end.story) * 1000);
  const next = upperBound(knots, story, (knot) => knot.story);
  return between(knots[next - 1] ?? first, knots[next] ?? end, story);
}

function between(from: { story: number; at: number }, to: { story: number; at: number }, story: number): number {
  return Math.round(from.at + ((to.at - from.at) * (story - from.story)) / (to.story - from.story));
}

/** Story time of a cluster time: the earliest at which the playhead stands there. */
export function storyAt(map: StoryMap, at: number): number {
  const { knots, end } = map;
  const first = knots[0];
  if (first === undefined) return at / 1000;
  if (at <= first.at) return first.story - (first.at - at) / 1000;
  if (at > end.at) return end.story + (at - end.at) / 1000;
  const before = upperBound(knots, at - 0.5, (knot) => knot.at) - 1;
  const from = knots[before] ?? first;
  const to = knots[before + 1] ?? end;
  return to.at === from.at ? from.story : from.story + ((to.story - from.story) * (at - from.at)) / (to.at - from.at);
}

/** The hop that is shown at a story time; null before the first and without a journey. */
export function knotAt(map: StoryMap, story: number): Knot | null {
  return map.knots[upperBound(map.knots, story + 1e-6, (knot) => knot.story) - 1] ?? null;
}

/** Where a beat begins. */
export function beatStart(map: StoryMap, beat: number): Knot | null {
  return map.knots.find((knot) => knot.beat === beat) ?? null;
}

/** Where a beat's last hop is shown. */
export function beatEnd(map: StoryMap, beat: number): Knot | null {
  return map.knots.findLast((knot) => knot.beat === beat) ?? null;
}

/** Where a hop is shown. */
export function hopStart(map: StoryMap, hop: number): Knot | null {
  return map.knots.find((knot) => knot.hop === hop) ?? null;
}
