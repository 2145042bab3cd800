/** A slider on the native range, with its name, its value, and the value in words where a number says too little. */
import { useId, type ReactNode } from "react";
import "./slider.css";

export interface SliderProps {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly value: number;
  /** What stands beside the name; the value where absent. */
  readonly shown?: string;
  readonly disabled?: boolean;
  readonly onChange: (value: number) => void;
  /** It is let go, or a key has moved it: for what should not follow every step of a drag. */
  readonly onRelease?: (value: number) => void;
}

export function Slider({ name, min, max, step = 1, value, shown, disabled = false, onChange, onRelease }: SliderProps): ReactNode {
  const id = useId();
  return (
    <div className="slider">
      <label htmlFor={id}>{name}</label>
      <span className="slider-value">{shown ?? value}</span>
      <input
        id={id}
        ref={onRelease === undefined ? undefined : (input) => listen(input, onRelease)}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        disabled={disabled}
        style={{ "--v": (value - min) / (max - min) }}
        onChange={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}

/** The browser's own `change` comes once a drag; React's is the browser's `input`. */
function listen(input: HTMLInputElement | null, onRelease: (value: number) => void): () => void {
  const heard = (): void => onRelease(input?.valueAsNumber ?? 0);
  input?.addEventListener("change", heard);
  return () => input?.removeEventListener("change", heard);
}
