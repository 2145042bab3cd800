/** NodeLocal DNSCache: a cache on every node, which conntrack never sees. */
import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../src/cluster/objects";
import { parseRecord } from "../../src/dns/message/zone-text";
import { simTime } from "../../src/engine/time";
import { loadObjects } from "../../src/manifests/load";
import { conntrackText, showConntrack } from "../../src/node/kernel/conntrack/show";
import { saveText } from "../../src/node/kernel/netfilter/show";
import { scenarioOf } from "../../src/scenarios/catalogue";
import type { Command } from "../../src/world/command";
import type { LookupView } from "../../src/world/view-types";
import { World } from "../../src/world/world";

const SECOND = 1_000_000;
/** The caches run by then. */
const READY = 20;

function record(text: string): NonNullable<ReturnType<typeof parsed>> {
  return parsed(text);
}

function parsed(text: string) {
  const read = parseRecord(text);
  if (!read.ok) throw new Error(read.problem.message);
  return read.value;
}

function world({
  kernel,
  isOn = true,
  mode = "iptables",
}: { kernel?: string; isOn?: boolean; mode?: "iptables" | "nftables" } = {}): World {
  const scenario = scenarioOf("two-apps");
  if (scenario === undefined) throw new Error("two-apps is built in");
  const loaded = loadObjects(scenario.objects);
  if (!loaded.ok) throw new Error(loaded.problem.message);
  const withKernel = (object: KubeObject): KubeObject =>
    object.kind === "Node" && kernel !== undefined
      ? { ...object, status: { ...object.status, nodeInfo: { kernelVersion: kernel } } }
      : object;
  const made = World.fromObjects({
    objects: loaded.value.objects.map(({ object, at }) => ({ object: withKernel(object), at })),
    seed: 1,
    completes: true,
    traffic: { ...scenario.traffic, perSecond: 0 },
    config: { mode, upstream: { records: [record("www.example.com. 300 IN A 192.0.2.1")] } },
  });
  if (!made.ok) throw new Error(made.problem.message);
  if (isOn) give(made.value, 1, { do: "node-local-dns", on: true });
  return made.value;
}

function give(one: World, second: number, command: Command): void {
  const at = simTime(second * SECOND);
  one.runTo(at);
  const allowed = one.check(command);
  if (!allowed.ok) throw new Error(allowed.problem.message);
  one.give(at, command);
}

function lookUp(one: World, second: number, lookup: Omit<Extract<Command, { do: "lookup" }>, "do">): LookupView {
  give(one, second, { do: "lookup", ...lookup });
  const at = simTime((second + 6) * SECOND);
  one.runTo(at);
  const told = one.view({ at, ahead: 0, follow: null, dns: true }).dns?.lookup;
  if (told === null || told === undefined) throw new Error("no look-up is told");
  return told;
}

function way(told: LookupView): readonly string[] {
  return told.asked.map(
    ({ type, steps }) => `${type}: ${steps.map(({ place, did }) => `${place} ${did.replace(/10\.\d+\.\d+\.\d+/g, "IP")}`).join("; ")}`,
  );
}

const NAME = "your-app-svc.shop.svc.cluster.local.";

