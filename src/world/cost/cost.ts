/**
 * The cost of a first packet over the number of Services, in the three modes. Small rule sets are generated and asked;
 * beyond them the count goes on along the straight line through the last two, which a test holds against larger ones.
 */
import type { ProxyMode } from "../settings";
import type { CostPoint, CostView } from "../view-types/cost";
import { generate, rulesMet } from "./rules-met";
import { ENDPOINTS_EACH } from "./sample-cluster";

/** Sizes whose rule sets are generated. */
export const GENERATED: readonly number[] = [1, 10, 100, 1000, 2000];

/** Sizes beyond them. */
export const BEYOND: readonly number[] = [5000, 10_000, 20_000, 30_000];

const MODES: readonly ProxyMode[] = ["iptables", "nftables", "ipvs"];

/** The rules that a first packet meets in a generated rule set. */
export function generatedPoint(mode: ProxyMode, services: number): CostPoint {
  const rules = generate(mode, services);
  const at = (index: number): number => rulesMet(rules, index);
  return { mode, services, first: at(0), middle: at(Math.floor((services - 1) / 2)), last: at(services - 1), isGenerated: true };
}

/** The point of a number of Services on the line through two others. */
export function pointBeyond(a: CostPoint, b: CostPoint, services: number): CostPoint {
  const on = (from: number, to: number): number => to + ((to - from) * (services - b.services)) / (b.services - a.services);
  return {
    mode: b.mode,
    services,
    first: on(a.first, b.first),
    middle: on(a.middle, b.middle),
    last: on(a.last, b.last),
    isGenerated: false,
  };
}

/** The curves of all modes; yields after each rule set. */
export function* costCurves(): Generator<{ readonly done: number; readonly total: number }, CostView, void> {
  const points: CostPoint[] = [];
  for (const mode of MODES) {
    const own: CostPoint[] = [];
    for (const services of GENERATED) {
      own.push(generatedPoint(mode, services));
      yield { done: points.length + own.length, total: MODES.length * GENERATED.length };
    }
    const [a, b] = own.slice(-2);
    if (a !== undefined && b !== undefined) own.push(...BEYOND.map((services) => pointBeyond(a, b, services)));
    points.push(...own);
  }
  return { endpointsEach: ENDPOINTS_EACH, points };
}
