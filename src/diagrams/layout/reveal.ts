/** The order within one beat: the trail reaches the hook, rows light one by one, the old address is struck, the new one comes. */
import type { LensLayout } from "./lens-layout";
import { BEAT_PARTS } from "./packet-path";
import type { Told } from "./telling";

/** What is shown of an opened hook. */
export interface Reveal {
  /** The packet is at the hook, or has been. */
  readonly begun: boolean;
  /** Rows that are lit, from the top. */
  readonly rows: number;
  readonly struck: boolean;
  readonly rewritten: boolean;
}

const ROWS_DONE = 0.66;
const STRUCK = 0.7;

/** A pure function of the playhead: how much of the lens has happened. `progress` is that of the beat, 0 to 1. */
export function revealAt(lens: LensLayout, told: Told, progress: number): Reveal {
  const position = lens.hop.index - told.packet.firstHop;
  const done = position <= told.before ? 1 : position > told.now ? -1 : progress;
  const count = lens.rows.length;
  if (done < 0) return { begun: false, rows: 0, struck: false, rewritten: false };
  const read = (done - BEAT_PARTS.arrive) / (ROWS_DONE - BEAT_PARTS.arrive);
  return {
    begun: done > 0,
    rows: Math.max(0, Math.min(count, Math.ceil(read * count))),
    struck: done >= STRUCK,
    rewritten: done >= BEAT_PARTS.read,
  };
}
