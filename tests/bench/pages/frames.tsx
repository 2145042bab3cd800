/**
 * Three ways of moving packets over the very same stage: the program's own canvas, a bare canvas, and SVG circles.
 * `?way=painter|canvas|svg&count=500`. Every frame's length is kept in `window.frameLengths`.
 */
import { useLayoutEffect, useRef } from "react";
import { createRoot } from "react-dom/client";
import { Stage, type Frame } from "../../../src/diagrams";
import { flightPath } from "../../../src/diagrams/layout/flight-path";
import { lengthOf, spotAt, type Point } from "../../../src/diagrams/layout/geometry";
import { stageLayout } from "../../../src/diagrams/layout/stage-layout";
import "../../../src/styles/tokens.css";
import { flightsOf, large, WINDOW } from "./scene";

declare global {
  interface Window {
    /** Lengths of frames in milliseconds. */
    frameLengths: number[];
    /** Packets that moved in the last frame. */
    moving: number;
  }
}

const query = new URLSearchParams(location.search);
const way = query.get("way") ?? "painter";
const count = Number(query.get("count") ?? "500");
const flights = flightsOf(count);
const playhead = { at: 0, hopIndex: -1, level: "stations" } as const;
window.frameLengths = [];

/** Time runs round and round in a window where as many flights as asked for are on their way. */
function now(): number {
  return WINDOW.from + ((performance.now() * 1000) % WINDOW.length);
}

function keepFrames(): void {
  let last = 0;
  const next = (at: number): void => {
    if (last > 0) window.frameLengths.push(at - last);
    last = at;
    const moment = now();
    window.moving = flights.filter(({ startedAt }) => startedAt <= moment && moment - startedAt < WINDOW.length).length;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}

interface Moving {
  readonly startedAt: number;
  readonly path: readonly Point[];
  readonly length: number;
}

const layout = stageLayout({ moment: large, journey: null, playhead });
const moving: readonly Moving[] = flights.map((flight) => {
  const path = flightPath(layout, flight);
  return { startedAt: flight.startedAt, path, length: lengthOf(path) };
});

function spots(): readonly Point[] {
  const at = now();
  return moving
    .filter(({ startedAt }) => startedAt <= at && at - startedAt < WINDOW.length)
    .map(({ startedAt, path, length }) => spotAt(path, (length * (at - startedAt)) / WINDOW.length));
}

function BareCanvas() {
  const element = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const pen = element.current?.getContext("2d") ?? null;
    const next = (): void => {
      if (pen === null) return;
      pen.clearRect(0, 0, layout.width, layout.height);
      pen.fillStyle = "#b3261e";
      for (const { x, y } of spots()) {
        pen.beginPath();
        pen.arc(x, y, 7, 0, 2 * Math.PI);
        pen.fill();
      }
      requestAnimationFrame(next);
    };
    next();
  }, []);
  return <canvas ref={element} width={layout.width} height={layout.height} style={{ position: "absolute", inset: 0 }} />;
}

function BareSvg() {
  const group = useRef<SVGGElement>(null);
  useLayoutEffect(() => {
    const circles = [...(group.current?.children ?? [])];
    const next = (): void => {
      const shown = spots();
      for (const [n, circle] of circles.entries()) {
        const spot = shown[n];
        circle.setAttribute("transform", spot === undefined ? "translate(-20 -20)" : `translate(${spot.x} ${spot.y})`);
      }
      requestAnimationFrame(next);
    };
    next();
  }, []);
  return (
    <svg width={layout.width} height={layout.height} style={{ position: "absolute", inset: 0 }}>
      <g ref={group}>
        {Array.from({ length: count }, (_, n) => (
          <circle key={n} r={7} fill="#b3261e" />
        ))}
      </g>
    </svg>
  );
}

const frames = (): Frame => ({ at: now(), progress: 1, speed: 1 });
const parts = { moment: large, journey: null, playhead, selection: null, onSelect: () => undefined, events: [] } as const;
const theme = { theme: "light", reducedMotion: false } as const;

function Page() {
  const own = way === "painter";
  return (
    <div style={{ position: "relative", width: layout.width, height: layout.height }}>
      <Stage {...parts} {...theme} flights={own ? flights : []} frames={frames} />
      {way === "canvas" && <BareCanvas />}
      {way === "svg" && <BareSvg />}
    </div>
  );
}

const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<Page />);
keepFrames();
