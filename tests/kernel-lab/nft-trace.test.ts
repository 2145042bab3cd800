/**
 * Real packets through the kernel's own evaluation of our nftables table (`nft monitor trace`): the rules that matched,
 * in order, with their verdicts, must be those of our evaluation. The endpoint that the kernel chose is fed to ours;
 * nothing is masked. Rules that did not match are not in the kernel's trace and are left out of ours.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simTime } from "../../src/engine/time";
import { syncNft } from "../../src/node/agents/kube-proxy/nftables/sync";
import { nftScript } from "../../src/node/agents/kube-proxy/nftables/text";
import { DynamicSets } from "../../src/node/kernel/nftables/dynamic-sets";
import { evaluateBaseChain } from "../../src/node/kernel/nftables/evaluate";
import { drawFor } from "../../src/node/kernel/nftables/evaluation";
import { listedRule } from "../../src/node/kernel/nftables/show";
import type { NftHook, NftRule } from "../../src/node/kernel/nftables/tables";
import { factsOf, type Flow } from "../packet-flow/kube-proxy/outcome";
import { service, slice } from "../unit/kube-proxy/objects";
import { nftInputOf } from "../unit/kube-proxy-nftables/input";
import { inOrder } from "./nft-walks";
import { layWire, removeWire, send, type Sending } from "./peer";

const NODE = "192.168.0.11";
const VIP = "198.51.100.5";
const BALANCED = { status: { loadBalancer: { ingress: [{ ip: VIP }] } } };

const OBJECTS = [
  service("shop/web", "10.96.0.20", { type: "NodePort", ports: [{ name: "http", port: 80, protocol: "TCP", nodePort: 30_080 }] }),
  slice("shop/web", ["10.244.2.2", "10.244.2.3", "10.244.1.9"]),
  service("shop/empty", "10.96.0.30", { type: "NodePort", ports: [{ name: "http", port: 80, protocol: "TCP", nodePort: 30_081 }] }),
  service("shop/sticky", "10.96.0.40", { sessionAffinity: "ClientIP" }),
  slice("shop/sticky", ["10.244.2.4", "10.244.2.5", "10.244.2.6"]),
  service(
    "shop/balanced",
    "10.96.0.50",
    { type: "LoadBalancer", loadBalancerSourceRanges: ["203.0.113.0/25", "192.168.0.0/24"] },
    BALANCED,
  ),
  slice("shop/balanced", ["10.244.2.7"]),
  service("shop/here", "10.96.0.60", {
    type: "NodePort",
    externalTrafficPolicy: "Local",
    externalIPs: ["192.0.2.5"],
    ports: [{ name: "http", port: 80, protocol: "TCP", nodePort: 30_082 }],
  }),
  slice("shop/here", ["10.244.2.8@node-b"]),
  service("shop/inside", "10.96.0.70", { internalTrafficPolicy: "Local" }),
  slice("shop/inside", ["10.244.2.9@node-b"]),
];

/** Every row of the two decision tables that one node can show, and what only nftables mode does. */
const PACKETS = `
  TCP 10.244.1.9 → 10.96.0.20:80
  TCP 10.244.1.8 → 10.96.0.20:80
  TCP 203.0.113.7 → 10.96.0.20:80
  TCP 192.168.0.11 → 10.96.0.20:80
  UDP 10.244.1.9 → 10.96.0.20:80
  TCP 10.244.1.9 → 10.96.0.20:81
  TCP 192.168.0.11 → 10.96.0.20:81
  TCP 10.244.1.9 → 10.100.0.1:80
  TCP 192.168.0.11 → 10.100.0.1:80
  TCP 10.244.1.9 → 10.96.0.30:80
  TCP 192.168.0.11 → 10.96.0.30:80
  TCP 203.0.113.7 → 192.168.0.11:30080
  TCP 10.244.1.9 → 192.168.0.11:30080
  TCP 192.168.0.11 → 192.168.0.11:30080
  TCP 203.0.113.7 → 192.168.0.11:30081
  TCP 203.0.113.7 → 192.168.0.11:30099
  TCP 10.244.1.9 → 10.96.0.40:80
  TCP 10.244.1.9 → 10.96.0.40:80
  TCP 10.244.1.8 → 10.96.0.40:80
  TCP 203.0.113.7 → 198.51.100.5:80
  TCP 203.0.113.200 → 198.51.100.5:80
  TCP 10.244.1.9 → 198.51.100.5:80
  TCP 192.168.0.11 → 198.51.100.5:80
  TCP 203.0.113.7 → 192.0.2.5:80
  TCP 10.244.1.9 → 192.0.2.5:80
  TCP 192.168.0.11 → 192.0.2.5:80
  TCP 203.0.113.7 → 192.168.0.11:30082
  TCP 10.244.1.9 → 192.168.0.11:30082
  TCP 10.244.1.9 → 10.96.0.70:80
  UDP 203.0.113.7 → 8.8.8.8:53`
  .split("\n")
  .filter((line) => line.trim() !== "")
  .map((line, index): Sending => {
    const [, protocol = "", source = "", destination = "", port = ""] = /(\w+) (\S+) → ([^:]+):(\d+)/.exec(line) ?? [];
    return { protocol, source, sourcePort: 40_001 + index, destination, port: Number(port) };
  });

