/** Virtual time. Whole microseconds since the scenario began; the caller advances it, nothing reads a clock. */
import type { Brand } from "../base/brand";

/** A moment: whole microseconds since the start of the run. */
export type SimTime = Brand<number, "SimTime">;

/** A span: whole microseconds. */
export type Micros = Brand<number, "Micros">;

/** The start of every run. */
export const START: SimTime = 0 as SimTime;

/** A span of whole microseconds. */
export function micros(value: number): Micros {
  return Math.trunc(value) as Micros;
}

/** A span given in milliseconds. */
export function millis(value: number): Micros {
  return micros(value * 1000);
}

/** A span given in seconds. */
export function seconds(value: number): Micros {
  return micros(value * 1_000_000);
}

/** A moment from whole microseconds. */
export function simTime(value: number): SimTime {
  return Math.trunc(value) as SimTime;
}

/** The moment `span` after `time`. */
export function after(time: SimTime, span: Micros): SimTime {
  return (time + span) as SimTime;
}

/** The span from `from` to `to`. */
export function between(from: SimTime, to: SimTime): Micros {
  return (to - from) as Micros;
}

/** `mm:ss.mmm uuu`, the form that the page and the transcript show. */
export function showTime(time: SimTime): string {
  const whole = Math.trunc(time / 1_000_000);
  const minutes = Math.trunc(whole / 60)
    .toString()
    .padStart(2, "0");
  const secs = (whole % 60).toString().padStart(2, "0");
  const fraction = (time % 1_000_000).toString().padStart(6, "0");
  return `${minutes}:${secs}.${fraction.slice(0, 3)} ${fraction.slice(3)}`;
}
