/** A cluster whose kube-proxies run in nftables mode: its tables, its packets, and going back in its time. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { simTime } from "../../../src/engine/time";
import { syncNft } from "../../../src/node/agents/kube-proxy/nftables/sync";
import { listedRule } from "../../../src/node/kernel/nftables/show";
import type { NftTable, NftVerdict } from "../../../src/node/kernel/nftables/tables";
import { finish } from "../../../src/recording/recording";
import type { Command } from "../../../src/world/command";
import type { MomentView } from "../../../src/world/view-types";
import type { World } from "../../../src/world/world";
import { twoApps, twoAppsRecording } from "../../fixtures/world";

const RUNS = Math.max(3, Math.floor(Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50") / 10));
const SECOND = 1_000_000;
const NFT = { config: { mode: "nftables" } } as const;

/** Everything that a packet can come to, from the base chains on; unreachable chains do not count. */
function reachable(table: NftTable): readonly string[] {
  const lines = new Set<string>();
  const seen = new Set<string>();
  const waiting = [...table.chains.values()].filter(({ base }) => base !== undefined).map(({ name }) => name);
  const follow = (verdict: NftVerdict | undefined): void =>
    void (verdict !== undefined && "chain" in verdict && waiting.push(verdict.chain));
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const [index, rule] of (table.chains.get(name)?.rules ?? []).entries()) {
      lines.add(`${name} ${index + 1}: ${listedRule(rule)}`);
      for (const expression of rule.expressions) {
        if (expression.kind === "verdict") follow(expression.verdict);
        if (expression.kind === "numgen") expression.verdicts.forEach(follow);
        if (expression.kind !== "vmap") continue;
        for (const { key, verdict } of table.sets.get(expression.map)?.elements.values() ?? []) {
          lines.add(`@${expression.map} ${key}: ${JSON.stringify(verdict)}`);
          follow(verdict);
        }
      }
    }
  }
  return [...lines].toSorted();
}

/** The table that a kube-proxy would make which starts now with what the running one has seen. */
function desired(world: World, node: string): NftTable {
  const { state, rulesets } = world.inside;
  const row = state.proxies.get(node);
  const agent = state.agents.get(node);
  if (row === undefined || agent === undefined) throw new Error(`no node ${node}`);
  const settings = { ...state.setup.config.proxy, serviceCIDRs: state.setup.config.serviceCIDRs };
  const proxy = { name: node, zone: agent.zone, addresses: [agent.links.address], podCIDR: agent.links.podRange };
  return syncNft(null, { view: rulesets.view(row.synced), settings, node: proxy }).table;
}

function give(world: World, at: number, command: Command): void {
  world.runTo(simTime(at));
  world.give(simTime(at), command);
}

function after(world: World, at: number, rulesOf?: string): MomentView {
  world.runTo(simTime(at));
  return world.view({ at, ahead: 0, follow: null, ...(rulesOf === undefined ? {} : { rulesOf }) });
}

const commands: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    do: fc.constant("scale" as const),
    kind: fc.constant("Deployment" as const),
    name: fc.constantFrom("shop/your-app", "shop/my-app"),
    replicas: fc.integer({ min: 0, max: 6 }),
  }),
  fc.record({ do: fc.constant("nodes" as const), count: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant("request" as const), count: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    do: fc.constant("select" as const),
    name: fc.constant("shop/your-app-svc"),
    selector: fc.constantFrom({ app: "your-app" }, { app: "my-app" }, { app: "nobody" }),
  }),
);
const scripts = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 6 * SECOND }), commands), { maxLength: 5 })
  .map((list) => list.toSorted(([a], [b]) => a - b));

