/** The stage of a packet in IPVS mode: INPUT decides, and the packet goes on as if the node had sent it. */
import { describe, expect, test } from "vitest";
import type { JourneyView, MomentView } from "../../../src/bridge/protocol";
import { bottom } from "../../../src/diagrams/layout/geometry";
import { distanceAt, packetPath } from "../../../src/diagrams/layout/packet-path";
import type { StageLayout } from "../../../src/diagrams/layout/stage-layout";
import { simTime } from "../../../src/engine/time";
import { finish } from "../../../src/recording/recording";
import { twoApps, twoAppsRecording } from "../../fixtures/world";
import { overlapsIn, stageOf } from "./stage-of";

const AT = simTime(8_000_000);
const recording = twoAppsRecording({ config: { mode: "ipvs" } });
finish(recording.advance(AT));
const moment: MomentView = twoApps({ config: { mode: "ipvs" } }).view({ at: AT, ahead: 0, follow: null });
const journeys: readonly JourneyView[] = [1, 2, 3, 4, 5, 6].map((request) => finish(recording.journey(request)) ?? never());
const journey = journeys[0] ?? never();

function never(): never {
  throw new Error("the request has a journey");
}

const chosenAt = journey.hops.findIndex(({ place }) => place === "INPUT, ipvs");
const answeredAt = journey.hops.findIndex(({ place }) => place === "FORWARD, ipvs");

/** `PREROUTING 24`: stations of the opened rail that the packet meets, with their distance from the paper's top. */
function rail(layout: StageLayout): readonly string[] {
  const host = layout.hosts.find(({ form }) => form === "open") ?? never();
  const names = ["PREROUTING", "cni0In", "INPUT", "routing", "OUTPUT", "FORWARD", "POSTROUTING"] as const;
  const x = host.stations.PREROUTING.x;
  return names
    .filter((name) => host.stations[name].x === x)
    .toSorted((a, b) => host.stations[a].y - host.stations[b].y)
    .filter((name, n, all) => n === 0 || host.stations[name].y > host.stations[all[n - 1] ?? name].y);
}

describe("a packet to a virtual server", () => {
  const layout = stageOf(moment, journey, chosenAt);

  test("is told at INPUT, between cni0 and its second routing", () => {
    expect(layout.lens?.hop.place).toBe("INPUT, ipvs");
    expect(rail(layout)).toEqual(["PREROUTING", "cni0In", "INPUT", "routing", "OUTPUT", "POSTROUTING"]);
  });

  test("goes straight down the rail: no leg of its way through the opened node is slanted", () => {
    for (const [n, of] of journeys.entries()) {
      for (const hop of of.hops.filter(({ place }) => place.endsWith(", ipvs"))) {
        const { points } = packetPath(stageOf(moment, of, hop.index));
        const slanted = points.slice(1).filter(({ x, y }, before) => x !== points[before]?.x && y !== points[before]?.y);
        expect([n, hop.index, slanted]).toEqual([n, hop.index, []]);
      }
    }
  });

  test("finds its whole rail on the kernel's paper", () => {
    const host = layout.hosts.find(({ form }) => form === "open") ?? never();
    expect(host.stations.POSTROUTING.y).toBeLessThan(bottom(host.paper) - 8);
    expect(overlapsIn(layout)).toEqual([]);
  });

  test("never goes back, and each beat begins where the one before ended", () => {
    for (const of of journeys.slice(0, 2))
      for (const [n, hop] of of.hops.entries()) {
        const here = stageOf(moment, of, n);
        const path = packetPath(here);
        expect(distanceAt(here, path, 1)).toBeGreaterThanOrEqual(distanceAt(here, path, 0));
        if (of.hops[n + 1]?.packet !== hop.packet) continue;
        const next = stageOf(moment, of, n + 1);
        expect(distanceAt(next, packetPath(next), 0)).toBeCloseTo(distanceAt(here, path, 1), 6);
      }
  });
});

test("an answer of a real server is translated back at FORWARD", () => {
  const layout = stageOf(moment, journey, answeredAt);
  expect(layout.lens?.hop.place).toBe("FORWARD, ipvs");
  expect(rail(layout)).toEqual(["PREROUTING", "cni0In", "routing", "FORWARD", "POSTROUTING"]);
});
