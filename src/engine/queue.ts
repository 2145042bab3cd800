/**
 * The event queue: a binary heap on (at, seq). Own code because ties must break by sequence and the queue must be
 * copied as plain data; flatqueue, the bench's baseline, orders by one number and is not stable.
 */
import { ensure } from "../base/assert";
import type { SimTime } from "./time";

/** An event as data, never a closure: it can be copied, hashed and replayed. */
export interface SimEvent<Payload> {
  /** When it happens. */
  readonly at: SimTime;
  /** The order of scheduling; breaks ties. */
  readonly seq: number;
  /** Event number that scheduled it (the cause), or -1 for the start of the run. */
  readonly trigger: number;
  /** What happens. */
  readonly payload: Payload;
}

function before(a: SimEvent<unknown>, b: SimEvent<unknown>): boolean {
  return a.at < b.at || (a.at === b.at && a.seq < b.seq);
}

/** A queue of events, earliest first, ties by sequence. Written in place by the step loop only. */
export class EventQueue<Payload> {
  private heap: SimEvent<Payload>[] = [];

  /** How many events wait. */
  get size(): number {
    return this.heap.length;
  }

  /** The next event, left in place. */
  peek(): SimEvent<Payload> | undefined {
    return this.heap[0];
  }

  /** Adds an event. O(log n). */
  push(event: SimEvent<Payload>): void {
    const { heap } = this;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = ensure(heap[parent], "heap parent");
      if (!before(event, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = event;
  }

  /** Takes the next event out. O(log n). */
  pop(): SimEvent<Payload> | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    this.sink(last);
    return first;
  }

  private sink(event: SimEvent<Payload>): void {
    const { heap } = this;
    const half = heap.length >> 1;
    let index = 0;
    while (index < half) {
      let child = 2 * index + 1;
      let smaller = ensure(heap[child], "heap child");
      const right = heap[child + 1];
      if (right !== undefined && before(right, smaller)) {
        child += 1;
        smaller = right;
      }
      if (!before(smaller, event)) break;
      heap[index] = smaller;
      index = child;
    }
    heap[index] = event;
  }

  /** The waiting events in no order that means anything (but always the same one): for who looks at all of them. */
  unordered(): readonly SimEvent<Payload>[] {
    return this.heap;
  }

  /** The waiting events in their order; for hashing and looking. */
  ordered(): readonly SimEvent<Payload>[] {
    return this.heap.toSorted((a, b) => a.at - b.at || a.seq - b.seq);
  }

  /** A copy of the heap; events are immutable and shared. */
  checkpoint(): readonly SimEvent<Payload>[] {
    return this.heap.slice();
  }

  /** Puts a copied heap back. */
  restore(copy: readonly SimEvent<Payload>[]): void {
    this.heap = copy.slice();
  }
}
