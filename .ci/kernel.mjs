// `npm run test:kernel`: what needs root and a real kernel. Installs the tools it needs where it can; says why where it cannot.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TOOLS = {
  "iptables-legacy-save": "iptables",
  "iptables-nft-save": "iptables",
  conntrack: "conntrack",
  tshark: "tshark",
  dig: "bind9-dnsutils",
  ip: "iproute2",
  nft: "nftables",
  sysctl: "procps",
  python3: "python3",
};

function has(tool) {
  return spawnSync("sh", ["-c", `command -v ${tool}`], { stdio: "ignore" }).status === 0;
}

function skip(why) {
  console.log(`SKIPPED: kernel checks: ${why}`);
  console.log("0 passed, 0 failed");
  process.exit(0);
}

if (process.getuid?.() !== 0) skip("not root");
if (spawnSync("unshare", ["-n", "-m", "true"], { stdio: "ignore" }).status !== 0) skip("no network namespaces here");
const missing = [
  ...new Set(
    Object.entries(TOOLS)
      .filter(([tool]) => !has(tool))
      .map(([, name]) => name),
  ),
];
if (missing.length > 0 && has("apt-get")) {
  const quiet = { stdio: "ignore", timeout: 300_000, env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  spawnSync("apt-get", ["-o", "DPkg::Lock::Timeout=60", "update"], quiet);
  spawnSync("apt-get", ["-o", "DPkg::Lock::Timeout=60", "install", "-y", "--no-install-recommends", ...missing], quiet);
}
const still = Object.keys(TOOLS).filter((tool) => !has(tool));
if (still.length > 0) skip(`these tools are missing and could not be installed: ${still.join(", ")}`);

const folder = mkdtempSync(join(tmpdir(), "kubewalk-kernel-"));
const report = join(folder, "report.json");
const done = spawnSync(
  "unshare",
  [
    "-n",
    "-m",
    "--propagation",
    "private",
    "npx",
    "--no",
    "vitest",
    "run",
    "-c",
    "tests/kernel-lab/vitest.config.ts",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ],
  { stdio: "inherit", env: { ...process.env, TZ: "UTC", LC_ALL: "C.UTF-8" } },
);
let counted = { numPassedTests: 0, numFailedTests: 1 };
try {
  counted = JSON.parse(readFileSync(report, "utf8"));
} catch {
  // no report: the run itself failed, which counts as one failure
}
rmSync(folder, { recursive: true, force: true });
const failed = done.status === 0 ? counted.numFailedTests : Math.max(1, counted.numFailedTests);
console.log(`${counted.numPassedTests} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
