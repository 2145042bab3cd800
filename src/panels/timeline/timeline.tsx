/** The foot of the page: transport, clocks, speed, and time with its events. */
import { useMemo, type ReactNode } from "react";
import { useAppParts } from "../../store";
import { Clocks, Speed } from "./clocks";
import { Lanes } from "./lanes";
import { TimeSlider } from "./time-slider";
import "./timeline.css";
import "./lanes.css";
import { Transport } from "./transport";
import { stretchOf } from "./window";

/** `room`: how many lanes fit; 0 shows a plain scrubber instead. */
export function Timeline({ room }: { readonly room: number }): ReactNode {
  return (
    <footer className="time" aria-label="Timeline">
      <div className="transport">
        {room === 0 && <PlainScrubber />}
        <Transport />
        {room > 0 && <Speed />}
        <Clocks />
      </div>
      {room > 0 && <Lanes room={room} />}
    </footer>
  );
}

/** Without lanes the slider spans what is followed, else everything that was computed. */
function PlainScrubber(): ReactNode {
  const { from, to } = useAppParts(({ playback, session }) => {
    const first = playback.map.knots[0];
    if (first === undefined) return { from: 0, to: Math.max(1, session.head / 1000) };
    return { from: first.story, to: Math.max(first.story + 1, stretchOf(playback).to) };
  });
  const stretch = useMemo(() => ({ from, to }), [from, to]);
  return <TimeSlider stretch={stretch} plain />;
}
