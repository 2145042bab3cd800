/** The cost curve stays inside its axes, and rises to the right as its values do. */
import { expect, test } from "vitest";
import { COST_HEIGHT, COST_WIDTH, costScales, lineOver, MOST_SERVICES, PLOT, TICKS_X } from "../../../src/diagrams/layout/cost-layout";
import { MEASURED, microsText, modelMicros } from "../../../src/panels/inspector/rules/cost-model";

test("every point lies within the plot, and more Services never stand lower", () => {
  const micros = (services: number): number => modelMicros("iptables", services + 20);
  const scales = costScales(micros(MOST_SERVICES));
  const line = lineOver(scales, 1, MOST_SERVICES, micros);
  for (const [index, { x, y }] of line.entries()) {
    expect(x).toBeGreaterThanOrEqual(PLOT.left - 0.01);
    expect(x).toBeLessThanOrEqual(PLOT.right + 0.01);
    expect(y).toBeGreaterThanOrEqual(PLOT.top - 0.01);
    expect(y).toBeLessThanOrEqual(PLOT.bottom + 0.01);
    expect(y).toBeLessThanOrEqual((line[index - 1]?.y ?? COST_HEIGHT) + 0.01);
  }
  expect(TICKS_X.every(([services]) => scales.x(services) < COST_WIDTH)).toBe(true);
});

test("the model comes within a factor of two of what was measured", () => {
  for (const { services, micros } of MEASURED) {
    const model = modelMicros("iptables", services / 2);
    expect(model / micros).toBeGreaterThan(0.5);
    expect(model / micros).toBeLessThan(2);
  }
  expect([microsText(14), microsText(269.4), microsText(1240)]).toEqual(["14.0 µs", "269 µs", "1.24 ms"]);
});
