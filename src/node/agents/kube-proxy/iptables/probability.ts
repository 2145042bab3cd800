/** Chances of the balancing rules. Source: pkg/proxy/iptables/proxier.go (computeProbability, `%0.10f`). */

const texts = new Map<number, string>();

/** 1/n with ten decimals as Go prints it. Remembered per n. */
export function probabilityText(n: number): string {
  const known = texts.get(n);
  if (known !== undefined) return known;
  const made = roundHalfToEven(n);
  texts.set(n, made);
  return made;
}

/**
 * Go rounds an exact tie to the even digit, `toFixed` rounds it up. A double has a tie at the tenth decimal only if it
 * has exactly eleven binary places, and of all 1/n that is 1/2048 = 0.00048828125.
 */
function roundHalfToEven(n: number): string {
  return n === 2048 ? "0.0004882812" : (1 / n).toFixed(10);
}
