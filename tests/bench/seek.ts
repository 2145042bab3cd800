/**
 * Going along a run of 100,000 events of two-apps with live traffic: seeking anywhere, one step either way, and what the
 * checkpoints weigh. What is timed is what the worker does: bring the eye there and make the moment that the page draws.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { simTime } from "../../src/engine/time";
import type { Recording } from "../../src/recording/recording";
import { finish } from "../../src/recording/recording";
import { twoAppsRecording } from "../fixtures/world";
import type { Figure } from "./harness";
import { bestRate, percentile } from "./harness";
import { bareQueue, EVENTS as BARE_EVENTS } from "./engine";

const EVENTS = 100_000;
const SEEKS = 200;
const STEPS = 300;
const SECOND = 1_000_000;
const MEGABYTE = 1_048_576;

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
}

/** Megabytes of the heap that are in use. */
export function heap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / MEGABYTE;
}

function longRun(): Recording {
  const recording = twoAppsRecording({ perSecond: 5 });
  for (let until = SECOND; recording.current.trace.length < EVENTS; until += SECOND) finish(recording.advance(simTime(until)));
  return recording;
}

/** Goes to an event and makes the moment, in milliseconds. */
function visit(recording: Recording, event: number): number {
  const from = performance.now();
  finish(recording.seekEvent(event));
  const at = recording.current.trace.at(event)?.at ?? 0;
  const moment = recording.moment({ at, ahead: 0, follow: null, playing: false, event });
  if (moment.stamp.event !== event) throw new Error(`asked for event ${event}, got ${moment.stamp.event}`);
  return performance.now() - from;
}

/** Events all over the run, without chance: a full cycle of a step that has no common divisor with it. */
function places(count: number): readonly number[] {
  return Array.from({ length: count }, (_, n) => (n * 61_803 + 17) % EVENTS);
}

/** Steps forwards and backwards from places all over the run; the leap to each place is not a step. */
function steps(recording: Recording): { readonly forwards: readonly number[]; readonly backwards: readonly number[] } {
  const forwards: number[] = [];
  const backwards: number[] = [];
  for (const place of places(STEPS / 30)) {
    visit(recording, place + 100);
    for (let n = 0; n < 30; n += 1) backwards.push(visit(recording, place + 99 - n));
    for (let n = 0; n < 30; n += 1) forwards.push(visit(recording, place + 71 + n));
  }
  return { forwards, backwards };
}

export function seekFigures(): readonly Figure[] {
  const baseline = { key: "flatqueue", what: "bare flatqueue loop, events/s", value: bestRate(BARE_EVENTS, 5, bareQueue) };
  const recording = longRun();
  const kept = recording.current.checkpoints.size;
  const leaps = places(SEEKS).map((event) => visit(recording, event));
  const { forwards, backwards } = steps(recording);
  const withAll = heap();
  recording.dropCheckpoints();
  const without = heap();
  const weight = withAll - without;
  return [
    { name: "seek anywhere in 100,000 events, p95", value: percentile(leaps, 0.95), unit: "ms", bound: "at most", target: 50, baseline },
    { name: "seek anywhere, median", value: percentile(leaps, 0.5), unit: "ms", bound: "at most", target: 50, baseline },
    { name: "one step forwards, p95", value: percentile(forwards, 0.95), unit: "ms", bound: "at most", target: 16, baseline },
    { name: "one step backwards, p95", value: percentile(backwards, 0.95), unit: "ms", bound: "at most", target: 16, baseline },
    { name: `${kept} checkpoints and step copies`, value: weight, unit: "MB", bound: "at most", target: 200 },
    { name: "the run, with its trace, without checkpoints", value: without, unit: "MB", bound: "at most", target: 200 },
  ];
}
