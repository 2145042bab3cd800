/**
 * The chapters of a followed journey: runs of hops that are one part of its story. A chapter that does not happen is
 * not there (no overlay on one node, no arrival where the packet is lost), and none comes twice: a query asked again or
 * a SYN sent again goes on in the chapter that the story has reached.
 */
import type { Chapter, HopView, JourneyPacket, JourneyView } from "../bridge/protocol";
import { hopsOfPacket, rewritesDestination } from "./hops-of-packet";

/** A chapter: hops in a row, over as many packets as it takes. */
export interface ChapterRun {
  readonly chapter: Chapter;
  readonly firstHop: number;
  readonly hops: number;
  /** What the chapter comes to, in one sentence or a few. */
  readonly sentence: string;
}

/** In the order of the story. */
const ORDER: readonly Chapter[] = [
  "find the name",
  "ask the cluster DNS",
  "sent as addressed",
  "trapped and rewritten",
  "across the overlay",
  "arrived",
  "the way back",
];

/** The chapters of a journey, from its first hop to its last without a gap. */
export function chaptersOf(journey: JourneyView): readonly ChapterRun[] {
  const runs: { chapter: Chapter; firstHop: number; hops: number }[] = [];
  let reached = 0;
  let asked = false;
  for (const packet of journey.packets) {
    const hops = hopsOfPacket(journey, packet);
    const told = chaptersOfPacket(packet, hops, asked);
    asked ||= packet.kind === "dns-query";
    for (const [index, hop] of hops.entries()) {
      reached = Math.max(reached, ORDER.indexOf(told(index)));
      if (packet.direction !== "request" && ORDER.indexOf("sent as addressed") <= reached) reached = ORDER.length - 1;
      const chapter = ORDER[reached] ?? "the way back";
      const last = runs.at(-1);
      if (last?.chapter === chapter) last.hops += 1;
      else runs.push({ chapter, firstHop: hop.index, hops: 1 });
    }
  }
  return runs.map((run, index) => ({ ...run, sentence: sentenceOf(journey, run, index === runs.length - 1) }));
}

/** The chapter in which a hop stands. */
export function chapterAt(chapters: readonly ChapterRun[], hop: number): ChapterRun | undefined {
  return chapters.find((run) => run.firstHop <= hop && hop < run.firstHop + run.hops);
}

/** What a packet by itself would tell at each of its hops. */
function chaptersOfPacket(packet: JourneyPacket, hops: readonly HopView[], asked: boolean): (index: number) => Chapter {
  if (packet.kind === "dns-query" && !asked) {
    const trap = hops.findIndex(rewritesDestination);
    const left = trap < 0 ? hops.findIndex((hop) => hop.host !== hops[0]?.host) : trap;
    return (index) => (left < 0 || index < left ? "find the name" : "ask the cluster DNS");
  }
  // An error that comes before any connection answers a query.
  if (packet.kind === "dns-query" || packet.kind === "dns-answer" || packet.direction !== "request") return () => "ask the cluster DNS";
  const outset = hops.some(rewritesDestination) || isStopped(hops) ? "trapped and rewritten" : "sent as addressed";
  const wrapped = hops.findIndex((hop) => hop.step === "encap");
  const arrived = arrivalOf(hops);
  return (index) => (index >= arrived ? "arrived" : wrapped >= 0 && index >= wrapped ? "across the overlay" : outset);
}

/** Whether a rule ended the packet's way. */
function isStopped(hops: readonly HopView[]): boolean {
  return /\b(?:reject|drop)\b/i.test(hops.at(-1)?.rules.at(-1)?.text ?? "");
}

/** Where a packet begins to arrive: unwrapped, or out of the last kernel. Past its end where no socket takes it. */
function arrivalOf(hops: readonly HopView[]): number {
  const last = hops.at(-1);
  if (last?.step !== "socket") return hops.length;
  const unwrapped = hops.findLastIndex((hop) => hop.step === "decap");
  if (unwrapped >= 0) return unwrapped + 1;
  const outside = hops.findLastIndex((hop) => hop.host !== last.host);
  const door = hops[outside]?.role === "veth" && hops[outside].way === "out" ? outside : outside + 1;
  return Math.max(door, hops.findLastIndex(rewritesDestination) + 1);
}

function sentenceOf(journey: JourneyView, run: Omit<ChapterRun, "sentence">, isLast: boolean): string {
  const hops = journey.hops.slice(run.firstHop, run.firstHop + run.hops);
  const query = journey.queries[0];
  if (run.chapter === "find the name" && query !== undefined)
    return `${bare(journey.client)} asks ${query.server} for ${query.name.replace(/\.$/, "")}.`;
  if (run.chapter === "ask the cluster DNS") return answerInWords(journey) ?? hops.at(-1)?.sentence ?? "";
  // Where the story ends short of the server, its last hop says why.
  const ends = isLast && run.chapter !== "the way back";
  return ((ends ? undefined : hops.find((hop) => tells(run.chapter, hop))) ?? hops.at(-1))?.sentence ?? "";
}

/** Whether a hop is the one that its chapter is about. */
function tells(chapter: Chapter, hop: HopView): boolean {
  switch (chapter) {
    case "trapped and rewritten":
      return rewritesDestination(hop);
    case "across the overlay":
      return hop.step === "encap";
    case "the way back":
      return hop.changes.some((change) => change.field === "source");
    case "find the name":
    case "ask the cluster DNS":
    case "sent as addressed":
    case "arrived":
      return false;
  }
}

/** What the cluster DNS said in the end; undefined while it has said nothing. */
function answerInWords(journey: JourneyView): string | undefined {
  const found = journey.queries.findLast((query) => query.answers.length > 0);
  const query = found ?? journey.queries.findLast((one) => one.answeredAt !== null);
  if (query === undefined) return undefined;
  const by = query.by === "" ? query.server : query.by;
  const name = query.name.replace(/\.$/, "");
  if (found === undefined) return `${by} answers ${query.rcode} for ${name}${query.rcode === "NOERROR" ? ", without an address" : ""}.`;
  return `${by} answers: ${name} is ${found.answers.map((answer) => answer.split(" ").at(-1) ?? answer).join(", ")}.`;
}

function bare(name: string): string {
  return name.slice(name.indexOf("/") + 1);
}
