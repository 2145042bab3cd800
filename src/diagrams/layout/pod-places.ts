/** Pods of one node: named while they are few, cells with counts from there on. The area they take never changes. */
import type { PodView } from "../../bridge/protocol";
import { countWords, signOf } from "./counts";
import { bottom, type Box, type Point } from "./geometry";
import type { CellGroup, CellPlace, PodPlace } from "./host-layout";
import { older, slotsOf } from "./slots";
import { firstFitting, fitted, pillWidth } from "./text-width";

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
  /** Half of what moves along a veth: no name stands closer to one that comes down beside it. */
  readonly clear: number;
  /** x of the line that all cells hang on; absent where nothing moves to a cell. */
  readonly cellRiser?: number;
}

const PILL_HEIGHT = 18;
/** A name begins after its sign. */
const NAME_AT = 12;

/** Slots fill from the row beside the bridge upwards, so that few Pods hang straight on it. */
function cornerOf(grid: PodGrid, slot: number): Point {
  const row = grid.rows - 1 - Math.trunc(slot / grid.columns);
  return { x: grid.x + (slot % grid.columns) * grid.pitch, y: grid.y + row * grid.rowPitch };
}

/** x of the line that comes down beside a column from `above` rows higher. */
function riserX(grid: PodGrid, column: number, above: number): number {
  return grid.x + (column + 1) * grid.pitch - grid.clear - 1 + 4 * Math.min(above - 1, 1);
}

/** A veth of the lowest row falls straight; those above go round by the gap at their right. */
function vethOf(grid: PodGrid, slot: number, pill: Box): readonly Point[] {
  const above = Math.trunc(slot / grid.columns);
  if (above === 0) {
    const x = pill.x + Math.min(grid.vethAt, pill.width - 8);
    return [
      { x, y: pill.y + pill.height },
      { x, y: grid.bridgeY },
    ];
  }
  const x = riserX(grid, slot % grid.columns, above);
  const y = pill.y + pill.height / 2;
  return [
    { x: pill.x + pill.width, y },
    { x, y },
    { x, y: grid.bridgeY },
  ];
}

/** A name may go on to where the next thing stands: a line that comes down, the next Pod, the edge. */
function nameRoom(grid: PodGrid, slot: number, taken: ReadonlySet<number>, edge: number): number {
  const column = slot % grid.columns;
  const start = grid.x + column * grid.pitch + NAME_AT;
  const above = [1, 2]
    .filter((rows) => taken.has(slot + rows * grid.columns))
    .map((rows) => riserX(grid, column, Math.trunc(slot / grid.columns) + rows) - grid.clear);
  const beside = Array.from({ length: grid.columns - 1 - column }, (_, n) => n + 1).filter(
    (n) => taken.has(slot + n) || taken.has(slot + n + grid.columns),
  );
  const next = beside[0] === undefined ? edge : grid.x + (column + beside[0]) * grid.pitch - 5;
  return Math.min(next, ...above) - start;
}

interface Slotted {
  readonly pod: PodView;
  readonly slot: number;
}

function named(grid: PodGrid, all: readonly Slotted[], edge: number, marked: readonly string[]): readonly PodPlace[] {
  const taken = new Set(all.map((each) => each.slot));
  return all.map(({ pod, slot }) => {
    const corner = cornerOf(grid, slot);
    const pill: Box = { x: corner.x, y: corner.y + 8, width: pillWidth(pod.address), height: PILL_HEIGHT };
    const veth = vethOf(grid, slot, pill);
    return {
      key: pod.uid,
      pod,
      sign: signOf(pod.state),
      pill,
      veth,
      name: fitted(pod.name, nameRoom(grid, slot, taken, edge), grid.nameSize, marked.includes(pod.uid) ? "strong" : "ui", 5),
      nameAt: { x: corner.x + NAME_AT, y: corner.y },
      port: veth.at(-1) ?? corner,
    };
  });
}

const CELL = 9;
const CELL_PITCH = 12;
/** Labels and cells begin beside their riser, clear of what moves on it. */
const BESIDE_RISER = 10;
/** Under a group's last line: half of what leaves its cells, and the height of the next label. */
const UNDER_CELLS = 7;
const GROUP_HEIGHT = 36;
const WIDE_GROUP = 150;
const NARROW_GROUP = 96;

interface GroupRoom {
  readonly at: Point;
  readonly width: number;
  readonly lines: number;
}

