/** Which change had not arrived? A request that fails since somebody was behind says who, and what had not come through. */
import { describe, expect, test } from "vitest";
import { simTime } from "../../src/engine/time";
import type { KubeObject } from "../../src/cluster/objects";
import type { Command } from "../../src/world/command";
import type { RequestRow } from "../../src/world/rows";
import type { TraceEvent } from "../../src/world/view-types";
import { twoApps } from "../fixtures/world";

type Script = readonly (readonly [number, Command])[];

/** Every request that failed while a script was played, and the trace. */
function failures(script: Script, until: number, { seed = 1, perSecond = 50 } = {}) {
  const world = twoApps({ seed, perSecond });
  const events: TraceEvent[] = [];
  const failed = new Map<number, RequestRow>();
  world.listen({ event: (event) => events.push(event), flight: () => {} });
  const run = (to: number): void => {
    for (let at: number = world.now; at < to;) {
      at = Math.min(to, at + 500_000);
      world.runTo(simTime(at));
      for (const row of world.inside.state.requests.all()) if (row.endedAt !== null && row.verdict !== "answered") failed.set(row.id, row);
    }
  };
  for (const [at, command] of script) {
    run(at);
    world.give(simTime(at), command);
  }
  run(until);
  return { failed: [...failed.values()], events };
}

const scale = (replicas: number): Command => ({ do: "scale", kind: "Deployment", name: "shop/your-app", replicas });

const THIRD: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "third-svc", namespace: "shop" },
  spec: { clusterIP: "10.96.7.7", selector: { app: "your-app" }, ports: [{ port: 80, targetPort: 8080 }] },
};

const ask = (at: number): readonly [number, Command] => [at, { do: "request", to: "http://10.96.7.7" }];

function only<T>(items: readonly T[], wanted: (item: T) => boolean): T {
  const found = items.find(wanted);
  if (found === undefined) throw new Error("none of that kind");
  return found;
}

/** The sentence without what differs from run to run. */
function plain({ sentence }: RequestRow): string {
  return sentence
    .replaceAll(/10\.244\.\d+\.\d+/g, "POD")
    .replaceAll(/10\.(9|10)\d\.\d+\.\d+/g, "SERVICE")
    .replaceAll(/(-svc|-77484b5f95|-7bd57c97df)-\w{5}/g, "$1-x")
    .replaceAll(/revision \d+/g, "revision N")
    .replaceAll(/[\d.]+ (µs|ms|s) before/g, "some time before");
}

describe("a Pod that is scaled away", { timeout: 60_000 }, () => {
  const { failed, events } = failures([[1_000_000, scale(1)]], 5_000_000);

  test("is asked by stale nodes, and each request says which slice had not come through to which node", () => {
    expect(failed.length).toBeGreaterThan(5);
    for (const row of failed) {
      expect(row.missed).toMatchObject({ reader: `kube-proxy, ${row.clientNode}`, kind: "EndpointSlice" });
      expect(plain(row)).toMatch(
        new RegExp(
          `^SERVICE:80 (refused the connection: nobody listens on POD:8080|did not answer in time: no connection came about with POD:8080)\\. ` +
            `${row.clientNode}'s rules were behind: EndpointSlice shop/your-app-svc-x without POD \\(revision N\\), written some time before, ` +
            `(had not arrived|had arrived and waited for kube-proxy's next sync|was just being written into them)\\.$`,
        ),
      );
    }
  });

  test("leads back to the event that wrote the change", () => {
    for (const { missed } of failed) {
      const written = events[missed?.event ?? -1];
      expect(written).toMatchObject({ kind: "write", at: missed?.writtenAt, object: `EndpointSlice ${missed?.name}` });
      expect(written?.sentence).toContain(`revision ${missed?.revision}`);
    }
  });

  test("is asked no more from a node's own sync on", () => {
    const synced = new Map<string, number>();
    for (const { kind, lane, at } of events) if (kind === "kube-proxy synced") synced.set(lane, at);
    for (const row of failed) expect(row.missed?.decidedAt).toBeLessThan(synced.get(row.clientNode) ?? 0);
  });
});

test("where no endpoint is ready, those that are terminating are asked, and no node was behind", () => {
  const { failed } = failures([[1_000_000, scale(0)]], 4_000_000, { perSecond: 20 });
  const last = only(failed, ({ sentence }) => sentence.includes("terminating"));
  expect(last.missed).toBeNull();
  expect(plain(last)).toBe(
    "SERVICE:80 refused the connection: nobody listens on POD:8080; it is terminating, and rules choose such a one only while none is ready.",
  );
  const none = only(failed, ({ sentence }) => sentence.includes("no endpoint,"));
  expect([none.missed, plain(none)]).toEqual([
    null,
    "SERVICE:80 refused the connection: the Service has no endpoint, and a rule rejects it.",
  ]);
}, 60_000);

test("an address that a node's rules do not know yet, and one whose endpoints they do not know yet, say what had not arrived", () => {
  const script = [
    [1_000_000, { do: "create", object: THIRD }] as const,
    ...Array.from({ length: 40 }, (_, n) => ask(1_005_000 + n * 5_000)),
  ];
  const { failed } = failures(script, 12_000_000, { perSecond: 0 });
  const sentences = [...new Set(failed.map(plain))];
  expect(sentences).toEqual(
    expect.arrayContaining([
      expect.stringMatching(
        /^SERVICE:80 did not answer in time: no connection came about\. node-\w's rules were behind: the new Service shop\/third-svc/,
      ),
      expect.stringMatching(
        /^SERVICE:80 refused the connection: the node's rules know no endpoint and reject it\. node-\w's rules were behind: the new EndpointSlice shop\/third-svc-x/,
      ),
    ]),
  );
}, 60_000);
