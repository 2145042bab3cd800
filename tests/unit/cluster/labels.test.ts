import { describe, expect, it } from "vitest";
import { matchesLabelSelector, matchesSelector, parseLabels, showLabels } from "../../../src/cluster/labels";

describe("selectors", () => {
  it("of Services need every pair, and pick nothing where they are empty", () => {
    expect(matchesSelector({ app: "web" }, { app: "web", tier: "front" })).toBe(true);
    expect(matchesSelector({ app: "web", tier: "back" }, { app: "web", tier: "front" })).toBe(false);
    expect(matchesSelector({ app: "web" }, undefined)).toBe(false);
    expect(matchesSelector({}, { app: "web" })).toBe(false);
    expect(matchesSelector(undefined, { app: "web" })).toBe(false);
  });

  it.each([
    ["In", ["a", "b"], "yes", "no", "no"],
    ["NotIn", ["a", "b"], "no", "yes", "yes"],
    ["Exists", [], "yes", "yes", "no"],
    ["DoesNotExist", [], "no", "no", "yes"],
  ] as const)("of workloads: %s %j on a, on c, on an object without the key", (operator, values, onA, onC, onNone) => {
    const selector = { matchExpressions: [{ key: "app", operator, values }] };
    const picks = [{ app: "a" }, { app: "c" }, {}].map((labels) => (matchesLabelSelector(selector, labels) ? "yes" : "no"));
    expect(picks).toEqual([onA, onC, onNone]);
  });

  it("of workloads need pairs and expressions alike", () => {
    const selector = { matchLabels: { app: "web" }, matchExpressions: [{ key: "tier", operator: "Exists" as const }] };
    expect(matchesLabelSelector(selector, { app: "web", tier: "front" })).toBe(true);
    expect(matchesLabelSelector(selector, { app: "web" })).toBe(false);
  });
});

describe("labels as text", () => {
  it.each([
    ["app=web, tier=front", "app=web,tier=front"],
    ["b=2,a=1", "a=1,b=2"],
    ["app=", "app="],
    ["app.kubernetes.io/name=web", "app.kubernetes.io/name=web"],
    ["", ""],
    ["app", '"app" is not a pair: write key=value, pairs parted by commas'],
    ["a=b=c", '"a=b=c" is not a pair: write key=value, pairs parted by commas'],
    ["a=1,", '"" is not a pair: write key=value, pairs parted by commas'],
    ["a=1,a=2", 'the key "a" stands twice; give each key once'],
  ])("%j reads as %s", (text, shown) => {
    const parsed = parseLabels(text);
    expect(parsed.ok ? showLabels(parsed.value) : parsed.problem.message).toBe(shown);
  });

  it("says which pair breaks the API's rules", () => {
    const parsed = parseLabels("app=web shop");
    expect(parsed.ok ? "" : parsed.problem.message).toContain('"app=web shop": a valid label must be an empty string or consist of');
  });
});
