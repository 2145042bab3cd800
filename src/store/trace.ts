/** The stretch of the recording that the page holds: events and flights, for timeline, stage and stepping. */
import { upperBound } from "../base/order";
import type { FlightView, FromWorker, TraceEvent } from "../bridge/protocol";

/** Events in the order of their numbers, flights in the order of their starts; times in whole microseconds. */
export interface Trace {
  readonly branch: string;
  readonly from: number;
  readonly to: number;
  readonly events: readonly TraceEvent[];
  readonly flights: readonly FlightView[];
}

/** Nothing received yet. */
export const NO_TRACE: Trace = { branch: "", from: 0, to: 0, events: [], flights: [] };

/** Events kept at most; the oldest go first and can be asked for again. */
const MOST_EVENTS = 30_000;

type TraceMessage = Extract<FromWorker, { type: "trace" }>;

/** Takes a stretch in: it replaces everything from its beginning on. */
export function mergeTrace(trace: Trace, message: TraceMessage): Trace {
  const joins = message.from <= trace.to && message.from >= trace.from;
  const kept = joins
    ? trace.events.slice(
        0,
        upperBound(trace.events, message.from - 1, (event) => event.at),
      )
    : [];
  const events = [...kept, ...message.events];
  const surplus = Math.max(0, events.length - MOST_EVENTS);
  const newer = new Set(message.flights.map((flight) => flight.request));
  const older = joins ? trace.flights.filter((flight) => flight.startedAt < message.from && !newer.has(flight.request)) : [];
  return {
    branch: message.branch,
    from: surplus > 0 ? (events[surplus]?.at ?? message.from) : joins ? trace.from : message.from,
    to: message.to,
    events: surplus > 0 ? events.slice(surplus) : events,
    flights: [...older, ...message.flights],
  };
}

/** The last event at or before a moment (µs). */
export function eventAt(trace: Trace, at: number): TraceEvent | null {
  return trace.events[upperBound(trace.events, at, (event) => event.at) - 1] ?? null;
}

/** The nearest event after a number; null where the page does not hold it. */
export function eventAfter(trace: Trace, number: number): TraceEvent | null {
  const next = upperBound(trace.events, number, (event) => event.number);
  if (next === 0 && number >= 0 && trace.events[0]?.number !== number + 1) return null;
  return trace.events[next] ?? null;
}

/** The nearest event before a number; null where the page does not hold it. */
export function eventBefore(trace: Trace, number: number): TraceEvent | null {
  return trace.events[upperBound(trace.events, number - 1, (event) => event.number) - 1] ?? null;
}
