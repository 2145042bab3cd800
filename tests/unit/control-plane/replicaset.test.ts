import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { simTime } from "../../../src/engine/time";
import type { Pod, ReplicaSet } from "../../../src/cluster/objects";
import { deletionOrder } from "../../../src/control-plane/pod-ranking";
import { BURST, reconcileReplicaSet } from "../../../src/control-plane/replicaset";
import { floorLog2, lnMillionths } from "../../../src/control-plane/whole-log";
import { linesOf, ownerRef, pod, SmallCluster } from "./small-cluster";

const RUNS = Number(process.env.KUBEWALK_PROPERTY_RUNS ?? "50");
const NOW = simTime(100_000_000);

function set(name: string, replicas: number, owner?: string): ReplicaSet {
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name,
      namespace: "shop",
      uid: `uid-of-${name}`,
      ...(owner === undefined ? {} : { ownerReferences: [{ ...ownerRef(owner), kind: "Deployment" }] }),
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "main" }] } },
    },
  };
}

/** What one sync writes, without the status report. */
function writesOf(replicas: number, pods: readonly string[]): readonly string[] {
  const view = new SmallCluster([set("web", replicas), ...pods.map(pod)]).view();
  return linesOf(reconcileReplicaSet({ view, key: "shop/web", now: NOW })).filter((line) => !line.includes('"status"'));
}

function order(pods: readonly string[], related: readonly string[] = []): string {
  return deletionOrder({ pods: pods.map(pod), related: related.map(pod), now: NOW })
    .map((item) => item.metadata.name)
    .join(" ");
}

describe("a ReplicaSet", () => {
  it("creates what is missing, named after itself", () => {
    expect(writesOf(3, ["web-a app=web owner=web @node-a ready"])).toEqual(["create Pod web-", "create Pod web-"]);
  });

  it("replaces a Pod as soon as its deletion begins, and does not wait until it is gone", () => {
    expect(writesOf(1, ["web-a app=web owner=web @node-a ready terminating"])).toEqual(["create Pod web-"]);
  });

  it("does not count Pods that have ended", () => {
    expect(writesOf(1, ["web-a app=web owner=web @node-a phase=Failed"])).toEqual(["create Pod web-"]);
  });

  it("releases a Pod that was relabelled away, and replaces it", () => {
    expect(writesOf(1, ["web-a app=debug owner=web @node-a ready"])).toEqual([
      'patch Pod shop/web-a {"metadata":{"ownerReferences":null}}',
      "create Pod web-",
    ]);
  });

  it("adopts a matching orphan, and leaves the Pods of other owners alone", () => {
    const [adoption, ...rest] = writesOf(1, ["stray app=web @node-a ready", "theirs app=web owner=other @node-a ready"]);
    expect(adoption).toContain(
      'patch Pod shop/stray {"metadata":{"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web"',
    );
    expect(rest).toEqual([]);
  });

  it("deletes what is too much, first in the documented order", () => {
    expect(
      writesOf(1, [
        "web-a app=web owner=web @node-a ready since=1",
        "web-b app=web owner=web @node-b ready since=90",
        "web-c app=web owner=web @node-b",
      ]),
    ).toEqual(["delete Pod shop/web-c", "delete Pod shop/web-b"]);
  });

  it("makes at most five hundred Pods in one sync", () => {
    expect(writesOf(10_000, []).length).toBe(BURST);
  });

  it("reports how many Pods it has and how many are ready, and then has nothing more to say", () => {
    const cluster = new SmallCluster([set("web", 2), pod("web-a app=web owner=web @node-a ready"), pod("web-b app=web owner=web @node-a")]);
    const writes = reconcileReplicaSet({ view: cluster.view(), key: "shop/web", now: NOW });
    expect(linesOf(writes)).toEqual([
      'patch ReplicaSet shop/web {"status":{"replicas":2,"fullyLabeledReplicas":2,"readyReplicas":1,"availableReplicas":1,"terminatingReplicas":0,"observedGeneration":1}}',
    ]);
    cluster.apply(writes);
    expect(reconcileReplicaSet({ view: cluster.view(), key: "shop/web", now: NOW })).toEqual([]);
  });

  it("counts a Pod as available only after minReadySeconds", () => {
    const slow = { ...set("web", 1), spec: { ...set("web", 1).spec, minReadySeconds: 30 } };
    const available = (since: string) => {
      const view = new SmallCluster([slow, pod(`web-a app=web owner=web @node-a ready since=${since}`)]).view();
      return linesOf(reconcileReplicaSet({ view, key: "shop/web", now: NOW }))
        .join()
        .includes('"availableReplicas":1');
    };
    expect([available("71"), available("70")]).toEqual([false, true]);
  });
});

