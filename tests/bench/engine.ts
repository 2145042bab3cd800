/** The bare step loop with our event type, with and without a full trace, beside a bare flatqueue loop. */
import FlatQueue from "flatqueue";
import { StepLoop } from "../../src/engine/loop";
import { micros } from "../../src/engine/time";
import type { Figure } from "./harness";
import { bestRate } from "./harness";

export const EVENTS = 500_000;
const WAITING = 1_000;
const RUNS = 5;

interface BenchEvent {
  readonly kind: "tick";
  readonly host: number;
}

/** A span that mixes near and far events; no chance, so that every run does the same. */
function spanAfter(n: number): number {
  return 1 + ((n * 7919) % 10_007);
}

export function bareQueue(): void {
  const queue = new FlatQueue<BenchEvent>();
  for (let host = 0; host < WAITING; host += 1) queue.push({ kind: "tick", host }, spanAfter(host));
  for (let n = 0; n < EVENTS; n += 1) {
    const at = queue.peekValue() ?? 0;
    const event = queue.pop();
    if (event !== undefined) queue.push({ kind: "tick", host: event.host }, at + spanAfter(n));
  }
}

function stepLoop(trace: unknown[] | null): void {
  const loop = new StepLoop<BenchEvent>();
  for (let host = 0; host < WAITING; host += 1) loop.scheduleIn(micros(spanAfter(host)), { kind: "tick", host });
  for (let n = 0; n < EVENTS; n += 1) {
    loop.step((event, number) => {
      loop.scheduleIn(micros(spanAfter(number)), { kind: "tick", host: event.payload.host });
      trace?.push({
        number,
        at: event.at,
        kind: "tick",
        lane: "host",
        object: `host ${event.payload.host}`,
        sentence: `Host ${event.payload.host} ticks.`,
        trigger: event.trigger,
        consumed: [],
        read: {},
      });
    });
  }
}

export function engineFigures(): readonly Figure[] {
  const bare = bestRate(EVENTS, RUNS, bareQueue);
  const baseline = { key: "flatqueue", what: "bare flatqueue loop, events/s", value: bare };
  return [
    {
      name: "engine",
      value: bestRate(EVENTS, RUNS, () => stepLoop(null)),
      unit: "events/s",
      bound: "at least",
      target: 1_000_000,
      baseline,
    },
    {
      name: "engine, full trace",
      value: bestRate(EVENTS, RUNS, () => stepLoop([])),
      unit: "events/s",
      bound: "at least",
      target: 200_000,
      baseline,
    },
  ];
}
