/** Where the opened kernel's parts stand: rows on a 16 px grid, the rewrite's band, conntrack, and the other stations. */
import type { HopView } from "../../bridge/protocol";
import type { Box, Point } from "./geometry";
import type { RailRows } from "./host-forms";
import { lensRows, MOST_LENS_ROWS, type LensRow } from "./lens-rows";
import { decidingHop, type Told } from "./telling";

const ROW = 16;
const CHAIN_GAP = 4;
const BAND = 46;
const PITCH = 20;
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
  const bandTop = end + 4;
  const conntrackY = bandTop + BAND + 18;
  const lens: LensLayout = {
    hop, rows: placed, conntrackY,
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

/** The rail's rows, with the station of the told packet's deciding hop unrolled. */
export function openedKernel(told: Told | null, node: string, paper: Box): OpenedKernel {
  const deciding = told === null ? null : decidingHop(told, node);
  if (told === null || deciding === null) return { rows: spread(paper), lens: null };
  const open = stationOf(deciding);
  const rows: Record<RailStation, number> = { PREROUTING: 0, cni0In: 0, routing: 0, FORWARD: 0, POSTROUTING: 0 };
  let y = paper.y + 20;
  let lens: LensLayout | null = null;
  for (const station of STATIONS) {
    rows[station] = y;
    if (station !== open) {
      y += PITCH;
      continue;
    }
    const result = unrolled(deciding, y, paper);
    lens = result.lens;
    y = result.end + 22;
  }
  return { rows, lens };
}
