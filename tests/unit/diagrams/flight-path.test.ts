import * as fc from "fast-check";
import { expect, test } from "vitest";
import { flightAt, flightPath, FLIGHT_TIME, MARK_TIME } from "../../../src/diagrams/layout/flight-path";
import { flights } from "../../fixtures/view/trace";
import { moment } from "../../fixtures/view/moment";
import { journey, PICTURE_HOP } from "../../fixtures/view/journey";
import { stageOf } from "./stage-of";

const RUNS = { numRuns: Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50") };
const layout = stageOf(moment);
const flightTo = (verdict: string) => flights.find((flight) => flight.verdict === verdict);

test("a flight begins at its client and ends at the Pod that was chosen", () => {
  const flight = flightTo("timed out");
  if (flight === undefined) throw new Error("the fixture has a flight that timed out");
  const path = flightPath(layout, flight);
  const pods = layout.hosts.flatMap((host) => host.pods);
  const [from, to] = [pods.find((pod) => pod.key === flight.fromPod), pods.find((pod) => pod.key === flight.toPod)];
  expect(path[0]?.x).toBe(from?.veth[0]?.x);
  expect(path.at(-1)?.y).toBe(to?.veth[0]?.y);
});

test("is on the screen for at least 700 ms, then its verdict stays a while", () => {
  const flight = flightTo("timed out");
  if (flight === undefined) throw new Error("the fixture has a flight that timed out");
  const path = flightPath(layout, flight);
  expect(
    [-1, 0, 350, FLIGHT_TIME, FLIGHT_TIME + MARK_TIME, FLIGHT_TIME + MARK_TIME + 1].map(
      (since) => flightAt(flight, path, since)?.mark ?? "gone",
    ),
  ).toEqual(["gone", "none", "none", "dropped", "dropped", "gone"]);
});

test("a refused one comes back to its client", () => {
  const flight = flightTo("refused");
  if (flight === undefined) throw new Error("the fixture has a refused flight");
  const path = flightPath(layout, flight);
  const [start, turn, end] = [0, FLIGHT_TIME / 2, FLIGHT_TIME].map((since) => flightAt(flight, path, since)?.spot);
  expect([end?.x, end?.y]).toEqual([start?.x, start?.y]);
  expect([turn?.x, turn?.y]).toEqual([path.at(-1)?.x, path.at(-1)?.y]);
});

test("its place depends on the time alone, whichever way one scrubs", () => {
  const [flight] = flights;
  if (flight === undefined) throw new Error("the fixture has flights");
  const path = flightPath(layout, flight);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: FLIGHT_TIME }), (since) => {
      expect(flightAt(flight, path, since)).toEqual(flightAt(flight, path, since));
      const later = flightAt(flight, path, Math.min(FLIGHT_TIME, since + 1));
      const now = flightAt(flight, path, since);
      if (now === null || later === null) throw new Error("on the screen for its whole time");
      expect(Math.hypot(later.spot.x - now.spot.x, later.spot.y - now.spot.y)).toBeLessThan(8);
    }),
    RUNS,
  );
});

test("while one request is followed the others are not drawn", () => {
  const [flight] = flights;
  if (flight === undefined) throw new Error("the fixture has flights");
  expect(flightPath(stageOf(moment, journey, PICTURE_HOP), flight)).toEqual([]);
});
