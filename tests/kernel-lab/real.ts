/** Starting the real laboratory: the description and our rule texts in, observations out. */
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { nodeRuleset } from "../../src/node/agents/flannel-rules";
import { restoreText } from "../../src/node/agents/kube-proxy/iptables/restore";
import type { SyncInput } from "../../src/node/agents/kube-proxy/iptables/proxy-state";
import { DEFAULT_PROXY_SETTINGS } from "../../src/node/agents/kube-proxy/settings";
import type { Ruleset } from "../../src/node/kernel/netfilter/rules";
import { saveText } from "../../src/node/kernel/netfilter/show";
import { viewOf } from "../packet-flow/kube-proxy/view-of";
import { CLUSTER, SETTLED, objectsWith } from "./cluster";
import type { LabNode, Observation, OtherEndpoints, World } from "./description";

export type Flavour = "iptables-legacy" | "iptables-nft";

/** What one world showed: every node's rules as the kernel prints them, and the journeys. */
export interface WorldReport {
  readonly name: string;
  readonly printed: Readonly<Record<string, string>>;
  readonly journeys: readonly Observation[];
}

/** Seconds after which the laboratory ends itself. */
const LIMIT = 100;
const PROGRAM = fileURLToPath(new URL("laboratory", import.meta.url));
const ISOLATED = ["-n", "-m", "--propagation", "private"];

/** Why there can be no real laboratory here; null where there can. */
export function whyNot(): string | null {
  if (process.getuid?.() !== 0) return "not root";
  if (spawnSync("unshare", [...ISOLATED, "true"]).status !== 0) return "no network namespaces here";
  const missing = ["python3", "ip", "bridge", "conntrack", "iptables-legacy-restore", "iptables-nft-restore"].filter(
    (tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0,
  );
  return missing.length === 0 ? null : `missing: ${missing.join(", ")}`;
}

function syncInput({ proxy }: World, node: LabNode, other: OtherEndpoints = {}): Pick<SyncInput, "view" | "settings" | "node"> {
  return {
    view: viewOf(objectsWith(other)),
    settings: { ...DEFAULT_PROXY_SETTINGS, ...proxy },
    node: { name: node.name, zone: "", addresses: [node.address], podCIDR: node.podRange },
  };
}

const known = new Map<string, ReadonlyMap<string, Ruleset>>();

/** The rules of each node of a world; `which` names its other rules, "" the usual ones. */
export function rulesOf(world: World, which = ""): ReadonlyMap<string, Ruleset> {
  const key = `${world.name} ${which}`;
  const made = known.get(key) ?? makeRules(world, which);
  known.set(key, made);
  return made;
}

function makeRules(world: World, which: string): ReadonlyMap<string, Ruleset> {
  return new Map(
    CLUSTER.nodes.map((node) => {
      const input = syncInput(world, node, world.otherRules[which]);
      return [node.name, nodeRuleset({ ...input, podCIDR: CLUSTER.podCIDR, nodePodCIDR: node.podRange })];
    }),
  );
}

function textOf(rules: ReadonlyMap<string, Ruleset>, { name }: LabNode): string {
  const ruleset = rules.get(name);
  return ruleset === undefined ? "" : saveText(ruleset);
}

function order(world: World): object {
  const rules = rulesOf(world);
  const others = Object.keys(world.otherRules).map((which) => [which, rulesOf(world, which)] as const);
  const nodes = CLUSTER.nodes.map((node) => {
    const otherRules = Object.fromEntries(others.map(([which, changed]) => [which, textOf(changed, node)]));
    return { ...node, saveText: textOf(rules, node), restoreText: restoreText(syncInput(world, node)), otherRules };
  });
  const { pods, machines, listens } = CLUSTER;
  return { ...world, nodes, pods, machines, listens, neighbours: SETTLED };
}

function isReports(value: unknown): value is { readonly worlds: readonly WorldReport[] } {
  return typeof value === "object" && value !== null && "worlds" in value && Array.isArray(value.worlds);
}

/** Builds every world in turn and makes its journeys. Fails with the laboratory's own words. */
export async function observe(flavour: Flavour, worlds: readonly World[]): Promise<readonly WorldReport[]> {
  const printed = await runLaboratory(JSON.stringify({ flavour, limit: LIMIT, worlds: worlds.map(order) }));
  const read: unknown = JSON.parse(printed);
  if (!isReports(read)) throw new Error("laboratory printed no report");
  return read.worlds;
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
