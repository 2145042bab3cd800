/** Where the stations of the netfilter diagram stand: forwarded packets go down the left rail, local ones take the right. */
import type { Point } from "./geometry";

/** Width of the whole drawing, pixels. */
export const NETFILTER_WIDTH = 352;

/** Height of a line of text. */
export const ROW = 15;

const LEFT_RAIL = 10;
const RIGHT_RAIL = 188;
const TEXT = 18;

export type NetfilterStation =
  | "in"
  | "PREROUTING"
  | "bridge"
  | "routing"
  | "FORWARD"
  | "INPUT"
  | "local"
  | "OUTPUT"
  | "POSTROUTING"
  | "out";

/** A station with its text block. */
export interface Placed {
  readonly at: Point;
  /** Left edge and first baseline of its text. */
  readonly text: Point;
  /** Its whole block, for the wash and the pointer. */
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** How many lines stand under a station's name. */
export type StageCounts = Readonly<Record<"PREROUTING" | "FORWARD" | "INPUT" | "OUTPUT" | "POSTROUTING", number>>;

export interface NetfilterLayout {
  readonly places: Readonly<Record<NetfilterStation, Placed>>;
  readonly height: number;
}

const GAP = 12;

/** Places for so many stages a hook. */
export function netfilterLayout(stages: StageCounts): NetfilterLayout {
  const block = (rail: number, top: number, lines: number, width: number): Placed => ({
    at: { x: rail, y: top + 8 },
    text: { x: rail + TEXT, y: top + 12 },
    box: { x: rail + TEXT - 6, y: top - 2, width, height: lines * ROW + 6 },
  });
  const whole = NETFILTER_WIDTH - LEFT_RAIL - TEXT + 6;
  const half = RIGHT_RAIL - LEFT_RAIL - TEXT - 6;
  const enters = block(LEFT_RAIL, 2, 1, whole);
  const pre = block(LEFT_RAIL, bottomOf(enters), 1 + stages.PREROUTING, whole);
  const bridge = block(LEFT_RAIL, bottomOf(pre), 1, half);
  const routing = block(LEFT_RAIL, bottomOf(bridge), 1, half);
  const input = block(RIGHT_RAIL, bottomOf(routing), 1 + stages.INPUT, whole - RIGHT_RAIL + LEFT_RAIL);
  const local = block(RIGHT_RAIL, bottomOf(input), 1, whole - RIGHT_RAIL + LEFT_RAIL);
  const output = block(RIGHT_RAIL, bottomOf(local), 1 + stages.OUTPUT, whole - RIGHT_RAIL + LEFT_RAIL);
  const forward = block(LEFT_RAIL, bottomOf(routing), 1 + stages.FORWARD, half);
  const post = block(LEFT_RAIL, Math.max(bottomOf(output), bottomOf(forward)), 1 + stages.POSTROUTING, whole);
  const leaves = block(LEFT_RAIL, bottomOf(post), 1, whole);
  return {
    places: {
      in: enters,
      PREROUTING: pre,
      bridge,
      routing,
      FORWARD: forward,
      INPUT: input,
      local,
      OUTPUT: output,
      POSTROUTING: post,
      out: leaves,
    },
    height: leaves.box.y + leaves.box.height + 4,
  };
}

function bottomOf({ box }: Placed): number {
  return box.y + box.height + GAP - 4;
}

/** The rails as they stand without any packet. */
export function railsOf({ places }: NetfilterLayout): readonly (readonly Point[])[] {
  const side = places.INPUT.at.x;
  return [
    [places.in.at, places.out.at],
    [
      { x: places.in.at.x, y: branchOf(places) },
      { x: side, y: branchOf(places) },
      { x: side, y: joinOf(places) },
      { x: places.in.at.x, y: joinOf(places) },
    ],
  ];
}

type Places = NetfilterLayout["places"];

/** Where what is for this host leaves the left rail: between the words of two stations. */
function branchOf({ routing }: Places): number {
  return routing.box.y + routing.box.height + 1;
}

/** Where what this host sends comes to the left rail. */
function joinOf({ POSTROUTING }: Places): number {
  return POSTROUTING.box.y - 5;
}

/** Lines of a second pass run beside those of the first. */
const LANE = 4;

/** The way from one station to the next, in the lane of its pass. Round corners where it changes rails. */
export function wayBetween({ places }: NetfilterLayout, from: NetfilterStation, to: NetfilterStation, pass: number): readonly Point[] {
  const [a, b] = [shifted(places[from].at, pass), shifted(places[to].at, pass)];
  if (a.x === b.x) return [a, b];
  const y = (a.x < b.x ? branchOf(places) : joinOf(places)) + LANE * pass;
  return [a, { x: a.x, y }, { x: b.x, y }, b];
}

function shifted({ x, y }: Point, pass: number): Point {
  return { x: x + LANE * pass, y };
}
