/** Cluster time along the lanes: even seconds of true time, or the beginnings of a journey's packets. */
import { memo, type ReactNode } from "react";
import { showCluster, showMillis, useApp, type Beat, type StoryMap } from "../../store";
import { placeOf, scaleOf, type Stretch } from "./window";

interface Label {
  readonly at: number;
  readonly place: number;
}

/** Room that a label needs, pixels; the playhead's badge needs half as much on either side. */
const ROOM = 84;
const ROOM_EXACT = 108;
const BADGE = 54;

export const Axis = memo(function Axis({ stretch, width }: { readonly stretch: Stretch; readonly width: number }): ReactNode {
  const map = useApp((state) => state.playback.map);
  const beats = useApp((state) => state.playback.beats);
  const playhead = useApp((state) => Math.round(placeOf(stretch, state.playback.story) * 200) / 200);
  const isExact = map.knots.length > 0;
  const free = labelsOf(stretch, map, beats, width).filter(
    (label) => Math.abs(label.place - playhead) * width > BADGE + (isExact ? ROOM_EXACT : ROOM) / 2,
  );
  return free.map((label) => (
    <span key={label.at} className="axis-label" style={{ "--x": label.place }} aria-hidden="true">
      {isExact ? showCluster(label.at) : showMillis(label.at)}
    </span>
  ));
});

/** Labels that do not touch each other. */
function labelsOf(stretch: Stretch, map: StoryMap, beats: readonly Beat[], width: number): readonly Label[] {
  const labels: Label[] = [];
  for (const label of map.knots.length === 0 ? roundMoments(stretch, width) : packets(stretch, map, beats)) {
    const last = labels.at(-1);
    const room = (map.knots.length === 0 ? ROOM : ROOM_EXACT) / width;
    if (label.place < room / 2 || label.place > 1 - room / 2) continue;
    if (last === undefined || label.place - last.place >= room) labels.push(label);
  }
  return labels;
}

/** Round moments of true time, as far apart as their labels need. */
function roundMoments(stretch: Stretch, width: number): readonly Label[] {
  const scale = scaleOf(stretch);
  return scale
    .ticks(width / (1.5 * ROOM))
    .filter((story) => story >= 0)
    .map((story) => ({ at: story * 1000, place: scale(story) }));
}

function packets(stretch: Stretch, map: StoryMap, beats: readonly Beat[]): readonly Label[] {
  return beats
    .filter((beat, index) => index === 0 || beats[index - 1]?.packet !== beat.packet)
    .flatMap((beat) => {
      const knot = map.knots.find((one) => one.beat === beat.index);
      return knot === undefined ? [] : [{ at: knot.at, place: placeOf(stretch, knot.story) }];
    });
}
