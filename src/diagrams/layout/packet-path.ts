/** The followed packet's way over the stage, hop by hop, and where it is at any point of a beat. */
import type { HopView, PodView } from "../../bridge/protocol";
import { headOf, lengthOf, spotAt, tailOf, type Point, type Spot } from "./geometry";
import type { HostLayout } from "./host-layout";
import { partPoint, wayWithin, type Part } from "./host-routes";
import type { NetworkLayout, StageLayout } from "./stage-layout";
import { isOfOuter } from "./telling";

interface Anchor {
  readonly host: string;
  readonly part: Part;
}

/** Where a hop takes place. */
function partOf(hop: HopView, host: HostLayout, before: Part | null, last: boolean): Part {
  const pods = host.pods;
  const own = (pod: PodView): boolean => `${pod.namespace}/${pod.name}` === hop.pod;
  if (hop.pod !== "") return `pod ${pods.find((place) => own(place.pod))?.key ?? ""}`;
  if (hop.role === "veth") return `port ${pods.find((place) => place.pod.veth === hop.iface)?.key ?? ""}`;
  switch (hop.role) {
    case "bridge":
      if (hop.way === "in") return "cni0In";
      return before === "PREROUTING" || before === "bridged" ? "bridged" : "cni0Out";
    case "vxlan":
      return "flannel";
    case "nic":
      return "eth0";
    default:
      return stepPart(hop, before, last);
  }
}

function stepPart(hop: HopView, before: Part | null, last: boolean): Part {
  switch (hop.step) {
    case "prerouting":
      return "PREROUTING";
    case "forward":
      return "FORWARD";
    case "postrouting":
      return "POSTROUTING";
    case "input":
      return "INPUT";
    case "output":
      return "OUTPUT";
    case "socket":
      return "sockets";
    case "encap":
    case "decap":
      return "flannel";
    case "bridge":
      return "bridged";
    case "route":
      return before === "OUTPUT" || before === "sockets" ? before : "routing";
    case "neighbour":
      return last ? "cni0Out" : (before ?? "POSTROUTING");
    case "":
      return before ?? "routing";
  }
}

function hostOf(layout: StageLayout, name: string): HostLayout | undefined {
  return layout.hosts.find((host) => host.key === name);
}

function betweenHosts(network: NetworkLayout, from: string, to: string): readonly Point[] {
  const out = network.taps.get(from) ?? [];
  const back = (network.taps.get(to) ?? []).toReversed();
  const [a, b] = [out.at(-1), back[0]];
  if (a === undefined || b === undefined) return [...out, ...back];
  if (a.y === b.y || a.x === b.x) return [...out, ...back];
  return [...out, { x: network.trunkX, y: a.y }, { x: network.trunkX, y: b.y }, ...back];
}

function anchorsOf(layout: StageLayout, hops: readonly HopView[]): readonly Anchor[] {
  let before: Part | null = null;
  let host = "";
  return hops.map((hop, n) => {
    const drawn = hostOf(layout, hop.node);
    if (drawn === undefined) return { host: "gateway", part: "eth0" };
    if (host !== drawn.key) before = null;
    host = drawn.key;
    before = isOfOuter(hops, n) && before !== null ? before : partOf(hop, drawn, before, n === hops.length - 1);
    return { host, part: before };
  });
}

function legBetween(layout: StageLayout, from: Anchor, to: Anchor): readonly Point[] {
  const [a, b] = [hostOf(layout, from.host), hostOf(layout, to.host)];
  const gateway = { x: layout.network.gateway.x, y: layout.network.y };
  if (a !== undefined && a === b) return wayWithin(a, from.part, to.part);
  const leave = a === undefined ? [] : wayWithin(a, from.part, "eth0");
  const enter = b === undefined ? [] : wayWithin(b, "eth0", to.part);
  if (a === undefined || b === undefined) {
    const tap = layout.network.taps.get((a ?? b)?.key ?? "") ?? [];
    return a === undefined ? [gateway, ...tap.toReversed(), ...enter] : [...leave, ...tap, gateway];
  }
  return [...leave, ...betweenHosts(layout.network, a.key, b.key), ...enter];
}

/** A packet's way: one polyline, and how far along it each hop is. */
export interface PacketPath {
  readonly points: readonly Point[];
  /** Distance of each hop; never falls. */
  readonly distances: readonly number[];
  readonly length: number;
}

