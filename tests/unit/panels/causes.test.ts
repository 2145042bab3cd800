/** The ladder's lanes and lines, and the lines of a changed text. */
import { describe, expect, it } from "vitest";
import type { CausesView, CauseStep, TraceEvent } from "../../../src/bridge/protocol";
import { ladderOf } from "../../../src/panels/inspector/causes/ladder";
import { lineDiff } from "../../../src/panels/inspector/object/line-diff";

function event(number: number, lane: string): TraceEvent {
  return { number, at: number, kind: "write", lane, object: "", sentence: `event ${number}`, trigger: -1, consumed: [], read: {} };
}

function step(number: number, lane: string, from: number): CauseStep {
  return { event: event(number, lane), from, depth: 0, by: "trigger" };
}

describe("a ladder", () => {
  /** Each row: the columns that pass, where it comes from, its own place, whether it goes on. */
  function drawn(causes: CausesView): readonly string[] {
    const { lanes, rungs } = ladderOf(causes);
    return rungs.map(
      ({ lane, from, through, goesOn }) =>
        `${lanes.map((_, n) => (n === lane ? "o" : through.includes(n) ? "|" : ".")).join("")} ${from ?? "-"}${goesOn ? " v" : ""}`,
    );
  }

  it("has the control plane's lanes first, and a line from each event to what follows from it", () => {
    const causes: CausesView = {
      event: event(3, "controllers"),
      began: 1,
      back: [step(1, "you", -1), step(2, "API server", 1)],
      effects: [step(5, "node-b", 3), step(6, "API server", 3), step(7, "node-b", 5)],
      more: 0,
    };
    expect(ladderOf(causes).lanes).toEqual(["you", "API server", "controllers", "node-b"]);
    expect(drawn(causes)).toEqual(["o... - v", ".o.. 0 v", "..o. 1 v", "..|o 2 v", ".o.| 2", "...o 3"]);
  });
});

describe("the lines of a changed text", () => {
  const shown = (before: string, after: string): string =>
    lineDiff(before, after)
      .map(({ sign, text }) => `${sign}${text}`)
      .join("|");

  it("are what stayed, what came and what went", () => {
    expect(shown("a\nb\nc\n", "a\nx\nc\nd\n")).toBe(" a|-b|+x| c|+d");
    expect(shown("", "a\n")).toBe("+a");
    expect(shown("a\nb\n", "b\n")).toBe("-a| b");
  });
});
