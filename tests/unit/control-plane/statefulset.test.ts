import { describe, expect, it } from "vitest";
import type { Pod, StatefulSet } from "../../../src/cluster/objects";
import { reconcileStatefulSet, recheckStatefulSet } from "../../../src/control-plane/statefulset";
import { simTime } from "../../../src/engine/time";
import { linesOf, SmallCluster } from "./small-cluster";

function set(replicas: number, image = "db:1", more: Partial<StatefulSet["spec"]> = {}): StatefulSet {
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "db", namespace: "shop", uid: "uid-of-db" },
    spec: {
      replicas,
      serviceName: "db-svc",
      selector: { matchLabels: { app: "db" } },
      template: { metadata: { labels: { app: "db" } }, spec: { containers: [{ name: "main", image }] } },
      ...more,
    },
  };
}

/** The cluster with another spec, and the status that the set has reported. */
function change(cluster: SmallCluster, next: StatefulSet): void {
  const [old] = cluster.all("StatefulSet");
  cluster.put({ ...next, ...(old?.status === undefined ? {} : { status: old.status }) });
}

/** One sync, applied; what it does to Pods. Deleted Pods go on until `gone` takes them away. */
function sync(cluster: SmallCluster, at = 0): string {
  const writes = reconcileStatefulSet({ view: cluster.view(), key: "shop/db", now: simTime(at) });
  for (const write of writes) {
    const pod = write.verb === "delete" && write.ref.kind === "Pod" ? podNamed(cluster, write.ref.name) : undefined;
    if (pod === undefined) cluster.apply([write]);
    else cluster.put({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: "2026-01-01T00:00:30Z" } });
  }
  return linesOf(writes)
    .filter((line) => /^\w+ Pod/.test(line))
    .join(", ");
}

function podNamed(cluster: SmallCluster, name: string): Pod | undefined {
  return cluster.all("Pod").find((pod) => pod.metadata.name === name);
}

function up(cluster: SmallCluster, name: string): void {
  const pod = podNamed(cluster, name);
  if (pod === undefined) throw new Error(`there is no ${name}`);
  const conditions = [{ type: "Ready", status: "True", lastTransitionTime: "2026-01-01T00:00:00Z" }] as const;
  cluster.put({ ...pod, status: { phase: "Running", conditions } });
}

function gone(cluster: SmallCluster, name: string): void {
  const pod = podNamed(cluster, name);
  if (pod !== undefined) cluster.remove(pod);
}

/** A set whose Pods are all up. */
function standing(replicas: number, more: Partial<StatefulSet["spec"]> = {}): SmallCluster {
  const cluster = new SmallCluster([set(replicas, "db:1", more)]);
  for (let ordinal = 0; ordinal < replicas; ordinal += 1) {
    sync(cluster);
    up(cluster, `db-${ordinal + (more.ordinals?.start ?? 0)}`);
  }
  sync(cluster);
  return cluster;
}

function images(cluster: SmallCluster): string {
  return cluster
    .all("Pod")
    .map(({ metadata, spec }) => `${metadata.name}=${spec.containers[0]?.image ?? ""}`)
    .join(" ");
}

