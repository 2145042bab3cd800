import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { simTime } from "../../../src/engine/time";
import type { ClusterView } from "../../../src/cluster/store-types";
import type { ApiWrite } from "../../../src/cluster/api-write";
import type { Pod } from "../../../src/cluster/objects";
import { loadManifests } from "../../../src/manifests/load";
import { reconcileDeployment } from "../../../src/control-plane/deployment";
import { reconcileEndpointSlices } from "../../../src/control-plane/endpointslice";
import { legacyEndpoints, showEndpoints } from "../../../src/control-plane/endpoints";
import { keyOf } from "../../../src/control-plane/keys";
import { reconcileReplicaSet } from "../../../src/control-plane/replicaset";
import { schedule } from "../../../src/control-plane/scheduler";
import { SmallCluster } from "./small-cluster";

const NOW = simTime(0);

function loaded(): SmallCluster {
  const file = loadManifests({ name: "two-apps.yaml", text: readFileSync("public/examples/two-apps.yaml", "utf8") });
  if (!file.ok) throw new Error(file.problem.message);
  return new SmallCluster(file.value.objects.map(({ object }) => object));
}

/** Binds a Pod, and lets it run with the next address of its node. */
function run(view: ClusterView, pod: Pod, last: number): Pod {
  const placement = schedule({ view, pod });
  if (!("node" in placement)) throw new Error(placement.unschedulable);
  const host = ["control-plane", "node-a", "node-b"].indexOf(placement.node);
  return {
    ...pod,
    spec: { ...pod.spec, nodeName: placement.node },
    status: { phase: "Running", podIP: `10.244.${host}.${last}`, conditions: [{ type: "Ready", status: "True" }] },
  };
}

function settled(): SmallCluster {
  const cluster = loaded();
  for (let round = 0; round < 4; round += 1) {
    const view = cluster.view();
    const writes: readonly ApiWrite[] = [
      ...view.list("Deployment").flatMap((item) => reconcileDeployment({ view, key: keyOf(item), now: simTime(0) })),
      ...view.list("ReplicaSet").flatMap((item) => reconcileReplicaSet({ view, key: keyOf(item), now: NOW })),
      ...view.list("Service").flatMap((item) => reconcileEndpointSlices({ view, key: keyOf(item) })),
    ];
    cluster.apply(writes);
    const waiting = cluster.all("Pod").filter((pod) => pod.spec.nodeName === undefined);
    for (const [index, pod] of waiting.entries()) cluster.put(run(cluster.view(), pod, index + 2));
  }
  return cluster;
}

describe("the example cluster, settled", () => {
  const cluster = settled();

  it("has each app spread over both workers, and CoreDNS in both zones", () => {
    const places = new Map<string, string[]>();
    for (const pod of cluster.all("Pod")) {
      const app = pod.metadata.labels?.["app"] ?? pod.metadata.labels?.["k8s-app"] ?? "";
      places.set(app, [...(places.get(app) ?? []), pod.spec.nodeName ?? ""].toSorted());
    }
    expect(Object.fromEntries(places)).toEqual({
      "my-app": ["node-a", "node-b"],
      "your-app": ["node-a", "node-a", "node-b"],
      "kube-dns": ["control-plane", "node-b"],
    });
  });

  it("has one slice a Service, with as many endpoints as Pods, and legacy Endpoints that say the same", () => {
    const counts = cluster
      .all("EndpointSlice")
      .map((slice) => `${slice.metadata.labels?.["kubernetes.io/service-name"]} ${slice.endpoints.length}`);
    expect(counts.toSorted()).toEqual(["kube-dns 2", "my-app-svc 2", "your-app-svc 3"]);
    const service = cluster.view().get("Service", "shop", "your-app-svc");
    const shown = service === undefined ? "" : showEndpoints(legacyEndpoints(service, cluster.all("Pod")));
    expect(shown).toMatch(/^(10\.244\.\d\.\d+:8080,?){3}$/);
  });

  it("stays as it is: no controller has anything more to write", () => {
    const view = cluster.view();
    const more = [
      ...view.list("Deployment").flatMap((item) => reconcileDeployment({ view, key: keyOf(item), now: simTime(0) })),
      ...view.list("ReplicaSet").flatMap((item) => reconcileReplicaSet({ view, key: keyOf(item), now: NOW })),
      ...view.list("Service").flatMap((item) => reconcileEndpointSlices({ view, key: keyOf(item) })),
    ];
    expect(more).toEqual([]);
  });
});
