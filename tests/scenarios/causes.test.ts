/** Cause and effect: every recorded event knows what scheduled it, what it took up, and on which page it decided. */
import { describe, expect, test } from "vitest";
import { simTime } from "../../src/engine/time";
import type { Command } from "../../src/world/command";
import type { TraceEvent } from "../../src/world/view-types";
import { twoApps } from "../fixtures/world";

const THIRD: Command = {
  do: "create",
  object: {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "third-svc", namespace: "shop" },
    spec: { selector: { app: "your-app" }, ports: [{ port: 80, targetPort: 8080 }] },
  },
};

/** A run with everything in it: scaling, a deletion, a relabelling, a new Service, workers that come and go, both clients. */
function played(): { readonly events: readonly TraceEvent[]; readonly settled: number } {
  const world = twoApps({ perSecond: 5 });
  const settled = world.view({ at: 0, ahead: 0, follow: null, playing: true }).revision;
  const events: TraceEvent[] = [];
  world.listen({ event: (event) => events.push(event), flight: () => {} });
  const runningPod = (at: number): string => {
    const { pods } = world.view({ at, ahead: 0, follow: null, playing: true });
    return `shop/${pods.find(({ owner, state }) => owner === "your-app" && state === "Running")?.name ?? "none"}`;
  };
  const script: readonly (readonly [number, (at: number) => Command])[] = [
    [1_000_000, () => ({ do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 6 })],
    [5_000_000, () => ({ do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 2 })],
    [9_000_000, (at) => ({ do: "delete", kind: "Pod", name: runningPod(at) })],
    [13_000_000, (at) => ({ do: "relabel", kind: "Pod", name: runningPod(at), labels: { app: "quarantine" } })],
    [16_000_000, () => THIRD],
    [17_000_000, () => ({ do: "request", to: "http://third-svc" })],
    [19_000_000, () => ({ do: "nodes", count: 3 })],
    [23_000_000, () => ({ do: "client", client: "browser-like" })],
    [24_000_000, () => ({ do: "nodes", count: 1 })],
  ];
  for (const [at, command] of script) {
    world.runTo(simTime(at));
    world.give(simTime(at), command(at));
  }
  world.runTo(simTime(40_000_000));
  return { events, settled };
}

describe("a run with everything in it", { timeout: 60_000 }, () => {
  const { events, settled } = played();
  const of = (...kinds: readonly string[]): readonly TraceEvent[] => events.filter(({ kind }) => kinds.includes(kind));
  const written = new Map(events.flatMap((event) => (event.wrote === undefined ? [] : [[event.wrote.revision, event] as const])));

  test("each event is scheduled by an earlier one; only commands and the traffic's first beat begin by themselves", () => {
    expect(events.filter(({ trigger, number }) => trigger >= number)).toEqual([]);
    const first = events.filter(({ trigger }) => trigger === -1);
    expect(first.filter(({ kind }) => kind !== "command").map(({ number, kind }) => `${number} ${kind}`)).toEqual(["0 request"]);
    expect(first.filter(({ kind }) => kind === "command")).toHaveLength(9);
  });

  test("a write names the revision that it made, and the one that it changed", () => {
    const writes = of("write").filter(({ wrote }) => wrote !== undefined);
    expect(writes.length).toBeGreaterThan(100);
    for (const { wrote, read, object, sentence } of writes) {
      expect(`${wrote?.kind} ${wrote?.name}`).toBe(object);
      expect(sentence).toContain(`revision ${wrote?.revision},`);
      for (const before of Object.values(read)) expect(before).toBeLessThan(wrote?.revision ?? 0);
    }
    for (const event of of("write")) if (event.wrote === undefined) expect(event.sentence).toMatch(/refuses|changes nothing/);
  });

  test("deliveries, reconciles and syncs took up revisions, each written before; only a failed reconcile is taken up again with none", () => {
    const refused = new Set(of("write").flatMap(({ number, wrote }) => (wrote === undefined ? [number] : [])));
    for (const event of of("watch", "reconcile", "kube-proxy sync")) {
      if (event.consumed.length === 0) expect([...refused]).toContain(event.trigger);
      for (const { revision } of event.consumed) {
        const cause = written.get(revision);
        if (revision > settled) expect(cause?.number).toBeLessThan(event.number);
      }
    }
  });

  test("what a reconcile or a sync took up is not newer than what it read", () => {
    for (const { consumed, read } of of("reconcile", "kube-proxy sync"))
      for (const { kind, revision } of consumed) expect(revision).toBeLessThanOrEqual(read[kind] ?? 0);
  });

  test("every decision says on which page it stood: reconciles, syncs, DNS answers, packets at a node", () => {
    const standing = events.filter(({ sentence }) => !sentence.includes("is gone, and its kube-proxy"));
    const decisions = standing.filter(
      ({ kind, lane, object, sentence }) =>
        ["reconcile", "kube-proxy sync", "kube-proxy synced"].includes(kind) ||
        (kind === "program" && sentence.includes("is asked for")) ||
        (kind === "frame" && lane !== "" && lane !== "gateway" && object.startsWith(`${lane} `) && !sentence.includes("is lost")),
    );
    expect(decisions.length).toBeGreaterThan(1000);
    expect(decisions.filter(({ read }) => Object.keys(read).length === 0).map(({ sentence }) => sentence)).toEqual([]);
  });

  test("a ReplicaSet's deletions are sent at once, after one look, and begin in its order", () => {
    const [look] = of("reconcile").filter(({ sentence }) => sentence.includes("deletes Pod"));
    const named = [...(look?.sentence.matchAll(/deletes Pod (\S+),/g) ?? [])].map(([, name]) => `Pod shop/${name}`);
    const begun = of("write").filter(({ trigger, sentence }) => trigger === look?.number && sentence.includes("its deletion begins"));
    expect(named).toHaveLength(4);
    expect(begun.map(({ object }) => object)).toEqual(named);
    expect((begun.at(-1)?.at ?? 0) - (look?.at ?? 0)).toBeLessThan(25_000);
  });

  test("counts as people do, and names what changed", () => {
    const sentences = events.map(({ sentence }) => sentence).join("\n");
    expect(sentences).not.toMatch(/\b1 (replicas|workers|requests|changes)\b/);
    expect(sentences).not.toMatch(/The scheduler controller|tells nobody/);
    expect(sentences).toMatch(/Pod shop\/your-app-\S+ is released: no ReplicaSet owns it any more as revision/);
    expect(sentences).toMatch(/hears of your-app-svc\.shop\.svc\.cluster\.local\. A: 10\./);
  });
});
