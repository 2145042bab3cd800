/** IPVS mode in a cluster that runs: turns, draining, the switch there and back, time travel. */
import { describe, expect, test } from "vitest";
import { simTime } from "../../../src/engine/time";
import { DUMMY_DEVICE } from "../../../src/node/agents/kube-proxy/ipvs/apply";
import { finish } from "../../../src/recording/recording";
import type { Command } from "../../../src/world/command";
import type { RulesView, TraceEvent } from "../../../src/world/view-types";
import type { World } from "../../../src/world/world";
import { twoApps, twoAppsRecording } from "../../fixtures/world";

const SECOND = 1_000_000;
const NODES = ["control-plane", "node-a", "node-b"];
const to = (mode: "iptables" | "nftables" | "ipvs"): Command => ({ do: "proxy-mode", mode });

function rules(world: World, node: string): RulesView {
  const { rules: found } = world.view({ at: world.now, ahead: 0, follow: null, rulesOf: node, playing: true });
  if (found === undefined) throw new Error(`no rules of ${node}`);
  return found;
}

function give(world: World, at: number, command: Command): void {
  world.runTo(simTime(at));
  world.give(simTime(at), command);
}

/** The real servers of your-app's virtual server on a node, with their weights: `10.244.1.3:8080 1`. */
function backends(world: World, node: string): readonly string[] {
  const lines = rules(world, node).text.split("\n");
  const service = world.inside.state.store.latest().get("Service", "shop", "your-app-svc");
  return lines.flatMap((line) => {
    const [, real, weight] = new RegExp(`^-a -t ${service?.spec.clusterIP}:80 -r (\\S+) -m -w (\\d)$`).exec(line) ?? [];
    return real === undefined ? [] : [`${real} ${weight}`];
  });
}

function answered(world: World, until: number): readonly string[] {
  world.runTo(simTime(until));
  const { requests } = world.view({ at: until, ahead: 0, follow: null });
  return requests.filter(({ endedAt }) => endedAt !== null).map(({ verdict }) => verdict);
}

describe("a cluster that begins in IPVS mode", () => {
  const world = twoApps({ perSecond: 10, config: { mode: "ipvs" } });

  test("holds every virtual address on kube-ipvs0, and answers requests", () => {
    const { interfaces } = world.view({ at: 0, ahead: 0, follow: null }).nodes.find(({ name }) => name === "node-a") ?? {};
    const dummy = interfaces?.find(({ name }) => name === DUMMY_DEVICE);
    expect(dummy?.addresses).toContain("10.96.0.1/32");
    expect(new Set(answered(world, 5 * SECOND))).toEqual(new Set(["answered"]));
  });

  test("gives connections to real servers in turn: among one node's no two that follow each other are the same", () => {
    const { requests } = world.view({ at: 5 * SECOND, ahead: 0, follow: null });
    const pods = world.inside.state.pods.all();
    const byNode = new Map<string, string[]>();
    for (const { client, answeredBy, startedAt } of requests.toSorted((a, b) => a.startedAt - b.startedAt)) {
      const node = pods.find(({ namespace, name }) => `${namespace}/${name}` === client)?.node ?? "";
      if (answeredBy !== "" && startedAt < 4 * SECOND) byNode.set(node, [...(byNode.get(node) ?? []), answeredBy]);
    }
    for (const turns of byNode.values()) {
      const counts = [...new Set(turns)].map((pod) => turns.filter((one) => one === pod).length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      expect(turns.slice(1).every((pod, index) => pod !== turns[index])).toBe(true);
    }
  });

  test("shows connections of real servers as counters", () => {
    const places = NODES.flatMap((node) => Object.keys(rules(world, node).counters));
    expect(places.some((place) => /^ipvs TCP 10\.\d+\.\d+\.\d+:80 1$/.test(place))).toBe(true);
  });
});

describe("a real server whose Pod goes", () => {
  test("stays with weight 0 while it has connections, gets no new ones, and is taken away at a whole minute", () => {
    const world = twoApps({ perSecond: 20, config: { mode: "ipvs" } });
    const events: TraceEvent[] = [];
    world.listen({ event: (event) => events.push(event), flight: () => {} });
    world.runTo(simTime(5 * SECOND));
    const before = backends(world, "node-a");
    give(world, 5 * SECOND, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 1 });
    world.runTo(simTime(12 * SECOND));
    const draining = backends(world, "node-a");
    expect(before.every((line) => line.endsWith(" 1"))).toBe(true);
    expect(draining.filter((line) => line.endsWith(" 1"))).toHaveLength(1);
    expect(draining.filter((line) => line.endsWith(" 0"))).toHaveLength(before.length - 1);
    give(world, 13 * SECOND, { do: "traffic", perSecond: 0 });
    const late = world.view({ at: 13 * SECOND, ahead: 0, follow: null }).requests.filter(({ startedAt }) => startedAt > 10 * SECOND);
    const answers = late.filter(({ verdict }) => verdict === "answered");
    expect(answers.length).toBeGreaterThan(20);
    expect(new Set(answers.map(({ answeredBy }) => answeredBy)).size).toBe(1);
    world.runTo(simTime(300 * SECOND));
    expect(backends(world, "node-a")).toEqual(draining.filter((line) => line.endsWith(" 1")));
    const drains = events.filter(({ kind, lane }) => kind === "kube-proxy drain" && lane === "node-a");
    expect(drains.every(({ at }) => at % (60 * SECOND) === 0)).toBe(true);
    expect(drains.at(-1)?.sentence).toMatch(/takes away 10\.244\.\d\.\d+:\d+ of tcp .*: no connection is left\.$/);
    expect(world.inside.state.hosts.get("node-a")?.ipvs?.drained.size).toBe(0);
  });
});

