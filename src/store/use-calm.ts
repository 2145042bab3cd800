/** Reading the state calmly: while time runs, a long text need not be written anew thirty times a second. */
import { useEffect, useReducer, useRef } from "react";
import type { AppState } from "./app-store";
import { useAppItself } from "./react";

/** While playing, milliseconds between two redraws. */
const CALM = 250;

/** A part of the state, taken at once while paused and at most four times a second while playing. */
export function useCalmApp<T>(select: (state: AppState) => T): T {
  const { store } = useAppItself();
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const drawn = useRef<{ readonly value: T; readonly at: number } | null>(null);
  const latest = useRef(select);
  latest.current = select;

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = store.subscribe((state) => {
      if (Object.is(latest.current(state), drawn.current?.value)) return;
      const wait = state.playback.playing ? CALM - (performance.now() - (drawn.current?.at ?? 0)) : 0;
      if (wait <= 0) {
        clearTimeout(timer);
        timer = undefined;
        redraw();
      } else timer ??= setTimeout(() => ((timer = undefined), redraw()), wait);
    });
    redraw();
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [store]);

  const value = select(store.getState());
  if (!Object.is(drawn.current?.value, value)) drawn.current = { value, at: performance.now() };
  return value;
}
