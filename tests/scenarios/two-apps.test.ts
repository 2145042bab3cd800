/** The built-in scenario as a transcript that is reviewed like code, and what must hold at every event of it. */
import { describe, expect, test } from "vitest";
import { simTime } from "../../src/engine/time";
import { finish } from "../../src/recording/recording";
import type { Recording } from "../../src/recording/recording";
import type { Command } from "../../src/world/command";
import { transcriptEnd, transcriptLine } from "../../src/world/transcript";
import { twoAppsRecording } from "../fixtures/world";

const UNTIL = simTime(14_000_000);

const COMMANDS: readonly (readonly [number, Command])[] = [
  [1_000_000, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 6 }],
  [6_000_000, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 2 }],
  [10_000_000, { do: "request", count: 3 }],
  [11_000_000, { do: "client", client: "browser-like" }],
];

function played(): Recording {
  const recording = twoAppsRecording();
  for (const [at, command] of COMMANDS) {
    const acted = finish(recording.act({ at: simTime(at), shownUntil: simTime(at), command }));
    if (!acted.ok) throw new Error(acted.problem.message);
  }
  finish(recording.seekTime(UNTIL));
  return recording;
}

function transcriptOf(recording: Recording): string {
  const { trace } = recording.current;
  const lines = trace.from(0, trace.length).map(transcriptLine);
  return `${[...lines, transcriptEnd(recording.hash(), trace.length)].join("\n")}\n`;
}

describe("two-apps", { timeout: 30_000 }, () => {
  const recording = played();
  const { trace } = recording.current;
  const events = trace.from(0, trace.length);

  test("plays to its golden transcript", async () => {
    await expect(transcriptOf(recording)).toMatchFileSnapshot("../golden/two-apps.txt");
  });

  test("plays to the same transcript twice", () => {
    expect(transcriptOf(played())).toBe(transcriptOf(recording));
  });

  test("numbers its events without a gap, in the order of time, each caused by an earlier one", () => {
    expect(events.map(({ number }) => number)).toEqual(events.map((_, index) => index));
    for (const [index, event] of events.entries()) {
      expect(event.at).toBeGreaterThanOrEqual(events[index - 1]?.at ?? 0);
      expect(event.trigger).toBeLessThan(event.number);
      expect(event.sentence).toMatch(/^\S.*[.?]$/);
      expect(Object.keys(event)).toEqual(expect.arrayContaining(["trigger", "consumed", "read"]));
    }
  });

  test("says only what has happened: no word is undefined, empty or an object", () => {
    expect(events.filter(({ sentence, object, lane }) => /undefined|\[object|NaN/.test(`${sentence} ${object} ${lane}`))).toEqual([]);
  });

  test("starts its first request at 00:00.500 000 and answers every request", () => {
    const { requests } = recording.moment({ at: UNTIL, ahead: 0, follow: null });
    expect(requests.at(-1)?.startedAt).toBe(500_000);
    expect(requests.filter(({ verdict }) => verdict !== "answered" && verdict !== "under way").map(({ sentence }) => sentence)).toEqual([]);
  });
});
