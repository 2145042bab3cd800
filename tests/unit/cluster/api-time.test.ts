import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseApiTime, readApiTime, showAge, showApiTime } from "../../../src/cluster/api-time";
import { seconds, simTime } from "../../../src/engine/time";

const RUNS = { numRuns: Number(process.env.KUBEWALK_PROPERTY_RUNS ?? "50") };

describe("API time", () => {
  it("counts from the start of 2026, in whole seconds", () => {
    expect([0, 999_999, 1_000_000, 86_400_000_000, -1].map((at) => showApiTime(simTime(at)))).toEqual([
      "2026-01-01T00:00:00Z",
      "2026-01-01T00:00:00Z",
      "2026-01-01T00:00:01Z",
      "2026-01-02T00:00:00Z",
      "2025-12-31T23:59:59Z",
    ]);
  });

  it("reads fractions and offsets, and says what is no time", () => {
    expect(readApiTime("2026-01-01T01:00:00.25+01:00")).toBe(250_000);
    expect(readApiTime("2025-12-31T19:00:00-05:00")).toBe(0);
    expect(readApiTime(undefined)).toBe(0);
    const wrong = parseApiTime("yesterday");
    expect(wrong.ok ? "" : wrong.problem.message).toBe('"yesterday" is no time; expected RFC 3339 such as 2026-01-01T00:00:00Z');
  });

  it("agrees with the platform's calendar over eight hundred years, and reads back what it wrote", () => {
    fc.assert(
      fc.property(fc.integer({ min: -12_000_000_000, max: 12_000_000_000 }), (whole) => {
        const text = showApiTime(simTime(whole * 1_000_000));
        expect(text).toBe(new Date(Date.UTC(2026, 0, 1) + whole * 1000).toISOString().replace(".000Z", "Z"));
        expect(readApiTime(text)).toBe(whole * 1_000_000);
      }),
      RUNS,
    );
  });

  it.each([
    [5, "5s"],
    [119, "119s"],
    [120, "2m"],
    [192, "3m12s"],
    [599, "9m59s"],
    [660, "11m"],
    [10_799, "179m"],
    [10_800, "3h"],
    [14_700, "4h5m"],
    [36_000, "10h"],
    [180_000, "2d2h"],
    [864_000, "10d"],
    [-1, "0s"],
    [-5, "<invalid>"],
  ])("shows an age of %i s as kubectl does: %s", (age, shown) => {
    expect(showAge("2026-01-01T00:00:00Z", simTime(seconds(age)))).toBe(shown);
  });
});
