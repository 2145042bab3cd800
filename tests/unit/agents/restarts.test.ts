import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { after, seconds, simTime } from "../../../src/engine/time";
import type { Restarts } from "../../../src/node/agents/restarts";
import { noteEnd, planRestart } from "../../../src/node/agents/restarts";

const RUNS = { numRuns: Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50") };

/** Waits in seconds of containers that end so many seconds after each start, noticed at once. */
function waits(lives: readonly number[]): readonly number[] {
  let now = simTime(0);
  let kept: Restarts | undefined;
  return lives.map((life) => {
    now = after(now, seconds(life));
    const { wait, restarts } = planRestart(noteEnd(kept, { finishedAt: now, exitCode: 1 }), now);
    now = after(now, wait);
    kept = restarts;
    return wait / 1_000_000;
  });
}

describe("back-off between restarts", () => {
  it("is none at first, then 10 s and twice as long each time, up to 300 s", () => {
    expect(waits(Array.from({ length: 9 }, () => 1))).toEqual([0, 10, 20, 40, 80, 160, 300, 300, 300]);
  });

  it("begins again after ten minutes without an end", () => {
    expect(waits([1, 1, 1, 601, 1])).toEqual([0, 10, 20, 0, 10]);
    expect(waits([1, 1, 1, 599])).toEqual([0, 10, 20, 40]);
  });

  it("counts from the end, not from when it was noticed", () => {
    const first = planRestart(noteEnd(undefined, { finishedAt: simTime(0), exitCode: 1 }), simTime(0)).restarts;
    const ended = noteEnd(first, { finishedAt: simTime(5_000_000), exitCode: 137 });
    expect(planRestart(ended, simTime(5_900_000)).wait).toBe(9_100_000);
    expect(planRestart(ended, simTime(60_000_000)).wait).toBe(0);
  });

  it("is never longer than five minutes and counts every restart", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 20 }), (lives) => {
        for (const wait of waits(lives)) expect(wait).toBeLessThanOrEqual(300);
      }),
      RUNS,
    );
  });
});