/** Cells stand in the order of age from the group's left end: one that comes moves nobody. */
function groupOf(owner: string, pods: readonly PodView[], room: GroupRoom): CellGroup {
  const across = Math.trunc(room.width / CELL_PITCH);
  const capacity = across * room.lines;
  const cells = pods
    .toSorted(older)
    .slice(0, capacity)
    .map((pod, slot): CellPlace => {
      const x = room.at.x + (slot % across) * CELL_PITCH;
      const y = room.at.y + 7 + Math.trunc(slot / across) * CELL_PITCH;
      return { key: pod.uid, pod, sign: signOf(pod.state), box: { x, y, width: CELL, height: CELL } };
    });
  const drawn = cells.length < pods.length ? `, ${cells.length} drawn` : "";
  const ready = pods.filter((pod) => signOf(pod.state) === "ready").length;
  const wordings = [
    `${owner}: ${countWords(pods)}${drawn}`,
    `${owner}: ${ready} of ${pods.length} ready${drawn}`,
    `${owner}: ${pods.length} Pods${drawn}`,
    `${owner}: ${pods.length}`,
  ];
  return { key: owner, words: firstFitting(wordings, room.width, 11), at: room.at, cells };
}

/** How many groups stand beside each other: one where all fit one above another, else as many as have room. */
function besideEachOther(owners: number, width: number, height: number): number {
  if (height >= owners * GROUP_HEIGHT && width < 2 * WIDE_GROUP) return 1;
  return Math.max(1, Math.min(owners, Math.trunc(width / NARROW_GROUP)));
}

function groupsOf(grid: PodGrid, pods: readonly PodView[], whole: number): readonly CellGroup[] {
  const left = grid.cellRiser === undefined ? grid.x : grid.cellRiser + BESIDE_RISER;
  const width = whole - (left - grid.x);
  const owners = [...new Set(pods.map((pod) => pod.owner))].toSorted();
  const height = grid.rows * grid.rowPitch;
  const across = besideEachOther(owners.length, width, height);
  const most = across * Math.max(1, Math.trunc(height / GROUP_HEIGHT));
  const shown = owners.slice(0, most);
  const down = Math.ceil(shown.length / across);
  const [pitchX, pitchY] = [Math.trunc(width / across), Math.trunc(height / down)];
  const under = grid.cellRiser === undefined ? 0 : UNDER_CELLS;
  const lines = Math.max(1, Math.trunc((pitchY - 14 - under) / CELL_PITCH));
  return shown.map((owner, n) => {
    const at = { x: left + (n % across) * pitchX, y: grid.y + Math.trunc(n / across) * pitchY };
    const last = n === shown.length - 1 && shown.length < owners.length;
    const own = pods.filter((pod) => pod.owner === owner || (last && !shown.includes(pod.owner)));
    return groupOf(last ? `${owner} and others` : owner, own, { at, width: across === 1 ? width : pitchX - 10, lines });
  });
}

export interface PodPlaces {
  readonly pods: readonly PodPlace[];
  readonly cells: readonly CellGroup[];
  /** From groups to the line that all cells hang on, the bridge last; none where nothing moves to a cell. */
  readonly risers: readonly (readonly Point[])[];
}

/** In the gap under a line of cells a flight runs to the riser that they share. */
export const UNDER_CELL = 1.5;

/** The highest group's branch goes on to the bridge; those below end on it. */
function risersOf(grid: PodGrid, groups: readonly CellGroup[]): readonly (readonly Point[])[] {
  const x = grid.cellRiser;
  if (x === undefined) return [];
  const beside = groups.flatMap(({ cells: [first] }) => (first?.box.x === x + BESIDE_RISER ? [first.box] : []));
  return beside.map((box, n) => {
    const y = bottom(box) + UNDER_CELL;
    const branch = [
      { x: box.x, y },
      { x, y },
    ];
    return n === 0 ? [...branch, { x, y: grid.bridgeY }] : branch;
  });
}

function inCells(grid: PodGrid, pods: readonly PodView[], width: number): Pick<PodPlaces, "cells" | "risers"> {
  const cells = groupsOf(grid, pods, width);
  return { cells, risers: risersOf(grid, cells) };
}

/**
 * Named places while all fit, else cells. `marked` Pods (those a followed packet leaves or reaches) keep their name
 * and pill beside the bridge.
 */
export function podPlaces(grid: PodGrid, pods: readonly PodView[], width: number, marked: readonly string[]): PodPlaces {
  const capacity = grid.columns * grid.rows;
  const edge = grid.x + width;
  if (pods.length <= capacity) {
    const slots = slotsOf(pods, capacity);
    return {
      pods: named(
        grid,
        pods.map((pod) => ({ pod, slot: slots.get(pod.uid) ?? 0 })),
        edge,
        marked,
      ),
      cells: [],
      risers: [],
    };
  }
  const kept = pods.filter((pod) => marked.includes(pod.uid)).slice(0, grid.columns);
  if (kept.length === 0) return { pods: [], ...inCells(grid, pods, width) };
  const places = named(
    grid,
    kept.map((pod, slot) => ({ pod, slot })),
    grid.rows > 1 ? edge : grid.x + kept.length * grid.pitch - 5,
    marked,
  );
  if (grid.rows > 1) return { pods: places, ...inCells({ ...grid, rows: grid.rows - 1 }, pods, width) };
  const taken = kept.length * grid.pitch;
  return { pods: places, ...inCells({ ...grid, x: grid.x + taken }, pods, width - taken) };
}
