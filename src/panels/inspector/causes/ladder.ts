/** A ladder of causes as rows with lanes: in which column each event stands, and which lines pass its row. Pure. */
import type { CausesView, TraceEvent } from "../../../bridge/protocol";

export interface Rung {
  readonly event: TraceEvent;
  /** Column of its own lane. */
  readonly lane: number;
  /** Column of the event that it follows from; null for the first. */
  readonly from: number | null;
  /** Columns whose line passes from the row above to the row below. */
  readonly through: readonly number[];
  /** A line goes down from here. */
  readonly goesOn: boolean;
  readonly isAsked: boolean;
  readonly byRevision: boolean;
}

export interface Ladder {
  readonly lanes: readonly string[];
  readonly rungs: readonly Rung[];
}

/** Lanes of the control plane first, then the others in the order in which they are met. */
const FIRST = ["you", "API server", "controllers"];

export function ladderOf({ event, back, effects }: CausesView): Ladder {
  const asked = { event, from: back.at(-1)?.event.number ?? -1, by: "trigger" as const };
  const steps = [...back, asked, ...effects];
  const met = [...new Set(steps.map((step) => step.event.lane))];
  const lanes = [...FIRST.filter((lane) => met.includes(lane)), ...met.filter((lane) => !FIRST.includes(lane))];
  const row = new Map(steps.map((step, index) => [step.event.number, index]));
  const parents = steps.map(({ from }) => row.get(from));
  const lane = steps.map((step) => lanes.indexOf(step.event.lane));
  const rungs = steps.map((step, index): Rung => {
    const parent = parents[index];
    const passing = parents.flatMap((above, below) => (above !== undefined && above < index && below > index ? [lane[above] ?? 0] : []));
    return {
      event: step.event,
      lane: lane[index] ?? 0,
      from: parent === undefined ? null : (lane[parent] ?? 0),
      through: [...new Set(passing)],
      goesOn: parents.includes(index),
      isAsked: step.event.number === event.number,
      byRevision: step.by === "revision",
    };
  });
  return { lanes, rungs };
}
