/**
 * Measures beside a baseline in the same run: machines are noisy, so a target scales with its baseline where that is
 * slower than in the committed file. Numbers are printed with their verdict; nothing here is a timed test.
 */

/** One measured figure. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** `at least` for rates, `at most` for times. */
  readonly bound: "at least" | "at most";
  readonly target: number;
  /** The baseline of the same run, and what it is. */
  readonly baseline?: { readonly key: string; readonly what: string; readonly value: number };
}

/** Baselines of the committed file by key, higher is faster. */
export type Baselines = Readonly<Record<string, number>>;

/** The target, eased by how much slower the baseline ran than when it was committed. */
export function scaledTarget(figure: Figure, committed: Baselines): number {
  const { baseline } = figure;
  const known = baseline === undefined ? undefined : committed[baseline.key];
  if (baseline === undefined || known === undefined) return figure.target;
  const slowdown = Math.max(1, known / baseline.value);
  return figure.bound === "at least" ? figure.target / slowdown : figure.target * slowdown;
}

export function holds(figure: Figure, committed: Baselines): boolean {
  const target = scaledTarget(figure, committed);
  return figure.bound === "at least" ? figure.value >= target : figure.value <= target;
}

function round(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en-GB") : value.toPrecision(3);
}

/** The printed row of one figure. */
export function row(figure: Figure, committed: Baselines): readonly string[] {
  const baseline = figure.baseline === undefined ? "–" : `${figure.baseline.what}: ${round(figure.baseline.value)}`;
  return [
    figure.name,
    `${round(figure.value)} ${figure.unit}`,
    `${figure.bound} ${round(scaledTarget(figure, committed))}`,
    baseline,
    holds(figure, committed) ? "holds" : "MISSED",
  ];
}

/** Rows as a table with aligned columns. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? "").length)));
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** The best of several runs, as a rate a second: noise only ever slows down. */
export function bestRate(count: number, runs: number, work: () => void): number {
  let best = 0;
  for (let run = 0; run < runs; run += 1) {
    const from = performance.now();
    work();
    best = Math.max(best, (count * 1000) / (performance.now() - from));
  }
  return best;
}

/** The value at a fraction of sorted samples. */
export function percentile(samples: readonly number[], fraction: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}
