/** Whether the page is dark now: by choice, else as the system is. */
import { useSyncExternalStore } from "react";
import { useApp } from "../store";

const DARK = "(prefers-color-scheme: dark)";

export function useDark(): boolean {
  const theme = useApp((state) => state.view.theme);
  const system = useSyncExternalStore(subscribe, () => matchMedia(DARK).matches);
  return theme === "system" ? system : theme === "dark";
}

function subscribe(changed: () => void): () => void {
  const query = matchMedia(DARK);
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}
