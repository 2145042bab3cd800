/** Which stretch of time the lanes show, and where a moment stands in it. Pure. */
import { scaleLinear, type ScaleLinear } from "d3-scale";
import type { PlaybackState } from "../../store";

/** A stretch of story time, milliseconds at 1×. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** With nothing followed the lanes turn pages of ten seconds, with a second of the past beside. */
const PAGE = 10_000;
const BESIDE = 1_000;

/** The followed journey with what led to it, else the page in which the playhead stands. */
export function stretchOf(playback: Pick<PlaybackState, "map" | "story">): Stretch {
  const first = playback.map.knots[0];
  if (first !== undefined) {
    const length = playback.map.end.story - first.story;
    return { from: first.story - length * 0.3, to: playback.map.end.story + length * 0.04 };
  }
  const page = Math.floor(playback.story / PAGE) * PAGE;
  return { from: page - BESIDE, to: page + PAGE + BESIDE };
}

const scales = new WeakMap<Stretch, ScaleLinear<number, number>>();

/** Story time to a place in the stretch: 0 at its beginning, 1 at its end. */
export function scaleOf(stretch: Stretch): ScaleLinear<number, number> {
  const known = scales.get(stretch) ?? scaleLinear([stretch.from, stretch.to], [0, 1]);
  scales.set(stretch, known);
  return known;
}

/** Where a story time stands in a stretch: 0 at its beginning, 1 at its end. */
export function placeOf(stretch: Stretch, story: number): number {
  return scaleOf(stretch)(story);
}
