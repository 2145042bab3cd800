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
}

export function Slider({ name, min, max, step = 1, value, shown, disabled = false, onChange }: SliderProps): ReactNode {
  const id = useId();
  return (
    <div className="slider">
      <label htmlFor={id}>{name}</label>
      <span className="slider-value">{shown ?? value}</span>
      <input
        id={id}
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
