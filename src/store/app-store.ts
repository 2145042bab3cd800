/**
 * The page's state and everything that changes it. Made from a way to reach a simulation; knows no React, no DOM and no
 * clock: the page calls `frame` with the milliseconds that went by.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { FromWorker, RecordingData, Transport } from "../bridge/protocol";
import { Line } from "./line";
import { Looker } from "./looker";
import { makePlaybackActions, type PlaybackActions } from "./playback-actions";
import { newPlayback, withJourney, type PlaybackState } from "./playback";
import { makeSelectionActions, type SelectionActions } from "./selection-actions";
import { NOTHING_SELECTED, type SelectionState } from "./selection";
import { makeSessionActions, type SessionActions } from "./session-actions";
import { newSession, receive, type SessionState } from "./session";
import { afterMessage } from "./after-message";
import { makeViewActions, type ViewActions } from "./view-actions";
import { newView, PREFERENCES, reducedMotion, type Preferences, type ViewState } from "./view";

export interface AppState {
  readonly session: SessionState;
  readonly playback: PlaybackState;
  readonly selection: SelectionState;
  readonly view: ViewState;
}

/** Everything that a person can do. */
export interface Actions extends SessionActions, PlaybackActions, SelectionActions, ViewActions {
  /** One frame of the page: moves the playhead and says what is looked at. */
  frame(ms: number): void;
  /** Whether anything waits for the next frame. */
  wantsFrame(): boolean;
  close(): void;
}

export interface App {
  readonly store: StoreApi<AppState>;
  /** The same state for long texts: at once while paused, a few times a second while playing. */
  readonly calm: StoreApi<AppState>;
  readonly actions: Actions;
}

/** What the actions work with. */
export interface Context {
  readonly get: () => AppState;
  readonly set: (change: (state: AppState) => Partial<AppState>) => void;
  readonly line: Line;
  readonly looker: Looker;
}

export interface AppOptions {
  readonly connect: () => Transport;
  readonly recording: RecordingData;
  readonly systemReducesMotion?: boolean;
  readonly preferences?: Preferences;
}

/** While playing, long texts are written anew after so many milliseconds. */
const CALM = 250;

/** Makes the page's state over a simulation. Nothing is opened yet: call `actions.open`. */
export function makeApp(options: AppOptions): App {
  const view = newView(options.preferences ?? PREFERENCES, options.systemReducesMotion ?? false);
  const store = createStore<AppState>(() => ({
    session: newSession(options.recording),
    playback: newPlayback(reducedMotion(view)),
    selection: NOTHING_SELECTED,
    view,
  }));
  const calm = createStore<AppState>(() => store.getState());
  let sinceCalm = 0;
  store.subscribe((state) => {
    if (!state.playback.playing) calm.setState(state, true);
  });
  const set: Context["set"] = (change) => store.setState(change);
  const line = new Line(options.connect, (message, wasAsked) => take(message, wasAsked));
  const looker = new Looker(line);
  const context: Context = { get: store.getState, set, line, looker };

  function take(message: FromWorker, wasAsked: boolean): void {
    if (message.type === "failed" && wasAsked) return;
    if (message.type === "progress" && looker.isPainted(message.id)) return;
    if (message.type === "moment" && !looker.answered(message.id)) return;
    set((state) => {
      const session = receive(state.session, message);
      const journey = session.journey !== state.session.journey;
      const playback = journey ? withJourney(state.playback, followedJourney(session, state.selection)) : state.playback;
      return { session, playback };
    });
    afterMessage(context, actions, message);
  }

  const playback = makePlaybackActions(context);
  const actions: Actions = {
    ...makeSessionActions(context),
    ...playback,
    ...makeSelectionActions(context),
    ...makeViewActions(context),
    frame(ms) {
      playback.advance(ms);
      sinceCalm += ms;
      if (sinceCalm >= CALM) {
        sinceCalm = 0;
        calm.setState(store.getState(), true);
      }
      looker.frame(ms, store.getState());
    },
    wantsFrame: () => store.getState().playback.playing || looker.waits(store.getState()),
    close: () => line.close(),
  };
  return { store, calm, actions };
}

function followedJourney(session: SessionState, selection: SelectionState): SessionState["journey"] {
  return session.journey?.request === selection.followed ? session.journey : null;
}
