/**
 * A followed journey as beats: what one step shows and one beat of playing lasts. Each packet is told at its level;
 * within a packet told by kernel only the hosts that look the packet up in the nat table open hook by hook, the rest
 * goes by stations. A story that nobody opened by hand stays within its budget: the last packets are told shorter.
 */
import type { HopView, JourneyPacket, JourneyView, Level } from "../bridge/protocol";

/** One beat of story time, in milliseconds at 1×. */
export const BEAT = 600;

/** How many beats a story may have that nobody opened: 44 s at 1×. */
const MOST_BEATS = 73;

/** One beat: a run of hops that is shown as one step. */
export interface Beat {
  readonly index: number;
  readonly packet: number;
  readonly level: Level;
  readonly firstHop: number;
  readonly hops: number;
}

/** How much is told: one level for all (null: each packet its own), and packets opened by hand. */
export interface Telling {
  readonly level: Level | null;
  readonly opened: Readonly<Record<number, Level>>;
}

/** The levels from the shortest to the longest. */
export const LEVELS: readonly Level[] = ["chapters", "stations", "kernel"];

type Draft = Omit<Beat, "index">;

/** The beats of a journey. */
export function beatsOf(journey: JourneyView, telling: Telling): readonly Beat[] {
  const told = journey.packets.map((packet) => ({ packet, beats: beatsOfPacket(journey, packet, telling) }));
  let left = told.reduce((sum, one) => sum + one.beats.length, 0) - MOST_BEATS;
  for (const one of told.toReversed()) {
    if (left <= 0 || telling.level !== null) break;
    if (telling.opened[one.packet.index] !== undefined || one.packet.level === "kernel") continue;
    left -= one.beats.length - 1;
    one.beats = [whole(one.packet, "chapters")];
  }
  for (const one of told.toReversed()) {
    if (left <= 0 || telling.level !== null) break;
    if (telling.opened[one.packet.index] !== undefined || one.beats.length < 2) continue;
    left -= one.beats.length - 1;
    one.beats = [whole(one.packet, "chapters")];
  }
  return told.flatMap((one) => one.beats).map((draft, index) => ({ ...draft, index }));
}

function beatsOfPacket(journey: JourneyView, packet: JourneyPacket, telling: Telling): readonly Draft[] {
  const byHand = telling.opened[packet.index] ?? telling.level;
  const level = byHand ?? packet.level;
  const hops = journey.hops.slice(packet.firstHop, packet.firstHop + packet.hops);
  if (hops.length === 0) return [];
  if (level === "chapters") return [whole(packet, level)];
  const stations = byStation(hops);
  if (level === "stations") return stations.map((station) => run(packet, station, level));
  return stations.flatMap((station) =>
    byHand === "kernel" || traps(station) ? station.map((hop) => run(packet, [hop], level)) : [run(packet, station, "stations")],
  );
}

/** Whether the destination was caught and rewritten among these hops. */
function traps(hops: readonly HopView[]): boolean {
  return hops.some((hop) => hop.rules.length > 0 && hop.changes.some((change) => change.field === "destination"));
}

function byStation(hops: readonly HopView[]): readonly (readonly HopView[])[] {
  const stations: HopView[][] = [];
  for (const hop of hops) {
    const last = stations.at(-1);
    if (last !== undefined && last[0]?.station === hop.station) last.push(hop);
    else stations.push([hop]);
  }
  return stations;
}

function whole(packet: JourneyPacket, level: Level): Draft {
  return { packet: packet.index, level, firstHop: packet.firstHop, hops: packet.hops };
}

function run(packet: JourneyPacket, hops: readonly HopView[], level: Level): Draft {
  return { packet: packet.index, level, firstHop: hops[0]?.index ?? packet.firstHop, hops: hops.length };
}
