/** What a run leaves to be looked at: one record an event, and the flights of its requests. */
import { upperBound } from "../base/order";
import type { FlightView, TraceEvent } from "../world/view-types";

interface FlightChange {
  readonly event: number;
  readonly at: number;
  readonly flight: FlightView;
}

function momentOf({ at }: { readonly at: number }): number {
  return at;
}

/** The trace of one branch. The n-th record is event n. */
export class Trace {
  constructor(
    private readonly events: TraceEvent[] = [],
    private readonly changes: FlightChange[] = [],
  ) {}

  /** How many events are recorded. */
  get length(): number {
    return this.events.length;
  }

  /** Records the next event. */
  add(event: TraceEvent): void {
    if (event.number === this.events.length) this.events.push(event);
  }

  /** Records a flight that began, found its Pod or ended during an event that is not yet recorded itself. */
  addFlight(flight: FlightView, event: number, at: number): void {
    if (event === this.events.length) this.changes.push({ event, at, flight });
  }

  /** One event. */
  at(number: number): TraceEvent | undefined {
    return this.events[number];
  }

  /** Events from a number on. */
  from(number: number, count: number): readonly TraceEvent[] {
    const start = Math.max(0, number);
    return this.events.slice(start, start + Math.max(0, count));
  }

  /** The last event at or before a moment. */
  lastBefore(at: number): TraceEvent | undefined {
    return this.events[upperBound(this.events, at, (event) => event.at) - 1];
  }

  /** Events of [from, to). */
  between(from: number, to: number): readonly TraceEvent[] {
    return this.events.slice(upperBound(this.events, from - 1, momentOf), upperBound(this.events, to - 1, momentOf));
  }

  /** Flights that changed in [from, to), each as it stood last. */
  flights(from: number, to: number): readonly FlightView[] {
    const found = new Map<number, FlightView>();
    for (const { flight } of this.changes.slice(upperBound(this.changes, from - 1, momentOf), upperBound(this.changes, to - 1, momentOf))) {
      found.set(flight.request, flight);
    }
    return [...found.values()];
  }

  /** The flight of a request as it stood last. */
  flight(request: number): FlightView | undefined {
    return this.changes.findLast((change) => change.flight.request === request)?.flight;
  }

  /** Forgets everything from an event number on. */
  truncate(length: number): void {
    this.events.length = Math.min(this.events.length, length);
    this.changes.length = upperBound(this.changes, length - 1, (change) => change.event);
  }

  /** Another trace with the same records. */
  copy(): Trace {
    return new Trace(this.events.slice(), this.changes.slice());
  }
}
