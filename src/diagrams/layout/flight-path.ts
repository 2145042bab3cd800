/** Requests as flights over the stage: a path, and where each is at a moment of screen time. */
import type { FlightView } from "../../bridge/protocol";
import { milestonesOf, spotAt, stretchOf, withoutRepeats, type Point, type Spot } from "./geometry";
import { overviewLane } from "./host-routes";
import type { StageLayout } from "./stage-layout";

/** Shortest time on screen, milliseconds. */
export const FLIGHT_TIME = 700;
/** How long a verdict's mark stays, milliseconds. */
export const MARK_TIME = 900;

/** From client to chosen Pod over the path it took; from the client into its own node's kernel where no Pod was chosen. */
export function flightPath(layout: StageLayout, flight: FlightView): readonly Point[] {
  const from = layout.hosts.find((host) => host.key === flight.fromNode);
  const to = layout.hosts.find((host) => host.key === flight.toNode);
  if (from === undefined || layout.form !== "overview") return [];
  const out = overviewLane(from, flight.fromPod);
  const toKernel = out.slice(0, out.findIndex((point) => point === from.stations.PREROUTING) + 1);
  if (to === undefined || flight.toPod === "") return withoutRepeats(toKernel);
  const back = overviewLane(to, flight.toPod);
  if (from === to) {
    const home = back.slice(0, back.findIndex((point) => point === to.stations.PREROUTING) + 1);
    return withoutRepeats([...toKernel, ...home.toReversed()]);
  }
  return withoutRepeats([...out, ...wire(layout, from.key, to.key), ...back.toReversed()]);
}

function wire(layout: StageLayout, from: string, to: string): readonly Point[] {
  const a = layout.network.taps.get(from)?.at(-1);
  const b = layout.network.taps.get(to)?.at(-1);
  if (a === undefined || b === undefined) return [];
  if (a.y === b.y) return [a, b];
  return [a, { x: layout.network.trunkX, y: a.y }, { x: layout.network.trunkX, y: b.y }, b];
}

/** Whether a flight is drawn at all, `since` milliseconds after its start there. */
export function isOnScreen(since: number): boolean {
  return since >= 0 && since <= FLIGHT_TIME + MARK_TIME;
}

export type FlightMark = "none" | "answered" | "dropped" | "returned";

/** One flight at one moment. */
export interface FlightFrame {
  readonly request: number;
  readonly spot: Spot;
  readonly trail: readonly Point[];
  /** 0 to 1: how strongly it is drawn. */
  readonly strength: number;
  readonly mark: FlightMark;
}

function markOf(flight: FlightView): FlightMark {
  switch (flight.verdict) {
    case "under way":
      return "none";
    case "answered":
    case "resolved":
      return "answered";
    case "refused":
    case "reset":
    case "name not found":
      return "returned";
    case "timed out":
    case "unreachable":
      return "dropped";
  }
}

/** How far a flight has come: there, and for refused ones back again. */
function share(mark: FlightMark, t: number): number {
  const go = (1 - Math.cos(Math.PI * Math.min(1, t))) / 2;
  return mark === "returned" ? 1 - Math.abs(1 - 2 * go) : go;
}

const milestones = new WeakMap<readonly Point[], readonly number[]>();

/** Paths do not change once they are made, and every frame asks. */
function milestonesAlong(path: readonly Point[]): readonly number[] {
  const known = milestones.get(path) ?? milestonesOf(path);
  milestones.set(path, known);
  return known;
}

/**
 * A flight at a moment of screen time, `since` milliseconds after its start there; null when it is off the screen.
 * Pure in its arguments, so scrubbing backwards shows the same picture. `reach` is how much of its trail is drawn.
 */
export function flightAt(
  flight: FlightView,
  path: readonly Point[],
  since: number,
  reach: number = Number.POSITIVE_INFINITY,
): FlightFrame | null {
  if (!isOnScreen(since) || path.length < 2) return null;
  const mark = markOf(flight);
  const t = since / FLIGHT_TIME;
  const along = milestonesAlong(path);
  const distance = (along.at(-1) ?? 0) * share(mark, t);
  const trail = stretchOf(path, along, Math.max(0, distance - reach), distance);
  const strength = t <= 1 ? 1 : Math.max(0, 1 - (since - FLIGHT_TIME) / MARK_TIME);
  return { request: flight.request, spot: spotAt(path, distance), trail, strength, mark: t >= 1 ? mark : "none" };
}
