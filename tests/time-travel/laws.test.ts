/** Laws of a recording: going anywhere by any way gives the same state, bit for bit. */
import { describe, expect, test } from "vitest";
import { simTime } from "../../src/engine/time";
import { finish } from "../../src/recording/recording";
import { twoAppsRecording } from "../fixtures/world";

const look = (at: number): { at: number; ahead: number; follow: null } => ({ at, ahead: 0, follow: null });

describe("a recording", () => {
  test("seek(t) equals run-to(t), forwards, backwards and without checkpoints", () => {
    const straight = twoAppsRecording({ perSecond: 5 });
    finish(straight.seekTime(simTime(3_000_000)));
    const wanted = straight.hash();
    const other = twoAppsRecording({ perSecond: 5 });
    finish(other.seekTime(simTime(9_000_000)));
    finish(other.seekTime(simTime(1_000_000)));
    finish(other.seekTime(simTime(3_000_000)));
    expect(other.hash()).toBe(wanted);
    other.dropCheckpoints();
    finish(other.seekTime(simTime(500_000)));
    finish(other.seekTime(simTime(3_000_000)));
    expect(other.hash()).toBe(wanted);
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
    finish(recording.seekTime(simTime(2_000_000)));
    const before = recording.hash();
    const journey = finish(recording.journey(1));
    expect(recording.hash()).toBe(before);
    console.log(journey?.packets.map((p) => `${p.index} ${p.kind} ${p.title} ${p.level} ${p.hops}`).join("\n"));
    console.log(
      journey?.hops
        .slice(0, 40)
        .map(
          (h) =>
            `${h.index} ${h.at} e${h.event} s${h.station} ${h.node} ${h.place} ${h.way} | ${h.sentence} | ${h.changes.map((c) => `${c.field}:${c.old}→${c.new}`).join(" ")}`,
        )
        .join("\n"),
    );
    console.log(
      JSON.stringify(journey?.choices),
      JSON.stringify(journey?.queries),
      JSON.stringify(
        journey?.hops.find((h) => h.walks.length > 0)?.walks.map((w) => w.lines.map((l) => [l.state, l.condition, l.target, l.reason])),
        null,
        1,
      ),
    );
    finish(recording.seekTime(simTime(2_500_000)));
    expect(recording.moment(look(2_500_000)).pods).toHaveLength(7);
  });
});
