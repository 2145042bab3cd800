/** The state in React: one provider, one hook to read by selector, one to act. */
import { createContext, useContext, type ReactNode } from "react";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { ensure } from "../base/assert";
import type { Actions, App, AppState } from "./app-store";

const Place = createContext<App | null>(null);

export function AppProvider(props: { readonly app: App; readonly children: ReactNode }): ReactNode {
  return <Place value={props.app}>{props.children}</Place>;
}

/** The app itself: for loops outside React that read state once a frame. */
export function useAppItself(): App {
  return ensure(useContext(Place), "app around this component");
}

/** A part of the state; redraws when that part is another one. */
export function useApp<T>(select: (state: AppState) => T): T {
  return useStore(useAppItself().store, select);
}

/** A part of the calm state: for long texts, which need not be written anew thirty times a second. */
export function useCalmApp<T>(select: (state: AppState) => T): T {
  return useStore(useAppItself().calm, select);
}

/** A part made of several values; redraws when one of them is another one. */
export function useAppParts<T extends object>(select: (state: AppState) => T): T {
  return useStore(useAppItself().store, useShallow(select));
}

/** Something that a panel has open or looks for ("" at first), and how it is set. It travels in links. */
export function usePane(name: string): readonly [string, (value: string) => void] {
  const { setPane } = useActions();
  return [useApp((state) => state.selection.panes[name] ?? ""), (value) => setPane(name, value)];
}

export function useActions(): Actions {
  return useAppItself().actions;
}
