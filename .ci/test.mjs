// `npm test`: types, unit and component tests, then the built app in a browser. The last line counts them all.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBrowser } from "./browser.mjs";

const onlyBrowser = process.argv.includes("--only-e2e");
const reports = mkdtempSync(join(tmpdir(), "kubewalk-test-"));
const pinned = { ...process.env, TZ: "UTC", LANG: "C.UTF-8", LC_ALL: "C.UTF-8" };
const totals = { passed: 0, failed: 0 };

function run(command, args, env = {}) {
  return spawnSync(command, args, { stdio: "inherit", env: { ...pinned, ...env } }).status === 0;
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function count(passed, failed, succeeded) {
  totals.passed += passed;
  totals.failed += succeeded ? failed : Math.max(1, failed);
}

function unitTests() {
  count(0, 0, run("npm", ["run", "--silent", "typecheck"]));
  const file = join(reports, "vitest.json");
  const succeeded = run("npx", ["--no", "vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`]);
  const report = readReport(file);
  count(report?.numPassedTests ?? 0, report?.numFailedTests ?? 0, succeeded);
}

function browserTests(path) {
  if (!run("npx", ["--no", "vite", "build", "--logLevel", "warn"])) return count(0, 1, false);
  const file = join(reports, "playwright.json");
  const succeeded = run("npx", ["--no", "playwright", "test", "-c", "tests/e2e/playwright.config.ts", "--reporter=line,json"], {
    KUBEWALK_CHROMIUM: path,
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
  });
  const stats = readReport(file)?.stats;
  count(stats?.expected ?? 0, (stats?.unexpected ?? 0) + (stats?.flaky ?? 0), succeeded);
}

function countBrowserTests() {
  const listed = spawnSync("npx", ["--no", "playwright", "test", "-c", "tests/e2e/playwright.config.ts", "--list"], {
    encoding: "utf8",
    env: pinned,
  });
  return /Total: (\d+) test/.exec(listed.stdout ?? "")?.[1] ?? "all";
}

if (!onlyBrowser) unitTests();
const browser = findBrowser();
let skipped = "";
if (browser.path === undefined) skipped = `SKIPPED: ${countBrowserTests()} browser tests, no browser: ${browser.why}`;
else browserTests(browser.path);
rmSync(reports, { recursive: true, force: true });
if (skipped !== "") console.log(skipped);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed === 0 ? 0 : 1);
