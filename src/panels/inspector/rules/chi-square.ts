/** How uneven a count is: Pearson's chi-square, and how often a fair draw is as uneven. Source: Numerical Recipes, §6.2. */

/** A count with what was to be expected. */
export interface Counted {
  readonly expected: number;
  readonly got: number;
}

/** Pearson's statistic. Nothing is said of what was never to be expected. */
export function chiSquareOf(counts: readonly Counted[]): number {
  return counts.reduce((sum, { expected, got }) => (expected > 0 ? sum + (got - expected) ** 2 / expected : sum), 0);
}

/** In what part of fair draws the statistic is at least so large. */
export function chanceOfAtLeast(chiSquare: number, degrees: number): number {
  if (degrees < 1 || chiSquare <= 0) return 1;
  const [a, x] = [degrees / 2, chiSquare / 2];
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? Math.max(0, 1 - scale * series(a, x)) : scale * fraction(a, x);
}

/** The lower incomplete gamma function without its scale, as a series. */
function series(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = a + 1; term > sum * 1e-14; n += 1) {
    term *= x / n;
    sum += term;
  }
  return sum;
}

const TINY = 1e-300;

/** The upper one, as a continued fraction (Lentz). */
function fraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 500; n += 1) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b || TINY);
    c = b + numerator / c || TINY;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return h;
}

const LANCZOS = [76.180091729471, -86.505320329417, 24.014098240831, -1.2317395724502, 1.2086509738662e-3, -5.395239384953e-6];

/** The logarithm of the gamma function. */
function logGamma(a: number): number {
  const t = a + 5.5 - (a + 0.5) * Math.log(a + 5.5);
  const sum = LANCZOS.reduce((total, coefficient, n) => total + coefficient / (a + 1 + n), 1.00000000019);
  return -t + Math.log((2.506628274631 * sum) / a);
}
