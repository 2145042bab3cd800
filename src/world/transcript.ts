/** A run as text, a line an event; what the headless command prints and golden files hold. */
import type { TraceEvent } from "./view-types";

/** `TIME_US EVENT# KIND object: sentence`. */
export function transcriptLine({ at, number, kind, object, sentence }: TraceEvent): string {
  return `${at} ${number} ${kind} ${object}: ${sentence}`;
}

/** The last line: the state's fingerprint and how many events led to it. */
export function transcriptEnd(hash: string, events: number): string {
  return `hash ${hash} events ${events}`;
}
