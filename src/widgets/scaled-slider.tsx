/**
 * A slider whose place is not its value: logarithmic, or along another clock. The native range carries name, value and
 * keys; the drawn track carries the pointer, in places from 0 to 1.
 */
import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import "./slider.css";

export interface ScaledSliderProps {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly step: number | "any";
  readonly value: number;
  readonly valueText: string;
  /** Where the value stands on the track, from 0 to 1. */
  readonly place: number;
  /** The pointer asks for a place. */
  readonly onPlace: (place: number) => void;
  /** Keys and assistive technology ask for a value. */
  readonly onChange: (value: number) => void;
  /** Keys that mean something else than one step of the value; true where it was taken. */
  readonly onKey?: (event: KeyboardEvent) => boolean;
  readonly disabled?: boolean;
  readonly className?: string;
  readonly children?: ReactNode;
}

export function ScaledSlider(props: ScaledSliderProps): ReactNode {
  const track = useRef<HTMLDivElement>(null);

  function take(event: PointerEvent): void {
    const box = track.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return;
    props.onPlace(inside((event.clientX - box.left) / box.width));
  }

  return (
    <div
      className={`scaled ${props.className ?? ""}`}
      style={{ "--v": inside(props.place) }}
      data-disabled={props.disabled}
      onPointerDown={(event) => {
        if (props.disabled === true || event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        track.current?.querySelector("input")?.focus({ preventScroll: true });
        take(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) take(event);
      }}
    >
      <div className="scaled-track" ref={track}>
        {props.children}
        <input
          type="range"
          aria-label={props.name}
          aria-valuetext={props.valueText}
          min={props.min}
          max={props.max}
          step={props.step}
          value={props.value}
          disabled={props.disabled}
          onChange={(event) => props.onChange(event.currentTarget.valueAsNumber)}
          onKeyDown={(event) => {
            if (props.onKey?.(event) === true) event.preventDefault();
          }}
        />
      </div>
    </div>
  );
}

function inside(place: number): number {
  return Math.min(1, Math.max(0, place));
}
