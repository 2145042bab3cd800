/** The step loop: takes the next event, moves time on, hands it to the one handler. Knows no subject. */
import { assert } from "../base/assert";
import type { SimEvent } from "./queue";
import { EventQueue } from "./queue";
import type { Micros, SimTime } from "./time";
import { START, after } from "./time";

/** What a copy of the loop holds. */
export interface LoopCheckpoint<Payload> {
  readonly now: SimTime;
  readonly nextSeq: number;
  readonly count: number;
  readonly waiting: readonly SimEvent<Payload>[];
}

/** Virtual time and the events ahead of it. Event numbers count handled events from 0. */
export class StepLoop<Payload> {
  private readonly queue = new EventQueue<Payload>();
  private time: SimTime = START;
  private nextSeq = 0;
  private handled = 0;
  private current = -1;

  /** The moment of the event being handled, or of the last one. */
  get now(): SimTime {
    return this.time;
  }

  /** How many events have been handled; the number of the next one. */
  get count(): number {
    return this.handled;
  }

  /** When the next event happens, if any waits. */
  get nextAt(): SimTime | undefined {
    return this.queue.peek()?.at;
  }

  /** How many events wait. */
  get waiting(): number {
    return this.queue.size;
  }

  /** Schedules an event at a moment not before now; its trigger is the event being handled. */
  schedule(at: SimTime, payload: Payload, trigger: number = this.current): void {
    assert(at >= this.time, `event at ${at} lies before now ${this.time}`);
    this.queue.push({ at, seq: this.nextSeq, trigger, payload });
    this.nextSeq += 1;
  }

  /** Schedules an event a span from now. */
  scheduleIn(span: Micros, payload: Payload): void {
    this.schedule(after(this.time, span), payload);
  }

  /** Handles the next event. Returns false where none waits. */
  step(handle: (event: SimEvent<Payload>, number: number) => void): boolean {
    const event = this.queue.pop();
    if (event === undefined) return false;
    this.time = event.at;
    this.current = this.handled;
    this.handled += 1;
    handle(event, this.current);
    this.current = -1;
    return true;
  }

  /** Moves time on without an event, so that a command can be given at a quiet moment. */
  advanceTo(at: SimTime): void {
    const next = this.nextAt;
    assert(at >= this.time && (next === undefined || next >= at), "time may not skip an event");
    this.time = at;
  }

  /** The waiting events in no order that means anything: for who looks at all of them. */
  unordered(): readonly SimEvent<Payload>[] {
    return this.queue.unordered();
  }

  /** The waiting events in order. */
  ordered(): readonly SimEvent<Payload>[] {
    return this.queue.ordered();
  }

  /** A copy of time, numbers and queue. */
  checkpoint(): LoopCheckpoint<Payload> {
    return { now: this.time, nextSeq: this.nextSeq, count: this.handled, waiting: this.queue.checkpoint() };
  }

  /** Goes back to a copy. */
  restore(copy: LoopCheckpoint<Payload>): void {
    this.time = copy.now;
    this.nextSeq = copy.nextSeq;
    this.handled = copy.count;
    this.current = -1;
    this.queue.restore(copy.waiting);
  }
}
