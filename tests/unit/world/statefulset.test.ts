/** StatefulSets in a running cluster: order, names that stay, and records under the governing Service. */
import { describe, expect, test } from "vitest";
import { answerResolve } from "../../../src/world/questions/resolve";
import type { Command } from "../../../src/world/command";
import { World } from "../../../src/world/world";
import { objectsFromText } from "../../fixtures/cluster-from-text";
import { play } from "../../fixtures/rollout";
import { twoApps } from "../../fixtures/world";

const labels = { app: "db" };

function database(replicas: number, more: object = {}): Command {
  return {
    do: "apply",
    objects: [
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "db", namespace: "shop" },
        spec: { clusterIP: "None", selector: labels, ports: [{ name: "sql", port: 5432 }] },
      },
      {
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        metadata: { name: "db", namespace: "shop" },
        spec: {
          replicas,
          serviceName: "db",
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: "main", image: "db:1", ports: [{ containerPort: 5432 }] }] } },
          ...more,
        },
      },
    ],
  };
}

/** Names of the set's Pods in the order in which they were made. */
function made(world: World): readonly string[] {
  return world.inside.state.store
    .writesOf("Pod")
    .filter(({ type, object }) => type === "ADDED" && object.metadata.labels?.["app"] === "db")
    .map(({ name }) => name);
}

function addressOf(world: World, name: string): string {
  return world.inside.state.store.latest().get("Pod", "shop", name)?.status?.podIP ?? "";
}

function resolved(world: World, name: string): string {
  const client = world.inside.state.store
    .latest()
    .list("Pod")
    .find(({ metadata }) => metadata.labels?.["app"] === "my-app");
  const answer = answerResolve(
    { from: `shop/${client?.metadata.name ?? ""}`, name, libc: "glibc" },
    { sim: world.inside, seed: 1, warnings: [] },
  );
  return answer.ok ? answer.value.result : answer.problem.message;
}

describe("a StatefulSet in a cluster", () => {
  test("starts its Pods one after another, and each has a record of its own under the governing Service", () => {
    const world = twoApps({ perSecond: 0 });
    play(world, [[1, database(3)]], 30);
    expect(made(world)).toEqual(["db-0", "db-1", "db-2"]);
    expect(addressOf(world, "db-1")).toMatch(/^10\.244\./);
    expect(resolved(world, "db-1.db")).toBe(addressOf(world, "db-1"));
  });

  test("scales as a Deployment does, from the highest number down", () => {
    const world = twoApps({ perSecond: 0 });
    play(
      world,
      [
        [1, database(3)],
        [30, { do: "scale", kind: "StatefulSet", name: "shop/db", replicas: 1 }],
      ],
      200,
    );
    const gone = world.inside.state.store
      .writesOf("Pod")
      .filter(({ type, name }) => type === "DELETED" && name.startsWith("db-"))
      .map(({ name }) => name);
    expect(gone).toEqual(["db-2", "db-1"]);
  });

  test("rolls out and back, its names and records staying while addresses change", () => {
    const world = twoApps({ perSecond: 0 });
    play(world, [[1, database(2)]], 20);
    const before = addressOf(world, "db-1");
    play(world, [[21, { do: "roll-out", kind: "StatefulSet", name: "shop/db", image: "db:2" }]], 120);
    expect(addressOf(world, "db-1")).not.toBe(before);
    expect(resolved(world, "db-1.db")).toBe(addressOf(world, "db-1"));
    const image = (): string | undefined => world.inside.state.store.latest().get("Pod", "shop", "db-0")?.spec.containers[0]?.image;
    expect(image()).toBe("db:2");
    play(world, [[121, { do: "roll-back", kind: "StatefulSet", name: "shop/db" }]], 240);
    expect(image()).toBe("db:1");
  });

  test("makes a Pod that was removed by force again at once, beside the one of its name that still ends", () => {
    const world = twoApps({ perSecond: 0 });
    play(
      world,
      [
        [1, database(1)],
        [10, { do: "delete", kind: "Pod", name: "shop/db-0", gracePeriodSeconds: 0 }],
      ],
      60,
    );
    expect(made(world)).toEqual(["db-0", "db-0"]);
    const hosts = [...world.inside.state.hosts.keys()].filter((name) => name.includes("db-0"));
    expect(hosts).toHaveLength(1);
    expect(resolved(world, "db-0.db")).toBe(addressOf(world, "db-0"));
  });

  test("stands settled where a file has one, its Pods made in order at time 0", () => {
    const objects = objectsFromText(`
      node node-a 192.168.0.11 10.244.1.0/24 zone-a
      service shop/db None sql:5432 app=db
      statefulset shop/db 4 app=db service=db sql=5432`);
    const world = World.fromObjects({ objects: objects.map((object) => ({ object, at: "" })), seed: 1 });
    if (!world.ok) throw new Error(world.problem.message);
    expect(made(world.value)).toEqual(["db-0", "db-1", "db-2", "db-3"]);
    expect(world.value.inside.state.store.latest().get("StatefulSet", "shop", "db")?.status).toMatchObject({
      replicas: 4,
      readyReplicas: 4,
    });
    expect(world.value.nextAt).toBeUndefined();
  });
});
