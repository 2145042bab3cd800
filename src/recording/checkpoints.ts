/**
 * Copies of the state along a run, only ever a cache: with all of them thrown away a seek is slower and nothing else.
 * One is taken every so many events; older ones are thinned, so that their number grows with the logarithm of the run,
 * and single steps keep theirs for a while, so that stepping back is instant.
 */
import { upperBound } from "../base/order";
import type { SimTime } from "../engine/time";
import type { WorldCheckpoint } from "../world/world";

/** A copy of the state after `events` events and `taken` commands; `at` is the moment of the last of them. */
export interface Mark {
  readonly events: number;
  readonly at: SimTime;
  readonly taken: number;
  readonly world: WorldCheckpoint;
}

/**
 * Events between two checkpoints of the newest stretch. Measured over 100,000 events of two-apps (`npm run bench`):
 * 500 halves the median seek of 1,000 for 12 MB more; 250 gains little over it.
 */
export const SPACING = 500;
/** A stretch of age a keeps a checkpoint every a / DENSITY events. */
const DENSITY = 96;
/** How many single steps keep their checkpoint. */
const STEPS = 300;

/** The checkpoints of one branch, oldest first; the first is the start of the run and always stays. */
export class Checkpoints {
  private marks: Mark[];
  private readonly steps = new Map<number, Mark>();

  constructor(start: Mark, others: readonly Mark[] = []) {
    this.marks = [start, ...others];
  }

  /** How many are kept, single steps aside. */
  get size(): number {
    return this.marks.length;
  }

  /** Adds the next one and thins the older ones. One that is there already is not added again. */
  add(mark: Mark): void {
    const newest = this.marks.at(-1);
    if (newest !== undefined && newest.events >= mark.events) return;
    this.marks.push(mark);
    this.marks = this.marks.filter((_, index) => this.isNeeded(index, mark.events));
  }

  private isNeeded(index: number, newest: number): boolean {
    const before = this.marks[index - 1];
    const next = this.marks[index + 1];
    if (before === undefined || next === undefined || index % 2 === 0) return true;
    return next.events - before.events > Math.max(SPACING, (newest - next.events) / DENSITY);
  }

  /** Keeps a copy of a single step. */
  addStep(mark: Mark): void {
    this.steps.delete(mark.events);
    this.steps.set(mark.events, mark);
    for (const oldest of this.steps.keys()) {
      if (this.steps.size <= STEPS) return;
      this.steps.delete(oldest);
    }
  }

  /** The newest copy with at most so many events. */
  beforeEvents(events: number): Mark {
    return this.steps.get(events) ?? this.nth(upperBound(this.marks, events, (mark) => mark.events) - 1);
  }

  /** The newest copy of a moment not after `at`. */
  beforeTime(at: SimTime): Mark {
    return this.nth(upperBound(this.marks, at, (mark) => mark.at) - 1);
  }

  private nth(index: number): Mark {
    const mark = this.marks[Math.max(0, index)];
    if (mark === undefined) throw new Error("invariant broken: a branch begins with a checkpoint");
    return mark;
  }

  /** Forgets copies that lie after an event count or have taken more commands. */
  truncate(events: number, taken: number): void {
    const stays = (mark: Mark): boolean => mark.events <= events && mark.taken <= taken;
    this.marks = this.marks.filter(stays);
    for (const [key, mark] of this.steps) if (!stays(mark)) this.steps.delete(key);
  }

  /** Forgets all but the start. */
  drop(): void {
    this.marks.length = 1;
    this.steps.clear();
  }

  /** Another list with the same copies. */
  copy(): Checkpoints {
    return new Checkpoints(this.nth(0), this.marks.slice(1));
  }
}
