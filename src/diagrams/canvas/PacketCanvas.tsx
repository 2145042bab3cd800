import { useEffect, useLayoutEffect, useRef } from "react";
import type { FlightView } from "../../bridge/protocol";
import type { PacketPath } from "../layout/packet-path";
import type { StageLayout } from "../layout/stage-layout";
import type { Playhead } from "../layout/telling";
import { startPainting } from "./loop";
import { flightPaths, type Frame, type Painting } from "./painter";
import { paletteOf } from "./palette";

/** Where the moving playhead is read, once a frame. */
export type FrameSource = () => Frame;

interface PacketCanvasProps {
  readonly layout: StageLayout;
  readonly path: PacketPath;
  readonly playhead: Playhead;
  readonly flights: readonly FlightView[];
  readonly theme: "light" | "dark";
  readonly reducedMotion: boolean;
  readonly frames: FrameSource | undefined;
}

/** One canvas over the stage. Its words are in the stage's description and in the journey's list. */
export function PacketCanvas({ layout, path, playhead, flights, theme, reducedMotion, frames }: PacketCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const painting = useRef<Painting | null>(null);
  const still = useRef<FrameSource>(() => ({ at: 0, progress: 1, speed: 1 }));
  const scale = typeof devicePixelRatio === "number" ? devicePixelRatio : 1;

  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null || element.parentElement === null) return;
    const picture = { layout, path, flights, reducedMotion };
    painting.current = { picture, paths: flightPaths(picture), palette: paletteOf(element.parentElement), theme, scale };
  }, [layout, path, flights, theme, reducedMotion, scale]);

  useLayoutEffect(() => {
    still.current = frames ?? (() => ({ at: playhead.at, progress: playhead.progress ?? 1, speed: 1 }));
  }, [frames, playhead]);

  useEffect(() => {
    const element = canvas.current;
    if (element === null || painting.current === null) return;
    const first = painting.current;
    return startPainting(
      element,
      () => painting.current ?? first,
      () => still.current(),
    );
  }, []);

  return (
    <canvas
      ref={canvas}
      width={layout.width * scale}
      height={layout.height * scale}
      style={{ width: layout.width, height: layout.height }}
      aria-hidden="true"
    />
  );
}
