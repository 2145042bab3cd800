/** Keys to acts. Single keys can be switched off; keys that the focused element needs itself are left to it. */
import type { Actions, AppState } from "../store";

/** A key as it was pressed, with what has the focus. */
export interface Pressed {
  readonly key: string;
  readonly shift: boolean;
  readonly ctrl: boolean;
  readonly alt: boolean;
  /** Role of the focused element as far as it takes keys itself. */
  readonly focus: "text" | "choice" | "button" | "none";
}

export type Act = (actions: Actions) => void;

/** What a key does now; null where it is not ours. */
export function actOf(pressed: Pressed, state: AppState): Act | null {
  if (pressed.ctrl && !pressed.alt && pressed.key.toLowerCase() === "k") return (actions) => actions.openDialog({ kind: "commands" });
  if (pressed.ctrl || pressed.alt || pressed.focus === "text" || state.view.dialog !== null) return null;
  if (pressed.key === "Escape") return (actions) => actions.clear();
  if (!state.view.singleKeys) return null;
  if (pressed.focus === "choice" && /^(Arrow|Home|End|Page| )/.test(pressed.key)) return null;
  if (pressed.focus === "button" && pressed.key === " ") return null;
  return singleKey(pressed, state);
}

function singleKey({ key, shift }: Pressed, state: AppState): Act | null {
  const far = shift ? 10 : 1;
  switch (key) {
    case " ":
    case "k":
    case "K":
      return (actions) => actions.togglePlay();
    case "ArrowRight":
    case "l":
    case "L":
      return stepFollowed(state, far);
    case "ArrowLeft":
    case "j":
    case "J":
      return stepFollowed(state, -far);
    case ".":
      return (actions) => void actions.stepEvent(1);
    case ",":
      return (actions) => void actions.stepEvent(-1);
    case "Home":
      return (actions) => actions.goToStart();
    case "End":
      return (actions) => actions.goToEnd();
    case "[":
      return (actions) => actions.slower();
    case "]":
      return (actions) => actions.faster();
    case "?":
      return (actions) => actions.openDialog({ kind: "keys" });
    default:
      return null;
  }
}

/** By hop of what is followed; with nothing followed by event of the cluster. */
function stepFollowed(state: AppState, by: number): Act {
  if (state.playback.beats.length > 0) return (actions) => actions.stepHop(by);
  return (actions) => void actions.stepEvent(by > 0 ? 1 : -1);
}

/** What the focused element does with keys by itself. */
export function focusOf(target: EventTarget | null): Pressed["focus"] {
  if (!(target instanceof HTMLElement)) return "none";
  if (target instanceof HTMLTextAreaElement || target.isContentEditable || target instanceof HTMLSelectElement) return "text";
  if (target instanceof HTMLInputElement)
    return target.type === "range" || target.type === "radio" || target.type === "checkbox" ? "choice" : "text";
  if (target.role === "tab" || target.getAttribute("role") === "tab") return "choice";
  return target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement ? "button" : "none";
}
