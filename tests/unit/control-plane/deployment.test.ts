import { describe, expect, it } from "vitest";
import { simTime } from "../../../src/engine/time";
import type { Deployment, Pod } from "../../../src/cluster/objects";
import { reconcileDeployment } from "../../../src/control-plane/deployment";
import { fenceposts } from "../../../src/control-plane/deployment-arithmetic";
import { reconcileReplicaSet } from "../../../src/control-plane/replicaset";
import { linesOf, SmallCluster } from "./small-cluster";

function deployment(replicas: number, image = "web:1", more: Partial<Deployment["spec"]> = {}): Deployment {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "shop", uid: "uid-of-web" },
    spec: {
      replicas,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "main", image }] } },
      ...more,
    },
  };
}

/** Runs one controller sync and applies it; lines about its ReplicaSets. */
function sync(cluster: SmallCluster): readonly string[] {
  const writes = reconcileDeployment({ view: cluster.view(), key: "shop/web", now: simTime(0) });
  cluster.apply(writes);
  return linesOf(writes).filter((line) => /^\w+ ReplicaSet/.test(line));
}

/** The sizes that each write of one sync leaves, old first. */
function sizesDuring(cluster: SmallCluster): readonly string[] {
  const writes = reconcileDeployment({ view: cluster.view(), key: "shop/web", now: simTime(0) });
  return writes.flatMap((write) => {
    const before = sizes(cluster);
    cluster.apply([write]);
    return sizes(cluster) === before ? [] : [sizes(cluster)];
  });
}

/** Lets the ReplicaSets do all their work, with every Pod ready at once. */
function settlePods(cluster: SmallCluster): void {
  for (let round = 0; round < 3; round += 1) {
    for (const set of cluster.all("ReplicaSet")) {
      cluster.apply(reconcileReplicaSet({ view: cluster.view(), key: `shop/${set.metadata.name}`, now: simTime(0) }));
    }
    for (const pod of cluster.all("Pod")) if (pod.status === undefined) cluster.put(readied(pod));
  }
}

function readied(pod: Pod): Pod {
  return {
    ...pod,
    spec: { ...pod.spec, nodeName: "node-a" },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
  };
}

/** Sizes of the sets, old first, such as `3+1`. */
function sizes(cluster: SmallCluster): string {
  return cluster
    .all("ReplicaSet")
    .toSorted(
      (a, b) =>
        Number(a.metadata.annotations?.["deployment.kubernetes.io/revision"]) -
        Number(b.metadata.annotations?.["deployment.kubernetes.io/revision"]),
    )
    .map((set) => set.spec.replicas)
    .join("+");
}

