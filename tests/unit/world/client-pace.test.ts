/** The rate of a controller's client, as its token bucket has it. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { micros } from "../../../src/engine/time";
import type { ControllerName } from "../../../src/world/controllers";
import { takeToken } from "../../../src/world/client-pace";
import { twoApps } from "../../fixtures/world";

/** When so many requests that are ready at once are sent, in milliseconds. */
function sent(controller: ControllerName, count: number): readonly number[] {
  const { state } = twoApps({ perSecond: 0 }).inside;
  return Array.from({ length: count }, () => takeToken(state, controller, micros(0)) / 1000);
}

describe("a controller's client", () => {
  test("sends a burst of 30 at once, then 20 a second: 100 Pods take 3.5 s", () => {
    const times = sent("replicaset", 100);
    expect(times.slice(0, 30).every((at) => at === 0)).toBe(true);
    expect(times.slice(30, 33)).toEqual([50, 100, 150]);
    expect(times.at(-1)).toBe(3500);
  });

  test("of the scheduler sends 100 at once, then 50 a second", () => {
    const times = sent("scheduler", 102);
    expect(times.slice(99)).toEqual([0, 20, 40]);
  });

  test("sends as golang's token bucket does, whatever the pauses between", () => {
    const pauses = fc.array(fc.nat({ max: 200 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(pauses, (gaps) => {
        const { state } = twoApps({ perSecond: 0 }).inside;
        let at = 0;
        let [tokens, last] = [30, 0];
        for (const gap of gaps) {
          at += gap;
          const wait = micros(at * 1000);
          // The plain way: tokens grow by 20 a second up to 30, one is taken, and a debt is waited for.
          tokens = Math.min(30, tokens + (at - last) / 50) - 1;
          last = at;
          const expected = tokens >= 0 ? at : at - tokens * 50;
          expect(takeToken(state, "replicaset", wait) / 1000).toBeCloseTo(expected, 6);
        }
      }),
      { numRuns: Math.min(5, Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50")) },
    );
  });
});
