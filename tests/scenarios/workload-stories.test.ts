/** What workloads do, told with causes and reviewed like code: registration, scaling, a rolling update, its way back, a StatefulSet. */
import { describe, expect, test } from "vitest";
import type { Command } from "../../src/world/command";
import type { TraceEvent } from "../../src/world/view-types";
import { causedLines } from "../fixtures/caused";
import type { Script } from "../fixtures/rollout";
import { play } from "../fixtures/rollout";
import { twoApps } from "../fixtures/world";

const APP = { kind: "Deployment", name: "shop/your-app" } as const;

/** Four Pods stand before anything is told. */
function fourPods(script: Script, until: number): readonly TraceEvent[] {
  const world = twoApps({ perSecond: 0 });
  play(world, [[1, { do: "scale", ...APP, replicas: 4 }]], 5);
  return play(world, script, until);
}

/** Told by a golden file. */
async function expectTold(events: readonly TraceEvent[], name: string): Promise<void> {
  await expect(`${causedLines(events).join("\n")}\n`).toMatchFileSnapshot(`../golden/${name}.txt`);
  expect(events.filter(({ trigger, kind }) => trigger < 0 && kind !== "command").map(({ sentence }) => sentence)).toEqual([]);
}

/** What each write of a ReplicaSet's size made of it, in order, such as `new:2`; the new one is stored with its first size. */
function sizesIn(events: readonly TraceEvent[]): readonly string[] {
  const fresh = events.find(
    ({ kind, object, sentence }) => kind === "write" && object.startsWith("ReplicaSet") && sentence.includes(" is stored "),
  );
  return events.flatMap(({ kind, object, sentence }) => {
    if (kind !== "write" || !object.startsWith("ReplicaSet")) return [];
    const [, to] = /goes from \d+ to (\d+) replicas?/.exec(sentence) ?? [];
    if (to === undefined) return sentence.includes(" is stored ") ? ["new made"] : [];
    return [`${object === fresh?.object ? "new" : "old"} ${to}`];
  });
}

describe("the story of", { timeout: 60_000 }, () => {
  test("a Service that is registered: stage by stage, to every node's rules", async () => {
    const service: Command = {
      do: "create",
      object: {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "new-svc", namespace: "shop" },
        spec: { selector: { app: "your-app" }, ports: [{ port: 80, targetPort: 8080 }] },
      },
    };
    const events = play(twoApps({ perSecond: 0 }), [[1, service]], 4);
    await expectTold(events, "registration");
    const synced = events.filter(({ kind }) => kind === "kube-proxy synced").map(({ lane }) => lane);
    expect(new Set(synced)).toEqual(new Set(["control-plane", "node-a", "node-b"]));
  });

  test("3 Pods that become 6 and then 2", async () => {
    const script: Script = [
      [1, { do: "scale", ...APP, replicas: 6 }],
      [6, { do: "scale", ...APP, replicas: 2 }],
    ];
    await expectTold(play(twoApps({ perSecond: 0 }), script, 10), "scaling");
  });

  test("a rolling update of 4 Pods at 25 % and 25 %", async () => {
    const events = fourPods([[6, { do: "roll-out", ...APP, image: "your-app:2" }]], 12);
    await expectTold(events, "rolling-update");
    expect(sizesIn(events).join(", ")).toBe("new made, old 3, new 2, old 2, new 3, old 1, new 4, old 0");
  });

  test("a rolling update that is rolled back in its middle", async () => {
    const events = fourPods(
      [
        [6, { do: "roll-out", ...APP, image: "your-app:2" }],
        [7, { do: "roll-back", ...APP }],
      ],
      14,
    );
    await expectTold(events, "roll-back");
  });

  test("a StatefulSet that starts, Pod after Pod", async () => {
    const labels = { app: "db" };
    const script: Script = [
      [
        1,
        {
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
                replicas: 3,
                serviceName: "db",
                selector: { matchLabels: labels },
                template: {
                  metadata: { labels },
                  spec: { containers: [{ name: "main", image: "db:1", ports: [{ containerPort: 5432 }] }] },
                },
              },
            },
          ],
        },
      ],
    ];
    const events = play(twoApps({ perSecond: 0 }), script, 12);
    await expectTold(events, "statefulset-start");
    const ready = (name: string): number =>
      events.findIndex(({ sentence }) => sentence.startsWith(`Pod shop/${name} is known by its address`));
    const stored = (name: string): number => events.findIndex(({ sentence }) => sentence.startsWith(`Pod shop/${name} is stored`));
    expect(stored("db-1")).toBeGreaterThan(ready("db-0"));
    expect(stored("db-2")).toBeGreaterThan(ready("db-1"));
  });
});
