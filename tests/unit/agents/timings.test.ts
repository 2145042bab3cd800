import { describe, expect, it } from "vitest";
import { quantile } from "../../../src/base/quantile";
import type { Delay } from "../../../src/node/agents/timings";
import { delayOf, DELAYS } from "../../../src/node/agents/timings";

const at = (delay: Delay, share: number): number => quantile(DELAYS[delay], Math.floor(share * 0x1_0000_0000)) / 1000;

describe("delays", () => {
  it.each([
    ["etcdCommit", 3, 12],
    ["apiServer", 2, 10],
    ["watch", 3, 20],
    ["informer", 1, 5],
    ["scheduler", 10, 27],
    ["cni", 60, 300],
    ["containerStart", 120, 600],
    ["status", 5, 30],
    ["proxySync", 20, 150],
    ["sandbox", 190, 600],
  ] as const)("of %s have their median at %i ms and 99 %% below %i ms", (delay, median, high) => {
    expect(at(delay, 0.5)).toBeCloseTo(median, 2);
    expect(at(delay, 0.99) / high).toBeCloseTo(1, 2);
  });

  it("of the kubelet's look at its containers lie evenly within a second", () => {
    expect([at("pleg", 0), at("pleg", 0.25), at("pleg", 0.999)].map(Math.round)).toEqual([0, 250, 999]);
  });

  it("are whole microseconds, ascending and never negative", () => {
    for (const table of Object.values(DELAYS)) {
      expect(table.every((value, index) => Number.isInteger(value) && value >= (table[index - 1] ?? 0))).toBe(true);
    }
    expect(Number.isInteger(delayOf("watch", 123_456_789))).toBe(true);
  });
});
