/**
 * Distributions as integer quantile tables: transcendental functions round differently from engine to engine,
 * so log-normal shapes are tabulated once and interpolated in whole numbers.
 */

/** Ascending values at evenly spaced quantiles; the first is quantile 0, the last quantile 1. Whole numbers. */
export type QuantileTable = readonly number[];

/** The value at the quantile that a 32-bit draw names, interpolated linearly and rounded down. */
export function quantile(table: QuantileTable, bits: number): number {
  const steps = table.length - 1;
  const scaled = bits * steps;
  const index = Math.floor(scaled / 0x1_0000_0000);
  const fraction = scaled - index * 0x1_0000_0000;
  const from = table[index] ?? 0;
  const to = table[index + 1] ?? from;
  return from + Math.floor(((to - from) * fraction) / 0x1_0000_0000);
}
