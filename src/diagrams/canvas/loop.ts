/** The canvas's own loop, outside React: it asks where time stands and paints only when that has changed. */
import { paint, type Frame, type Painting } from "./painter";

const sameFrame = (a: Frame, b: Frame): boolean => a.at === b.at && a.progress === b.progress && a.speed === b.speed;

/** Starts painting; gives back what ends it. A page that stands still costs one comparison a frame. */
export function startPainting(canvas: HTMLCanvasElement, painting: () => Painting, frames: () => Frame): () => void {
  const pen = canvas.getContext("2d");
  if (pen === null) return () => undefined;
  let shown: { readonly frame: Frame; readonly painting: Painting } | null = null;
  let request = 0;
  const next = (): void => {
    const frame = frames();
    const current = painting();
    if (shown === null || shown.painting !== current || !sameFrame(shown.frame, frame)) {
      paint(pen, current, frame);
      shown = { frame, painting: current };
    }
    request = requestAnimationFrame(next);
  };
  next();
  return () => cancelAnimationFrame(request);
}
