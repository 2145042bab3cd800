/** A Service made a second after its name was first looked up in vain: how long the NXDOMAIN lives on, by Corefile and replica. */
import { describe, expect, test } from "vitest";
import type { ConfigMap, KubeObject } from "../../src/cluster/objects";
import { addonConfig } from "../../src/dns/server/config";
import { showCorefile } from "../../src/dns/server/show-corefile";
import { simTime } from "../../src/engine/time";
import { loadObjects } from "../../src/manifests/load";
import { scenarioOf } from "../../src/scenarios/catalogue";
import type { Command } from "../../src/world/command";
import type { RequestRow } from "../../src/world/rows";
import { World } from "../../src/world/world";

const NAME = "late-svc.shop.svc.cluster.local.";
const SECOND = 1_000_000;

const LATE: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "late-svc", namespace: "shop" },
  spec: { selector: { app: "your-app" }, ports: [{ port: 80, targetPort: 8080 }] },
};

const ADDON: ConfigMap = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "coredns", namespace: "kube-system" },
  data: { Corefile: showCorefile(addonConfig()) },
};

/** The built-in cluster with its own Corefile (kubeadm's), or with another in its place. */
function worldWith(corefile: ConfigMap | null): World {
  const scenario = scenarioOf("two-apps");
  if (scenario === undefined) throw new Error("two-apps is built in");
  const loaded = loadObjects(scenario.objects);
  if (!loaded.ok) throw new Error(loaded.problem.message);
  const objects = loaded.value.objects.map(({ object, at }) =>
    corefile !== null && object.kind === "ConfigMap" && object.metadata.name === "coredns" ? { object: corefile, at } : { object, at },
  );
  const world = World.fromObjects({ objects, seed: 1, completes: true, traffic: { ...scenario.traffic, perSecond: 0 } });
  if (!world.ok) throw new Error(world.problem.message);
  return world.value;
}

interface Told {
  readonly at: number;
  readonly by: string;
  readonly rcode: string;
  readonly cache: string;
}

/** What was said of the name (type A), in the order of asking; and each replica's cache a second after the Service was made. */
function play(corefile: ConfigMap | null): {
  readonly told: readonly Told[];
  readonly caches: readonly string[];
  readonly records: string;
} {
  const world = worldWith(corefile);
  const rows = new Map<number, RequestRow>();
  const give = (seconds: number, command: Command): void => {
    const at = simTime(seconds * SECOND);
    world.runTo(at);
    for (const row of world.inside.state.requests.all()) rows.set(row.id, row);
    world.give(at, command);
  };
  const request: Command = { do: "request", to: "http://late-svc", client: "curl-like" };
  give(1, request);
  give(2, { do: "create", object: LATE });
  world.runTo(simTime(3 * SECOND));
  const { dns } = world.view({ at: simTime(3 * SECOND), ahead: 0, follow: null, dns: true, records: "" });
  for (let second = 3; second < 45; second += 1) for (const part of [0.2, 0.6]) give(second + part, request);
  give(46, { do: "traffic", perSecond: 0 }); // collects what the last requests asked
  const asked = [...rows.values()].flatMap((row) => row.queries).filter((query) => query.name === NAME && query.type === "A");
  const told = asked.map(({ at, by, rcode, cache }) => ({ at, by, rcode, cache })).toSorted((a, b) => a.at - b.at);
  const caches = (dns?.replicas ?? []).flatMap((replica) =>
    replica.cache.map((entry) => `${replica.pod} ${entry.kind} ${entry.key} ${entry.answer}`),
  );
  return { told, caches, records: (dns?.records ?? []).join("\n") };
}

describe("a Service made 1 s after its first failed look-up", { timeout: 60_000 }, () => {
  describe("with the add-on's Corefile", () => {
    const { told, caches, records } = play(ADDON);
    const [first] = told;
    const until = (first?.at ?? 0) + 30 * SECOND;

    test("stays NXDOMAIN at the replica that was asked, from its cache, for the 30 s of the denial, and no longer", () => {
      expect(first).toMatchObject({ rcode: "NXDOMAIN", cache: "miss" });
      const there = told.slice(1).filter(({ by }) => by === first?.by);
      const kept = there.filter(({ at }) => at < until - SECOND);
      expect(kept.length).toBeGreaterThan(5);
      for (const query of kept) expect(query).toMatchObject({ rcode: "NXDOMAIN", cache: "hit" });
      const later = there.filter(({ at }) => at > until + SECOND);
      expect(later.length).toBeGreaterThan(5);
      for (const query of later) expect(query.rcode).toBe("NOERROR");
    });

    test("is found at the other replica all the while", () => {
      const elsewhere = told.filter(({ by, at }) => by !== first?.by && at < until);
      expect(elsewhere.length).toBeGreaterThan(5);
      for (const query of elsewhere) expect(query.rcode).toBe("NOERROR");
    });

    test("stands in the zone while its denial stands in that replica's cache", () => {
      expect(records).toContain(`${NAME} 30 IN A `);
      const denials = caches.filter((entry) => entry.includes("denial") && entry.includes(NAME) && entry.endsWith("NXDOMAIN"));
      expect(denials.length).toBeGreaterThan(0);
      for (const entry of denials) expect(entry).toContain(`${first?.by} denial`);
    });
  });

  test("with kubeadm's Corefile is found by every later look-up", () => {
    const { told, caches } = play(null);
    expect(told[0]).toMatchObject({ rcode: "NXDOMAIN" });
    expect(told.length).toBeGreaterThan(50);
    for (const query of told.slice(1)) expect(query.rcode).toBe("NOERROR");
    expect(caches.filter((entry) => entry.includes(NAME))).toEqual([]);
  });
});
