/** Starting the real laboratory: the description and our rule texts in, observations out. */
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { CLUSTER, heirOf, SETTLED } from "./cluster";
import type { Observation, World } from "./description";
import { theirWalks } from "./nft-walks";
import { feedsOf, journeysOf, type Flavour } from "./node-rules";

/** What one world showed: every node's rules as the kernel prints them, and the journeys. */
export interface WorldReport {
  readonly name: string;
  readonly printed: Readonly<Record<string, string>>;
  readonly journeys: readonly Observation[];
}

/** Seconds after which the laboratory ends itself. */
const LIMIT = 170;
const PROGRAM = fileURLToPath(new URL("laboratory", import.meta.url));
const ISOLATED = ["-n", "-m", "--propagation", "private"];

/** Why there can be no real laboratory here; null where there can. */
export function whyNot(): string | null {
  if (process.getuid?.() !== 0) return "not root";
  if (spawnSync("unshare", [...ISOLATED, "true"]).status !== 0) return "no network namespaces here";
  const missing = ["python3", "ip", "bridge", "conntrack", "iptables-legacy-restore", "iptables-nft-restore", "nft"].filter(
    (tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0,
  );
  return missing.length === 0 ? null : `missing: ${missing.join(", ")}`;
}

function order(flavour: Flavour, world: World): object {
  const nodes = CLUSTER.nodes.map((node) => ({ ...node, feeds: feedsOf(flavour, world, node) }));
  const { pods, machines, listens } = CLUSTER;
  return { ...world, journeys: journeysOf(world, flavour), nodes, pods, heirs: pods.map(heirOf), machines, listens, neighbours: SETTLED };
}

/** As the laboratory prints it: lines of `nft monitor trace` by node instead of walks. */
interface PrintedReport extends Omit<WorldReport, "journeys"> {
  readonly journeys: readonly (Omit<Observation, "rules"> & { readonly traces: Readonly<Record<string, readonly string[]>> })[];
}

function isReports(value: unknown): value is { readonly worlds: readonly PrintedReport[] } {
  return typeof value === "object" && value !== null && "worlds" in value && Array.isArray(value.worlds);
}

/** Builds every world in turn and makes its journeys. Fails with the laboratory's own words. */
export async function observe(flavour: Flavour, worlds: readonly World[]): Promise<readonly WorldReport[]> {
  const printed = await runLaboratory(JSON.stringify({ limit: LIMIT, worlds: worlds.map((world) => order(flavour, world)) }));
  const read: unknown = JSON.parse(printed);
  if (!isReports(read)) throw new Error("laboratory printed no report");
  return read.worlds.map(readReport);
}

function readReport({ journeys, ...report }: PrintedReport): WorldReport {
  const withRules = journeys.map(({ traces, ...seen }): Observation => {
    const rules = Object.fromEntries(CLUSTER.nodes.map(({ name }) => [name, theirWalks(traces[name] ?? [])]));
    return { ...seen, rules };
  });
  return { ...report, journeys: withRules };
}

function runLaboratory(input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const running = spawn("unshare", [...ISOLATED, "python3", "-B", PROGRAM], { stdio: ["pipe", "pipe", "pipe"] });
    let printed = "";
    let problems = "";
    running.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
    running.stderr.setEncoding("utf8").on("data", (text: string) => (problems += text));
    running.on("error", reject);
    running.on("close", (code, signal) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`laboratory ended with ${code ?? signal}: ${problems.trim().slice(-2000)}`));
    });
    running.stdin.end(input);
  });
}
