/** The page's state: what panels, diagrams and the app take from it. */
export { makeApp, type Actions, type App, type AppOptions, type AppState } from "./app-store";
export { BEAT, LEVELS, type Beat } from "./beats";
export { showCluster, showMillis, showSpan, showSpeed, showStory } from "./clock-text";
export { flightProgress, isUnderWay, screenTime, SHORTEST_FLIGHT, sinceStart } from "./flights";
export { beatProgress, SPEEDS, type PlaybackState } from "./playback";
export { AppProvider, useActions, useApp, useAppItself, useAppParts, useCalmApp } from "./react";
export { NOTHING_SELECTED, type SelectionState, type Tab } from "./selection";
export * from "./selectors";
export type { CommandOptions, Done, SeekTo } from "./session-actions";
export type { Progress, Saying, SessionState } from "./session";
export { beatStart, clusterAt, hopStart, knotAt, storyAt, TRUE_TIME, type Knot, type StoryMap } from "./story-clock";
export { eventAt, type Trace } from "./trace";
export { draftKey, PREFERENCES, reducedMotion, type DialogRequest, type Preferences, type Theme, type ViewState } from "./view";
