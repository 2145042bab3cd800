/** Pods of one node: named while they are few, cells with counts from there on. The area they take never changes. */
import type { PodView } from "../../bridge/protocol";
import { countWords, signOf } from "./counts";
import type { Point } from "./geometry";
import type { CellGroup, CellPlace, PodPlace } from "./host-layout";
import { slotsOf } from "./slots";
import { fitted, pillWidth } from "./text-width";

/** Where slots stand, and how veths come down to the bridge. */
export interface PodGrid {
  readonly x: number;
  /** Baseline of the first row's names. */
  readonly y: number;
  readonly columns: number;
  readonly rows: number;
  readonly pitch: number;
  readonly rowPitch: number;
  readonly nameSize: number;
  /** Middle of the bridge bar. */
  readonly bridgeY: number;
  /** Where a veth leaves its pill, from the pill's left end. */
  readonly vethAt: number;
}

const PILL_HEIGHT = 18;

/** A veth of the last row falls straight; those above go round by the gap at their right. */
function vethOf(grid: PodGrid, corner: Point, width: number, row: number): readonly Point[] {
  const below = corner.y + PILL_HEIGHT;
  const above = grid.rows - 1 - row;
  if (above === 0) {
    const x = corner.x + Math.min(grid.vethAt, width - 8);
    return [{ x, y: below }, { x, y: grid.bridgeY }];
  }
  const x = corner.x + grid.pitch - 14 + 5 * Math.min(above - 1, 1);
  const y = corner.y + PILL_HEIGHT / 2;
  return [{ x: corner.x + width, y }, { x, y }, { x, y: grid.bridgeY }];
}

function named(grid: PodGrid, pod: PodView, slot: number): PodPlace {
  const row = Math.trunc(slot / grid.columns);
  const x = grid.x + (slot % grid.columns) * grid.pitch;
  const y = grid.y + row * grid.rowPitch;
  const width = pillWidth(pod.address);
  const corner = { x, y: y + 8 };
  const veth = vethOf(grid, corner, width, row);
  return {
    key: pod.uid,
    pod,
    name: fitted(pod.name, grid.pitch - 26, grid.nameSize, "ui", 5),
    nameAt: { x: x + 14, y },
    sign: signOf(pod.state),
    pill: { ...corner, width, height: PILL_HEIGHT },
    veth,
    port: veth.at(-1) ?? corner,
  };
}

const CELL = 9;
const CELL_PITCH = 12;

interface GroupRoom {
  readonly at: Point;
  readonly width: number;
  readonly lines: number;
}

function groupOf(owner: string, pods: readonly PodView[], room: GroupRoom): CellGroup {
  const across = Math.trunc(room.width / CELL_PITCH);
  const capacity = across * room.lines;
  const slots = slotsOf(pods, capacity);
  const cells = pods.flatMap((pod): CellPlace[] => {
    const slot = slots.get(pod.uid);
    if (slot === undefined) return [];
    const x = room.at.x + (slot % across) * CELL_PITCH;
    const y = room.at.y + 7 + Math.trunc(slot / across) * CELL_PITCH;
    return [{ key: pod.uid, pod, sign: signOf(pod.state), box: { x, y, width: CELL, height: CELL } }];
  });
  const drawn = cells.length < pods.length ? `, ${cells.length} drawn` : "";
  return { key: owner, words: fitted(`${owner}  ${countWords(pods)}${drawn}`, room.width, 11), at: room.at, cells };
}

/** Apps side by side where the area is wide, else one above another. */
function groupsOf(grid: PodGrid, pods: readonly PodView[], width: number): readonly CellGroup[] {
  const owners = [...new Set(pods.map((pod) => pod.owner))].toSorted();
  const height = grid.rows * grid.rowPitch;
  const beside = width >= 400 ? Math.max(1, Math.min(owners.length, 3)) : 1;
  const shown = owners.slice(0, beside === 1 ? Math.max(1, Math.trunc(height / 36)) : beside);
  const each = beside === 1 ? height / Math.max(1, shown.length) : height;
  const lines = Math.max(1, Math.trunc((each - 14) / CELL_PITCH));
  const room = beside === 1 ? width : Math.trunc(width / beside) - 16;
  return shown.map((owner, n) => {
    const at = beside === 1 ? { x: grid.x, y: grid.y + n * each } : { x: grid.x + n * Math.trunc(width / beside), y: grid.y };
    const last = n === shown.length - 1 && shown.length < owners.length;
    const own = pods.filter((pod) => pod.owner === owner || (last && !shown.includes(pod.owner)));
    return groupOf(last ? `${owner} and others` : owner, own, { at, width: room, lines });
  });
}

export interface PodPlaces {
  readonly pods: readonly PodPlace[];
  readonly cells: readonly CellGroup[];
}

/**
 * Named places while all fit, else cells. `marked` Pods (those a followed packet leaves or reaches) keep their name
 * and pill among cells, in the last row's first slots.
 */
export function podPlaces(grid: PodGrid, pods: readonly PodView[], width: number, marked: readonly string[]): PodPlaces {
  const capacity = grid.columns * grid.rows;
  if (pods.length <= capacity) {
    const slots = slotsOf(pods, capacity);
    return { pods: pods.map((pod) => named(grid, pod, slots.get(pod.uid) ?? 0)), cells: [] };
  }
  const kept = pods.filter((pod) => marked.includes(pod.uid)).slice(0, grid.columns);
  if (kept.length === 0) return { pods: [], cells: groupsOf(grid, pods, width) };
  const lastRow = (grid.rows - 1) * grid.columns;
  const places = kept.map((pod, n) => named(grid, pod, lastRow + n));
  if (grid.rows > 1) return { pods: places, cells: groupsOf({ ...grid, rows: grid.rows - 1 }, pods, width - 16) };
  const taken = kept.length * grid.pitch;
  return { pods: places, cells: groupsOf({ ...grid, x: grid.x + taken }, pods, width - taken) };
}
