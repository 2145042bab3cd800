/** Whatever people do: left alone for a while, the cluster comes to rest, and everybody agrees. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { simTime } from "../../src/engine/time";
import type { Command } from "../../src/world/command";
import { nodeRuleset } from "../../src/node/agents/flannel-rules";
import { saveText } from "../../src/node/kernel/netfilter/show";
import { CONTROLLER_NAMES, CONTROLLERS } from "../../src/world/controllers";
import { keyOf } from "../../src/control-plane/keys";
import type { World } from "../../src/world/world";
import { disturbances, mending, named } from "../fixtures/faults";
import { twoApps } from "../fixtures/world";

const RUNS = Math.max(4, Math.floor(Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50") / 8));
const SECOND = 1_000_000;
/** Longer than any grace, neighbour state and resolver time-out together. */
const QUIET = 200 * SECOND;

const deployments = fc.constantFrom("shop/your-app", "shop/my-app", "kube-system/coredns");
const commands: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    do: fc.constant("scale" as const),
    kind: fc.constant("Deployment" as const),
    name: deployments,
    replicas: fc.integer({ min: 0, max: 8 }),
  }),
  fc.record({ do: fc.constant("delete" as const), kind: fc.constant("Deployment" as const), name: deployments }),
  fc.record({
    do: fc.constant("delete" as const),
    kind: fc.constant("Service" as const),
    name: fc.constantFrom("shop/your-app-svc", "shop/my-app-svc"),
  }),
  fc.record({ do: fc.constant("nodes" as const), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    do: fc.constant("select" as const),
    name: fc.constant("shop/your-app-svc"),
    selector: fc.constantFrom({ app: "your-app" }, { app: "my-app" }, { app: "nobody" }),
  }),
  fc.record({
    do: fc.constant("request" as const),
    count: fc.integer({ min: 1, max: 5 }),
    client: fc.constantFrom("curl-like" as const, "browser-like" as const),
  }),
);
const scripts = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 8 * SECOND }), commands), { maxLength: 6 })
  .map((list) => list.toSorted(([a], [b]) => a - b));

function played(script: readonly (readonly [number, Command])[], perSecond = 0): World {
  const world = twoApps({ perSecond });
  const give = (at: number, command: Command): void => {
    const moment = simTime(Math.max(at, world.now));
    world.runTo(moment);
    if (world.check(command).ok) world.give(moment, command);
  };
  for (const [at, command] of script) give(at, named(world, command));
  if (perSecond > 0) give(world.now, { do: "traffic", perSecond: 0 });
  for (const command of mending(world)) give(world.now + SECOND / 10, command);
  world.runTo(simTime(world.now + QUIET));
  return world;
}

/** Nobody has anything left to do, and everybody has read everything. */
function expectRest(world: World): void {
  const { state } = world.inside;
  const moment = world.view({ at: world.now + SECOND, ahead: 0, follow: null, playing: true });
  expect(moment.readers.filter(({ behind }) => behind > 0)).toEqual([]);
  expect(moment.pods.filter(({ state: word }) => word !== "Running" && word !== "Pending")).toEqual([]);
  const view = state.store.latest();
  for (const name of CONTROLLER_NAMES) {
    for (const kind of CONTROLLERS[name].watches.slice(0, 1)) {
      for (const object of view.list(kind)) {
        const writes = CONTROLLERS[name].decide({
          view,
          key: keyOf(object),
          now: world.now,
          clusterCIDR: "10.244.0.0/16",
          lastAllocated: "",
        });
        expect({ name, key: keyOf(object), writes }).toMatchObject({ writes: [] });
      }
    }
  }
}

/** A node's rules are those of a kube-proxy that starts now. */
function expectRules(world: World): void {
  const { state, rulesets } = world.inside;
  for (const { name, zone, links } of state.agents.all()) {
    const { proxy: settings } = state.setup.config;
    const node = { name, zone, addresses: [links.address], podCIDR: links.podRange };
    const fresh = nodeRuleset({ view: state.store.latest(), settings, node, podCIDR: settings.clusterCIDR, nodePodCIDR: links.podRange });
    const rules = rulesets.of(name);
    expect(rules === null ? "" : saveText(rules)).toBe(saveText(fresh));
  }
}

/** Every address belongs to a Pod that is there, and nothing of a Pod that has gone is left. */
function expectNoLeaks(world: World): void {
  const { state } = world.inside;
  const pods = state.pods.all();
  expect(pods.map(({ uid }) => uid).toSorted()).toEqual(
    state.store
      .latest()
      .list("Pod")
      .filter((pod) => pod.spec.nodeName !== undefined)
      .map((pod) => pod.metadata.uid ?? "")
      .toSorted(),
  );
  const reserved = state.agents.all().flatMap(({ ipam }) => [...ipam.used.keys()]);
  expect(reserved.toSorted()).toEqual(pods.flatMap(({ links }) => (links === null ? [] : [links.address])).toSorted());
  expect(new Set(reserved).size).toBe(reserved.length);
  expect([...state.hosts.keys()].filter((name) => name.startsWith("pod:")).toSorted()).toEqual(pods.map(({ host }) => host).toSorted());
  expect(state.links.veths.size).toBe(2 * pods.length);
  const hosts = new Set(state.hosts.keys());
  expect(state.processes.all().filter(({ host }) => !hosts.has(host))).toEqual([]);
  expect(state.requests.all().filter(({ verdict }) => verdict === "under way")).toEqual([]);
}

describe("a cluster that is left alone", () => {
  test("comes to rest after anything, agrees on everything and leaks nothing", () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const world = played(script);
        expectRest(world);
        expectRules(world);
        expectNoLeaks(world);
      }),
      { numRuns: RUNS },
    );
  }, 120_000);

  test("comes to rest after anything that broke, once it is mended", () => {
    const broken = fc
      .array(fc.tuple(fc.integer({ min: 0, max: 70 * SECOND }), fc.oneof(disturbances, disturbances, commands)), {
        minLength: 1,
        maxLength: 8,
      })
      .map((list) => list.toSorted(([a], [b]) => a - b));
    fc.assert(
      fc.property(broken, (script) => {
        const world = played(script, 2);
        expectRest(world);
        expectRules(world);
        expectNoLeaks(world);
      }),
      {
        numRuns: RUNS,
        // Mended while its machine was off.
        examples: [
          [
            [
              [0, { do: "crash", name: "#4", again: true }],
              [1, { do: "power", node: "node-a", on: false }],
            ],
          ],
        ],
      },
    );
  }, 120_000);
});