describe("NodeLocal DNSCache", { timeout: 60_000 }, () => {
  test.each(["iptables", "nftables"] as const)(
    "takes a Pod's queries on its own node in %s mode, asks CoreDNS by TCP, and keeps the answers",
    (mode) => {
      const one = world({ mode });
      const first = lookUp(one, READY, { name: NAME });
      expect(way(first)).toEqual([
        "A: pod asks IP; node cache asks IP over TCP; coredns answers NOERROR from its page of the cluster; node cache answers NOERROR as it was told; pod reads NOERROR",
        "AAAA: pod asks IP; node cache asks IP over TCP; coredns answers NOERROR from its page of the cluster; node cache answers NOERROR as it was told; pod reads NOERROR",
      ]);
      const second = lookUp(one, READY + 7, { name: NAME });
      expect(way(second)).toEqual([
        "A: pod asks IP; node cache answers NOERROR out of its cache; pod reads NOERROR",
        // The denial of an AAAA is kept for five seconds only.
        "AAAA: pod asks IP; node cache asks IP over TCP, by a connection that it kept; coredns answers NOERROR from its page of the cluster; node cache answers NOERROR as it was told; pod reads NOERROR",
      ]);
    },
  );

  test("leaves no entry of a Pod's query in conntrack, where there is one without it", () => {
    const entries = (isOn: boolean): readonly string[] => {
      const one = world({ isOn });
      lookUp(one, READY, { name: NAME });
      const hosts = [...one.inside.state.hosts.values()];
      const lines = hosts.flatMap((host) => conntrackText(showConntrack(host, one.now)).split("\n"));
      return lines.filter((line) => line.startsWith("udp") && line.includes("dst=10.96.0.10"));
    };
    expect(entries(false)).toHaveLength(1);
    expect(entries(true)).toEqual([]);
  });

  test("stands in the node's tables as its program puts it there", () => {
    const one = world();
    one.runTo(simTime(READY * SECOND));
    const rules = one.inside.rulesets.of("node-a");
    const lines = rules === null ? [] : saveText(rules).split("\n");
    expect(lines.filter((line) => line.includes("NodeLocal") && line.includes("169.254.20.10"))).toEqual([
      '-A PREROUTING -d 169.254.20.10/32 -p udp -m udp --dport 53 -m comment --comment "NodeLocal DNS Cache: skip conntrack" -j NOTRACK',
      '-A PREROUTING -d 169.254.20.10/32 -p tcp -m tcp --dport 53 -m comment --comment "NodeLocal DNS Cache: skip conntrack" -j NOTRACK',
      '-A OUTPUT -d 169.254.20.10/32 -p udp -m udp --dport 53 -m comment --comment "NodeLocal DNS Cache: skip conntrack" -j NOTRACK',
      '-A OUTPUT -d 169.254.20.10/32 -p tcp -m tcp --dport 53 -m comment --comment "NodeLocal DNS Cache: skip conntrack" -j NOTRACK',
      '-A OUTPUT -s 169.254.20.10/32 -p udp -m udp --sport 53 -m comment --comment "NodeLocal DNS Cache: skip conntrack" -j NOTRACK',
      '-A OUTPUT -s 169.254.20.10/32 -p tcp -m tcp --sport 53 -m comment --comment "NodeLocal DNS Cache: skip conntrack" -j NOTRACK',
      '-A INPUT -d 169.254.20.10/32 -p udp -m udp --dport 53 -m comment --comment "NodeLocal DNS Cache: allow DNS traffic" -j ACCEPT',
      '-A INPUT -d 169.254.20.10/32 -p tcp -m tcp --dport 53 -m comment --comment "NodeLocal DNS Cache: allow DNS traffic" -j ACCEPT',
      '-A OUTPUT -s 169.254.20.10/32 -p udp -m udp --sport 53 -m comment --comment "NodeLocal DNS Cache: allow DNS traffic" -j ACCEPT',
      '-A OUTPUT -s 169.254.20.10/32 -p tcp -m tcp --sport 53 -m comment --comment "NodeLocal DNS Cache: allow DNS traffic" -j ACCEPT',
    ]);
    expect(lines.some((line) => line === "*raw")).toBe(true);
  });

  test("asks the node's own resolvers for what is outside, past CoreDNS", () => {
    const told = lookUp(world(), READY, { name: "www.example.com." });
    expect(told.addresses).toEqual(["192.0.2.1"]);
    expect(told.asked[0]?.steps.map(({ place, did }) => `${place} ${did}`)).toEqual([
      "pod asks 10.96.0.10",
      "node cache asks 192.168.0.1",
      "upstream answers NOERROR",
      "node cache answers NOERROR as it was told",
      "pod reads NOERROR",
    ]);
  });

  test("answers at its own address too", () => {
    const told = lookUp(world(), READY, { name: NAME, server: "169.254.20.10" });
    expect(told).toMatchObject({ verdict: "resolved", asked: [{ outcome: "data" }] });
  });

  test("makes the five seconds go away on a kernel before 5.0", () => {
    const slow = (isOn: boolean): number => {
      const one = world({ kernel: "4.19.0", isOn });
      for (let n = 0; n < 40; n += 1) give(one, READY + n * 6, { do: "lookup", name: "your-app-svc" });
      one.runTo(simTime((READY + 250) * SECOND));
      return one.inside.state.requests.all().filter(({ startedAt, endedAt }) => (endedAt ?? 0) - startedAt > SECOND).length;
    };
    expect(slow(false)).toBeGreaterThan(0);
    expect(slow(true)).toBe(0);
  });

  test("goes away as it came: with its interface and its rules, and queries go to CoreDNS again", () => {
    const one = world();
    give(one, READY, { do: "node-local-dns", on: false });
    one.runTo(simTime((READY + 45) * SECOND));
    const rules = one.inside.rulesets.of("node-a");
    expect(rules === null ? "" : saveText(rules)).not.toContain("NodeLocal");
    expect(one.inside.state.hosts.get("node-a")?.interfaces.has("nodelocaldns")).toBe(false);
    expect(way(lookUp(one, READY + 46, { name: NAME }))[0]).toMatch(/^A: pod asks IP; node sends it to IP instead of IP; coredns answers/);
  });

  test("that is killed leaves its address and its rules behind: its node has no DNS until it is back", () => {
    const one = world();
    const node = "node-a";
    const [pod] = one.inside.state.pods.all().filter((row) => row.node === node && row.namespace === "shop");
    give(one, READY, { do: "freeze", name: `kube-system/node-local-dns-${node}`, frozen: true });
    const silent = lookUp(one, READY + 1, { name: NAME, from: `shop/${pod?.name ?? ""}` });
    expect(silent.asked[0]?.outcome).not.toBe("data");
    give(one, READY + 30, { do: "freeze", name: `kube-system/node-local-dns-${node}`, frozen: false });
    give(one, READY + 31, { do: "crash", name: `kube-system/node-local-dns-${node}` });
    const killed = lookUp(one, READY + 31.1, { name: NAME, from: `shop/${pod?.name ?? ""}` });
    expect(killed.verdict).toBe("refused");
    expect(one.inside.state.hosts.get(node)?.interfaces.has("nodelocaldns")).toBe(true);
    expect(lookUp(one, READY + 60, { name: NAME, from: `shop/${pod?.name ?? ""}` }).verdict).toBe("resolved");
  });

  test("comes to a node that joins", () => {
    const one = world();
    give(one, READY, { do: "nodes", count: 3 });
    one.runTo(simTime((READY + 30) * SECOND));
    expect(one.inside.state.hosts.get("node-c")?.interfaces.get("nodelocaldns")?.addresses).toEqual(["169.254.20.10/32", "10.96.0.10/32"]);
  });
});
