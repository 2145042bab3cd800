/** The two clocks, and how fast the story runs. */
import type { ReactNode } from "react";
import { showCluster, showSpeed, showStory, SPEEDS, useActions, useApp } from "../../store";
import { ScaledSlider } from "../../widgets/scaled-slider";

export function Clocks(): ReactNode {
  const at = useApp((state) => showCluster(state.playback.at));
  const story = useApp((state) => showStory(state.playback.story));
  const speed = useApp((state) => state.playback.speed);
  return (
    <dl className="clocks">
      <dt>Cluster</dt>
      <dd className="clocks-true">{at}</dd>
      <dt>Story</dt>
      <dd>
        {story}, {showSpeed(speed)}
      </dd>
    </dl>
  );
}

/** From slowest to fastest in even steps of factor, with 1× in the middle. */
export function Speed(): ReactNode {
  const speed = useApp((state) => state.playback.speed);
  const { setSpeed } = useActions();
  const span = Math.log(SPEEDS.max / SPEEDS.min);
  return (
    <div className="speed">
      <span aria-hidden="true">Speed</span>
      <ScaledSlider
        name="Speed"
        min={SPEEDS.min}
        max={SPEEDS.max}
        step={0.1}
        value={speed}
        valueText={showSpeed(speed)}
        place={Math.log(speed / SPEEDS.min) / span}
        onPlace={(place) => setSpeed(rounded(SPEEDS.min * Math.exp(place * span)))}
        onChange={setSpeed}
      />
    </div>
  );
}

/** Two digits are enough, and 1× is easy to hit. */
function rounded(speed: number): number {
  const value = speed < 1 ? Math.round(speed * 20) / 20 : Math.round(speed * 10) / 10;
  return Math.abs(value - 1) < 0.11 ? 1 : value;
}
