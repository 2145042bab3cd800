/** The chance of an uneven count, against the published table of critical values (NIST, e-Handbook §1.3.6.7.4). */
import { expect, test } from "vitest";
import { chanceOfAtLeast, chiSquareOf } from "../../../src/panels/inspector/rules/chi-square";

test("agrees with the table of critical values", () => {
  const table = [
    [1, 0.05, 3.841],
    [1, 0.001, 10.828],
    [2, 0.1, 4.605],
    [5, 0.01, 15.086],
    [10, 0.05, 18.307],
    [30, 0.9, 20.599],
    [100, 0.01, 135.807],
  ] as const;
  for (const [degrees, chance, value] of table) expect(chanceOfAtLeast(value, degrees), `${degrees} degrees`).toBeCloseTo(chance, 4);
});

test("with two degrees of freedom is e to the minus half", () => {
  for (const value of [0.01, 1, 2, 7, 40]) expect(chanceOfAtLeast(value, 2)).toBeCloseTo(Math.exp(-value / 2), 10);
});

test("nothing uneven is certain", () => {
  expect(chanceOfAtLeast(0, 4)).toBe(1);
  expect(
    chiSquareOf([
      { expected: 10, got: 12 },
      { expected: 10, got: 8 },
      { expected: 0, got: 0 },
    ]),
  ).toBeCloseTo(0.8, 12);
});
