/** Lanes of events over the axis of time. The playhead is a slider: grabbing it pauses. */
import { memo, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useApp, useAppParts } from "../../store";
import { Axis } from "./axis";
import { hostLanes, journeyMarks, laneNames, marksOf, type Lane, type Mark } from "./marks";
import { TimeSlider } from "./time-slider";
import { stretchOf, type Stretch } from "./window";

/** How many lanes have room. */
export function Lanes({ room }: { readonly room: number }): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidthOf(box);
  const stretch = useStretch();
  const names = useLaneNames();
  const shown = fold(names, room);
  return (
    <div className="lanes" ref={box}>
      {shown.length < names.length && <span className="lanes-folded">{foldedInWords(names.length - shown.length)}</span>}
      {shown.map((lane) =>
        lane.id === "followed" ? (
          <FollowedLane key={lane.id} name={lane.name} stretch={stretch} />
        ) : (
          <EventLane key={lane.id} id={lane.id} name={lane.name} stretch={stretch} width={width} />
        ),
      )}
      <div className="lanes-over">
        <Axis stretch={stretch} width={width} />
        <TimeSlider stretch={stretch} />
      </div>
    </div>
  );
}

function useStretch(): Stretch {
  const { from, to } = useAppParts((state) => stretchOf(state.playback));
  return useMemo(() => ({ from, to }), [from, to]);
}

function useLaneNames(): readonly Pick<Lane, "id" | "name">[] {
  const hosts = useApp((state) => hostLanes(state.session.moment).join(" "));
  const journey = useApp((state) => (state.session.journey?.request === state.selection.followed ? state.session.journey : null));
  return useMemo(() => laneNames(hosts === "" ? [] : hosts.split(" "), journey), [hosts, journey]);
}

function rank(id: string): number {
  if (id === "followed" || id === "you") return 0;
  if (id === "API server") return 1;
  if (id.startsWith("node-")) return 2;
  if (id === "controllers") return 3;
  return id.startsWith("coredns") ? 5 : 4;
}

/** Where there is no room, controllers, CoreDNS and the control plane fold first. */
function fold(lanes: readonly Pick<Lane, "id" | "name">[], room: number): readonly Pick<Lane, "id" | "name">[] {
  const kept = new Set(lanes.toSorted((a, b) => rank(a.id) - rank(b.id)).slice(0, room));
  return lanes.filter((lane) => kept.has(lane));
}

function foldedInWords(count: number): string {
  return count === 1 ? "1 lane folded" : `${count} lanes folded`;
}

function EventLane({
  id,
  name,
  stretch,
  width,
}: {
  readonly id: string;
  readonly name: string;
  readonly stretch: Stretch;
  readonly width: number;
}): ReactNode {
  const events = useApp((state) => state.session.trace.events);
  const map = useApp((state) => state.playback.map);
  const marks = useMemo(() => marksOf(events, id, { stretch, map, width }), [events, id, stretch, map, width]);
  return <LaneRow name={name} marks={marks} />;
}

function FollowedLane({ name, stretch }: { readonly name: string; readonly stretch: Stretch }): ReactNode {
  const parts = useAppParts(({ session, playback }) => ({
    journey: session.journey,
    beats: playback.beats,
    map: playback.map,
    beat: playback.beat,
  }));
  const marks = parts.journey === null ? [] : journeyMarks(parts.journey, parts.beats, parts, stretch);
  return <LaneRow name={name} marks={marks} />;
}

/** Lanes at rest are not drawn again. */
function sameLane(a: Pick<Lane, "name" | "marks">, b: Pick<Lane, "name" | "marks">): boolean {
  return a.name === b.name && a.marks.length === b.marks.length && a.marks.every((mark, index) => sameMark(mark, b.marks[index]));
}

function sameMark(a: Mark, b: Mark | undefined): boolean {
  return b !== undefined && a.key === b.key && a.place === b.place && a.words === b.words && a.length === b.length && a.ahead === b.ahead;
}

const LaneRow = memo(function LaneRow({ name, marks }: { readonly name: string; readonly marks: readonly Mark[] }): ReactNode {
  return (
    <div className="lane">
      <span>{name}</span>
      <div aria-hidden="true">
        {marks.map((mark) => (
          <i
            key={mark.key}
            className={`lane-${mark.sign}${mark.ahead ? " lane-ahead" : ""}`}
            style={{ "--x": mark.place, "--w": mark.length }}
          />
        ))}
        {marks.map((mark) =>
          mark.words === "" ? null : (
            <em key={mark.key} style={{ "--x": mark.place + mark.length }}>
              {mark.words}
            </em>
          ),
        )}
      </div>
    </div>
  );
}, sameLane);

function useWidthOf(box: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(1000);
  useEffect(() => {
    const element = box.current;
    if (element === null || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => setWidth(Math.max(200, element.clientWidth - 188)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return width;
}
