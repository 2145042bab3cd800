/** The stage as a strip for narrow windows: hosts side by side, the told packet's stations in one line from left to right. */
import type { HopView } from "../../bridge/protocol";
import type { Box, Point } from "./geometry";
import { rewrites, type Told } from "./telling";
import { fitted, widthOf } from "./text-width";

export const STRIP_WIDTH = 390;
export const STRIP_HEIGHT = 152;
const LINE_Y = 56;
const [LEFT, RIGHT] = [30, 360];
const TUBE = 68;

export type StripShape = "pod" | "hook" | "route" | "device";

export interface StripStop {
  readonly at: Point;
  readonly shape: StripShape;
  readonly been: boolean;
}

export interface StripHost {
  readonly key: string;
  readonly box: Box;
  /** Around its hooks, null where the packet passes none. */
  readonly kernel: Box | null;
  readonly name: { readonly text: string; readonly x: number; readonly anchor: "start" | "middle" | "end" };
}

export interface StripLayout {
  readonly stops: readonly StripStop[];
  readonly hosts: readonly StripHost[];
  readonly tubes: readonly Box[];
  readonly marker: Point;
  readonly ends: readonly [string, string];
  /** Where the packet is, in a word, below it; "" where an end's name says it. */
  readonly place: { readonly text: string; readonly x: number };
  /** The last rewrite that has happened. */
  readonly rewrite: HopView | null;
}

interface Station {
  readonly key: string;
  readonly node: string;
  readonly shape: StripShape;
  /** Position of its last hop in the packet. */
  readonly last: number;
}

function shapeOf(hop: HopView): StripShape | null {
  if (hop.pod !== "") return "pod";
  if (hop.role === "bridge" || hop.role === "vxlan" || hop.role === "nic") return "device";
  if (hop.hook !== "") return "hook";
  return hop.step === "route" ? "route" : null;
}

function keyOf(hop: HopView): string {
  return hop.pod === "" ? `${hop.node} ${hop.role}${hop.way}${hop.step}` : `${hop.node} ${hop.pod}`;
}

/** Hops that share a place are one station; those without a place of their own belong to the one before. */
function stationsOf(hops: readonly HopView[]): readonly Station[] {
  const stations: Station[] = [];
  hops.forEach((hop, n) => {
    const shape = shapeOf(hop);
    const before = stations.at(-1);
    if (before !== undefined && (shape === null || before.key === keyOf(hop))) stations[stations.length - 1] = { ...before, last: n };
    else if (shape !== null) stations.push({ key: keyOf(hop), node: hop.node, shape, last: n });
  });
  return stations;
}

function placed(stations: readonly Station[]): readonly number[] {
  const crossings = stations.filter((station, n) => n > 0 && stations[n - 1]?.node !== station.node).length;
  const plain = Math.max(1, stations.length - 1 - crossings);
  const pitch = (RIGHT - LEFT - crossings * TUBE) / plain;
  let x = LEFT;
  return stations.map((station, n) => {
    if (n > 0) x += stations[n - 1]?.node === station.node ? pitch : TUBE;
    return Math.round(x);
  });
}

function hostsOf(stations: readonly Station[], xs: readonly number[]): readonly StripHost[] {
  const names = stations.map((station) => station.node).filter((node, n, all) => all[n - 1] !== node);
  return names.map((node, order) => {
    const own = stations.flatMap((station, n) => (station.node === node ? [{ station, x: xs[n] ?? LEFT }] : []));
    const first = Math.min(...own.map((each) => each.x)) - 14;
    const last = Math.max(...own.map((each) => each.x)) + 14;
    const hooks = own.filter((each) => each.station.shape === "hook" || each.station.shape === "route").map((each) => each.x);
    const box: Box = { x: first, y: 12, width: last - first, height: 84 };
    const kernel: Box | null =
      hooks.length === 0 ? null : { x: Math.min(...hooks) - 9, y: 38, width: Math.max(...hooks) - Math.min(...hooks) + 18, height: 36 };
    const name = order === 0 ? { text: node, x: first + 8, anchor: "start" as const } : { text: node, x: last - 8, anchor: "end" as const };
    return { key: `${node} ${order}`, box, kernel, name };
  });
}

