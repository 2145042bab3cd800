/**
 * Says what the page looks at: at most once a frame, the latest wins. While a look is being worked on the next one
 * waits for it, so that a steady run of looks does not starve; one that takes long is voided by the newest.
 */
import type { Looking } from "../bridge/protocol";
import type { AppState } from "./app-store";
import type { Line } from "./line";
import { lookingAt } from "./looking";

/** After so many milliseconds an unanswered look is voided by a newer one. */
const PATIENCE = 250;

/** While playing, looks are this far apart, in milliseconds: motion between them comes from the trace. */
const PACE = 30;

export class Looker {
  private sent: Looking | null = null;
  private open: number | null = null;
  private lastAnswered = 0;
  private since = Number.POSITIVE_INFINITY;

  constructor(private readonly line: Line) {}

  /** Called once a frame with the milliseconds that went by. */
  frame(ms: number, state: AppState): void {
    this.since += ms;
    if (state.session.phase !== "ready") return;
    if (this.open !== null && this.since < PATIENCE) return;
    if (state.playback.playing && this.since < PACE) return;
    const looking = lookingAt(state);
    if (sameLooking(this.sent, looking)) return;
    this.sent = looking;
    this.since = 0;
    this.open = this.line.post({ type: "look", looking });
  }

  /** Takes an answer; false where a newer one was painted already. */
  answered(id: number): boolean {
    if (this.open !== null && id >= this.open) this.open = null;
    if (id < this.lastAnswered) return false;
    this.lastAnswered = id;
    return true;
  }

  /** Whether a message's work is for a look that is painted already: computing ahead, which nobody waits for. */
  isPainted(id: number): boolean {
    return id <= this.lastAnswered;
  }

  /** Looks again even where nothing changed here: the simulation did. */
  again(): void {
    this.sent = null;
    this.since = Number.POSITIVE_INFINITY;
  }

  /** Whether a look is still to be sent. */
  waits(state: AppState): boolean {
    return state.session.phase === "ready" && !sameLooking(this.sent, lookingAt(state));
  }
}

function sameLooking(a: Looking | null, b: Looking): boolean {
  return a !== null && JSON.stringify(a) === JSON.stringify(b);
}