describe("a Deployment", () => {
  it("makes one ReplicaSet, named after its template's hash, with the hash on selector and Pods", () => {
    const cluster = new SmallCluster([deployment(3)]);
    expect(sync(cluster)).toEqual([expect.stringMatching(/^create ReplicaSet web-[4-9bcdf]{1,10}$/)]);
    const [set] = cluster.all("ReplicaSet");
    const hash = set?.metadata.name.slice("web-".length);
    expect(set?.spec).toMatchObject({
      replicas: 3,
      selector: { matchLabels: { app: "web", "pod-template-hash": hash } },
      template: { metadata: { labels: { app: "web", "pod-template-hash": hash } } },
    });
    expect(set?.metadata.annotations).toEqual({
      "deployment.kubernetes.io/desired-replicas": "3",
      "deployment.kubernetes.io/max-replicas": "4",
      "deployment.kubernetes.io/revision": "1",
    });
    expect(sync(cluster)).toEqual([]);
  });

  it("hands a new size on to its ReplicaSet at once, up and down", () => {
    const cluster = new SmallCluster([deployment(3)]);
    sync(cluster);
    settlePods(cluster);
    for (const replicas of [6, 2, 0, 1]) {
      cluster.put(deployment(replicas));
      expect(sync(cluster).length).toBe(1);
      expect(sizes(cluster)).toBe(`${replicas}`);
      settlePods(cluster);
      expect(cluster.all("Pod").length).toBe(replicas);
      expect(sync(cluster)).toEqual([]);
    }
  });

  it("rolls four Pods over at 25 % and 25 % as a real one does: one more at once, one old given up for each new", () => {
    const cluster = new SmallCluster([deployment(4)]);
    sync(cluster);
    settlePods(cluster);
    cluster.put(deployment(4, "web:2"));
    const steps: string[] = [];
    for (let step = 0; step < 20 && steps.at(-1) !== "0+4"; step += 1) {
      const during = sizesDuring(cluster);
      steps.push(...during);
      if (during.length === 0) settlePods(cluster);
    }
    expect(steps).toEqual(["4+1", "3+1", "3+2", "1+2", "1+4", "0+4"]);
  });

  it("reaches the new template without ever falling below the wanted number less the unavailable", () => {
    for (const replicas of [1, 2, 3, 7, 10]) {
      const cluster = new SmallCluster([deployment(replicas)]);
      sync(cluster);
      settlePods(cluster);
      cluster.put(deployment(replicas, "web:2"));
      const { surge, unavailable } = fenceposts(deployment(replicas));
      for (let step = 0; step < 40; step += 1) {
        sync(cluster);
        const total = cluster.all("ReplicaSet").reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0);
        expect(total).toBeLessThanOrEqual(replicas + surge);
        settlePods(cluster);
        expect(cluster.all("Pod").length).toBeGreaterThanOrEqual(replicas - unavailable);
      }
      expect(sizes(cluster)).toBe(`0+${replicas}`);
    }
  });

  it("shares a new size out between old and new in the middle of a rollout", () => {
    const cluster = new SmallCluster([deployment(10)]);
    sync(cluster);
    settlePods(cluster);
    cluster.put(deployment(10, "web:2"));
    sync(cluster);
    expect(sizes(cluster)).toBe("8+3");
    cluster.put(deployment(20, "web:2"));
    sync(cluster);
    expect(sizes(cluster)).toBe("19+6");
  });

  it("holds a rollout while it is paused, but follows its size", () => {
    const cluster = new SmallCluster([deployment(2)]);
    sync(cluster);
    settlePods(cluster);
    cluster.put(deployment(3, "web:2", { paused: true }));
    sync(cluster);
    expect(sizes(cluster)).toBe("3");
  });

  it("that recreates waits until the last old Pod is gone", () => {
    const cluster = new SmallCluster([deployment(2, "web:1", { strategy: { type: "Recreate" } })]);
    sync(cluster);
    settlePods(cluster);
    cluster.put(deployment(2, "web:2", { strategy: { type: "Recreate" } }));
    sync(cluster);
    expect(sizes(cluster)).toBe("0");
    expect(sync(cluster)).toEqual([]);
    settlePods(cluster);
    sync(cluster);
    expect(sizes(cluster)).toBe("0+2");
  });

  it("takes the old ReplicaSet up again when its template comes back, under a new revision", () => {
    const cluster = new SmallCluster([deployment(1)]);
    for (const image of ["web:1", "web:2", "web:1"]) {
      cluster.put(deployment(1, image));
      for (let step = 0; step < 6; step += 1) {
        sync(cluster);
        settlePods(cluster);
      }
    }
    expect(sizes(cluster)).toBe("0+1");
    expect(
      cluster
        .all("ReplicaSet")
        .map((set) => set.metadata.annotations?.["deployment.kubernetes.io/revision"])
        .toSorted(),
    ).toEqual(["2", "3"]);
  });
});

describe("fenceposts", () => {
  it.each([
    [1, 1, 0],
    [2, 1, 0],
    [3, 1, 0],
    [4, 1, 1],
    [10, 3, 2],
    [0, 0, 0],
  ])("of %i Pods at 25 %% and 25 %%: %i more, %i fewer", (replicas, surge, unavailable) => {
    expect(fenceposts(deployment(replicas))).toEqual({ surge, unavailable });
  });

  it("are never both 0", () => {
    const strategy = { rollingUpdate: { maxSurge: 0, maxUnavailable: "10%" } };
    expect(fenceposts(deployment(3, "web:1", { strategy }))).toEqual({ surge: 0, unavailable: 1 });
  });
});
