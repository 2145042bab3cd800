/** Where the opened kernel's parts stand: rows on a 16 px grid, the rewrite's band, conntrack, and the other stations. */
import type { HopView } from "../../bridge/protocol";
import type { Box, Point } from "./geometry";
import type { RailRows } from "./host-forms";
import { lensRows, MOST_LENS_ROWS, type LensRow } from "./lens-rows";
import { decidingHop, type Told } from "./telling";

const ROW = 16;
const CHAIN_GAP = 4;
const BAND = 46;
/** Distance of stations that are not unrolled: usual, at most, and where the rules leave little room. */
const PITCH = 20;
const WIDEST = 32;
const NARROWEST = 16;
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

type RailStation = "PREROUTING" | "cni0In" | "routing" | "FORWARD" | "POSTROUTING" | "INPUT" | "OUTPUT";

const THROUGH: readonly RailStation[] = ["PREROUTING", "cni0In", "routing", "FORWARD", "POSTROUTING"];
/** For what INPUT decides about. What IPVS takes there is routed anew and sent as if the node had made it. */
const LOCAL: readonly RailStation[] = ["PREROUTING", "cni0In", "INPUT", "routing", "OUTPUT", "POSTROUTING"];

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
    case "INPUT":
      return "INPUT";
    case "PREROUTING":
    case "":
      return "PREROUTING";
  }
}

/** Nothing unrolled: the stations spread over the whole height. */
function spread(paper: Box): RailRows {
  const step = Math.trunc((paper.height - 64) / 4);
  const y = (n: number): number => paper.y + 24 + n * step;
  return { PREROUTING: y(0), cni0In: y(1), routing: y(2), FORWARD: y(3), POSTROUTING: y(4), OUTPUT: null };
}

function between(stations: readonly RailStation[], first: number, pitch: number): readonly (readonly [RailStation, number])[] {
  return stations.map((station, n) => [station, first + n * pitch]);
}

/** The rail's rows, with the station of the told packet's deciding hop unrolled; the others share what is left. */
export function openedKernel(told: Told | null, node: string, paper: Box): OpenedKernel {
  const deciding = told === null ? null : decidingHop(told, node);
  if (told === null || deciding === null) return { rows: spread(paper), lens: null };
  const station = stationOf(deciding);
  const stations = station === "INPUT" ? LOCAL : THROUGH;
  const open = stations.indexOf(station);
  const [before, after] = [stations.slice(0, open), stations.slice(open + 1)];
  const needed = unrolled(deciding, 0, paper).end;
  const spare = paper.height - 20 - needed - 14;
  const pitch = Math.max(NARROWEST, Math.min(WIDEST, Math.trunc(spare / (stations.length - 1))));
  const top = paper.y + 20 + before.length * pitch;
  const { lens, end } = unrolled(deciding, top, paper);
  const placed = new Map([...between(before, paper.y + 20, pitch), ...between(after, end + pitch, pitch)]);
  const at = (name: RailStation): number => placed.get(name) ?? top;
  return {
    rows: {
      PREROUTING: at("PREROUTING"),
      cni0In: at("cni0In"),
      routing: at("routing"),
      FORWARD: at("FORWARD"),
      POSTROUTING: at("POSTROUTING"),
      OUTPUT: placed.get("OUTPUT") ?? null,
    },
    lens,
  };
}
