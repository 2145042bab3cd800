/**
 * Ways through one host, from part to part, in the kernel's order: a packet leaves its veth at the bridge port and is
 * at PREROUTING at once; cni0 sees it only afterwards. Bridged packets pass by cni0 and routing.
 */
import { bottom, lengthOf, right, tailOf, withoutRepeats, type Point } from "./geometry";
import { hasLocalRail, type HostLayout, type PodPlace, type StationName } from "./host-layout";
import { UNDER_CELL } from "./pod-places";

/** A part of a host: a station, a Pod, or a Pod's bridge port. `bridged` is the way past cni0 and routing. */
export type Part = StationName | "bridged" | `pod ${string}` | `port ${string}`;

type Edges = Readonly<Record<string, readonly string[]>>;

const ROUTED: Edges = {
  pod: ["port"],
  port: ["PREROUTING", "pod"],
  PREROUTING: ["cni0In", "bridged"],
  bridged: ["FORWARD"],
  cni0In: ["routing"],
  routing: ["FORWARD", "INPUT"],
  INPUT: ["sockets"],
  sockets: ["OUTPUT"],
  OUTPUT: ["POSTROUTING"],
  FORWARD: ["POSTROUTING"],
  POSTROUTING: ["cni0Out", "flannel"],
  cni0Out: ["port"],
  flannel: ["eth0", "PREROUTING"],
  eth0: ["flannel"],
};

/** Where the rail goes by INPUT: IPVS takes the packet there, routes it anew and sends it on by OUTPUT. */
const TAKEN: Edges = { ...ROUTED, cni0In: ["INPUT"], INPUT: ["sockets", "routing"], routing: ["OUTPUT"] };

const kindOf = (part: string): string => (part.startsWith("pod ") ? "pod" : part.startsWith("port ") ? "port" : part);

/** Parts passed from one part to another, both ends included; the shortest way that the kernel knows. */
function partsBetween(edges: Edges, from: Part, to: Part): readonly string[] {
  const goal = kindOf(to);
  const queue: (readonly string[])[] = [[kindOf(from)]];
  const seen = new Set<string>();
  for (let way = queue.shift(); way !== undefined; way = queue.shift()) {
    const last = way.at(-1) ?? "";
    if (last === goal && way.length > 1) return way;
    for (const next of edges[last] ?? []) {
      if (seen.has(next) || (next === "pod" && goal !== "pod")) continue;
      seen.add(next);
      queue.push([...way, next]);
    }
  }
  return [kindOf(from), goal];
}

interface Ends {
  readonly host: HostLayout;
  readonly leaving: PodPlace | undefined;
  readonly arriving: PodPlace | undefined;
}

const middleOfBridge = (host: HostLayout): number => host.bridge.y + host.bridge.height / 2;

/** Where a Pod's bridge port is; the bridge's middle for one without a place of its own. */
function portOf(host: HostLayout, pod: PodPlace | undefined): Point {
  return pod?.port ?? cellPoint(host);
}

function cellPoint(host: HostLayout): Point {
  return { x: host.bridge.x + Math.min(host.bridge.width / 2, 150), y: middleOfBridge(host) };
}

/** A packet in its Pod stands beside the pill, so that it hides no address. */
const CLEAR = 14;

function clearVeth(host: HostLayout, pod: PodPlace | undefined): readonly Point[] {
  if (pod === undefined) return [cellPoint(host)];
  return tailOf(pod.veth, Math.min(CLEAR, lengthOf(pod.veth) - 2));
}

function openEdge(ends: Ends, from: string, to: string): readonly Point[] | null {
  const { host } = ends;
  const s = host.stations;
  const rail = s.PREROUTING.x;
  const foot = bottom(host.paper) + 7;
  const underBridge = host.bridge.y + 18;
  const riser = right(host.box) - 4;
  switch (`${from} ${to}`) {
    case "port PREROUTING": {
      const port = portOf(host, ends.leaving);
      return [port, { x: port.x, y: underBridge }, { x: rail, y: underBridge }, s.PREROUTING];
    }
    case "PREROUTING bridged":
      return [s.PREROUTING, { x: rail, y: s.cni0In.y - 11 }, { x: rail - 14, y: s.cni0In.y - 11 }, { x: rail - 14, y: s.routing.y }];
    case "bridged FORWARD":
      return [{ x: rail - 14, y: s.routing.y }, { x: rail - 14, y: s.FORWARD.y - 10 }, { x: rail, y: s.FORWARD.y - 10 }, s.FORWARD];
    case "routing INPUT":
      if (hasLocalRail(host)) return null;
      return [s.routing, { x: rail, y: s.FORWARD.y - 10 }, { x: s.INPUT.x, y: s.FORWARD.y - 10 }, s.INPUT];
    case "OUTPUT POSTROUTING":
      if (hasLocalRail(host)) return null;
      return [s.OUTPUT, { x: s.OUTPUT.x, y: s.FORWARD.y + 10 }, { x: rail, y: s.FORWARD.y + 10 }, s.POSTROUTING];
    case "POSTROUTING cni0Out":
      return [s.POSTROUTING, { x: rail, y: foot }, { x: riser, y: foot }, { x: riser, y: s.cni0Out.y }, s.cni0Out];
    case "POSTROUTING flannel":
      return [s.POSTROUTING, { x: rail, y: foot }, { x: s.flannel.x, y: foot }, s.flannel];
    case "flannel PREROUTING":
      return [
        s.flannel,
        { x: s.flannel.x, y: foot },
        { x: host.box.x + 4, y: foot },
        { x: host.box.x + 4, y: underBridge },
        { x: rail, y: underBridge },
        s.PREROUTING,
      ];
    default:
      return null;
  }
}

