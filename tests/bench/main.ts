/** `npm run bench [-- --json FILE] [-- --only NAME]`: every figure beside its baseline. */
import { readFileSync, writeFileSync } from "node:fs";
import { churnFigures } from "./churn";
import { engineFigures } from "./engine";
import type { Baselines, Figure } from "./harness";
import { holds, row, scaledTarget, table } from "./harness";
import { frameFigures } from "./frames";
import { journeyFigures } from "./journeys";
import { loadFigures } from "./load";
import { pageFigures } from "./page";
import { rulesFigures } from "./rules";
import { seekFigures } from "./seek";

const BASELINES = "tests/bench/baselines.json";

const GROUPS: Readonly<Record<string, () => readonly Figure[] | Promise<readonly Figure[]>>> = {
  engine: engineFigures,
  rules: rulesFigures,
  journeys: journeyFigures,
  seek: seekFigures,
  churn: churnFigures,
  load: loadFigures,
  frames: frameFigures,
  page: pageFigures,
};

function argument(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at === -1 ? undefined : process.argv[at + 1];
}

function committedBaselines(): Baselines {
  const parsed: unknown = JSON.parse(readFileSync(BASELINES, "utf8"));
  const entries = parsed !== null && typeof parsed === "object" ? Object.entries(parsed) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === "number"));
}

const committed = committedBaselines();
const only = argument("--only");
const figures: Figure[] = [];
for (const [name, measure] of Object.entries(GROUPS)) {
  if (only === undefined || only === name) figures.push(...(await measure()));
}

console.log(table([["what", "measured", "target", "baseline in the same run", ""], ...figures.map((figure) => row(figure, committed))]));
const file = argument("--json");
if (file !== undefined) {
  const plain = figures.map((figure) => ({ ...figure, scaledTarget: scaledTarget(figure, committed), holds: holds(figure, committed) }));
  writeFileSync(file, `${JSON.stringify({ figures: plain }, null, 2)}\n`);
}
