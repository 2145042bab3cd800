/** Acts on the playhead. Steps pause, say one sentence, and never fork: looking back changes nothing. */
import type { Level, TraceEvent } from "../bridge/protocol";
import type { Context } from "./app-store";
import { advance, atBeat, atHop, atStory, atTime, SPEEDS, withJourney, type PlaybackState } from "./playback";
import { currentHop, eventShown } from "./selectors";
import { beatEnd } from "./story-clock";
import { eventAfter, eventAt, eventBefore } from "./trace";

export interface PlaybackActions {
  play(): void;
  pause(): void;
  togglePlay(): void;
  /** Moves on by milliseconds of the screen. */
  advance(ms: number): void;
  /** Goes to a moment of cluster time, whole microseconds; grabbing the scrubber pauses. */
  seek(at: number): void;
  /** Goes to a moment of story time, milliseconds at 1×. */
  seekStory(story: number): void;
  /** By the shown level within what is followed. */
  stepHop(by: number): void;
  goToHop(hop: number): void;
  /** By one event of the whole cluster. */
  stepEvent(by: 1 | -1): Promise<void>;
  /** Goes to an event of the whole cluster; looking back never forks. */
  goToEvent(number: number, at: number): void;
  goToStart(): void;
  goToEnd(): void;
  setSpeed(speed: number): void;
  faster(): void;
  slower(): void;
  /** One level for all that is followed; null: each packet at its own. */
  setLevel(level: Level | null): void;
  /** Opens one packet at a level of its own; null closes it again. */
  openPacket(packet: number, level: Level | null): void;
}

const STEPS: readonly number[] = [0.1, 0.2, 0.5, 1, 2, 5, 10];

export function makePlaybackActions(context: Context): PlaybackActions {
  const move = (change: (playback: PlaybackState) => PlaybackState): void =>
    context.set(({ playback }) => ({ playback: change(playback) }));
  const byHand = (change: (playback: PlaybackState) => PlaybackState): void => {
    move((playback) => ({ ...change(playback), playing: false, awaitsFirst: false }));
    sayHop(context);
  };

  function play(): void {
    const atEnd = endOfStory(context);
    context.set(({ playback, view }) => {
      const first = playback.map.knots[0];
      const from = atEnd && first !== undefined ? atStory(playback, first.story, first.event) : playback;
      return { playback: { ...from, event: null, playing: true, awaitsFirst: false }, view: { ...view, said: "" } };
    });
  }

  /** While a packet is followed one pauses where a step to the same beat stands, unless something else has happened since. */
  function pause(): void {
    context.set(({ playback, session }) => {
      const knot = playback.beat < 0 ? null : beatEnd(playback.map, playback.beat);
      const last = eventAt(session.trace, playback.at);
      const stands = knot !== null && (last === null || last.at <= knot.at);
      return { playback: { ...(stands ? atBeat(playback, playback.beat) : playback), playing: false } };
    });
  }

  async function stepEvent(by: 1 | -1): Promise<void> {
    const shown = eventShown(context.get());
    const event = await neighbour(context, shown, by);
    if (event !== null) return byHand((playback) => atTime(playback, event.at, event.number));
    if (by < 0 && shown >= 0) byHand((playback) => atTime(playback, 0, -1));
  }

  return {
    play,
    pause,
    togglePlay: () => (context.get().playback.playing ? pause() : play()),
    advance(ms) {
      const { session, selection } = context.get();
      const journey = session.journey?.request === selection.followed ? session.journey : null;
      const waiting = selection.followed !== null && journey === null;
      const ended = journey !== null && journey.endedAt !== null;
      if (context.get().playback.playing) move((playback) => advance(playback, ms, { head: session.head, waiting, ended }));
    },
    seek: (at) => byHand((playback) => atTime(playback, Math.round(at))),
    seekStory: (story) => byHand((playback) => atStory(playback, story)),
    stepHop(by) {
      const { playback } = context.get();
      const target = Math.min(playback.beats.length - 1, Math.max(0, playback.beat + by));
      if (playback.beats.length > 0) byHand((now) => atBeat(now, target));
    },
    goToHop(hop) {
      openAt(context, hop);
      byHand((playback) => atHop(playback, hop));
    },
    stepEvent,
    goToEvent: (number, at) => byHand((playback) => atTime(playback, at, number)),
    goToStart() {
      const first = context.get().playback.map.knots[0];
      byHand((playback) => (first === undefined ? atTime(playback, 0, -1) : atStory(playback, first.story, first.event)));
    },
    goToEnd() {
      const { playback, session } = context.get();
      const last = playback.map.knots.at(-1);
      byHand((now) => (last === undefined ? atTime(now, session.head) : atStory(now, last.story, last.event)));
    },
    setSpeed: (speed) => move((playback) => ({ ...playback, speed: Math.min(SPEEDS.max, Math.max(SPEEDS.min, speed)) })),
    faster: () => move((playback) => ({ ...playback, speed: STEPS.find((step) => step > playback.speed) ?? SPEEDS.max })),
    slower: () => move((playback) => ({ ...playback, speed: STEPS.findLast((step) => step < playback.speed) ?? SPEEDS.min })),
    // A level for all closes what was opened by hand, or by going to a hop within a beat.
    setLevel: (level) => retell(context, (playback) => ({ ...playback, level, opened: level === null ? playback.opened : {} })),
    openPacket(packet, level) {
      retell(context, (playback) => {
        const { [packet]: _, ...others } = playback.opened;
        return { ...playback, opened: level === null ? others : { ...others, [packet]: level } };
      });
    },
  };
}

function retell(context: Context, change: (playback: PlaybackState) => PlaybackState): void {
  context.set(({ playback, session, selection }) => ({
    playback: withJourney(change(playback), session.journey?.request === selection.followed ? session.journey : null),
  }));
}

/** A hop inside a beat that tells several: its packet is opened by kernel, so that stage and list show the same hop. */
function openAt(context: Context, hop: number): void {
  const { playback, session } = context.get();
  const beat = playback.beats.find((one) => one.firstHop <= hop && hop < one.firstHop + one.hops);
  const packet = session.journey?.hops[hop]?.packet;
  if (beat === undefined || packet === undefined || beat.firstHop + beat.hops - 1 === hop) return;
  retell(context, (now) => ({ ...now, opened: { ...now.opened, [packet]: "kernel" } }));
}

function endOfStory(context: Context): boolean {
  const { playback } = context.get();
  return playback.map.knots.length > 0 && playback.story >= playback.map.end.story - 1;
}

/** The live region says one sentence per step. */
function sayHop(context: Context): void {
  const hop = currentHop(context.get());
  const said = hop === null ? "" : `${hop.node === "" ? hop.host : hop.node}, ${hop.place}: ${hop.sentence}`;
  context.set(({ view }) => ({ view: { ...view, said } }));
}

/** The event before or after one: from the page's stretch of the trace, else asked for. */
async function neighbour(context: Context, shown: number, by: 1 | -1): Promise<TraceEvent | null> {
  const { trace } = context.get().session;
  const held = by > 0 ? eventAfter(trace, shown) : eventBefore(trace, shown);
  if (held !== null && Math.abs(held.number - shown) === 1) return held;
  if (shown + by < 0) return null;
  const reply = await context.line.ask({ type: "ask", question: { ask: "event", number: shown + by } }).reply;
  if (reply.type === "answer" && reply.answer.to === "event" && reply.answer.event !== null) return reply.answer.event;
  return held;
}
