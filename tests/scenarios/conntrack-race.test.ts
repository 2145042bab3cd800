/** The five seconds that an A and an AAAA query cost where both meet in the conntrack of a kernel before 5.0. */
import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../src/cluster/objects";
import { simTime } from "../../src/engine/time";
import { loadObjects } from "../../src/manifests/load";
import { scenarioOf } from "../../src/scenarios/catalogue";
import type { RequestRow } from "../../src/world/rows";
import { World } from "../../src/world/world";

const SECOND = 1_000_000;
const LOOKUPS = 60;

interface Cluster {
  readonly kernel: string;
  readonly seed?: number;
  /** Words of the clients' dnsConfig. */
  readonly options?: readonly string[];
}

function changed(object: KubeObject, { kernel, options = [] }: Cluster): KubeObject {
  if (object.kind === "Node") return { ...object, status: { ...object.status, nodeInfo: { kernelVersion: kernel } } };
  if (object.kind !== "Deployment" || object.metadata.name !== "my-app") return object;
  const { template } = object.spec;
  const dnsConfig = { options: options.map((name) => ({ name })) };
  return { ...object, spec: { ...object.spec, template: { ...template, spec: { ...template.spec, dnsConfig } } } };
}

function world(cluster: Cluster): World {
  const scenario = scenarioOf("two-apps");
  if (scenario === undefined) throw new Error("two-apps is built in");
  const loaded = loadObjects(scenario.objects);
  if (!loaded.ok) throw new Error(loaded.problem.message);
  const objects = loaded.value.objects.map(({ object, at }) => ({ object: changed(object, cluster), at }));
  const made = World.fromObjects({ objects, seed: cluster.seed ?? 1, completes: true, traffic: { ...scenario.traffic, perSecond: 0 } });
  if (!made.ok) throw new Error(made.problem.message);
  return made.value;
}

interface Played {
  /** Whole seconds that each look-up took. */
  readonly took: readonly number[];
  readonly rows: readonly RequestRow[];
  readonly insertFailed: number;
  readonly hash: string;
}

/** Looks one name up again and again, six seconds apart. */
function play(cluster: Cluster): Played {
  const one = world(cluster);
  for (let n = 1; n <= LOOKUPS; n += 1) {
    const at = simTime(n * 6 * SECOND);
    one.runTo(at);
    one.give(at, { do: "lookup", name: "your-app-svc" });
  }
  one.runTo(simTime((LOOKUPS + 2) * 6 * SECOND));
  const { requests, hosts } = one.inside.state;
  const rows = requests.all();
  const insertFailed = [...hosts.values()].reduce((sum, host) => sum + host.conntrack.insertFailed, 0);
  return { took: rows.map((row) => Math.trunc(((row.endedAt ?? 0) - row.startedAt) / SECOND)), rows, insertFailed, hash: one.hash() };
}

function slow({ took }: Played): number {
  return took.filter((seconds) => seconds === 5).length;
}

describe("an A and an AAAA query that leave one socket together", { timeout: 60_000 }, () => {
  const old = play({ kernel: "4.19.0-27-amd64" });

  test("now and then take five seconds on a kernel before 5.0, and otherwise no time", () => {
    expect(slow(old)).toBeGreaterThan(0);
    expect(slow(old)).toBeLessThan(LOOKUPS / 3);
    expect(old.took.filter((seconds) => seconds !== 0 && seconds !== 5)).toEqual([]);
    expect(old.insertFailed).toBe(slow(old));
  });

  test("are told as what happened: one of the two lost in the node's conntrack, asked again after five seconds", () => {
    const row = old.rows.find((one) => (one.endedAt ?? 0) - one.startedAt > 4 * SECOND);
    const lost = row?.queries.filter((query) => query.answeredAt === null) ?? [];
    expect(lost).toHaveLength(1);
    expect(lost[0]?.steps.at(-1)?.did).toBe("loses it: insert_failed, a packet of the same socket has just entered conntrack");
    expect(row?.verdict).toBe("resolved");
    const again = row?.queries.filter((query) => query.at >= row.startedAt + 5 * SECOND) ?? [];
    expect(again.length).toBeGreaterThan(0);
  });

  test("do so at the same moments with the same seed, at others with another", () => {
    expect(play({ kernel: "4.19.0-27-amd64" }).hash).toBe(old.hash);
    expect(play({ kernel: "4.19.0-27-amd64", seed: 2 }).took).not.toEqual(old.took);
  });

  test("take no time with single-request-reopen, which lets them leave one after the other from sockets of their own", () => {
    const played = play({ kernel: "4.19.0-27-amd64", options: ["single-request-reopen"] });
    expect(slow(played)).toBe(0);
    expect(played.insertFailed).toBe(0);
  });

  test("take no time on a kernel from 5.0 on", () => {
    const played = play({ kernel: "6.1.0-37-amd64" });
    expect([slow(played), played.insertFailed]).toEqual([0, 0]);
  });

  test("are spoken of on the screen where they can be lost", () => {
    const remarks = (kernel: string): readonly string[] =>
      world({ kernel }).view({ at: simTime(0), ahead: 0, follow: null, dns: true }).dns?.remarks ?? [];
    expect(remarks("4.19.0-27-amd64").join()).toMatch(/^The nodes run Linux 4\.19\.0-27-amd64: before 5\.0, of an A and an AAAA query/);
    expect(remarks("5.0.0")).toEqual([]);
  });
});
