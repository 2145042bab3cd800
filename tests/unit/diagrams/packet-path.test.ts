import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JourneyView } from "../../../src/bridge/protocol";
import { distanceAt, movingTrail, packetPath, packetSpot } from "../../../src/diagrams/layout/packet-path";
import { lengthOf } from "../../../src/diagrams/layout/geometry";
import {
  droppedJourney,
  hairpinJourney,
  hopWhere,
  journey,
  PICTURE_HOP,
  rejectedJourney,
  sameNodeJourney,
} from "../../fixtures/view/journey";
import { moment } from "../../fixtures/view/moment";
import { stageOf } from "./stage-of";

const RUNS = { numRuns: Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50") };
const JOURNEYS: readonly JourneyView[] = [journey, sameNodeJourney, hairpinJourney, rejectedJourney, droppedJourney];
const anyHop = fc.constantFrom(...JOURNEYS).chain((of) => fc.tuple(fc.constant(of), fc.integer({ min: 0, max: of.hops.length - 1 })));
const share = fc.double({ min: 0, max: 1, noNaN: true });

/** Stations of the opened node in the order in which a packet's path meets them. */
function stationsInOrder(of: JourneyView, packet: number, node: string): readonly string[] {
  const hop = hopWhere(of, (each) => each.packet === packet);
  const layout = stageOf(moment, of, hop);
  const path = packetPath(layout);
  const host = layout.hosts.find((each) => each.key === node);
  const names = ["PREROUTING", "cni0In", "routing", "FORWARD", "POSTROUTING", "flannel", "eth0"] as const;
  const met: string[] = [];
  for (let at = 0; at <= path.length; at += 1) {
    const spot = packetSpotAt(path.points, at);
    const name = names.find(
      (each) => host !== undefined && Math.hypot(host.stations[each].x - spot.x, host.stations[each].y - spot.y) < 1.5,
    );
    if (name !== undefined && met.at(-1) !== name) met.push(name);
  }
  return met;
}

function packetSpotAt(
  points: readonly { readonly x: number; readonly y: number }[],
  distance: number,
): { readonly x: number; readonly y: number } {
  let left = distance;
  for (const [n, b] of points.entries()) {
    const a = points[n - 1];
    if (a === undefined) continue;
    const size = Math.hypot(b.x - a.x, b.y - a.y);
    if (left <= size && size > 0) return { x: a.x + ((b.x - a.x) * left) / size, y: a.y + ((b.y - a.y) * left) / size };
    left -= size;
  }
  return points.at(-1) ?? { x: 0, y: 0 };
}

describe("a packet's way", () => {
  test("follows the kernel: PREROUTING at the port, then cni0, then routing", () => {
    expect(stationsInOrder(journey, 2, "node-a")).toEqual(["PREROUTING", "cni0In", "routing", "FORWARD", "POSTROUTING", "flannel", "eth0"]);
  });

  test("within a node goes past cni0 and routing", () => {
    expect(stationsInOrder(sameNodeJourney, 0, "node-a")).toEqual(["PREROUTING", "FORWARD", "POSTROUTING"]);
  });

  test("comes back through PREROUTING first, and is translated back at POSTROUTING", () => {
    expect(stationsInOrder(journey, 3, "node-a").filter((name) => name !== "cni0In")).toEqual([
      "eth0",
      "flannel",
      "PREROUTING",
      "routing",
      "FORWARD",
      "POSTROUTING",
    ]);
    const undo = hopWhere(journey, (hop) => hop.packet === 3 && hop.step === "postrouting" && hop.node === "node-a");
    expect(stageOf(moment, journey, undo).lens?.hop.hook).toBe("POSTROUTING");
  });

  test("the packet waits beside its rewrite when the beat is over", () => {
    const layout = stageOf(moment, journey, PICTURE_HOP);
    const { x, y } = packetSpot(layout, packetPath(layout), 1);
    expect({ x, y }).toEqual(layout.lens?.marker);
  });

  test("never goes back within a beat, and each beat begins where the one before ended", () => {
    fc.assert(
      fc.property(anyHop, share, share, ([of, hop], a, b) => {
        const layout = stageOf(moment, of, hop);
        const path = packetPath(layout);
        const [early, late] = [Math.min(a, b), Math.max(a, b)];
        expect(distanceAt(layout, path, late)).toBeGreaterThanOrEqual(distanceAt(layout, path, early));
        if (of.hops[hop + 1]?.packet !== of.hops[hop]?.packet) return;
        const next = stageOf(moment, of, hop + 1);
        expect(distanceAt(next, packetPath(next), 0)).toBeCloseTo(distanceAt(layout, path, 1), 6);
      }),
      RUNS,
    );
  });

  test("moves no further than the time allows: a small step of time is a small step on the stage", () => {
    fc.assert(
      fc.property(anyHop, share, ([of, hop], t) => {
        const layout = stageOf(moment, of, hop);
        const path = packetPath(layout);
        const step = 0.001;
        const moved = distanceAt(layout, path, Math.min(1, t + step)) - distanceAt(layout, path, t);
        const whole = distanceAt(layout, path, 1) - distanceAt(layout, path, 0);
        expect(moved).toBeLessThanOrEqual(whole * step * 16 + 1e-6);
      }),
      RUNS,
    );
  });

  test("what is passed and what is left of a beat's stretch make up the whole stretch", () => {
    fc.assert(
      fc.property(anyHop, share, ([of, hop], t) => {
        const layout = stageOf(moment, of, hop);
        const path = packetPath(layout);
        const { behind, ahead } = movingTrail(layout, path, t);
        expect(lengthOf(behind) + lengthOf(ahead)).toBeCloseTo(distanceAt(layout, path, 1) - distanceAt(layout, path, 0), 4);
      }),
      RUNS,
    );
  });
});

test("hooks of the outer packet are not the wrapped packet's: it waits at flannel.1 until eth0", () => {
  const encap = hopWhere(journey, (hop) => hop.packet === 2 && hop.step === "encap");
  const outer = journey.hops[encap];
  if (outer === undefined) throw new Error("the SYN is wrapped");
  const hops = journey.hops
    .filter((hop) => hop.packet === 2)
    .toSpliced(encap - (journey.packets[2]?.firstHop ?? 0) + 1, 0, { ...outer, step: "postrouting", hook: "POSTROUTING" });
  const of = {
    ...journey,
    packets: journey.packets.slice(0, 1).map((packet) => ({ ...packet, firstHop: 0, hops: hops.length })),
    hops: hops.map((hop, index) => ({ ...hop, index, packet: 0 })),
  };
  const at = of.hops.findIndex((hop, n) => hop.hook === "POSTROUTING" && of.hops[n - 1]?.step === "encap");
  const { distances } = packetPath(stageOf(moment, of, at));
  expect(distances[at]).toBe(distances[at - 1]);
});
