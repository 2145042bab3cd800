/**
 * Cause and effect in a trace: from any event back to the command that began it, and forwards to all that it set off.
 * Two threads lead from event to event: what scheduled it (`trigger`), and whose write it took up (`consumed`).
 * Looking for the beginning, a thread that ends at a command is preferred; where none does, it ends at the start of the run.
 */
import { showTime, simTime } from "../engine/time";
import type { CauseStep, CausesView, TraceEvent } from "../world/view-types";
import type { Trace } from "./trace";

/** Effects that are listed one by one; how many more there are is counted. */
const MOST_EFFECTS = 120;

/** Kinds that carry a cause on and are nothing by themselves to a reader: they are counted, not listed. */
const CARRIERS: ReadonlySet<string> = new Set(["frame", "kernel timer", "program", "socket", "lease", "recheck", "watch"]);

/** A stage that a request passed on its way to the store is no rung; nor is a look that finds nothing to do. */
function isCarrier({ kind, stage, sentence }: TraceEvent): boolean {
  if (stage !== undefined) return stage.passed && stage.name !== "store";
  return CARRIERS.has(kind) || (kind === "reconcile" && sentence.endsWith("finds all as it should be."));
}

/** Which event made each revision. */
function writers(trace: Trace): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const { number, wrote } of trace.from(0, trace.length)) if (wrote !== undefined) found.set(wrote.revision, number);
  return found;
}

/** The events that one event follows from, the one that scheduled it first. */
function causesOfEvent({ trigger, consumed }: TraceEvent, wrote: ReadonlyMap<number, number>): readonly number[] {
  const taken = consumed.flatMap(({ revision }) => wrote.get(revision) ?? []);
  return [...new Set([trigger, ...taken])].filter((number) => number >= 0);
}

/** Causes and effects of an event; null where there is no such event. */
export function causesOf(trace: Trace, number: number): CausesView | null {
  const event = trace.at(number);
  if (event === undefined) return null;
  const wrote = writers(trace);
  const back = wayBack(trace, event, wrote);
  const { steps, more } = effectsOf(trace, event, wrote);
  const first = back[0]?.event ?? event;
  return { event, began: first.kind === "command" ? first.number : null, back, effects: steps, more };
}

/** The shortest way from a command to the event, else the thread of triggers from the start of the run. */
function wayBack(trace: Trace, event: TraceEvent, wrote: ReadonlyMap<number, number>): readonly CauseStep[] {
  const next = new Map<number, number>();
  const queue = [event.number];
  for (const number of queue) {
    const one = trace.at(number);
    if (one === undefined) continue;
    if (one.kind === "command" && number !== event.number) return walked(trace, number, next);
    for (const cause of causesOfEvent(one, wrote)) {
      if (cause >= number || next.has(cause)) continue;
      next.set(cause, number);
      queue.push(cause);
    }
  }
  return byTriggers(trace, event);
}

function walked(trace: Trace, from: number, next: ReadonlyMap<number, number>): readonly CauseStep[] {
  const steps: CauseStep[] = [];
  let before = -1;
  for (let number: number | undefined = from; number !== undefined; number = next.get(number)) {
    const event = trace.at(number);
    const isRung = event !== undefined && next.has(number) && event.stage?.passed !== true;
    if (isRung) steps.push(stepOf(event, steps.at(-1)?.event.number ?? before, steps.length));
    before = number;
  }
  return steps;
}

function byTriggers(trace: Trace, event: TraceEvent): readonly CauseStep[] {
  const thread: TraceEvent[] = [];
  for (let one = trace.at(event.trigger); one !== undefined; one = trace.at(one.trigger)) thread.push(one);
  return thread.toReversed().map((one, depth) => stepOf(one, depth === 0 ? -1 : one.trigger, depth));
}

function stepOf(event: TraceEvent, from: number, depth: number): CauseStep {
  const tookUp = event.consumed.length > 0 && event.trigger !== from && from >= 0;
  return { event, from, depth, by: tookUp ? "revision" : "trigger" };
}

/** Everything that follows, in the order of time; what only carries it on is passed through. */
function effectsOf(
  trace: Trace,
  event: TraceEvent,
  wrote: ReadonlyMap<number, number>,
): { readonly steps: readonly CauseStep[]; readonly more: number } {
  const shown = new Map<number, CauseStep>([[event.number, stepOf(event, -1, 0)]]);
  const carried = new Map<number, number>([[event.number, event.number]]);
  const steps: CauseStep[] = [];
  let more = 0;
  for (const one of trace.from(event.number + 1, trace.length)) {
    const cause = causesOfEvent(one, wrote).find((number) => carried.has(number));
    const from = cause === undefined ? undefined : carried.get(cause);
    if (cause === undefined || from === undefined || one.kind === "command") continue;
    if (isCarrier(one)) {
      carried.set(one.number, from);
      more += 1;
      continue;
    }
    carried.set(one.number, one.number);
    const depth = (shown.get(from)?.depth ?? 0) + 1;
    const step: CauseStep = { event: one, from, depth, by: one.trigger === cause ? "trigger" : "revision" };
    shown.set(one.number, step);
    if (steps.length < MOST_EFFECTS) steps.push(step);
    else more += 1;
  }
  return { steps, more };
}

/** The ladder as text: a line a step, what follows from what by its indentation, the event itself marked. */
export function showCauses({ event, back, effects, more, began }: CausesView): string {
  const line = (depth: number, one: TraceEvent, mark = " "): string =>
    `${mark} ${showTime(simTime(one.at))} ${`${one.number}`.padStart(5)} ${one.lane.padEnd(16)} ${"  ".repeat(Math.min(depth, 12))}${one.sentence}`;
  return [
    began === null ? "begun by the start of the run" : `begun by event ${began}`,
    ...back.map((step) => line(step.depth, step.event)),
    line(back.length, event, ">"),
    ...effects.map((step) => line(back.length + step.depth, step.event)),
    ...(more === 0 ? [] : [`  and ${more} more, deliveries, frames and timers among them`]),
  ].join("\n");
}
