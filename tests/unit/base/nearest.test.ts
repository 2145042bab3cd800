import { describe, expect, it } from "vitest";
import { editDistance, nearestName } from "../../../src/base/nearest";

describe("the nearest name", () => {
  it("needs the fewest letters changed, and is the first by code units among equals", () => {
    expect(nearestName("nod-a", ["node-b", "node-a", "control-plane"])).toBe("node-a");
    expect(nearestName("node-", ["node-b", "node-a"])).toBe("node-a");
    expect(nearestName("x", [])).toBeUndefined();
  });

  it.each([
    ["", "", 0],
    ["a", "", 1],
    ["kitten", "sitting", 3],
    ["web", "wbe", 2],
  ])("counts %s → %s as %i", (a, b, count) => {
    expect(editDistance(a, b)).toBe(count);
    expect(editDistance(b, a)).toBe(count);
  });
});
