/** The slider "Time": its value is cluster time in microseconds, its place story time. */
import type { KeyboardEvent, ReactNode } from "react";
import { currentHop, showCluster, useActions, useApp } from "../../store";
import { ScaledSlider } from "../../widgets/scaled-slider";
import { placeOf, type Stretch } from "./window";

export function TimeSlider({ stretch, plain = false }: { readonly stretch: Stretch; readonly plain?: boolean }): ReactNode {
  const at = useApp((state) => state.playback.at);
  const story = useApp((state) => state.playback.story);
  const head = useApp((state) => Math.max(state.session.head, state.playback.at));
  const place = useApp((state) => {
    const hop = currentHop(state);
    return hop === null ? "" : `${hop.node === "" ? hop.host : hop.node} ${hop.place}`;
  });
  const actions = useActions();

  function onKey(event: KeyboardEvent): boolean {
    const forwards = event.key === "ArrowRight" || event.key === "ArrowUp";
    const backwards = event.key === "ArrowLeft" || event.key === "ArrowDown";
    if (!forwards && !backwards) return false;
    event.stopPropagation();
    void actions.stepEvent(forwards ? 1 : -1);
    return true;
  }

  return (
    <ScaledSlider
      name="Time"
      className={plain ? "time-plain" : "time-over"}
      min={0}
      max={head}
      step={1}
      value={at}
      valueText={place === "" ? showCluster(at) : `${showCluster(at)}, ${place}`}
      place={placeOf(stretch, story)}
      onPlace={(wanted) => actions.seekStory(Math.max(0, stretch.from + wanted * (stretch.to - stretch.from)))}
      onChange={actions.seek}
      onKey={onKey}
    >
      {!plain && (
        <b className="playhead" aria-hidden="true">
          {showCluster(at)}
        </b>
      )}
    </ScaledSlider>
  );
}
