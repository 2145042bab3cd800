/** Where the opened kernel's parts stand: rows on a 16 px grid, the rewrite's band, conntrack, and the other stations. */
import type { HopView } from "../../bridge/protocol";
import type { Box, Point } from "./geometry";
import type { RailRows } from "./host-forms";
import { lensRows, MOST_LENS_ROWS, type LensRow } from "./lens-rows";
import { decidingHop, type Told } from "./telling";

const ROW = 16;
const CHAIN_GAP = 4;
const BAND = 46;
/** Distance of stations that are not unrolled, at least and at most. */
const PITCH = 20;
const WIDEST = 32;
const HEADER = 18;

/** One row with its place. */
export interface PlacedRow {
  readonly row: LensRow;
  readonly y: number;
}

/** An opened station. */
export interface LensLayout {
  readonly hop: HopView;
  readonly rows: readonly PlacedRow[];
  /** Wash behind old pill → new pill; the packet waits at its left. */
  readonly band: Box;
  /** Where the packet stands in the band. */
  readonly marker: Point;
  readonly conntrackY: number;
}

export interface OpenedKernel {
  readonly rows: RailRows;
  readonly lens: LensLayout | null;
}

/** Height from the first station's line to the paper's foot, whatever is open. */
export const KERNEL_HEIGHT = HEADER + MOST_LENS_ROWS * ROW + 3 * CHAIN_GAP + BAND + 44 + 4 * PITCH + 8;

const STATIONS = ["PREROUTING", "cni0In", "routing", "FORWARD", "POSTROUTING"] as const;
type RailStation = (typeof STATIONS)[number];

function placeRows(rows: readonly LensRow[], top: number): { readonly placed: readonly PlacedRow[]; readonly end: number } {
  let y = top;
  const placed = rows.map((row, n) => {
    if (row.kind === "chain" && n > 0) y += CHAIN_GAP;
    const place = { row, y };
    y += ROW;
    return place;
  });
  return { placed, end: y };
}

function unrolled(hop: HopView, top: number, paper: Box): { readonly lens: LensLayout; readonly end: number } {
  const { placed, end } = placeRows(lensRows(hop), top + HEADER);
  const bandTop = end + (placed.length === 0 ? ROW : 0) + 4;
  const conntrackY = bandTop + BAND + 18;
  const lens: LensLayout = {
    hop,
    rows: placed,
    conntrackY,
    band: { x: paper.x, y: bandTop, width: paper.width, height: BAND },
    marker: { x: paper.x + 28, y: bandTop + BAND / 2 },
  };
  return { lens, end: conntrackY + (hop.conntrack === null ? -10 : 15) };
}

function stationOf(hop: HopView): RailStation {
  switch (hop.hook) {
    case "FORWARD":
      return "FORWARD";
    case "POSTROUTING":
    case "OUTPUT":
      return "POSTROUTING";
    case "PREROUTING":
    case "INPUT":
    case "":
      return "PREROUTING";
  }
}

/** Nothing unrolled: the stations spread over the whole height. */
function spread(paper: Box): RailRows {
  const step = Math.trunc((paper.height - 64) / 4);
  const y = (n: number): number => paper.y + 24 + n * step;
  return { PREROUTING: y(0), cni0In: y(1), routing: y(2), FORWARD: y(3), POSTROUTING: y(4) };
}

function between(stations: readonly RailStation[], first: number, pitch: number): readonly (readonly [RailStation, number])[] {
  return stations.map((station, n) => [station, first + n * pitch]);
}

/** The rail's rows, with the station of the told packet's deciding hop unrolled; the others share what is left. */
export function openedKernel(told: Told | null, node: string, paper: Box): OpenedKernel {
  const deciding = told === null ? null : decidingHop(told, node);
  if (told === null || deciding === null) return { rows: spread(paper), lens: null };
  const open = STATIONS.indexOf(stationOf(deciding));
  const [before, after] = [STATIONS.slice(0, open), STATIONS.slice(open + 1)];
  const needed = unrolled(deciding, 0, paper).end;
  const spare = paper.height - 20 - needed - 14;
  const pitch = Math.max(PITCH, Math.min(WIDEST, Math.trunc(spare / (STATIONS.length - 1))));
  const top = paper.y + 20 + before.length * pitch;
  const { lens, end } = unrolled(deciding, top, paper);
  const rows: Record<RailStation, number> = { PREROUTING: top, cni0In: top, routing: top, FORWARD: top, POSTROUTING: top };
  for (const [station, y] of [...between(before, paper.y + 20, pitch), ...between(after, end + pitch, pitch)]) rows[station] = y;
  return { rows, lens };
}
