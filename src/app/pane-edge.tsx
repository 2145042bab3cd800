/** The edge between two panes: drag it, or move it with the arrow keys. Widths are kept for the visit. */
import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";

export interface PaneEdgeProps {
  readonly name: string;
  /** The custom property that holds the pane's width. */
  readonly property: "--left" | "--right";
  /** 1 where dragging to the right widens the pane, -1 where it narrows it. */
  readonly way: 1 | -1;
  readonly start: number;
  readonly min: number;
  readonly max: number;
}

const STEP = 16;

export function PaneEdge({ name, property, way, start, min, max }: PaneEdgeProps): ReactNode {
  const [width, setWidth] = useState(start);
  const grabbed = useRef<{ readonly x: number; readonly width: number } | null>(null);

  function resize(wanted: number): void {
    const next = Math.min(max, Math.max(min, Math.round(wanted)));
    setWidth(next);
    document.documentElement.style.setProperty(property, `${next}px`);
  }

  function key(event: KeyboardEvent): void {
    const by = event.key === "ArrowRight" ? STEP : event.key === "ArrowLeft" ? -STEP : 0;
    if (by === 0) return;
    event.preventDefault();
    resize(width + by * way);
  }

  function drag(event: PointerEvent): void {
    if (grabbed.current !== null) resize(grabbed.current.width + (event.clientX - grabbed.current.x) * way);
  }

  return (
    <div
      className={`pane-edge pane-edge${property}`}
      role="separator"
      aria-orientation="vertical"
      aria-label={name}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={width}
      tabIndex={0}
      onKeyDown={key}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        grabbed.current = { x: event.clientX, width };
      }}
      onPointerMove={drag}
      onPointerUp={() => {
        grabbed.current = null;
      }}
      onDoubleClick={() => resize(start)}
    />
  );
}
