/** Places of the cost curves: Services on a logarithmic axis, microseconds on a straight one. */
import { scaleLinear, scaleLog } from "d3-scale";
import type { Point } from "./geometry";

export const COST_WIDTH = 352;
export const COST_HEIGHT = 226;

const LEFT = 34;
const RIGHT = 12;
const TOP = 24;
const BOTTOM = 34;

/** The largest number of Services on the axis. */
export const MOST_SERVICES = 30_000;

export interface CostScales {
  readonly x: (services: number) => number;
  readonly y: (micros: number) => number;
  readonly ticksY: readonly number[];
}

/** Scales for values up to so many microseconds. */
export function costScales(mostMicros: number): CostScales {
  const x = scaleLog([1, MOST_SERVICES], [LEFT, COST_WIDTH - RIGHT]);
  const y = scaleLinear([0, mostMicros], [COST_HEIGHT - BOTTOM, TOP]).nice(5);
  return { x: (services) => x(Math.max(1, services)), y: (micros) => y(micros), ticksY: y.ticks(5) };
}

/** Numbers of Services that the axis names. */
export const TICKS_X: readonly (readonly [number, string])[] = [
  [1, "1"],
  [10, "10"],
  [100, "100"],
  [1000, "1,000"],
  [10_000, "10,000"],
];

/** The edges of the plot. */
export const PLOT = { left: LEFT, right: COST_WIDTH - RIGHT, top: TOP, bottom: COST_HEIGHT - BOTTOM } as const;

/** A line through values over the number of Services, close enough together to bend as the logarithm does. */
export function lineOver(scales: CostScales, from: number, to: number, micros: (services: number) => number): readonly Point[] {
  const steps = 48;
  return Array.from({ length: steps + 1 }, (_, step) => {
    const services = from * (to / from) ** (step / steps);
    return { x: scales.x(services), y: scales.y(micros(services)) };
  });
}