describe("a StatefulSet", () => {
  it("makes its Pods upwards, each once the one before is running and ready", () => {
    const cluster = new SmallCluster([set(3)]);
    expect(sync(cluster)).toBe("create Pod db-0");
    expect(sync(cluster)).toBe("");
    up(cluster, "db-0");
    expect(sync(cluster)).toBe("create Pod db-1");
    up(cluster, "db-1");
    expect(sync(cluster)).toBe("create Pod db-2");
    up(cluster, "db-2");
    expect(sync(cluster)).toBe("");
  });

  it("gives each Pod a name that stays: as its host name under the governing Service, and on labels", () => {
    const cluster = new SmallCluster([set(1)]);
    sync(cluster);
    const [pod] = cluster.all("Pod");
    const [revision] = cluster.all("ControllerRevision");
    expect(pod?.spec).toMatchObject({ hostname: "db-0", subdomain: "db-svc" });
    expect(pod?.metadata.labels).toEqual({
      app: "db",
      "apps.kubernetes.io/pod-index": "0",
      "controller-revision-hash": revision?.metadata.name,
      "statefulset.kubernetes.io/pod-name": "db-0",
    });
    expect(pod?.metadata.ownerReferences).toMatchObject([{ kind: "StatefulSet", name: "db", controller: true }]);
  });

  it("that is Parallel makes and gives up all at once", () => {
    const cluster = new SmallCluster([set(3, "db:1", { podManagementPolicy: "Parallel" })]);
    expect(sync(cluster)).toBe("create Pod db-0, create Pod db-1, create Pod db-2");
    change(cluster, set(1, "db:1", { podManagementPolicy: "Parallel" }));
    expect(sync(cluster)).toBe("delete Pod shop/db-2, delete Pod shop/db-1");
  });

  it("begins at the ordinal that it is told to", () => {
    const cluster = standing(2, { ordinals: { start: 5 } });
    expect(images(cluster)).toBe("db-5=db:1 db-6=db:1");
  });

  it("gives Pods up downwards, one at a time, each only once the last is gone", () => {
    const cluster = standing(3);
    change(cluster, set(1));
    expect(sync(cluster)).toBe("delete Pod shop/db-2");
    expect(sync(cluster)).toBe("");
    gone(cluster, "db-2");
    expect(sync(cluster)).toBe("delete Pod shop/db-1");
  });

  it("does not give a Pod up while another is not ready", () => {
    const cluster = standing(3);
    const pod = podNamed(cluster, "db-0");
    if (pod !== undefined) cluster.put({ ...pod, status: { phase: "Running", conditions: [{ type: "Ready", status: "False" }] } });
    change(cluster, set(1));
    expect(sync(cluster)).toBe("");
  });

  it("makes a lost Pod again under its name, but only when the old one is gone", () => {
    const cluster = standing(2);
    const pod = podNamed(cluster, "db-0");
    if (pod !== undefined) cluster.put({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: "2026-01-01T00:00:30Z" } });
    expect(sync(cluster)).toBe("");
    gone(cluster, "db-0");
    expect(sync(cluster)).toBe("create Pod db-0");
  });

  it("rolls a new template out from the highest ordinal down, one at a time, and says so in its status", () => {
    const cluster = standing(3);
    const before = cluster.all("StatefulSet")[0]?.status?.currentRevision;
    change(cluster, set(3, "db:2"));
    const steps: string[] = [];
    for (const name of ["db-2", "db-1", "db-0"]) {
      steps.push(sync(cluster));
      gone(cluster, name);
      steps.push(sync(cluster));
      expect(cluster.all("StatefulSet")[0]?.status?.currentRevision).toBe(before);
      up(cluster, name);
    }
    sync(cluster);
    expect(steps).toEqual([
      "delete Pod shop/db-2",
      "create Pod db-2",
      "delete Pod shop/db-1",
      "create Pod db-1",
      "delete Pod shop/db-0",
      "create Pod db-0",
    ]);
    expect(images(cluster)).toBe("db-0=db:2 db-1=db:2 db-2=db:2");
    const { currentRevision, updateRevision, ...counts } = cluster.all("StatefulSet")[0]?.status ?? {};
    expect(currentRevision).not.toBe(before);
    expect(currentRevision).toBe(updateRevision);
    expect(counts).toMatchObject({ replicas: 3, readyReplicas: 3, currentReplicas: 3, updatedReplicas: 3 });
  });

  it("leaves Pods below the partition at the old template, also where one of them is made again", () => {
    const updateStrategy = { type: "RollingUpdate", rollingUpdate: { partition: 1 } } as const;
    const cluster = standing(2, { updateStrategy });
    change(cluster, set(2, "db:2", { updateStrategy }));
    expect(sync(cluster)).toBe("delete Pod shop/db-1");
    gone(cluster, "db-1");
    sync(cluster);
    up(cluster, "db-1");
    expect(sync(cluster)).toBe("");
    gone(cluster, "db-0");
    sync(cluster);
    expect(images(cluster)).toBe("db-0=db:1 db-1=db:2");
  });

  it("that updates on deletion replaces nothing by itself", () => {
    const updateStrategy = { type: "OnDelete" } as const;
    const cluster = standing(2, { updateStrategy });
    change(cluster, set(2, "db:2", { updateStrategy }));
    expect(sync(cluster)).toBe("");
    gone(cluster, "db-1");
    sync(cluster);
    expect(images(cluster)).toBe("db-0=db:1 db-1=db:2");
  });

  it("takes the revision of a template that comes back up again, under the next number", () => {
    const cluster = standing(1);
    for (const image of ["db:2", "db:1"]) {
      change(cluster, set(1, image));
      for (let step = 0; step < 4; step += 1) {
        sync(cluster);
        const pod = podNamed(cluster, "db-0");
        if (pod?.metadata.deletionTimestamp !== undefined) gone(cluster, "db-0");
        else if (pod !== undefined) up(cluster, "db-0");
      }
    }
    expect(images(cluster)).toBe("db-0=db:1");
    expect(
      cluster
        .all("ControllerRevision")
        .map(({ revision }) => revision)
        .toSorted(),
    ).toEqual([2, 3]);
  });

  it("waits for minReadySeconds before the next Pod, and asks to be looked at again by then", () => {
    const cluster = new SmallCluster([set(2, "db:1", { minReadySeconds: 10 })]);
    sync(cluster);
    up(cluster, "db-0");
    expect(sync(cluster, 9_000_000)).toBe("");
    expect(recheckStatefulSet({ view: cluster.view(), key: "shop/db", now: simTime(9_000_000) })).toBe(10_000_000);
    expect(sync(cluster, 10_000_000)).toBe("create Pod db-1");
  });
});