function closedEdge(ends: Ends, from: string, to: string): readonly Point[] | null {
  const { host } = ends;
  const s = host.stations;
  const rail = s.PREROUTING.x;
  const riser = right(host.box) - 4;
  switch (`${from} ${to}`) {
    case "port PREROUTING": {
      const port = portOf(host, ends.leaving);
      return [port, { x: riser, y: port.y }, { x: riser, y: s.PREROUTING.y + 9 }, { x: rail, y: s.PREROUTING.y + 9 }, s.PREROUTING];
    }
    case "POSTROUTING flannel":
      return [
        s.POSTROUTING,
        { x: rail, y: s.POSTROUTING.y - 11 },
        { x: rail - 16, y: s.POSTROUTING.y - 11 },
        { x: rail - 16, y: s.flannel.y - 9 },
        { x: rail, y: s.flannel.y - 9 },
        s.flannel,
      ];
    case "PREROUTING bridged":
      return [s.PREROUTING, s.routing];
    case "bridged FORWARD":
      return [s.routing, s.FORWARD];
    default:
      return null;
  }
}

function pointOf(ends: Ends, part: string, other: string): Point {
  if (part === "pod") return clearVeth(ends.host, ends[other === "port" ? "leaving" : "arriving"])[0] ?? cellPoint(ends.host);
  if (part === "port") return portOf(ends.host, ends.arriving ?? ends.leaving);
  if (part === "bridged") return ends.host.stations.routing;
  const station = (Object.keys(ends.host.stations) as StationName[]).find((name) => name === part);
  return station === undefined ? cellPoint(ends.host) : ends.host.stations[station];
}

function edge(ends: Ends, from: string, to: string): readonly Point[] {
  if (from === "pod" && to === "port") return clearVeth(ends.host, ends.leaving);
  if (from === "port" && to === "pod") return clearVeth(ends.host, ends.arriving).toReversed();
  if (from === "cni0Out" && to === "port") {
    const port = portOf(ends.host, ends.arriving);
    const out = ends.host.stations.cni0Out;
    return ends.host.form === "open" ? [out, port] : [out, { x: out.x, y: port.y }, port];
  }
  const special = ends.host.form === "open" ? openEdge(ends, from, to) : closedEdge(ends, from, to);
  return special ?? [pointOf(ends, from, to), pointOf(ends, to, from)];
}

const podOf = (host: HostLayout, part: Part): PodPlace | undefined => {
  const uid = part.startsWith("pod ") || part.startsWith("port ") ? part.slice(part.indexOf(" ") + 1) : "";
  return host.pods.find((pod) => pod.key === uid);
};

/** The polyline from one part of a host to another. */
export function wayWithin(host: HostLayout, from: Part, to: Part): readonly Point[] {
  if (from === to) return [];
  if (host.form === "folded") return [host.stations.eth0];
  const parts = partsBetween(hasLocalRail(host) ? TAKEN : ROUTED, from, to);
  const ends: Ends = { host, leaving: podOf(host, from), arriving: podOf(host, to) };
  return withoutRepeats(parts.slice(1).flatMap((part, n) => edge(ends, parts[n] ?? part, part)));
}

/** A part's own point. */
export function partPoint(host: HostLayout, part: Part): Point {
  const pod = podOf(host, part);
  if (part.startsWith("pod ")) return clearVeth(host, pod)[0] ?? cellPoint(host);
  if (part.startsWith("port ")) return portOf(host, pod);
  if (part === "bridged") return { x: host.stations.PREROUTING.x - (host.form === "open" ? 14 : 0), y: host.stations.routing.y };
  return pointOf({ host, leaving: undefined, arriving: undefined }, part, "");
}

/** While nothing is followed a host is one lane: port, bridge, kernel, flannel.1, eth0. */
export function overviewLane(host: HostLayout, uid: string): readonly Point[] {
  const pod = host.pods.find((each) => each.key === uid);
  const cell = host.cells.flatMap((group) => group.cells).find((each) => each.key === uid);
  const s = host.stations;
  const y = middleOfBridge(host);
  const lane = s.cni0Out.x;
  const start =
    (pod === undefined ? undefined : tailOf(pod.veth, 8)) ??
    (cell === undefined
      ? [cellPoint(host)]
      : [
          { x: cell.box.x + cell.box.width / 2, y: bottom(cell.box) + UNDER_CELL },
          { x: lane, y: bottom(cell.box) + UNDER_CELL },
        ]);
  return [
    ...start,
    { x: lane, y },
    { x: lane, y: s.PREROUTING.y },
    s.PREROUTING,
    s.POSTROUTING,
    { x: s.flannel.x, y: s.POSTROUTING.y },
    s.flannel,
    s.eth0,
  ];
}
