/** Which of the three layouts the window has room for. */
import { useSyncExternalStore } from "react";

export type Width = "wide" | "medium" | "narrow";

const WIDE = "(min-width: 1100px)";
const NARROW = "(max-width: 639px)";

export function useWidth(): Width {
  return useSyncExternalStore(subscribe, widthNow);
}

function subscribe(changed: () => void): () => void {
  const queries = [matchMedia(WIDE), matchMedia(NARROW)];
  for (const query of queries) query.addEventListener("change", changed);
  return () => {
    for (const query of queries) query.removeEventListener("change", changed);
  };
}

function widthNow(): Width {
  if (matchMedia(WIDE).matches) return "wide";
  return matchMedia(NARROW).matches ? "narrow" : "medium";
}
