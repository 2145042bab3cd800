/** Who was asked for, what chance drew and who was chosen: the words before the rule's own, where a destination is caught. */
import type { HeaderView, ChainWalkView, RuleLineView } from "../view-types";
import type { WorldState } from "../state";

const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

/** A trap: the header on both sides of it, and the chains that were walked. */
export interface Trap {
  readonly before: HeaderView;
  readonly after: HeaderView;
  readonly walks: readonly ChainWalkView[];
}

/** One sentence or two, "" where nothing was caught by a rule. */
export function trapWords(state: WorldState, { before, after, walks }: Trap): string {
  if (walks.length === 0 || (before.dst === after.dst && before.dstPort === after.dstPort)) return "";
  const service = state.store
    .latest()
    .list("Service")
    .find(({ spec }) => spec.clusterIP === before.dst);
  const pod = state.pods.all().find(({ links }) => links?.address === after.dst);
  if (service === undefined) return "";
  const who = `${before.dst}:${before.dstPort} is ${service.metadata.name}.`;
  return pod === undefined ? who : `${who} ${chanceWords(walks)} this connection goes to ${pod.name}.`;
}

function chanceWords(walks: readonly ChainWalkView[]): string {
  const lines = walks.flatMap((walk) => walk.lines);
  const choice = lines.find((line) => line.choice !== undefined)?.choice;
  if (choice !== undefined)
    return choice.of === 1 ? "It has one endpoint:" : `Number ${choice.value} of 0 to ${choice.of - 1} was drawn, so`;
  const draws = lines.filter((line) => line.draw !== undefined);
  const taken = draws.findIndex(({ state }) => state === "matched");
  const draw = draws[taken]?.draw;
  if (draw !== undefined)
    return `The ${ORDINALS[taken] ?? `${taken + 1}th`} draw, ${decimals(draw.value)}, is under ${decimals(draw.limit)}, so`;
  return draws.length === 0 ? "There is nothing to draw:" : `${missed(draws)}, so by the last rule`;
}

function missed(draws: readonly RuleLineView[]): string {
  const limit = draws[0]?.draw;
  if (draws.length === 1 && limit !== undefined) return `The draw, ${decimals(limit.value)}, is not under ${decimals(limit.limit)}`;
  return draws.length === 2 ? "Neither draw fell under its limit" : `None of ${draws.length} draws fell under its limit`;
}

/** Three decimals at most, without zeros at the end. */
function decimals(value: number): string {
  return `${Math.round(value * 1000) / 1000}`;
}