function tubesOf(stations: readonly Station[], xs: readonly number[]): readonly Box[] {
  return stations.flatMap((station, n): readonly Box[] => {
    if (n === 0 || stations[n - 1]?.node === station.node) return [];
    const x = (xs[n - 1] ?? 0) + 8;
    return [{ x, y: LINE_Y - 10, width: (xs[n] ?? 0) - 8 - x, height: 20 }];
  });
}

/** `my-app-77484b5f95-kx2vq` → `my-app`; a Pod's own letters and its ReplicaSet's have no room here. */
function shortName(pod: string): string {
  const name = pod.slice(pod.indexOf("/") + 1);
  return name.replace(/(?:-[bcdfghjklmnpqrstvwxz2456789]{6,10})?-[a-z0-9]{5}$/u, "");
}

function placeWords(told: Told): string {
  const table = told.hop.walks.at(-1)?.table;
  if (told.hop.pod !== "") return "";
  if (told.hop.hook !== "") return table === undefined ? told.hop.hook : `kernel, ${table}`;
  return told.hop.iface === "" ? told.hop.place : told.hop.iface;
}

const INSET = 8;
const GAP = 10;

interface Names {
  readonly ends: readonly [string, string];
  readonly place: StripLayout["place"];
}

/** Names below the line, each in its own host's box: the place's as near to the packet as the ends' names leave it. */
function namesAt(told: Told, x: number, hosts: readonly StripHost[]): Names {
  const room = (hosts.length === 1 ? 0.5 : 1) * Math.min(...hosts.map((host) => host.box.width)) - 2 * INSET;
  const nameOf = (hop: HopView | undefined): string => fitted(shortName(hop?.pod ?? ""), room, 11, "strong");
  const ends = [nameOf(told.hops[0]), nameOf(told.hops.at(-1))] as const;
  const home = hosts.find(({ box }) => x >= box.x && x <= box.x + box.width)?.box ?? { x: 0, y: 0, width: STRIP_WIDTH, height: 0 };
  const text = fitted(placeWords(told), home.width - 2 * INSET, 11, "strong");
  if (text === "") return { ends, place: { text, x } };
  const half = widthOf(text, 11, "strong") / 2;
  const [first, last] = [home === hosts[0]?.box, home === hosts.at(-1)?.box];
  const clear = (end: string): number => (end === "" ? 0 : widthOf(end, 11, "strong") + GAP);
  const low = home.x + INSET + (first ? clear(ends[0]) : 0) + half;
  const high = home.x + home.width - INSET - (last ? clear(ends[1]) : 0) - half;
  if (low <= high) return { ends, place: { text, x: Math.max(low, Math.min(high, x)) } };
  // Where the packet is comes before where it is from or goes to.
  const middle = Math.max(home.x + INSET + half, Math.min(home.x + home.width - INSET - half, x));
  return { ends: [first ? "" : ends[0], last ? "" : ends[1]], place: { text, x: middle } };
}

/** The told packet as a strip. */
export function stripLayout(told: Told): StripLayout {
  const stations = stationsOf(told.hops);
  const xs = placed(stations);
  const here = stations.findIndex((station) => station.last >= told.now);
  const marker = { x: xs[here === -1 ? xs.length - 1 : here] ?? LEFT, y: LINE_Y };
  const hosts = hostsOf(stations, xs);
  return {
    stops: stations.map((station, n) => ({ at: { x: xs[n] ?? LEFT, y: LINE_Y }, shape: station.shape, been: n <= here })),
    hosts,
    tubes: tubesOf(stations, xs),
    marker,
    ...namesAt(told, marker.x, hosts),
    rewrite: told.hops.slice(0, told.now + 1).findLast(rewrites) ?? null,
  };
}
