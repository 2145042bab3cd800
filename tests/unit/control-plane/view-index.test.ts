/** Look-ups and counts that are made from those of an older list say what a plain scan says. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { matchesSelector } from "../../../src/cluster/labels";
import type { Pod } from "../../../src/cluster/objects";
import { isTerminating } from "../../../src/cluster/pods";
import { Store } from "../../../src/cluster/store";
import type { ClusterView } from "../../../src/cluster/store-types";
import { NodeCounts } from "../../../src/control-plane/node-counts";
import { orphanPods, podsControlledBy, podsMatching } from "../../../src/control-plane/view-index";
import { simTime } from "../../../src/engine/time";

const RUNS = Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50");

/** One Pod of twelve is made, becomes another, or goes; now and then somebody reads. */
const act = fc.record({
  name: fc.integer({ min: 0, max: 11 }),
  gone: fc.boolean(),
  app: fc.constantFrom("a", "b"),
  owner: fc.constantFrom("x", "y", ""),
  node: fc.constantFrom("n1", "n2", ""),
  ending: fc.boolean(),
  reads: fc.boolean(),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

function podOf({ name, app, owner, node, ending }: Act): Pod {
  const reference = { apiVersion: "apps/v1", kind: "ReplicaSet", name: owner, uid: owner, controller: true };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `p${name}`,
      namespace: name % 3 === 0 ? "other" : "shop",
      uid: `${name}`,
      labels: { app, tier: "web" },
      ...(owner === "" ? {} : { ownerReferences: [reference] }),
      ...(ending ? { deletionTimestamp: "2026-01-01T00:00:30Z" } : {}),
    },
    spec: { containers: [{ name: "main" }], ...(node === "" ? {} : { nodeName: node }) },
  };
}

function carryOut(store: Store, one: Act): void {
  const object = podOf(one);
  const stands = store.latest().get("Pod", object.metadata.namespace ?? "", object.metadata.name) !== undefined;
  if (one.gone && !stands) return;
  store.write({ type: one.gone ? "DELETED" : stands ? "MODIFIED" : "ADDED", kind: "Pod", object, at: simTime(0), event: 0 });
}

function expectPlain(view: ClusterView): void {
  const pods = view.list("Pod");
  for (const owner of ["x", "y"])
    expect(podsControlledBy(view, owner)).toEqual(pods.filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === owner));
  for (const namespace of ["shop", "other"]) {
    const own = pods.filter(({ metadata }) => metadata.namespace === namespace);
    expect(orphanPods(view, namespace)).toEqual(own.filter(({ metadata }) => metadata.ownerReferences === undefined));
    for (const selector of [{ app: "a" }, { app: "b", tier: "web" }])
      expect(podsMatching(view, namespace, selector)).toEqual(own.filter(({ metadata }) => matchesSelector(selector, metadata.labels)));
  }
  const counts = new NodeCounts(view);
  const matching = counts.matching("shop", [{ matchLabels: { app: "a" } }]);
  for (const node of ["n1", "n2"]) {
    const there = pods.filter(({ spec }) => spec.nodeName === node);
    expect(counts.podsOn(node)).toBe(there.length);
    const counted = there.filter((pod) => pod.metadata.namespace === "shop" && pod.metadata.labels?.["app"] === "a" && !isTerminating(pod));
    expect(matching.get(node) ?? 0).toBe(counted.length);
  }
}

test("after any writes, whoever read what before", () => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 1, maxLength: 60 }), (acts) => {
      const store = new Store();
      for (const one of acts) {
        carryOut(store, one);
        if (one.reads) expectPlain(store.latest());
      }
      expectPlain(store.latest());
      expectPlain(store.view(Math.floor(store.head / 2)));
    }),
    { numRuns: RUNS },
  );
});
