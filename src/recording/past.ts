/** A world that goes back to a past event of a branch, to be looked at there. The run and the shown moment stay where they are. */
import { simTime } from "../engine/time";
import type { World } from "../world/world";
import type { Branch } from "./branch";
import { Runner } from "./runner";

/** Made when it is first needed: most visits never look back this way. */
export class Past {
  private world: World | null = null;

  constructor(private readonly twin: () => World) {}

  /** The world after so many events of a branch; of a shorter branch, at its end. */
  *after(branch: Branch, events: number): Generator<{ readonly done: number; readonly total: number }, World, void> {
    this.world ??= this.twin();
    const runner = new Runner(this.world, branch);
    runner.goTo(branch.checkpoints.beforeEvents(events));
    const from = runner.events;
    while (runner.events < events && runner.step(simTime(Number.MAX_SAFE_INTEGER))) {
      if (runner.events % 64 === 0) yield { done: runner.events - from, total: events - from };
    }
    return this.world;
  }
}
