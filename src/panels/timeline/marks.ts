/** Recorded events as marks on lanes: which sign, where, which words. What would stand on its neighbour is left out. */
import type { JourneyView, MomentView, TraceEvent } from "../../bridge/protocol";
import { clusterAt, storyAt, type Beat, type PlaybackState } from "../../store";
import { upperBound } from "../../base/order";
import { placeOf, type Stretch } from "./window";

export type Sign = "you" | "control" | "dns" | "request" | "reply" | "bar" | "start" | "tick";

export interface Mark {
  readonly key: string;
  readonly sign: Sign;
  /** 0 to 1 along the lane; `length` for bars. */
  readonly place: number;
  readonly length: number;
  readonly ahead: boolean;
  /** "" where there is no room for words. */
  readonly words: string;
}

export interface Lane {
  readonly id: string;
  readonly name: string;
  readonly marks: readonly Mark[];
}

/** Marks nearer than this to the one before them are left out, in parts of the lane. */
const NEAR = 0.004;

/** Width of a character of the lanes' text, pixels. */
const CHARACTER = 5.8;

const NAMES: Readonly<Record<string, string>> = { you: "You", controllers: "Controllers" };

/** Hosts that have a lane: nodes, then CoreDNS replicas. */
export function hostLanes(moment: MomentView | null): readonly string[] {
  const nodes = (moment?.nodes ?? []).map((node) => node.name);
  return [...nodes, ...(moment?.readers ?? []).filter((reader) => reader.kind === "coredns").map((reader) => reader.reader)];
}

/** The lanes in their order: you, API server, controllers, hosts, then what is followed. */
export function laneNames(
  hosts: readonly string[],
  journey: JourneyView | null,
): readonly { readonly id: string; readonly name: string }[] {
  const fixed = ["you", "API server", "controllers", ...hosts].map((id) => ({ id, name: NAMES[id] ?? shortName(id) }));
  return journey === null ? fixed : [...fixed, { id: "followed", name: followedName(journey) }];
}

/** A Pod's name without the hash of its ReplicaSet: `coredns-58bf7bc6d4-q4dcl` is `coredns-q4dcl`. */
function shortName(name: string): string {
  return name.replace(/^(.+)-[a-z0-9]{7,10}-([a-z0-9]{5})$/, "$1-$2");
}

function followedName(journey: JourneyView): string {
  const client = (journey.client.split("/").at(-1) ?? "").split("-").slice(0, 2).join("-");
  return `${client} to ${journey.to.replace(/^[a-z]+:\/\//, "")}`;
}

/** Marks of one lane from the recorded events. */
export function marksOf(
  events: readonly TraceEvent[],
  lane: string,
  view: { readonly stretch: Stretch; readonly map: PlaybackState["map"]; readonly width: number },
): readonly Mark[] {
  const { stretch, map } = view;
  const from = clusterAt(map, stretch.from);
  const to = clusterAt(map, stretch.to);
  const marks: Mark[] = [];
  for (let index = firstFrom(events, from); index < events.length; index += 1) {
    const event = events[index];
    if (event === undefined || event.at > to) break;
    if (event.lane !== lane) continue;
    const place = placeOf(stretch, storyAt(map, event.at));
    const length = event.span === undefined ? 0 : placeOf(stretch, storyAt(map, event.at + event.span)) - place;
    const last = marks.at(-1);
    if (last !== undefined && place + length < last.place + last.length + NEAR) continue;
    marks.push({ key: `${event.number}`, sign: signOf(event), place, length, ahead: false, words: wordsOf(event) });
  }
  return thinOut(marks, view.width);
}

/** Spans that began before the stretch are looked for a little further back. */
function firstFrom(events: readonly TraceEvent[], from: number): number {
  return Math.max(0, upperBound(events, from - 1, (event) => event.at) - 40);
}

function signOf(event: TraceEvent): Sign {
  if (event.lane === "you") return "you";
  if (event.span !== undefined) return event.kind.startsWith("kube-proxy") ? "bar" : "start";
  if (event.lane.startsWith("coredns")) return event.request === undefined ? "tick" : "dns";
  if (event.request !== undefined) return "tick";
  return "control";
}

function wordsOf(event: TraceEvent): string {
  if (event.lane === "you") return event.sentence.replace(/^You /, "").replace(/\.$/, "");
  if (event.span === undefined) return "";
  const revision = event.read.EndpointSlice;
  return event.kind === "kube-proxy sync"
    ? `kube-proxy syncs${revision === undefined ? "" : ` ${revision}`}`
    : `${event.object.split("/").at(-1) ?? event.object} starts`;
}

/** Words stay where they reach neither the next mark nor the lane's end. */
function thinOut(marks: readonly Mark[], width: number): readonly Mark[] {
  return marks.map((mark, index) => {
    const end = mark.place + mark.length + (mark.words.length * CHARACTER + 16) / width;
    const next = marks[index + 1];
    const fits = end < 1 && (next === undefined || end < next.place - 6 / width);
    return fits && mark.place >= 0 ? mark : { ...mark, words: "" };
  });
}

/** The beats of what is followed: diamonds for DNS, arrows for the rest, by their way. */
export function journeyMarks(
  journey: JourneyView,
  beats: readonly Beat[],
  playback: Pick<PlaybackState, "map" | "beat">,
  stretch: Stretch,
): readonly Mark[] {
  const starts = new Map(playback.map.knots.map((knot) => [knot.beat, knot.story] as const).toReversed());
  return beats.map((beat) => {
    const packet = journey.packets[beat.packet];
    const isDns = packet?.kind === "dns-query" || packet?.kind === "dns-answer";
    const sign: Sign = isDns ? "dns" : packet?.direction === "request" ? "request" : "reply";
    return {
      key: `${beat.index}`,
      sign,
      place: placeOf(stretch, starts.get(beat.index) ?? 0),
      length: 0,
      ahead: beat.index > playback.beat,
      words: "",
    };
  });
}
