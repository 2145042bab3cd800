import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { BEAT, beatsOf, type Telling } from "../../../src/store/beats";
import { clusterAt, knotAt, storyAt, storyMap, TRUE_TIME } from "../../../src/store/story-clock";
import type { HopView, JourneyView, Level } from "../../../src/bridge/protocol";
import { journey, sameNodeJourney } from "../../fixtures/view/journey";

const RUNS = { numRuns: Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50") };
const AS_TOLD: Telling = { level: null, opened: {} };

/** A journey of many packets whose hops are the fixture's, at any times and levels. */
const anyJourney: fc.Arbitrary<JourneyView> = fc
  .array(
    fc.record({
      level: fc.constantFrom<Level>("chapters", "stations", "kernel"),
      hops: fc.integer({ min: 1, max: 25 }),
      gap: fc.integer({ min: 0, max: 3_000_000 }),
      pace: fc.integer({ min: 0, max: 50 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((packets) => {
    const hops: HopView[] = [];
    let at = 500_000;
    const drafted = packets.map((packet, index) => {
      const firstHop = hops.length;
      at += packet.gap;
      for (let n = 0; n < packet.hops; n += 1) {
        const like = journey.hops[n % journey.hops.length];
        if (like !== undefined)
          hops.push({ ...like, index: hops.length, packet: index, at: at + n * packet.pace, event: hops.length, station: n >> 2 });
      }
      return {
        index,
        title: "",
        kind: "syn",
        direction: "request",
        firstHop,
        hops: packet.hops,
        level: packet.level,
        protocol: "TCP",
      } as const;
    });
    return { ...journey, startedAt: 500_000, endedAt: (hops.at(-1)?.at ?? 0) + 10, packets: drafted, hops };
  });

describe("story clock", () => {
  it("is true time while nothing is followed", () => {
    expect(clusterAt(TRUE_TIME, 1500.25)).toBe(1_500_250);
    expect(storyAt(TRUE_TIME, 1_500_250)).toBe(1500.25);
  });

  it("never runs backwards, whatever is followed", () => {
    fc.assert(
      fc.property(anyJourney, fc.array(fc.double({ min: 0, max: 120_000, noNaN: true }), { minLength: 2 }), (one, stories) => {
        const map = storyMap(one, beatsOf(one, AS_TOLD));
        const times = stories.toSorted((a, b) => a - b).map((story) => clusterAt(map, story));
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
      RUNS,
    );
  });

  it("finds the way back from every moment of cluster time", () => {
    fc.assert(
      fc.property(anyJourney, fc.integer({ min: 0, max: 100_000_000 }), (one, at) => {
        const map = storyMap(one, beatsOf(one, AS_TOLD));
        expect(clusterAt(map, storyAt(map, at))).toBe(at);
      }),
      RUNS,
    );
  });

  it("shows every hop of the journey in its order", () => {
    const map = storyMap(journey, beatsOf(journey, AS_TOLD));
    expect(map.knots.map((knot) => knot.hop)).toEqual(journey.hops.map((hop) => hop.index));
    expect(map.knots.map((knot) => knotAt(map, knot.story)?.hop)).toEqual(journey.hops.map((hop) => hop.index));
  });

  it("gives every beat the same 600 ms", () => {
    const beats = beatsOf(journey, AS_TOLD);
    const map = storyMap(journey, beats);
    const starts = beats.map((beat) => (map.knots.find((knot) => knot.beat === beat.index)?.story ?? 0) - journey.startedAt / 1000);
    expect(starts.map((start) => Math.round(start))).toEqual(beats.map((beat) => beat.index * BEAT));
  });
});

describe("how much is told", () => {
  it("ends every story that nobody opened within 45 s", () => {
    fc.assert(
      fc.property(anyJourney, (one) => {
        const map = storyMap(one, beatsOf(one, AS_TOLD));
        expect(map.end.story - one.startedAt / 1000).toBeLessThanOrEqual(45_000);
      }),
      RUNS,
    );
  });

  it("opens the trap hook by hook and tells the rest of its packet by stations", () => {
    const syn = journey.packets.find((packet) => packet.kind === "syn");
    const beats = beatsOf(journey, AS_TOLD).filter((beat) => beat.packet === syn?.index);
    const places = beats.map((beat) => `${journey.hops[beat.firstHop]?.node} ${journey.hops[beat.firstHop]?.place} ${beat.hops}`);
    expect(places).toMatchInlineSnapshot(`
      [
        "node-a routing 2",
        "node-a vethc41f0a92 1",
        "node-a PREROUTING, nat 1",
        "node-a cni0 1",
        "node-a routing 1",
        "node-a FORWARD 1",
        "node-a POSTROUTING 1",
        "node-a flannel.1 1",
        "node-a VXLAN 1",
        "node-a eth0 1",
        "node-b eth0 9",
        "node-b eth0 2",
      ]
    `);
  });

  it("opens one packet further by hand and leaves the others", () => {
    const before = beatsOf(sameNodeJourney, AS_TOLD);
    const after = beatsOf(sameNodeJourney, { level: null, opened: { 0: "kernel" } });
    expect(after.filter((beat) => beat.packet === 0).length).toBe(sameNodeJourney.packets[0]?.hops);
    expect(after.filter((beat) => beat.packet !== 0).length).toBe(before.filter((beat) => beat.packet !== 0).length);
  });

  it("shows every hop as a beat of its own where everything is told by kernel", () => {
    expect(beatsOf(journey, { level: "kernel", opened: {} }).length).toBe(journey.hops.length);
  });
});