const isMissing = spawnSync("nft", ["--version"]).status !== 0;
if (isMissing) console.info("nftables traces are not compared: nft is not installed");

const input = nftInputOf(OBJECTS);
const { table } = syncNft(null, input);
const seen = new DynamicSets();

describe.skipIf(isMissing)("the kernel's own walk", () => {
  let traces: ReadonlyMap<number, readonly string[]> = new Map();

  beforeAll(async () => {
    layWire({ here: NODE, there: "192.168.0.1", alsoThere: ["10.244.1.9", "10.244.1.8", "203.0.113.7", "203.0.113.200"] });
    execFileSync("nft", ["flush", "ruleset"]);
    execFileSync("nft", ["-f", "-"], { input: nftScript(input) + TRACER });
    traces = await traced(() => {
      send(
        "there",
        PACKETS.filter(({ source }) => source !== NODE),
      );
      send(
        "here",
        PACKETS.filter(({ source }) => source === NODE),
      );
    });
  });

  afterAll(() => {
    execFileSync("nft", ["flush", "ruleset"]);
    removeWire();
  });

  for (const packet of PACKETS) {
    test(`is ours: ${packet.protocol} ${packet.source} → ${packet.destination}:${packet.port} (from ${packet.sourcePort})`, () => {
      const theirs = traces.get(packet.sourcePort) ?? [];
      expect(theirs.length).toBeGreaterThan(0);
      expect(ourWalk(packet, theirs)).toEqual(theirs);
    });
  }
});

/** Asks the kernel to trace, before any other rule. */
const TRACER = `
add table ip tracer
add chain ip tracer pre { type filter hook prerouting priority -400 ; }
add chain ip tracer out { type filter hook output priority -400 ; }
add rule ip tracer pre meta nftrace set 1
add rule ip tracer out meta nftrace set 1
`;

/** What the kernel traced of each packet, by the port that it was sent from: `CHAIN: RULE (verdict …)`. */
async function traced(act: () => void): Promise<ReadonlyMap<number, readonly string[]>> {
  const monitor = spawn("nft", ["monitor", "trace"]);
  let text = "";
  monitor.stdout.on("data", (piece) => (text += String(piece)));
  await pause(300);
  act();
  await pause(300);
  monitor.kill();
  const ports = new Map<string, number>();
  const rules = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [, id = "", chain = "", rest = ""] = /^trace id (\w+) ip kube-proxy (\S+) (.*)$/.exec(line) ?? [];
    const port = / (?:tcp|udp) sport (\d+) /.exec(rest)?.[1];
    if (port !== undefined && !ports.has(id)) ports.set(id, Number(port));
    if (rest.startsWith("rule ")) rules.set(id, [...(rules.get(id) ?? []), `${chain}: ${rest.slice("rule ".length).trim()}`]);
  }
  return new Map([...rules].map(([id, found]) => [ports.get(id) ?? 0, found]));
}

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, millis);
  });
}

/** Our evaluation of the same packet, hook by hook, in the kernel's words. */
function ourWalk(packet: Sending, theirs: readonly string[]): readonly string[] {
  const said: string[] = [];
  let flow: Flow = packet;
  let mark = 0;
  const hook = (name: NftHook): boolean => {
    for (const chain of table.hooks.get(name) ?? []) {
      const found = evaluateBaseChain({
        table,
        chain,
        facts: { ...factsOf(flow), mark, inInterface: packet.source === NODE ? "" : "kw0" },
        host: {
          isLocal: (address) => address === NODE || address.startsWith("127."),
          drawNumgen: (_chain, rule) => theirDraw(rule, theirs),
          dynamic: {
            holds: (set, address) => seen.holds(set, address, simTime(0)),
            update: (entry) => seen.update({ ...entry, now: simTime(0) }),
          },
        },
        recordWalk: true,
      });
      mark = found.mark;
      said.push(...inOrder(table, [...(found.walk ?? [])]));
      if (found.verdict.kind === "drop" || found.verdict.kind === "reject") return false;
      if (found.verdict.kind === "dnat") flow = { ...flow, destination: found.verdict.address, port: found.verdict.port };
    }
    return true;
  };
  const isOurs = packet.source === NODE;
  if (!hook(isOurs ? "output" : "prerouting")) return said;
  if (flow.destination === NODE) hook("input");
  else if (isOurs || hook("forward")) hook("postrouting");
  return said;
}

/** A draw that leads to the choice that the kernel made. */
function theirDraw(rule: NftRule, theirs: readonly string[]): number {
  const line = theirs.find((one) => one.includes(`: ${listedRule(rule)} (verdict `)) ?? "";
  const chosen = /\(verdict goto (\S+)\)$/.exec(line)?.[1];
  const numgen = rule.expressions.find((one) => one.kind === "numgen");
  const verdicts = numgen?.kind === "numgen" ? numgen.verdicts : [];
  const index = verdicts.findIndex((verdict) => "chain" in verdict && verdict.chain === chosen);
  return drawFor(Math.max(0, index), verdicts.length);
}
