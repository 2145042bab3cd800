/**
 * Pods are replaced under a client that keeps names for 30 s, behind a headless Service and behind one with a ClusterIP:
 * the first sends to Pods that are gone until its cache forgets them, the second never does.
 */
import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../src/cluster/objects";
import { showTime, simTime } from "../../src/engine/time";
import { loadObjects } from "../../src/manifests/load";
import { scenarioOf } from "../../src/scenarios/catalogue";
import type { Command } from "../../src/world/command";
import type { RequestRow } from "../../src/world/rows";
import { World } from "../../src/world/world";

const SECOND = 1_000_000;
/** The first Pod is deleted just before this second, once the client has looked the name up. */
const REPLACED = 10;

const HEADLESS: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "your-app-headless", namespace: "shop" },
  spec: { clusterIP: "None", selector: { app: "your-app" }, ports: [{ port: 8080 }] },
};

function world(): World {
  const scenario = scenarioOf("two-apps");
  if (scenario === undefined) throw new Error("two-apps is built in");
  const loaded = loadObjects([...scenario.objects, HEADLESS]);
  if (!loaded.ok) throw new Error(loaded.problem.message);
  const made = World.fromObjects({
    objects: loaded.value.objects,
    seed: 1,
    completes: true,
    traffic: { ...scenario.traffic, perSecond: 0 },
  });
  if (!made.ok) throw new Error(made.problem.message);
  return made.value;
}

function give(one: World, second: number, command: Command): void {
  const at = simTime(second * SECOND);
  one.runTo(at);
  one.give(at, command);
}

/** Asks every other second; from second 10 on the Pods of your-app are deleted, one every fourth second. Every request is told. */
function play(to: string, client: "jvm-like" | "curl-like" = "jvm-like"): readonly RequestRow[] {
  const one = world();
  const old = one.inside.state.store
    .latest()
    .list("Pod")
    .filter(({ metadata }) => metadata.name.startsWith("your-app"));
  for (let second = 2; second <= 50; second += 2) {
    const pod = second % 4 === 2 ? old[(second - REPLACED) / 4] : undefined;
    if (pod !== undefined) give(one, second - 0.5, { do: "delete", kind: "Pod", name: `shop/${pod.metadata.name}` });
    give(one, second, { do: "request", to, client });
  }
  one.runTo(simTime(60 * SECOND));
  return one.inside.state.requests.all();
}

function line({ startedAt, verdict, queries }: RequestRow): string {
  return `${showTime(startedAt).slice(3, 5)} ${queries.length} queries: ${verdict}`;
}

describe("Pods are replaced under a client that keeps names for 30 s", { timeout: 60_000 }, () => {
  const headless = play("http://your-app-headless:8080");
  const clusterIp = play("http://your-app-svc");

  test("behind a headless Service it sends to a Pod that is gone until its cache forgets it, and then to a living one", () => {
    expect(headless.map(line)).toMatchInlineSnapshot(`
      [
        "02 2 queries: answered",
        "04 0 queries: answered",
        "06 0 queries: answered",
        "08 0 queries: answered",
        "10 0 queries: refused",
        "12 0 queries: timed out",
        "14 0 queries: timed out",
        "16 0 queries: timed out",
        "18 0 queries: timed out",
        "20 0 queries: timed out",
        "22 0 queries: timed out",
        "24 0 queries: timed out",
        "26 0 queries: timed out",
        "28 0 queries: timed out",
        "30 0 queries: timed out",
        "32 0 queries: timed out",
        "34 2 queries: answered",
        "36 0 queries: answered",
        "38 0 queries: answered",
        "40 0 queries: answered",
        "42 0 queries: answered",
        "44 0 queries: answered",
        "46 0 queries: answered",
        "48 0 queries: answered",
        "50 0 queries: answered",
      ]
    `);
  });

  test("behind a ClusterIP it never does, though its cache is as old", () => {
    expect(clusterIp.map(line)).toMatchInlineSnapshot(`
      [
        "02 2 queries: answered",
        "04 0 queries: answered",
        "06 0 queries: answered",
        "08 0 queries: answered",
        "10 0 queries: answered",
        "12 0 queries: answered",
        "14 0 queries: answered",
        "16 0 queries: answered",
        "18 0 queries: answered",
        "20 0 queries: answered",
        "22 0 queries: answered",
        "24 0 queries: answered",
        "26 0 queries: answered",
        "28 0 queries: answered",
        "30 0 queries: answered",
        "32 0 queries: answered",
        "34 2 queries: answered",
        "36 0 queries: answered",
        "38 0 queries: answered",
        "40 0 queries: answered",
        "42 0 queries: answered",
        "44 0 queries: answered",
        "46 0 queries: answered",
        "48 0 queries: answered",
        "50 0 queries: answered",
      ]
    `);
  });

  test("a client without a cache never does, behind the headless one either", () => {
    expect(new Set(play("http://your-app-headless:8080", "curl-like").map(({ verdict }) => verdict))).toEqual(new Set(["answered"]));
  });

  test("its cache is shown with the seconds that are left, against the records of now", () => {
    const one = world();
    give(one, 2, { do: "request", to: "http://your-app-headless:8080", client: "jvm-like" });
    give(one, 3, { do: "request", to: "http://nobody", client: "jvm-like" });
    const at = simTime(8 * SECOND);
    one.runTo(at);
    const [cache] = one.view({ at, ahead: 0, follow: null, dns: true }).dns?.clientCaches ?? [];
    expect(
      cache?.names.map(
        ({ name, answer, ttl, storedFor }) => `${name}: ${answer.replace(/10\.244\.\d+\.\d+/, "a Pod")}, ${ttl} of ${storedFor} s`,
      ),
    ).toEqual(["your-app-headless: a Pod, 25 of 30 s", "nobody: no such name, 6 of 10 s"]);
  });
});
