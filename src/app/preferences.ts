/** Choices that this browser keeps: theme, motion, single keys. Where storage is refused the page works without. */
import { PREFERENCES, reducedMotion, type App, type Preferences, type Theme, type ViewState } from "../store";

const KEY = "kubewalk.preferences";

export function readPreferences(): Preferences {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return kept === null || typeof kept !== "object" ? PREFERENCES : fromPlain(kept);
  } catch {
    return PREFERENCES;
  }
}

function fromPlain(kept: object): Preferences {
  const theme: unknown = Reflect.get(kept, "theme");
  const reduces: unknown = Reflect.get(kept, "reducesMotion");
  const keys: unknown = Reflect.get(kept, "singleKeys");
  return {
    theme: isTheme(theme) ? theme : PREFERENCES.theme,
    reducesMotion: typeof reduces === "boolean" ? reduces : PREFERENCES.reducesMotion,
    singleKeys: typeof keys === "boolean" ? keys : PREFERENCES.singleKeys,
  };
}

function isTheme(value: unknown): value is Theme {
  return value === "system" || value === "light" || value === "dark";
}

function apply(view: ViewState): void {
  const root = document.documentElement;
  if (view.theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = view.theme;
  root.dataset["motion"] = reducedMotion(view) ? "reduced" : "full";
}

/** Keeps the document and the storage in step with the choices. */
export function applyPreferences({ store }: App): void {
  apply(store.getState().view);
  store.subscribe(({ view }, before) => {
    if (view === before.view) return;
    apply(view);
    if (view.theme !== before.view.theme || view.reducesMotion !== before.view.reducesMotion || view.singleKeys !== before.view.singleKeys)
      keep(view);
  });
}

function keep({ theme, reducesMotion, singleKeys }: ViewState): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ theme, reducesMotion, singleKeys }));
  } catch {
    // Storage is full or refused: the choice holds for this visit.
  }
}