describe("a change of mode", () => {
  test("leaves nothing behind, in whatever order the modes follow each other", () => {
    const world = twoApps({ perSecond: 5 });
    const orders = ["ipvs", "nftables", "ipvs", "iptables"] as const;
    for (const [index, mode] of orders.entries()) {
      give(world, (1 + index * 10) * SECOND, to(mode));
      world.runTo(simTime((10 + index * 10) * SECOND));
      for (const node of NODES) {
        const found = rules(world, node);
        const host = world.inside.state.hosts.get(node);
        expect(found.mode).toBe(mode);
        expect(host?.interfaces.has(DUMMY_DEVICE)).toBe(mode === "ipvs");
        expect(host?.ipvs === null).toBe(mode !== "ipvs");
        expect(host?.addresses.has("10.96.0.1")).toBe(mode === "ipvs");
        expect(world.inside.state.nftables.has(node)).toBe(mode === "nftables");
        const chains = `${found.text}${found.beside}`;
        expect(chains.includes("KUBE-IPVS-FILTER")).toBe(mode === "ipvs");
        expect(/KUBE-SVC-/.test(chains)).toBe(mode === "iptables");
      }
    }
    const other = twoApps({ perSecond: 5 });
    for (const node of NODES) expect(rules(world, node).text).toBe(rules(other, node).text);
    const late = world.view({ at: 40 * SECOND, ahead: 0, follow: null }).requests.filter(({ startedAt }) => startedAt > 37 * SECOND);
    expect(new Set(late.filter(({ endedAt }) => endedAt !== null).map(({ verdict }) => verdict))).toEqual(new Set(["answered"]));
  });

  test("leaves an address that another interface holds too: caches on the nodes go on", () => {
    const world = twoApps({ perSecond: 5 });
    give(world, SECOND, { do: "node-local-dns", on: true });
    give(world, 5 * SECOND, to("ipvs"));
    give(world, 9 * SECOND, to("iptables"));
    world.runTo(simTime(15 * SECOND));
    const { requests } = world.view({ at: 15 * SECOND, ahead: 0, follow: null });
    const ended = requests.filter(({ startedAt, endedAt }) => startedAt > 12 * SECOND && endedAt !== null);
    expect(ended.length).toBeGreaterThan(10);
    expect(new Set(ended.map(({ verdict }) => verdict))).toEqual(new Set(["answered"]));
  });

  test("to IPVS keeps connections that stand: conntrack translates them before IPVS sees them", () => {
    const world = twoApps({ perSecond: 0 });
    const ask = (at: number): void => give(world, at, { do: "request", client: "browser-like" });
    ask(SECOND);
    give(world, 2 * SECOND, to("ipvs"));
    for (let at = 21; at < 40; at += 1) ask((at * SECOND) / 10);
    world.runTo(simTime(6 * SECOND));
    const { requests } = world.view({ at: 6 * SECOND, ahead: 0, follow: null });
    expect(new Set(requests.map(({ verdict, answeredBy }) => `${verdict} ${answeredBy}`)).size).toBe(1);
  });

  test("holds for a node that joins in IPVS mode", () => {
    const world = twoApps({ perSecond: 1, config: { mode: "ipvs" } });
    give(world, SECOND, { do: "nodes", count: 3 });
    world.runTo(simTime(5 * SECOND));
    expect(rules(world, "node-c").mode).toBe("ipvs");
    expect(backends(world, "node-c")).toEqual(backends(world, "node-a"));
  });
});

describe("time travel in IPVS mode", () => {
  test("brings the same bits back, with checkpoints and without", () => {
    const recording = twoAppsRecording({ perSecond: 10, config: { mode: "ipvs" } });
    finish(
      recording.act({
        at: simTime(SECOND),
        shownUntil: simTime(SECOND),
        command: { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 2 },
      }),
    );
    const at = (moment: number): string => {
      finish(recording.seekTime(simTime(moment)));
      const { rules: found, stateHash } = recording.moment({ at: moment, ahead: 0, follow: null, rulesOf: "node-b" });
      return `${stateHash} ${found?.mode ?? ""} ${found?.text ?? ""}`;
    };
    const moments = [500_000, 1_500_000, 4_000_000, 9_000_000];
    const first = moments.map(at);
    expect(first.at(-1)).toContain(" ipvs -A ");
    expect(moments.toReversed().map(at).toReversed()).toEqual(first);
    recording.dropCheckpoints();
    expect(moments.map(at)).toEqual(first);
  });
});
