/** The playhead: what is shown, and how it moves. Pure transitions; the page's clock calls them once a frame. */
import type { JourneyView, Level } from "../bridge/protocol";
import { BEAT, beatsOf, type Beat } from "./beats";
import { beatEnd, beatStart, clusterAt, hopStart, knotAt, storyAt, storyMap, TRUE_TIME, type StoryMap } from "./story-clock";

export interface PlaybackState {
  readonly playing: boolean;
  /** The shown moment, whole microseconds of cluster time. */
  readonly at: number;
  /** The exact event whose outcome is shown, where one stepped to it; null while time runs. */
  readonly event: number | null;
  /** The playhead in story time, milliseconds at 1×. */
  readonly story: number;
  readonly speed: number;
  /** One level for everything followed; null lets each packet have its own. */
  readonly level: Level | null;
  /** Packets opened by hand, by their index. */
  readonly opened: Readonly<Record<number, Level>>;
  readonly map: StoryMap;
  readonly beats: readonly Beat[];
  /** The beat and the hop that are shown, -1 while nothing is followed. */
  readonly beat: number;
  readonly hop: number;
  /** The latest moment that was shown on this branch: commands before it fork. */
  readonly shownUntil: number;
  /** With reduced motion the page opens at the first request's event; true until it is known. */
  readonly awaitsFirst: boolean;
}

/** Slowest and fastest speed. */
export const SPEEDS = { min: 0.1, max: 10 } as const;

/** The opening state: playing at 1×, or, with reduced motion, waiting for the first request's event. */
export function newPlayback(reducedMotion: boolean): PlaybackState {
  return {
    playing: !reducedMotion,
    at: 0,
    event: null,
    story: 0,
    speed: 1,
    level: null,
    opened: {},
    map: TRUE_TIME,
    beats: [],
    beat: -1,
    hop: -1,
    shownUntil: 0,
    awaitsFirst: reducedMotion,
  };
}

/** Puts the playhead at a story time. */
export function atStory(playback: PlaybackState, story: number, event: number | null = null): PlaybackState {
  const at = clusterAt(playback.map, story);
  const knot = knotAt(playback.map, story);
  return {
    ...playback,
    story,
    at,
    event,
    beat: knot?.beat ?? -1,
    hop: knot?.hop ?? -1,
    shownUntil: Math.max(playback.shownUntil, at),
  };
}

/** Puts the playhead at a moment of cluster time (µs), optionally after one exact event. */
export function atTime(playback: PlaybackState, at: number, event: number | null = null): PlaybackState {
  const placed = atStory(playback, storyAt(playback.map, at), event);
  return { ...placed, at, shownUntil: Math.max(playback.shownUntil, at) };
}

/** Puts the playhead at a beat's last hop: a step by hand shows what the beat comes to. */
export function atBeat(playback: PlaybackState, beat: number): PlaybackState {
  const knot = beatEnd(playback.map, beat);
  return knot === null ? playback : atStory(playback, knot.story, knot.event);
}

/** Puts the playhead at a hop. */
export function atHop(playback: PlaybackState, hop: number): PlaybackState {
  const knot = hopStart(playback.map, hop);
  return knot === null ? playback : atStory(playback, knot.story, knot.event);
}

/** Takes a journey in (or its going away): the map is made anew, the shown moment and hop stay. */
export function withJourney(playback: PlaybackState, journey: JourneyView | null): PlaybackState {
  if (journey === null || journey.hops.length === 0) {
    const plain = { ...playback, map: TRUE_TIME, beats: [], beat: -1, hop: -1 };
    return { ...plain, story: storyAt(TRUE_TIME, playback.at) };
  }
  const beats = beatsOf(journey, playback);
  const next = { ...playback, map: storyMap(journey, beats), beats };
  const byTime = atTime(next, playback.at, playback.event);
  const knot = playback.hop < 0 || byTime.hop === playback.hop ? null : hopStart(next.map, playback.hop);
  if (knot === null || knot.at > playback.at) return byTime;
  const into = playback.story - (hopStart(playback.map, playback.hop)?.story ?? playback.story);
  const placed = atStory(next, knot.story + into, playback.event);
  return placed.hop === playback.hop ? placed : atStory(next, knot.story, playback.event);
}

/** How much of the shown beat has gone by, 0 to 1; all of it where one stands at its last hop. */
export function beatProgress(playback: PlaybackState): number {
  const beat = playback.beats[playback.beat];
  const start = beatStart(playback.map, playback.beat);
  if (beat === undefined || start === null) return 1;
  if (!playback.playing && playback.hop === beat.firstHop + beat.hops - 1) return 1;
  return Math.min(1, Math.max(0, (playback.story - start.story) / BEAT));
}

/** What limits a frame's move. */
export interface Reach {
  /** How far the simulation is computed, µs. */
  readonly head: number;
  /** A followed request whose journey is not there yet holds the playhead. */
  readonly waiting: boolean;
  /** The followed journey has come to its end. */
  readonly ended: boolean;
}

/** Moves on by some milliseconds of the screen. Stops at the end of what is followed, waits at the head. */
export function advance(playback: PlaybackState, ms: number, reach: Reach): PlaybackState {
  if (!playback.playing || reach.waiting) return playback;
  const story = playback.story + ms * playback.speed;
  const { map } = playback;
  if (map.knots.length > 0 && story >= map.end.story) {
    const last = atStory(playback, map.end.story);
    return reach.ended ? { ...last, playing: false } : last;
  }
  const moved = atStory(playback, story);
  return moved.at > reach.head ? atTime(playback, Math.max(playback.at, reach.head)) : moved;
}
