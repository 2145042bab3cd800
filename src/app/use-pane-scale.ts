/** The stage is drawn 1:1 and scrolls; only where a little is missing in width does it shrink a little. */
import { useEffect, useState, type RefObject } from "react";

/** Width of the drawing, pixels. */
const DRAWN = 820;

/** Smaller than this nothing could be read. */
const SMALLEST = 0.86;

/** The scale of what stands inside a pane that scrolls. */
export function usePaneScale(inside: RefObject<HTMLElement | null>, scales: boolean): number {
  const [scale, setScale] = useState(1);
  useEffect(() => {
    const pane = inside.current?.parentElement ?? null;
    if (!scales || pane === null || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      const fits = Math.min(1, pane.clientWidth / DRAWN);
      setScale(Math.max(SMALLEST, Math.floor(fits * 100) / 100));
    });
    observer.observe(pane);
    return () => observer.disconnect();
  }, [inside, scales]);
  return scales ? scale : 1;
}
