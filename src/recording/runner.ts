/** A world that is run along a branch: events by their time, commands of the journal at theirs. */
import type { SimTime } from "../engine/time";
import { simTime } from "../engine/time";
import type { World } from "../world/world";
import type { Branch } from "./branch";
import type { Mark } from "./checkpoints";

/**
 * One reader's place in a run. A command given at a moment takes effect after every event of that moment, so a
 * journal of (moment, command) fixes the run.
 */
export class Runner {
  private taken = 0;

  constructor(
    readonly world: World,
    public branch: Branch,
  ) {}

  /** How many events have been handled. */
  get events(): number {
    return this.world.eventCount;
  }

  /** How many commands of the journal have been taken. */
  get commands(): number {
    return this.taken;
  }

  /** Handles what comes next, if it comes at or before `until`. */
  step(until: SimTime): boolean {
    const { nextAt } = this.world;
    const entry = this.branch.journal[this.taken];
    if (entry !== undefined && entry.at <= until && (nextAt === undefined || nextAt > entry.at)) {
      this.taken += 1;
      this.world.give(simTime(entry.at), entry.command);
      return true;
    }
    if (nextAt === undefined || nextAt > until) return false;
    return this.world.step();
  }

  /** When something comes next; undefined where nothing does. */
  get nextAt(): SimTime | undefined {
    const entry = this.branch.journal[this.taken];
    const { nextAt } = this.world;
    if (entry === undefined) return nextAt;
    return nextAt === undefined || nextAt > entry.at ? simTime(entry.at) : nextAt;
  }

  /** A copy of where it stands. */
  mark(): Mark {
    return { events: this.events, at: this.world.now, taken: this.taken, world: this.world.checkpoint() };
  }

  /** Goes to a copy. */
  goTo(mark: Mark): void {
    this.taken = mark.taken;
    this.world.restore(mark.world);
  }
}
