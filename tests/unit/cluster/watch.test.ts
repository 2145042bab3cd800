import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quantile } from "../../../src/base/quantile";
import { draw } from "../../../src/base/draw";
import type { KubeObject } from "../../../src/cluster/objects";
import { Store } from "../../../src/cluster/store";
import { NEVER, Watches } from "../../../src/cluster/watch";
import { micros, millis, simTime } from "../../../src/engine/time";

const RUNS = { numRuns: Number(process.env.KUBEWALK_PROPERTY_RUNS ?? "50") };
const DELAY = [1000, 3000, 20_000];

function write(store: Store, at: number, kind: "ConfigMap" | "Namespace" = "ConfigMap"): void {
  const object: KubeObject = { apiVersion: "v1", kind, metadata: { name: `o${store.head}`, namespace: "n" } };
  store.write({ type: "ADDED", kind, object, at: simTime(at), event: 0 });
}

function watched(moments: readonly number[], seed = 1): { store: Store; watches: Watches } {
  const store = new Store();
  const watches = new Watches(store, seed, DELAY);
  watches.register("kube-proxy, node-a", 0);
  for (const at of moments) write(store, at);
  return { store, watches };
}

describe("a watch", () => {
  it("that is cut brings nothing, not even what was under way, and all of it in order once it is healed", () => {
    const { store, watches } = watched([0]);
    const at = (revision: number): number => watches.arrivalOf("kube-proxy, node-a", "ConfigMap", revision);
    watches.cut("kube-proxy, node-a", simTime(10));
    write(store, 20_000);
    expect([at(1), at(2)]).toEqual([NEVER, NEVER]);
    expect(watches.revisionAt("kube-proxy, node-a", "ConfigMap", simTime(900_000))).toBe(0);
    expect(watches.firstUnseen("kube-proxy, node-a", ["ConfigMap"], simTime(900_000))?.revision).toBe(1);
    watches.heal("kube-proxy, node-a", simTime(1_000_000));
    expect(at(1)).toBeGreaterThan(1_000_000);
    expect(at(2)).toBeGreaterThanOrEqual(at(1));
    expect(watches.revisionAt("kube-proxy, node-a", "ConfigMap", simTime(1_100_000))).toBe(2);
    write(store, 2_000_000);
    expect(at(3)).toBeLessThan(2_100_000);
  });

  it("that is cut, copied and healed goes back to being cut with the copy", () => {
    const { watches } = watched([0]);
    watches.cut("kube-proxy, node-a", simTime(1));
    const copy = watches.checkpoint();
    const hash = watches.hash();
    watches.heal("kube-proxy, node-a", simTime(2));
    expect(watches.hash()).not.toBe(hash);
    watches.restore(copy);
    expect([watches.isCut("kube-proxy, node-a"), watches.hash()]).toEqual([true, hash]);
    expect(watches.arrivalOf("kube-proxy, node-a", "ConfigMap", 1)).toBe(NEVER);
  });

  it("brings a write after the delay that is addressed by seed, watcher, kind and revision", () => {
    const { watches } = watched([500]);
    const delay = quantile(DELAY, draw(1, "kube-proxy, node-a", "watch ConfigMap", 1));
    expect(watches.arrivalOf("kube-proxy, node-a", "ConfigMap", 1)).toBe(500 + delay);
    expect(watches.revisionAt("kube-proxy, node-a", "ConfigMap", simTime(500 + delay - 1))).toBe(0);
    expect(watches.revisionAt("kube-proxy, node-a", "ConfigMap", simTime(500 + delay))).toBe(1);
  });

  it("begins with what was there when it was registered", () => {
    const { store, watches } = watched([0, 10]);
    watches.register("coredns-1", store.head);
    write(store, 100);
    expect(watches.revisionAt("coredns-1", "ConfigMap", simTime(100))).toBe(2);
    expect(watches.arrivalOf("coredns-1", "ConfigMap", 2)).toBe(10);
    expect(watches.revisionAt("coredns-1", "ConfigMap", simTime(1_000_000))).toBe(3);
  });

  it("is one stream a kind: a slow write of one kind holds up no other", () => {
    const { store, watches } = watched([0]);
    watches.setDelay("kube-proxy, node-a", millis(500));
    write(store, 10);
    watches.setDelay("kube-proxy, node-a", micros(0));
    write(store, 20, "Namespace");
    const soon = simTime(100_000);
    expect(watches.revisionAt("kube-proxy, node-a", "ConfigMap", soon)).toBe(1);
    expect(watches.revisionAt("kube-proxy, node-a", "Namespace", soon)).toBe(3);
    expect(watches.firstUnseen("kube-proxy, node-a", ["Namespace", "ConfigMap"], soon)?.revision).toBe(2);
  });

  it("never lets a later write overtake an earlier one", () => {
    const { store, watches } = watched([0]);
    watches.setDelay("kube-proxy, node-a", millis(500));
    write(store, 10);
    watches.setDelay("kube-proxy, node-a", micros(0));
    write(store, 20);
    const slow = watches.arrivalOf("kube-proxy, node-a", "ConfigMap", 2);
    expect(slow).toBeGreaterThanOrEqual(500_000);
    expect(watches.arrivalOf("kube-proxy, node-a", "ConfigMap", 3)).toBe(slow);
  });

  it("keeps what is under way on its time when the delay changes", () => {
    const { watches } = watched([0, 10]);
    const before = watched([0, 10]).watches.arrivalOf("kube-proxy, node-a", "ConfigMap", 2);
    watches.setDelay("kube-proxy, node-a", millis(900));
    expect(watches.arrivalOf("kube-proxy, node-a", "ConfigMap", 2)).toBe(before);
  });

  it("knows nothing of a future that was cut off", () => {
    const { store, watches } = watched([0]);
    const then = { store: store.checkpoint(), watches: watches.checkpoint() };
    write(store, 1_000_000);
    watches.setDelay("kube-proxy, node-a", millis(900));
    write(store, 2_000_000);
    watches.arrivalOf("kube-proxy, node-a", "ConfigMap", 3);
    watches.restore(then.watches);
    store.restore(then.store);
    write(store, 10);
    const straight = watched([0, 10]).watches;
    expect(watches.arrivalOf("kube-proxy, node-a", "ConfigMap", 2)).toBe(straight.arrivalOf("kube-proxy, node-a", "ConfigMap", 2));
    expect(watches.hash()).toBe(straight.hash());
  });
});

