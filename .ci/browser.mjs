// Finds a Chromium for the browser tests: Playwright's own, else the system's, else tries once to install one.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "playwright";

const SYSTEM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable"];
const TWO_MINUTES = 120_000;

function runs(path) {
  return path !== "" && existsSync(path) && spawnSync(path, ["--version"], { stdio: "ignore", timeout: 20_000 }).status === 0;
}

function installed() {
  return [chromium.executablePath(), ...SYSTEM].find(runs);
}

function attempt(command, args, timeout) {
  if (timeout <= 0) return;
  spawnSync(command, args, { stdio: "ignore", timeout, env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
}

/** The path of a browser, or why there is none. Installing is tried once and takes two minutes at most. */
export function findBrowser() {
  const known = installed();
  if (known !== undefined) return { path: known };
  const end = Date.now() + TWO_MINUTES;
  const isRoot = process.getuid?.() === 0;
  if (isRoot && existsSync("/usr/bin/apt-get")) {
    attempt("apt-get", ["update"], Math.min(40_000, end - Date.now()));
    attempt("apt-get", ["install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"], end - Date.now());
  }
  if (installed() === undefined) attempt("npx", ["--no", "playwright", "install", "chromium"], end - Date.now());
  const path = installed();
  return path === undefined ? { why: "none was found and installing one failed" } : { path };
}
