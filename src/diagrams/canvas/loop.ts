/** The canvas's own loop, outside React: it asks where time stands and paints only when that has changed. */
import { paint, type Frame, type Painting } from "./painter";

const sameFrame = (a: Frame, b: Frame): boolean => a.at === b.at && a.progress === b.progress && a.speed === b.speed;

/** Frames without a change before the loop goes to rest. */
const RESTS_AFTER = 20;
/** Milliseconds between two looks while it rests: a browser that is asked for frames works sixty times a second, painting or not. */
const LOOKS_EVERY = 50;

/** Starts painting; gives back what ends it. A page that stands still is looked at now and then and costs next to nothing. */
export function startPainting(canvas: HTMLCanvasElement, painting: () => Painting, frames: () => Frame): () => void {
  const pen = canvas.getContext("2d");
  if (pen === null) return () => undefined;
  let shown: { readonly frame: Frame; readonly painting: Painting } | null = null;
  let still = 0;
  let request = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hasChanged = (): boolean => shown === null || shown.painting !== painting() || !sameFrame(shown.frame, frames());
  const look = (): void => {
    if (hasChanged()) next();
    else timer = setTimeout(look, LOOKS_EVERY);
  };
  const next = (): void => {
    still = hasChanged() ? 0 : still + 1;
    if (still === 0) {
      shown = { frame: frames(), painting: painting() };
      paint(pen, shown.painting, shown.frame);
    }
    if (still < RESTS_AFTER) request = requestAnimationFrame(next);
    else timer = setTimeout(look, LOOKS_EVERY);
  };
  next();
  return () => {
    cancelAnimationFrame(request);
    clearTimeout(timer);
  };
}