describe("a watch that was cut too long", () => {
  const READER = "kube-proxy, node-a";
  /** Three writes before the cut at 70 s, `count` writes during it, one a second; healed at `healed` seconds. */
  function cutFor(count: number, healed: number): Watches {
    const { store, watches } = watched([1_000_000, 2_000_000, 3_000_000]);
    watches.cut(READER, simTime(70_000_000));
    for (let n = 0; n < count; n += 1) write(store, 71_000_000 + n * 1_000_000);
    watches.heal(READER, simTime(healed * 1_000_000));
    return watches;
  }
  const told = (watches: Watches): readonly string[] =>
    watches.messagesBetween(READER, "ConfigMap", simTime(70_000_000), simTime(600_000_000)).map((message) => {
      if (message.type === "ERROR") return `${message.code} ${message.message}`;
      return message.type === "LIST" ? `list of ${message.objects.length} at ${message.revision}` : `${message.type} ${message.revision}`;
    });

  it("is told 410 with the revision that it had and the oldest that is kept, and lists at the newest", () => {
    const watches = cutFor(130, 300);
    expect(told(watches)).toEqual(["410 too old resource version: 3 (33)", "list of 133 at 133"]);
    expect(watches.arrivalOf(READER, "ConfigMap", 4)).toBe(watches.arrivalOf(READER, "ConfigMap", 133));
    expect(watches.relistOf(READER, "ConfigMap", 4)?.message).toBe("too old resource version: 3 (33)");
  });

  it("goes on where a hundred events reach back far enough, or seventy-five seconds do", () => {
    expect(told(cutFor(90, 300))).toEqual(Array.from({ length: 90 }, (_, n) => `ADDED ${n + 4}`));
    expect(told(cutFor(101, 140))[0]).toBe("ADDED 4");
  });

  it("goes on from the last bookmark where its own kind was quiet", () => {
    const { store, watches } = watched([1_000_000]);
    for (let n = 0; n < 130; n += 1) write(store, 2_000_000 + n * 100_000, "Namespace");
    watches.cut("kube-proxy, node-a", simTime(70_000_000));
    watches.heal("kube-proxy, node-a", simTime(400_000_000));
    expect(watches.relistsOf("kube-proxy, node-a", "Namespace")).toEqual([]);
  });
});

describe("laws of the watches", () => {
  const gaps = fc.array(fc.nat(5000), { minLength: 1, maxLength: 60 });
  const moments = gaps.map((list) => list.map((_, index) => list.slice(0, index + 1).reduce((sum, gap) => sum + gap, 0)));

  it("a cursor never goes back, never runs ahead, and arrives at the last write in the end", () => {
    fc.assert(
      fc.property(moments, fc.nat(), (written, seed) => {
        const { store, watches } = watched(written, seed);
        let before = 0;
        for (let at = 0; at < 400_000; at += 777) {
          const revision = watches.revisionAt("kube-proxy, node-a", "ConfigMap", simTime(at));
          expect(revision).toBeGreaterThanOrEqual(before);
          expect(store.writeAt(revision)?.at ?? 0).toBeLessThanOrEqual(at);
          before = revision;
        }
        expect(before).toBe(store.head);
      }),
      RUNS,
    );
  });

  it("answers the same whatever was asked before", () => {
    fc.assert(
      fc.property(moments, fc.array(fc.nat(300_000), { maxLength: 20 }), (written, asked) => {
        const { watches } = watched(written);
        for (const at of asked) {
          const fresh = watched(written).watches;
          expect(watches.revisionAt("kube-proxy, node-a", "ConfigMap", simTime(at))).toBe(
            fresh.revisionAt("kube-proxy, node-a", "ConfigMap", simTime(at)),
          );
        }
      }),
      RUNS,
    );
  });
});