const NOWHERE: PacketPath = { points: [], distances: [], length: 0 };

/** Where the rail's station of the unrolled hop really holds the packet: beside its rewrite. */
function withMarker(layout: StageLayout, hop: HopView, leg: readonly Point[]): readonly Point[] {
  return layout.lens !== null && layout.lens.hop.index === hop.index ? [...leg, layout.lens.marker] : leg;
}

/** From the marker on, a leg need not start back at its station. */
function afterMarker(layout: StageLayout, before: HopView | undefined, leg: readonly Point[]): readonly Point[] {
  if (layout.lens === null || before === undefined || layout.lens.hop.index !== before.index) return leg;
  return [layout.lens.marker, ...leg.slice(1)];
}

/** The told packet's way over the stage. */
export function packetPath(layout: StageLayout): PacketPath {
  const told = layout.told;
  if (told === null) return NOWHERE;
  const anchors = anchorsOf(layout, told.hops);
  const first = anchors[0];
  if (first === undefined) return NOWHERE;
  const host = hostOf(layout, first.host);
  const points: Point[] = [host === undefined ? { x: layout.network.gateway.x, y: layout.network.y } : partPoint(host, first.part)];
  const distances: number[] = [0];
  for (const [n, hop] of told.hops.entries()) {
    const [from, to] = [anchors[n - 1], anchors[n]];
    if (to === undefined || n === 0) continue;
    const leg = from === undefined ? [] : legBetween(layout, from, to);
    points.push(...withMarker(layout, hop, afterMarker(layout, told.hops[n - 1], leg)));
    distances.push(lengthOf(points));
  }
  return { points, distances, length: lengthOf(points) };
}

/** How a beat's time is shared where rules are walked: go to the hook, read the rules, go on to the rewrite. */
export const BEAT_PARTS = { arrive: 0.25, read: 0.8 } as const;

const ease = (t: number): number => 1 - (1 - t) ** 3;
const share = (t: number, from: number, to: number): number => Math.max(0, Math.min(1, (t - from) / (to - from)));

/** Distance along the path at a point of the beat. Continuous, and never falls as the beat goes by. */
export function distanceAt(layout: StageLayout, path: PacketPath, progress: number): number {
  const told = layout.told;
  if (told === null) return 0;
  const start = path.distances[Math.max(0, told.before)] ?? 0;
  const end = path.distances[told.now] ?? path.length;
  const unrolls = layout.lens !== null && layout.lens.hop.index === told.hop.index;
  if (!unrolls) return start + (end - start) * ease(share(progress, 0, 0.75));
  const station = end - lengthOf([stationPoint(layout), layout.lens?.marker ?? stationPoint(layout)]);
  const first = Math.max(start, station);
  const arrive = (first - start) * ease(share(progress, 0, BEAT_PARTS.arrive));
  return start + arrive + (end - first) * ease(share(progress, BEAT_PARTS.read, 1));
}

function stationPoint(layout: StageLayout): Point {
  const host = hostOf(layout, layout.opened);
  const hook = layout.lens?.hop.hook ?? "";
  return host === undefined || hook === "" ? { x: 0, y: 0 } : host.stations[hook];
}

/** Where the packet is. */
export function packetSpot(layout: StageLayout, path: PacketPath, progress: number): Spot {
  return spotAt(path.points, distanceAt(layout, path, progress));
}

/** What lies behind the beat and what is recorded ahead of it. Between them is what moves, see `movingTrail`. */
export function trailOf(layout: StageLayout, path: PacketPath): { readonly behind: readonly Point[]; readonly ahead: readonly Point[] } {
  return { behind: headOf(path.points, distanceAt(layout, path, 0)), ahead: tailOf(path.points, distanceAt(layout, path, 1)) };
}

/** The beat's own stretch: what the packet has passed of it, and what is left. */
export function movingTrail(
  layout: StageLayout,
  path: PacketPath,
  progress: number,
): { readonly behind: readonly Point[]; readonly ahead: readonly Point[] } {
  const [start, now, end] = [distanceAt(layout, path, 0), distanceAt(layout, path, progress), distanceAt(layout, path, 1)];
  return { behind: tailOf(headOf(path.points, now), start), ahead: tailOf(headOf(path.points, end), now) };
}
