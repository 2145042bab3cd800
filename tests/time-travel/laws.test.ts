/** Laws of a recording: going anywhere by any way gives the same state, bit for bit. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { simTime } from "../../src/engine/time";
import type { Recording } from "../../src/recording/recording";
import { finish } from "../../src/recording/recording";
import type { Command } from "../../src/world/command";
import { disturbances } from "../fixtures/faults";
import { twoAppsRecording } from "../fixtures/world";

/** Each run plays a cluster for seconds, so there are fewer than of cheap laws. */
const RUNS = Math.max(3, Math.floor(Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50") / 10));
const SECOND = 1_000_000;

function hashAt(recording: Recording, at: number): string {
  finish(recording.seekTime(simTime(at)));
  return recording.hash();
}

function act(recording: Recording, at: number, command: Command, shownUntil = at): boolean {
  return finish(recording.act({ at: simTime(at), shownUntil: simTime(shownUntil), command })).ok;
}

const commands: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    do: fc.constant("scale" as const),
    kind: fc.constant("Deployment" as const),
    name: fc.constantFrom("shop/your-app", "shop/my-app", "kube-system/coredns"),
    replicas: fc.integer({ min: 0, max: 6 }),
  }),
  fc.record({ do: fc.constant("traffic" as const), perSecond: fc.integer({ min: 0, max: 20 }) }),
  fc.record({ do: fc.constant("client" as const), client: fc.constantFrom("curl-like" as const, "browser-like" as const) }),
  fc.record({ do: fc.constant("nodes" as const), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    do: fc.constant("select" as const),
    name: fc.constant("shop/your-app-svc"),
    selector: fc.constantFrom({ app: "your-app" }, { app: "my-app" }, { app: "nobody" }),
  }),
  fc.record({ do: fc.constant("request" as const), count: fc.integer({ min: 1, max: 5 }) }),
  disturbances,
);

const scripts = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 8 * SECOND }), commands), { maxLength: 6 })
  .map((list) => list.toSorted(([a], [b]) => a - b));

describe("a recording", { timeout: 60_000 }, () => {
  test("seek(t) equals run-to(t): forwards, backwards, and with all checkpoints thrown away", () => {
    const straight = twoAppsRecording({ perSecond: 5 });
    const wanted = hashAt(straight, 3 * SECOND);
    const other = twoAppsRecording({ perSecond: 5 });
    hashAt(other, 9 * SECOND);
    hashAt(other, SECOND);
    expect(hashAt(other, 3 * SECOND)).toBe(wanted);
    other.dropCheckpoints();
    hashAt(other, SECOND / 2);
    expect(hashAt(other, 3 * SECOND)).toBe(wanted);
  });

  test("stepping back event by event restores each state", () => {
    const recording = twoAppsRecording();
    const hashes: string[] = [];
    for (let event = 0; event < 60; event += 1) {
      finish(recording.seekEvent(event));
      hashes.push(recording.hash());
    }
    expect(new Set(hashes).size).toBe(60);
    for (let event = 59; event >= 0; event -= 1) {
      finish(recording.seekEvent(event));
      expect(recording.hash()).toBe(hashes[event]);
    }
  });

  test("looking at a journey never changes the run", () => {
    const recording = twoAppsRecording();
    const before = hashAt(recording, 2 * SECOND);
    const journey = finish(recording.journey(1));
    expect(journey?.hops.length).toBeGreaterThan(100);
    expect(recording.hash()).toBe(before);
    expect(hashAt(recording, 2 * SECOND + 700_000)).toBe(hashAt(twoAppsRecording(), 2 * SECOND + 700_000));
  });

  test("replayed from its journal it is the same at every moment, whatever people did", () => {
    fc.assert(
      fc.property(scripts, fc.array(fc.integer({ min: 0, max: 12 * SECOND }), { minLength: 1, maxLength: 4 }), (script, moments) => {
        const played = twoAppsRecording();
        for (const [at, command] of script) act(played, at, command);
        const replayed = twoAppsRecording({}, played.journal);
        const inOrder = new Map(moments.toSorted((a, b) => a - b).map((at) => [at, hashAt(replayed, at)]));
        for (const at of moments) expect(hashAt(played, at)).toBe(inOrder.get(at));
      }),
      { numRuns: RUNS },
    );
  });

  test("a branch made in the past begins with the same past, and the old one stays as it was", () => {
    fc.assert(
      fc.property(fc.integer({ min: SECOND, max: 5 * SECOND }), commands, (at, command) => {
        const recording = twoAppsRecording({ perSecond: 3 });
        const end = hashAt(recording, 6 * SECOND);
        const before = hashAt(recording, at - 1);
        if (!act(recording, at, command, 6 * SECOND)) return;
        expect(recording.branches.map(({ id }) => id)).toEqual(["b1", "b2"]);
        expect(hashAt(recording, at - 1)).toBe(before);
        hashAt(recording, 6 * SECOND);
        expect(recording.switchTo("b1")).toBe(true);
        expect(hashAt(recording, 6 * SECOND)).toBe(end);
        expect(hashAt(recording, at - 1)).toBe(before);
      }),
      { numRuns: RUNS },
    );
  });

  test("a branch that was cut to what was shown goes on as it would have, commands and all", () => {
    const recording = twoAppsRecording({ perSecond: 3 });
    act(recording, 4 * SECOND, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 5 });
    const end = hashAt(recording, 6 * SECOND);
    act(recording, SECOND, { do: "traffic", perSecond: 0 }, 3 * SECOND);
    recording.switchTo("b1");
    expect([recording.current.computedTo, recording.current.trace.lastBefore(6 * SECOND)?.at]).toEqual([
      3 * SECOND,
      recording.current.trace.lastBefore(3 * SECOND)?.at,
    ]);
    expect(hashAt(recording, 6 * SECOND)).toBe(end);
  });

  test("numbers its events alike on a branch that was left and taken again", () => {
    const recording = twoAppsRecording();
    hashAt(recording, 4 * SECOND);
    act(recording, 2 * SECOND, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 5 }, 4 * SECOND);
    const trace = hashAt(recording, 4 * SECOND) && recording.current.trace;
    recording.switchTo("b1");
    hashAt(recording, 5 * SECOND);
    recording.switchTo("b2");
    hashAt(recording, 5 * SECOND);
    const events = recording.current.trace.from(0, 10_000);
    expect(recording.current.trace).toBe(trace);
    expect(events.map(({ number }) => number)).toEqual(events.map((_, index) => index));
  });
});
