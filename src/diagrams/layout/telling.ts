/** What of a journey the playhead tells: the packet, the hops passed, and which station of the opened node is unrolled. */
import type { HopView, JourneyPacket, JourneyView, Level } from "../../bridge/protocol";

/** Where the page stands in time and in the story. */
export interface Playhead {
  /** Cluster time, whole microseconds. */
  readonly at: number;
  /** The hop that is shown, -1 while nothing is followed. */
  readonly hopIndex: number;
  /** First hop of the beat; a beat may tell several hops. Absent: the hop alone. */
  readonly firstHop?: number;
  readonly level: Level;
  /** How much of the beat has gone by, 0 to 1. Absent: all. */
  readonly progress?: number;
}

/** How a packet ended. */
export type Fate = "delivered" | "dropped" | "rejected" | "under way";

/** The told packet with its hops. */
export interface Told {
  readonly packet: JourneyPacket;
  readonly hops: readonly HopView[];
  /** Position of the shown hop within `hops`. */
  readonly now: number;
  /** Position of the last hop before this beat, -1 at the packet's start. */
  readonly before: number;
  readonly hop: HopView;
  readonly fate: Fate;
}

function arrived(last: HopView): boolean {
  return last.step === "socket" || last.step === "input" || (last.role === "pod-eth0" && last.way === "in") || last.host === "gateway";
}

function fateOf(journey: JourneyView, packet: JourneyPacket, hops: readonly HopView[]): Fate {
  const last = hops.at(-1);
  if (last === undefined) return "under way";
  if (arrived(last)) return "delivered";
  const error = journey.packets.find((each) => each.index > packet.index && each.direction === "error");
  if (error !== undefined && journey.hops[error.firstHop]?.node === last.node) return "rejected";
  return journey.verdict === "under way" ? "under way" : "dropped";
}

/** The packet under the playhead, null where none is. */
export function toldAt(journey: JourneyView | null, playhead: Playhead): Told | null {
  const hop = journey?.hops[playhead.hopIndex];
  if (journey === null || hop === undefined) return null;
  const packet = journey.packets[hop.packet];
  if (packet === undefined) return null;
  const hops = journey.hops.slice(packet.firstHop, packet.firstHop + packet.hops);
  const first = playhead.firstHop ?? playhead.hopIndex;
  return {
    packet,
    hops,
    now: playhead.hopIndex - packet.firstHop,
    before: Math.max(-1, first - packet.firstHop - 1),
    hop,
    fate: fateOf(journey, packet, hops),
  };
}

/**
 * The hop that refused what the told ICMP error answers, null where the told packet is none: the refusal's mark stays
 * while the error goes home.
 */
export function refusingHop(journey: JourneyView, told: Told | null): HopView | null {
  if (told === null || told.packet.direction !== "error") return null;
  const refused = journey.packets.findLast((packet) => {
    const hops = journey.hops.slice(packet.firstHop, packet.firstHop + packet.hops);
    return packet.index < told.packet.index && packet.direction !== "error" && fateOf(journey, packet, hops) === "rejected";
  });
  const hop = refused === undefined ? undefined : journey.hops[refused.firstHop + refused.hops - 1];
  return hop === undefined || hop.hook === "" ? null : hop;
}

/** A change of an address or port: what the lens shows as old → new. */
export function rewrites(hop: HopView): boolean {
  return hop.changes.some((change) => change.field.startsWith("source") || change.field.startsWith("destination")) && hop.hook !== "";
}

/**
 * The hop of a packet that its node's lens is opened for: the first that rewrites an address, else the one that
 * refused it, else none.
 */
export function decidingHop(told: Told, node: string): HopView | null {
  const own = told.hops.filter((hop) => hop.host === node && hop.hook !== "");
  const found = own.find(rewrites);
  if (found !== undefined) return found;
  const last = told.hops.at(-1);
  return last !== undefined && last.host === node && told.fate !== "delivered" && last.walks.length > 0 ? last : null;
}

/** The node whose kernel is told through the whole journey: the client's. */
export function openedNode(journey: JourneyView): string {
  return journey.hops[0]?.node ?? "";
}

/** Nodes that any packet of the journey touches. */
export function touchedNodes(journey: JourneyView): ReadonlySet<string> {
  return new Set(journey.hops.map((hop) => hop.node));
}

/**
 * Whether a hop is told of the outer packet: hooks that a wrapped packet passes between flannel.1 and eth0. The stage
 * draws the packet that was wrapped, so it waits at the device meanwhile.
 */
export function isOfOuter(hops: readonly HopView[], n: number): boolean {
  const hop = hops[n];
  if (hop === undefined || hop.kind === "tap") return false;
  const own = (each: HopView): boolean => each.host === hop.host;
  const isLeaving = hops.slice(0, n).some((each) => own(each) && each.role === "vxlan" && each.way === "out");
  const isArriving = hops.slice(n + 1).some((each) => own(each) && each.role === "vxlan" && each.way === "in");
  return isLeaving || isArriving;
}
