/** The page's state: what panels, diagrams and the app take from it. */
export { makeApp, type Actions, type App, type AppOptions, type AppState } from "./app-store";
export { LEVELS, type Beat } from "./beats";
export { chapterAt, chaptersOf, type ChapterRun } from "./chapters";
export { showCluster, showMillis, showSpan, showSpeed, showStory } from "./clock-text";
export { byStation } from "./hops-of-packet";
export { beatProgress, SPEEDS, type PlaybackState } from "./playback";
export { AppProvider, useActions, useApp, useAppItself, useAppParts, useCalmApp, usePane } from "./react";
export type { SelectionState, Tab } from "./selection";
export { scenarioRecording } from "./scenario";
export * from "./selectors";
export type { Saying } from "./session";
export { SCENARIO_TITLES } from "../scenarios/titles";
export { clusterAt, storyAt, type StoryMap } from "./story-clock";
export { draftKey, PREFERENCES, reducedMotion, type DialogRequest, type Preferences, type Theme, type ViewState } from "./view";
