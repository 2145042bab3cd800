/** The page's clock: one frame at a time, and none while nothing moves. */
import type { App } from "../store";

/** A tab that slept does not jump ahead by what it missed. */
const LONGEST = 100;

/** Draws frames while the state wants them. Returns what stops it. */
export function runFrames({ store, actions }: App): () => void {
  let last: number | null = null;
  let request = 0;

  function frame(now: number): void {
    request = 0;
    actions.frame(last === null ? 16 : Math.min(LONGEST, now - last));
    last = now;
    if (actions.wantsFrame()) ask();
    else last = null;
  }

  function ask(): void {
    if (request === 0) request = requestAnimationFrame(frame);
  }

  const unsubscribe = store.subscribe(() => {
    if (request === 0 && actions.wantsFrame()) ask();
  });
  ask();
  return () => {
    unsubscribe();
    cancelAnimationFrame(request);
  };
}
