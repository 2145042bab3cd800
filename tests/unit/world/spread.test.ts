/** How rules spread connections: by the probabilities in their text, and as draws fall out. */
import { describe, expect, test } from "vitest";
import { loadManifests } from "../../../src/manifests/load";
import type { SpreadView } from "../../../src/world/view-types";
import { spreadOf } from "../../../src/world/spread/spread";
import { World } from "../../../src/world/world";
import { twoApps } from "../../fixtures/world";

const MODES = ["iptables", "nftables"] as const;

function finish<T>(work: Generator<unknown, T, void>): T {
  for (;;) {
    const turn = work.next();
    if (turn.done === true) return turn.value;
  }
}

function spread(world: World, asked: Partial<Parameters<typeof spreadOf>[1]> = {}): SpreadView {
  const question = { node: "node-a", service: "shop/your-app-svc", port: 80, protocol: "TCP", connections: 0, seed: 1, ...asked };
  const view = finish(spreadOf(world.inside, question));
  if (!view.ok) throw new Error(view.problem.message);
  return view.value;
}

function withReplicas(replicas: number, mode: (typeof MODES)[number], affinity = ""): World {
  const text = `apiVersion: v1
kind: Node
metadata: {name: node-a}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: default}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]${affinity}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec: {replicas: ${replicas}, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}}}
`;
  const loaded = loadManifests({ name: "web.yaml", text });
  if (!loaded.ok) throw new Error(loaded.problem.message);
  const world = World.fromObjects({ objects: loaded.value.objects, seed: 1, config: { mode }, completes: true });
  if (!world.ok) throw new Error(world.problem.message);
  return world.value;
}

const WEB = { service: "default/web" } as const;

describe.each(MODES)("in %s mode", (mode) => {
  test("the parts of all endpoints make a whole, and each gets the same, however many there are", () => {
    for (const replicas of [1, 2, 3, 7, 12]) {
      const { endpoints } = spread(withReplicas(replicas, mode), WEB);
      expect(endpoints).toHaveLength(replicas);
      expect(endpoints.reduce((sum, { gets }) => sum + gets, 0)).toBeCloseTo(1, 12);
      for (const { gets } of endpoints) expect(gets).toBeCloseTo(1 / replicas, 8);
      expect(endpoints.every(({ pod }) => pod.startsWith("default/web-"))).toBe(true);
    }
  });

  test("10,000 connections fall out as even as chance is, the same for the same seed, and the run knows nothing of it", () => {
    const world = twoApps({ config: { mode } });
    const before = world.hash();
    const { endpoints, elsewhere, remembered } = spread(world, { connections: 10_000, seed: 7 });
    expect(world.hash()).toBe(before);
    expect(endpoints.reduce((sum, { got }) => sum + got, 0)).toBe(10_000);
    expect([elsewhere, remembered]).toEqual([0, 0]);
    // 99.9 % of fair runs with two degrees of freedom stay below 13.8.
    const chiSquare = endpoints.reduce((sum, { got, gets }) => sum + (got - gets * 10_000) ** 2 / (gets * 10_000), 0);
    expect(chiSquare).toBeLessThan(13.8);
    expect(spread(world, { connections: 500, seed: 7 })).toEqual(spread(world, { connections: 500, seed: 7 }));
    expect(spread(world, { connections: 500, seed: 8 }).endpoints).not.toEqual(spread(world, { connections: 500, seed: 7 }).endpoints);
  });

  test("with session affinity each client keeps the endpoint that its first connection drew", () => {
    const { endpoints, clients, remembered } = spread(withReplicas(3, mode, ", sessionAffinity: ClientIP"), { ...WEB, connections: 400 });
    expect(remembered).toBe(400 - clients);
    expect(endpoints.filter(({ got }) => got > 0).length).toBeLessThanOrEqual(clients);
  });

  test("each endpoint names the rule whose packets are its hits", () => {
    const world = twoApps({ config: { mode } });
    const { endpoints } = spread(world);
    const text = world.view({ at: 0, ahead: 0, follow: null, rulesOf: "node-a" }).rules?.text ?? "";
    for (const { countedAt } of endpoints) {
      const [table = "", chain = ""] = countedAt.split(" ");
      expect(text).toContain(mode === "iptables" ? `:${chain} - [0:0]` : `chain ${chain} {`);
      expect(table).toBe(mode === "iptables" ? "nat" : "kube-proxy");
    }
    expect(new Set(endpoints.map(({ countedAt }) => countedAt)).size).toBe(3);
  });
});

test("the probabilities are those that iptables-save prints, and what comes as far as a rule is what those before it left", () => {
  const { endpoints } = spread(twoApps());
  expect(endpoints.map(({ probability, reaches }) => `${probability} of ${reaches.toFixed(6)}`)).toEqual([
    "0.33333333349 of 1.000000",
    "0.50000000000 of 0.666667",
    " of 0.333333",
  ]);
});

test("what cannot be asked is refused with the reason", () => {
  const world = twoApps();
  const refusal = (asked: Partial<Parameters<typeof spreadOf>[1]>): string => {
    const question = { node: "node-a", service: "shop/your-app-svc", port: 80, protocol: "TCP", connections: 0, seed: 1, ...asked };
    const view = finish(spreadOf(world.inside, question));
    return view.ok ? "" : view.problem.message;
  };
  expect(refusal({ node: "node-z" })).toBe('there is no node "node-z"; the nodes are control-plane, node-a, node-b');
  expect(refusal({ service: "shop/nope" })).toBe('there is no Service "shop/nope"');
  expect(refusal({ port: 81 })).toBe("shop/your-app-svc has no port 81/TCP");
});
