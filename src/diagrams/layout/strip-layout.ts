/** The stage as a strip for narrow windows: hosts side by side, the told packet's stations in one line from left to right. */
import type { HopView } from "../../bridge/protocol";
import type { Box, Point } from "./geometry";
import { rewrites, type Told } from "./telling";
import { widthOf } from "./text-width";

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

/** `my-app-kx2vq` → `my-app`; a Pod's own letters have no room here. */
function shortName(pod: string): string {
  const name = pod.slice(pod.indexOf("/") + 1);
  return name.replace(/-[a-z0-9]{5}$/u, "");
}

function placeWords(told: Told): string {
  const table = told.hop.walks.at(-1)?.table;
  if (told.hop.pod !== "") return "";
  if (told.hop.hook !== "") return table === undefined ? told.hop.hook : `kernel, ${table}`;
  return told.hop.iface === "" ? told.hop.place : told.hop.iface;
}

/** The place's name below the packet, kept clear of the ends' names. */
function placeAt(told: Told, x: number, ends: readonly [string, string]): StripLayout["place"] {
  const text = placeWords(told);
  const half = widthOf(text, 11, "strong") / 2;
  const low = 24 + widthOf(ends[0], 11, "strong") + 10 + half;
  const high = STRIP_WIDTH - 24 - widthOf(ends[1], 11, "strong") - 10 - half;
  return { text, x: Math.max(low, Math.min(high, x)) };
}

/** The told packet as a strip. */
export function stripLayout(told: Told): StripLayout {
  const stations = stationsOf(told.hops);
  const xs = placed(stations);
  const here = stations.findIndex((station) => station.last >= told.now);
  const marker = { x: xs[here === -1 ? xs.length - 1 : here] ?? LEFT, y: LINE_Y };
  const ends = [shortName(told.hops[0]?.pod ?? ""), shortName(told.hops.at(-1)?.pod ?? "")] as const;
  return {
    stops: stations.map((station, n) => ({ at: { x: xs[n] ?? LEFT, y: LINE_Y }, shape: station.shape, been: n <= here })),
    hosts: hostsOf(stations, xs),
    tubes: tubesOf(stations, xs),
    marker,
    ends,
    place: placeAt(told, marker.x, ends),
    rewrite: told.hops.slice(0, told.now + 1).findLast(rewrites) ?? null,
  };
}
