/**
 * How a program takes SIGTERM. The three ways that applications really have:
 * - `close`: it closes its listener at once, serves the connections that it has, and ends after its shutdown time;
 * - `drain`: it goes on accepting and answering for its shutdown time, asking each client to close its connection, then ends;
 * - `ignore`: it does not hear the signal (a shell as process 1 that forwards none), and is killed when its grace is over.
 */
import type { Micros } from "../engine/time";
import { millis, seconds } from "../engine/time";

/** What a program does on SIGTERM. */
export type OnTerm = "close" | "drain" | "ignore";

/** How a program ends. `shutdown`: from SIGTERM to its exit. */
export interface Termination {
  readonly onTerm: OnTerm;
  readonly shutdown: Micros;
}

/** All ways, for choices and checks. */
export const ON_TERM: readonly OnTerm[] = ["close", "drain", "ignore"];

/** The usual shutdown time of each way. */
export const USUAL_SHUTDOWN: Readonly<Record<OnTerm, Micros>> = { close: millis(200), drain: seconds(10), ignore: millis(0) };

/** A program that nobody has told anything. */
export const CLOSES_AT_ONCE: Termination = { onTerm: "close", shutdown: USUAL_SHUTDOWN.close };
