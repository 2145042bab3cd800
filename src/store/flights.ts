/** Live traffic seen from the cluster: each request is one flight, slowed to at least 700 ms of screen time. */
import type { FlightView } from "../bridge/protocol";

/** Shortest time that a flight is on the screen, milliseconds. */
const SHORTEST_FLIGHT = 700;

/** How long a flight is on the screen, in milliseconds; endless while it has no end. */
function screenTime(flight: FlightView, speed: number): number {
  if (flight.endedAt === null) return Number.POSITIVE_INFINITY;
  return Math.max(SHORTEST_FLIGHT, (flight.endedAt - flight.startedAt) / 1000 / speed);
}

/** How long ago, in milliseconds of the screen, a flight began; negative before. */
function sinceStart(flight: FlightView, at: number, speed: number): number {
  return (at - flight.startedAt) / 1000 / speed;
}

/** Whether a flight is on the screen at a moment of cluster time (µs). */
function isUnderWay(flight: FlightView, at: number, speed: number): boolean {
  const since = sinceStart(flight, at, speed);
  return since >= 0 && since < screenTime(flight, speed);
}

/** The request that "Follow this request" takes: the newest under way, else the newest begun. */
export function requestToFollow(
  flights: readonly FlightView[],
  at: number,
  speed: number,
): { readonly flight: FlightView; readonly underWay: boolean } | null {
  let newest: FlightView | null = null;
  let begun: FlightView | null = null;
  for (const flight of flights) {
    if (flight.startedAt > at) continue;
    if (begun === null || flight.startedAt >= begun.startedAt) begun = flight;
    if (isUnderWay(flight, at, speed) && (newest === null || flight.startedAt >= newest.startedAt)) newest = flight;
  }
  if (newest !== null) return { flight: newest, underWay: true };
  return begun === null ? null : { flight: begun, underWay: false };
}
