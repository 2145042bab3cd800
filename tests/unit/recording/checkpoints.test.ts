/** Copies along a run: few, near where one is, never needed for being right. */
import { beforeAll, describe, expect, test } from "vitest";
import { simTime } from "../../../src/engine/time";
import type { Mark } from "../../../src/recording/checkpoints";
import { Checkpoints, SPACING } from "../../../src/recording/checkpoints";
import { twoApps } from "../../fixtures/world";

let world: Mark["world"];
beforeAll(() => {
  world = twoApps().checkpoint();
});

function markAt(events: number, taken = 0): Mark {
  return { events, at: simTime(events * 10), taken, world };
}

function filled(last: number): Checkpoints {
  const checkpoints = new Checkpoints(markAt(0));
  for (let events = SPACING; events <= last; events += SPACING) checkpoints.add(markAt(events));
  return checkpoints;
}

describe("checkpoints", () => {
  test("grow with the logarithm of the run, not with the run", () => {
    const sizes = [100, 1000, 10_000].map((thousands) => filled(thousands * 1000).size);
    const [short = 0, long = 0, longest = 0] = sizes;
    expect(short).toBeLessThan(210);
    // Each time ten times the run: as many more as the last time, and not ten times as many.
    expect(long - short).toBeLessThan(2 * short);
    expect(longest - long).toBeLessThan(1.1 * (long - short));
  });

  test("leave at most two spacings to replay in the newest stretch, and a part of the age further back", () => {
    const checkpoints = filled(100_000);
    for (let events = 0; events <= 100_000; events += 777) {
      expect(events - checkpoints.beforeEvents(events).events).toBeLessThanOrEqual(2 * SPACING + (100_000 - events) / 48);
    }
  });

  test("give the newest one not after an event or a moment, and always the start", () => {
    const checkpoints = filled(5 * SPACING);
    expect(checkpoints.beforeEvents(4 * SPACING - 1).events).toBe(3 * SPACING);
    expect(checkpoints.beforeEvents(4 * SPACING).events).toBe(4 * SPACING);
    expect(checkpoints.beforeTime(simTime(40 * SPACING - 1)).events).toBe(3 * SPACING);
    expect(checkpoints.beforeEvents(3).events).toBe(0);
  });

  test("keep single steps for a while, the newest ones", () => {
    const checkpoints = filled(SPACING);
    for (let events = 1; events < SPACING; events += 1) checkpoints.addStep(markAt(events));
    expect(checkpoints.beforeEvents(450).events).toBe(450);
    expect(checkpoints.beforeEvents(100).events).toBe(0);
  });

  test("forget what lies after a cut, and what has taken commands that are no more", () => {
    const checkpoints = filled(5 * SPACING);
    checkpoints.add(markAt(6 * SPACING, 2));
    checkpoints.truncate(9 * SPACING, 1);
    expect(checkpoints.beforeEvents(9 * SPACING).events).toBe(5 * SPACING);
    checkpoints.truncate(2.5 * SPACING, 1);
    expect(checkpoints.beforeEvents(9 * SPACING).events).toBe(2 * SPACING);
    checkpoints.drop();
    expect(checkpoints.beforeEvents(9 * SPACING).events).toBe(0);
  });
});
