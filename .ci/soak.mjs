// `npm run soak`: the same tests with many more runs of every property.
import { spawnSync } from "node:child_process";

const runs = process.env.KUBEWALK_PROPERTY_RUNS ?? "2000";
const seed = process.env.KUBEWALK_PROPERTY_SEED ?? String(Date.now() % 2 ** 31);
console.log(`${runs} runs a property, KUBEWALK_PROPERTY_SEED=${seed}`);
const done = spawnSync("npx", ["--no", "vitest", "run", "--testTimeout=600000"], {
  stdio: "inherit",
  env: { ...process.env, TZ: "UTC", LC_ALL: "C.UTF-8", KUBEWALK_PROPERTY_RUNS: runs, KUBEWALK_PROPERTY_SEED: seed },
});
process.exit(done.status ?? 1);