describe("a cluster in nftables mode", { timeout: 60_000 }, () => {
  test("every node's table leads packets where a kube-proxy would that starts with what the running one last synced", () => {
    fc.assert(
      fc.property(scripts, fc.array(fc.integer({ min: 0, max: 9 * SECOND }), { minLength: 2, maxLength: 4 }), (script, moments) => {
        const world = twoApps({ ...NFT, perSecond: 2 });
        const all = [...script.map(([at, command]) => ({ at, command })), ...moments.map((at) => ({ at, command: null }))];
        for (const { at, command } of all.toSorted((a, b) => a.at - b.at)) {
          world.runTo(simTime(at));
          if (command !== null && world.check(command).ok) world.give(simTime(at), command);
          for (const { name } of world.inside.state.agents.all()) {
            expect(reachable(world.inside.rulesets.nftOf(name) ?? desired(world, ""))).toEqual(reachable(desired(world, name)));
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  test("going anywhere by any way gives the same state, with or without checkpoints", () => {
    const script: readonly (readonly [number, Command])[] = [
      [SECOND, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 6 }],
      [4 * SECOND, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 1 }],
    ];
    const recorded = (): ReturnType<typeof twoAppsRecording> => {
      const recording = twoAppsRecording({ ...NFT, perSecond: 5 });
      for (const [at, command] of script) finish(recording.act({ at: simTime(at), shownUntil: simTime(at), command }));
      return recording;
    };
    const at = (recording: ReturnType<typeof twoAppsRecording>, moment: number): string => {
      finish(recording.seekTime(simTime(moment)));
      const { rules, stateHash } = recording.moment({ at: moment, ahead: 0, follow: null, rulesOf: "node-a" });
      return `${stateHash}\n${rules?.text ?? ""}`;
    };
    const wanted = at(recorded(), 7 * SECOND);
    const other = recorded();
    at(other, 12 * SECOND);
    at(other, 2 * SECOND);
    expect(at(other, 7 * SECOND)).toBe(wanted);
    other.dropCheckpoints();
    finish(other.seekTime(simTime(SECOND)));
    expect(at(other, 7 * SECOND)).toBe(wanted);
  });

  test("differs from one in iptables mode in its state's hash, and is not asked for in the default", () => {
    expect(twoApps(NFT).hash()).not.toBe(twoApps().hash());
    expect(twoApps({ config: { mode: "iptables" } }).hash()).toBe(twoApps().hash());
  });
});

describe("a request in nftables mode", () => {
  const recording = twoAppsRecording({ ...NFT, perSecond: 0 });
  finish(recording.act({ at: simTime(SECOND), shownUntil: simTime(SECOND), command: { do: "request" } }));
  finish(recording.seekTime(simTime(3 * SECOND)));
  const moment = recording.moment({ at: 3 * SECOND, ahead: 0, follow: null, rulesOf: "node-a" });
  const journey = finish(recording.journey(moment.requests[0]?.id ?? 0));

  test("is answered; its journey shows the table's chains as they were walked and what the choice had to choose from", () => {
    expect(moment.requests[0]).toMatchObject({ verdict: "answered" });
    expect(moment.proxyMode).toBe("nftables");
    expect(journey?.choices.map(({ probability, taken }) => `${probability} ${taken}`).toSorted()).toEqual([
      "1/3 false",
      "1/3 false",
      "1/3 true",
    ]);
    const trap = journey?.hops.find(({ hook, rules }) => hook === "PREROUTING" && rules.some(({ text }) => text.includes("dnat to")));
    expect(trap?.walks.map(({ table, chain }) => `${table} ${chain.replace(/-[A-Z2-7]{8}-.*/, "")}`)).toEqual([
      "kube-proxy filter-prerouting-pre-dnat",
      "kube-proxy firewall-check",
      "kube-proxy nat-prerouting",
      "kube-proxy services",
      "kube-proxy service",
      "kube-proxy endpoint",
    ]);
    expect(trap?.place).toBe("PREROUTING, kube-proxy");
    const lines = trap?.walks.flatMap((walk) => walk.lines.filter(({ state }) => state === "matched").map(({ reason }) => reason)) ?? [];
    expect(lines.map((line) => line.replace(/[\d.]+ udp/, "ADDRESS udp"))).toEqual([
      "",
      "",
      "has ADDRESS udp 53",
      expect.stringMatching(/^chose \d of 0 to \d$/),
      "",
    ]);
    const targets = trap?.walks.flatMap((walk) =>
      walk.lines.map(({ condition, target }) => `${condition} > ${target.replace(/-[A-Z2-7]{8}-.*/, "")}`),
    );
    expect(targets?.map((line) => line.replaceAll(/10\.244\.\d\.\d+/g, "POD").replaceAll(/10\.96\.\d+\.\d+/g, "ADDRESS"))).toEqual([
      "ct state new > firewall-check",
      "vmap @firewall-ips > ",
      " > services",
      "vmap @service-ips > service",
      "ip daddr @nodeport-ips vmap @service-nodeports > ",
      "ip saddr != POD/16 > mark-for-masquerade",
      "numgen random mod 2 > POD:53",
      "ip saddr POD > mark-for-masquerade",
      "meta l4proto udp > POD:53",
    ]);
  });

  test("is counted on the rules that it met; the text has the table, and beside it what flannel has in iptables", () => {
    expect(moment.rules).toMatchObject({ mode: "nftables", text: expect.stringMatching(/^table ip kube-proxy \{/) });
    expect(moment.rules?.beside).toContain(":FLANNEL-POSTRTG - [0:0]");
    expect(moment.rules?.beside).not.toContain("KUBE-SVC");
    const counted = Object.entries(after(twoApps({ ...NFT, perSecond: 5 }), 3 * SECOND, "node-a").rules?.counters ?? {});
    expect(counted.filter(([place, hits]) => place === "kube-proxy nat-prerouting 1" && hits > 5)).toHaveLength(1);
  });
});

describe("session affinity in nftables mode", () => {
  function world(): World {
    const made = twoApps({ ...NFT, perSecond: 0 });
    const service = made.inside.state.store.latest().get("Service", "shop", "your-app-svc");
    if (service === undefined) throw new Error("the Service stands");
    const sticky = { sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: { timeoutSeconds: 10 } } } as const;
    give(made, SECOND, { do: "apply", objects: [{ ...service, spec: { ...service.spec, ...sticky } }] });
    return made;
  }

  function answeredBy(made: World, at: number): readonly string[] {
    return after(made, at).requests.flatMap((request) => (request.answeredBy === "" ? [] : [request.answeredBy]));
  }

  const from = (made: World): string => `shop/${after(made, 3 * SECOND).pods.find(({ owner }) => owner === "my-app")?.name ?? ""}`;

  test("keeps a client at one Pod; its set holds the client until it expires, and says for how long", () => {
    const made = world();
    give(made, 4 * SECOND, { do: "request", from: from(made), count: 8 });
    const answers = answeredBy(made, 7 * SECOND);
    expect(answers).toHaveLength(8);
    expect(new Set(answers).size).toBe(1);
    const texts = ["node-a", "node-b", "control-plane"].map((node) => after(made, 7 * SECOND, node).rules?.text ?? "");
    expect(texts.filter((text) => /elements = \{ 10\.244\.\d\.\d+ expires 7s\d+ms \}/.test(text))).toHaveLength(1);
    const late = ["node-a", "node-b", "control-plane"].map((node) => after(made, 20 * SECOND, node).rules?.text ?? "");
    expect(late.filter((text) => text.includes("expires"))).toEqual([]);
  });

  test("ends with its endpoint: the set goes with it, and the client is sent to another", () => {
    const made = world();
    give(made, 4 * SECOND, { do: "request", from: from(made) });
    const [first = ""] = answeredBy(made, 5 * SECOND);
    give(made, 5 * SECOND, { do: "delete", kind: "Pod", name: `shop/${first}` });
    give(made, 9 * SECOND, { do: "request", from: from(made) });
    const [second = ""] = answeredBy(made, 11 * SECOND);
    expect(second).not.toBe("");
    expect(second).not.toBe(first);
    const held = made.inside.state.agents
      .all()
      .flatMap(({ name }) => [...(made.inside.state.hosts.get(name)?.dynamic?.checkpoint().keys() ?? [])]);
    expect(held.length).toBeLessThanOrEqual(1);
  });
});
