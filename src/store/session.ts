/** What the page knows of the simulation: a copy of what the worker sent, never more. */
import type { Problem } from "../base/result";
import type { BranchView, ControlsView, FromWorker, JourneyView, MomentView, RecordingData } from "../bridge/protocol";
import { reuse } from "./reuse";
import { mergeTrace, NO_TRACE, type Trace } from "./trace";

/** Long work that is under way. */
export interface Progress {
  readonly id: number;
  readonly done: number;
  readonly total: number;
  readonly what: string;
}

/** Something said to the person: a notice (role status) or an error (role alert). */
export interface Saying {
  readonly key: number;
  readonly tone: "notice" | "error";
  readonly text: string;
}

export interface SessionState {
  readonly phase: "opening" | "ready" | "failed";
  readonly title: string;
  readonly controls: ControlsView;
  readonly moment: MomentView | null;
  /** The followed journey, as far as it is computed. */
  readonly journey: JourneyView | null;
  /** Names what `journey` holds, so that it need not be sent again. */
  readonly journeyKey: string;
  readonly branches: readonly BranchView[];
  /** How far the simulation is computed, whole microseconds. */
  readonly head: number;
  readonly headEvent: number;
  readonly trace: Trace;
  readonly progress: Progress | null;
  readonly sayings: readonly Saying[];
  /** The page's own copy of the recording: what a new worker is opened with when this one fails. */
  readonly recording: RecordingData;
  readonly failure: Problem | null;
  /** Values asked for by a control and not yet seen in a moment, by the control's name. */
  readonly asked: Readonly<Record<string, Asked>>;
  /** The branch that an act in the past has just left, until its new name is known and said. */
  readonly left: string | null;
}

/** A value that a control asked for, and the command's event once it is known. */
export interface Asked {
  readonly value: number | string;
  readonly order: number;
  readonly given: { readonly branch: string; readonly event: number; readonly at: number } | null;
}

const NO_CONTROLS: ControlsView = { deployments: [], workers: 0, hasNodesSlider: false, perSecond: 0, users: [] };

/** A session before anything was opened. */
export function newSession(recording: RecordingData): SessionState {
  return {
    phase: "opening",
    title: "",
    controls: NO_CONTROLS,
    moment: null,
    journey: null,
    journeyKey: "",
    branches: [],
    head: 0,
    headEvent: -1,
    trace: NO_TRACE,
    progress: null,
    sayings: [],
    recording,
    failure: null,
    asked: {},
    left: null,
  };
}

/** The session after a message. Answers to questions change nothing here; whoever asked takes them. */
export function receive(session: SessionState, message: FromWorker): SessionState {
  switch (message.type) {
    case "opened":
      return {
        ...newSession(session.recording),
        phase: "ready",
        title: message.title,
        controls: message.controls,
        sayings: session.sayings,
      };
    case "progress":
      return { ...session, progress: { id: message.id, done: message.done, total: message.total, what: message.what } };
    case "moment":
      return {
        ...session,
        progress: null,
        moment: reuse(session.moment, message.moment),
        journey: message.journeyKey === session.journeyKey ? session.journey : message.journey,
        journeyKey: message.journeyKey,
        branches: reuse(session.branches, message.branches),
        head: message.head,
        headEvent: message.headEvent,
      };
    case "trace":
      return { ...session, trace: mergeTrace(session.trace, message), head: message.to - 1 };
    case "failed":
      return { ...session, phase: "failed", failure: message.problem, progress: null };
    case "done":
    case "refused":
    case "parsed":
    case "answer":
      return session.progress?.id === message.id ? { ...session, progress: null } : session;
  }
}

/** The session with one more thing said; at most four stand at a time. */
export function say(session: SessionState, tone: Saying["tone"], text: string): SessionState {
  const key = (session.sayings.at(-1)?.key ?? 0) + 1;
  const others = session.sayings.filter((saying) => saying.text !== text).slice(-3);
  return { ...session, sayings: [...others, { key, tone, text }] };
}
