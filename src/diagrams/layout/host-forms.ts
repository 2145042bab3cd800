/** The four forms of a host, as figures. Numbers are CSS pixels from the host's left and top edge. */
import type { NodeView, PodView } from "../../bridge/protocol";
import type { Box, Point } from "./geometry";
import { onNetwork, type HostForm, type HostLayout, type StationName } from "./host-layout";
import { podPlaces, type PodGrid } from "./pod-places";

export const OPEN_WIDTH = 520;
export const CLOSED_WIDTH = 236;
export const CLOSED_HEIGHT = 302;
export const FOLDED_HEIGHT = 52;
export const OVERVIEW_HEIGHT = 316;

/** Rows of the opened kernel: where the rail's stations stand. The lens says where they are when it is open. */
export interface RailRows {
  readonly PREROUTING: number;
  readonly cni0In: number;
  readonly routing: number;
  /** Of the local rail: INPUT. */
  readonly FORWARD: number;
  readonly POSTROUTING: number;
  /** Set where the rail goes by INPUT and OUTPUT, and not by FORWARD. */
  readonly OUTPUT: number | null;
}

/** Half the width of the followed packet's mark, and of a flight's. */
const PACKET = 13;
const FLIGHT = 8;

interface Draft {
  readonly node: NodeView;
  readonly pods: readonly PodView[];
  readonly box: Box;
  readonly marked: readonly string[];
}

function build(draft: Draft, form: HostForm, grid: PodGrid, rest: Pick<HostLayout, "bridge" | "paper" | "stations">): HostLayout {
  const places = podPlaces(grid, onNetwork(draft.pods, draft.node.name), draft.box.width - 24, draft.marked);
  return { key: draft.node.name, node: draft.node, form, box: draft.box, ...places, ...rest };
}

const at = (x: number, y: number): Point => ({ x, y });

/** Paper's top in an opened host, from the host's top. */
export const OPEN_PAPER = 146;
const RAIL = 36;

type LocalStations = Readonly<Record<"INPUT" | "sockets" | "OUTPUT", Point>>;

/** Beside FORWARD. */
function localWay(x: number, y: number): LocalStations {
  return { INPUT: at(x + 306, y), sockets: at(x + 306, y), OUTPUT: at(x + 492, y) };
}

/** On the rail itself, for a packet that INPUT decides about. */
function localRail(rail: number, input: number, output: number): LocalStations {
  return { INPUT: at(rail, input), sockets: at(rail, input), OUTPUT: at(rail, output) };
}

/** An opened host reads downwards; its rail stands 36 from its edge. */
export function openHost(draft: Draft, rows: RailRows): HostLayout {
  const { x, y, width, height } = draft.box;
  const rail = x + RAIL;
  const grid: PodGrid = {
    x: x + 16,
    y: y + 58,
    columns: 5,
    rows: 1,
    pitch: 98,
    rowPitch: 48,
    nameSize: 11,
    bridgeY: y + 114,
    vethAt: 20,
    clear: PACKET,
  };
  const foot = y + height;
  const out = x + 416;
  const stations: Record<StationName, Point> = {
    PREROUTING: at(rail, rows.PREROUTING),
    cni0In: at(rail, rows.cni0In),
    routing: at(rail, rows.routing),
    FORWARD: at(rail, rows.FORWARD),
    POSTROUTING: at(rail, rows.POSTROUTING),
    ...(rows.OUTPUT === null ? localWay(x, rows.FORWARD) : localRail(rail, rows.FORWARD, rows.OUTPUT)),
    cni0Out: at(x + width - 8, y + 114),
    flannel: at(out, foot - 21),
    eth0: at(out, foot),
  };
  return build(draft, "open", grid, {
    bridge: { x: x + 16, y: y + 112, width: width - 32, height: 4 },
    paper: { x: x + 8, y: y + OPEN_PAPER, width: width - 16, height: height - OPEN_PAPER - 44 },
    stations,
  });
}

/** A closed host on the way reads upwards: eth0 at its left edge, Pods on top. */
export function closedHost(draft: Draft): HostLayout {
  const { x, y, width } = draft.box;
  const rail = x + 40;
  const grid: PodGrid = {
    x: x + 16,
    y: y + 68,
    columns: 2,
    rows: 2,
    pitch: 110,
    rowPitch: 40,
    nameSize: 11,
    bridgeY: y + 150,
    vethAt: 24,
    clear: PACKET,
  };
  const stations: Record<StationName, Point> = {
    cni0Out: at(rail, y + 165),
    POSTROUTING: at(rail, y + 194),
    FORWARD: at(rail, y + 215),
    routing: at(rail, y + 236),
    cni0In: at(rail, y + 247),
    PREROUTING: at(rail, y + 258),
    INPUT: at(x + 150, y + 215),
    sockets: at(x + 180, y + 215),
    OUTPUT: at(x + 210, y + 215),
    flannel: at(rail, y + 283),
    eth0: at(x, y + 283),
  };
  return build(draft, "closed", grid, {
    bridge: { x: x + 16, y: y + 148, width: width - 24, height: 4 },
    paper: { x: x + 8, y: y + 179, width: width - 16, height: 92 },
    stations,
  });
}

/** A host that is not on the way: its name, its address and its Pods in words. */
export function foldedHost(draft: Draft): HostLayout {
  const { x, y } = draft.box;
  const edge = at(x, y + 26);
  const stations: Record<StationName, Point> = {
    PREROUTING: edge,
    cni0In: edge,
    routing: edge,
    INPUT: edge,
    sockets: edge,
    OUTPUT: edge,
    FORWARD: edge,
    POSTROUTING: edge,
    cni0Out: edge,
    flannel: edge,
    eth0: edge,
  };
  const none: Box = { x, y: y + 26, width: 0, height: 0 };
  return {
    key: draft.node.name,
    node: draft.node,
    form: "folded",
    box: draft.box,
    pods: [],
    cells: [],
    risers: [],
    bridge: none,
    paper: none,
    stations,
  };
}

/** A host while nothing is followed: all alike, their kernels one short rail. */
export function overviewHost(draft: Draft): HostLayout {
  const { x, y, width, height } = draft.box;
  const columns = width > 300 ? 3 : 2;
  const rows = columns === 3 ? 2 : 3;
  const lift = rows === 2 ? 20 : 0;
  const grid: PodGrid = {
    x: x + 16,
    y: y + 82,
    columns,
    rows,
    pitch: columns === 3 ? 116 : 112,
    rowPitch: 40 + lift,
    nameSize: 11,
    bridgeY: y + 210,
    vethAt: 24,
    clear: FLIGHT,
    cellRiser: x + 24,
  };
  const rail = y + 260;
  const exit = x + width - 100;
  const step = Math.trunc((width - 154) / 3);
  const stop = (n: number): Point => at(x + 42 + step * n, rail);
  const stations: Record<StationName, Point> = {
    PREROUTING: stop(0),
    cni0In: at(x + 24, y + 226),
    routing: stop(1),
    FORWARD: stop(2),
    POSTROUTING: stop(3),
    INPUT: stop(1),
    sockets: stop(1),
    OUTPUT: stop(1),
    cni0Out: at(x + 24, y + 226),
    flannel: at(exit, y + 296),
    eth0: at(exit, y + height),
  };
  return build(draft, "overview", grid, {
    bridge: { x: x + 16, y: y + 208, width: width - 28, height: 4 },
    paper: { x: x + 8, y: y + 241, width: width - 16, height: 38 },
    stations,
  });
}
