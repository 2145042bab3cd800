/**
 * A followed journey as beats: what one step shows and one beat of playing lasts. Each packet is told at its level;
 * within a packet told by kernel only the hosts that look the packet up in the nat table open hook by hook, the rest
 * goes by stations. A story that nobody opened by hand stays within its budget: the last packets are told shorter.
 * Where all is told by chapters a beat is a chapter, over as many packets as it takes.
 */
import type { HopView, JourneyPacket, JourneyView, Level } from "../bridge/protocol";
import { chaptersOf } from "./chapters";
import { byStation, hopsOfPacket, rewritesDestination } from "./hops-of-packet";

/** One beat of story time, in milliseconds at 1×. */
export const BEAT = 600;

/** How many beats a story may have that nobody opened: 44 s at 1×. */
const MOST_BEATS = 73;

/** One beat: a run of hops that is shown as one step. */
export interface Beat {
  readonly index: number;
  /** The packet of its first hop. */
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
  if (telling.level === "chapters") return numbered(beatsByChapter(journey, telling));
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
  return numbered(told.flatMap((one) => one.beats));
}

function numbered(drafts: readonly Draft[]): readonly Beat[] {
  return drafts.map((draft, index) => ({ ...draft, index }));
}

/** A beat a chapter; a packet that was opened by hand stands among them as it was opened. */
function beatsByChapter(journey: JourneyView, telling: Telling): readonly Draft[] {
  const isOpened = (packet: number): boolean => (telling.opened[packet] ?? "chapters") !== "chapters";
  const beats: Draft[] = [];
  for (const chapter of chaptersOf(journey)) {
    let open: { packet: number; level: Level; firstHop: number; hops: number } | null = null;
    for (const hop of journey.hops.slice(chapter.firstHop, chapter.firstHop + chapter.hops)) {
      const packet = journey.packets[hop.packet];
      if (packet !== undefined && isOpened(packet.index)) {
        open = null;
        if (hop.index === packet.firstHop) beats.push(...beatsOfPacket(journey, packet, telling));
      } else if (open === null) {
        open = { packet: hop.packet, level: "chapters", firstHop: hop.index, hops: 1 };
        beats.push(open);
      } else open.hops += 1;
    }
  }
  return beats;
}

function beatsOfPacket(journey: JourneyView, packet: JourneyPacket, telling: Telling): readonly Draft[] {
  const byHand = telling.opened[packet.index] ?? telling.level;
  const level = byHand ?? packet.level;
  const hops = hopsOfPacket(journey, packet);
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
  return hops.some((hop) => hop.rules.length > 0 && rewritesDestination(hop));
}

function whole(packet: JourneyPacket, level: Level): Draft {
  return { packet: packet.index, level, firstHop: packet.firstHop, hops: packet.hops };
}

function run(packet: JourneyPacket, hops: readonly HopView[], level: Level): Draft {
  return { packet: packet.index, level, firstHop: hops[0]?.index ?? packet.firstHop, hops: hops.length };
}