describe("Pods are given up in this order", () => {
  it("1: those without a node", () => expect(order(["a @node-a", "b phase=Running"])).toBe("b a"));
  it("2: Pending, then Unknown, then Running", () => {
    expect(order(["r @n phase=Running", "u @n phase=Unknown", "p @n phase=Pending"])).toBe("p u r");
  });
  it("3: those not ready", () => expect(order(["a @n ready", "b @n"])).toBe("b a"));
  it("4: those of a lower deletion cost", () => expect(order(["a @n ready cost=5", "b @n ready", "c @n ready cost=-5"])).toBe("c b a"));
  it("5: those on the node that has most Pods of the same owner, also of its other ReplicaSets", () => {
    expect(order(["a @n1 ready", "b @n2 ready"], ["a @n1", "b @n2", "older @n2", "gone @n1 terminating", "ended @n1 phase=Failed"])).toBe(
      "b a",
    );
  });
  it("6: those ready for a shorter time, by powers of two of nanoseconds; within one, the smaller UID", () => {
    // 3 s and 4 s both lie between 2^31 and 2^32 ns; 5 s lies above.
    expect(order(["old @n ready since=95 uid=1", "young @n ready since=97 uid=2"])).toBe("young old");
    expect(order(["old @n ready since=96 uid=1", "young @n ready since=97 uid=2"])).toBe("old young");
  });
  it("8: among those not ready, the younger by the same rule", () => {
    expect(order(["old @n created=1 uid=1", "young @n created=99 uid=2"])).toBe("young old");
  });
  it("counts crowding over all ReplicaSets of a Deployment when it scales down", () => {
    const view = new SmallCluster([
      set("new", 1, "web"),
      set("old", 1, "web"),
      pod("new-a app=web owner=new @node-a ready"),
      pod("new-b app=web owner=new @node-b ready uid=a"),
      pod("old-a app=web owner=old @node-a ready"),
    ]).view();
    const deleted = linesOf(reconcileReplicaSet({ view, key: "shop/new", now: NOW })).filter((line) => line.startsWith("delete"));
    expect(deleted).toEqual(["delete Pod shop/new-a"]);
  });
});

const anyPod = fc.record({
  uid: fc.integer({ min: 0, max: 9999 }),
  node: fc.constantFrom("", "@n1", "@n2"),
  ready: fc.boolean(),
  since: fc.integer({ min: 0, max: 100 }),
  created: fc.integer({ min: 0, max: 100 }),
  cost: fc.integer({ min: -1, max: 1 }),
});

describe("the deletion order", () => {
  it("is total: whatever the order of the list, the same Pods come out in the same order", () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyPod, { selector: (item) => item.uid }), fc.integer(), (items, turn) => {
        const pods = items.map((item): Pod =>
          pod(
            `p${item.uid} uid=${item.uid} ${item.node} ${item.ready ? "ready" : ""} since=${item.since} created=${item.created} cost=${item.cost}`,
          ),
        );
        const cut = pods.length === 0 ? 0 : Math.abs(turn) % pods.length;
        const turned = [...pods.slice(cut), ...pods.slice(0, cut)].toReversed();
        expect(deletionOrder({ pods: turned, related: pods, now: NOW })).toEqual(deletionOrder({ pods, related: pods, now: NOW }));
      }),
      { numRuns: RUNS },
    );
  });
});

describe("logarithms in whole numbers", () => {
  it("agree with floating ones", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 50 }), (n) => {
        const power = floorLog2(n);
        expect(2 ** power <= n && n < 2 ** (power + 1)).toBe(true);
      }),
      { numRuns: RUNS },
    );
    for (let n = 2; n < 6000; n += 1) expect(Math.abs(lnMillionths(n) - Math.log(n) * 1e6)).toBeLessThan(150);
    expect(floorLog2(0)).toBe(-1);
  });
});
