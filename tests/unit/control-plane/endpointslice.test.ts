import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EndpointSlice, KubeObject, Service } from "../../../src/cluster/objects";
import { desiredEndpoints, reconcileEndpointSlices } from "../../../src/control-plane/endpointslice";
import { linesOf, node, pod, service, SmallCluster } from "./small-cluster";

const RUNS = Number(process.env.KUBEWALK_PROPERTY_RUNS ?? "50");
const NODES = [node("node-a zone=zone-a"), node("node-b zone=zone-b")];

function sliceLines(cluster: SmallCluster): readonly string[] {
  return cluster.all("EndpointSlice").flatMap((slice) => {
    const ports = (slice.ports ?? []).map((port) => `${port.name}:${port.port}/${port.protocol}`).join(",");
    return [
      `${slice.addressType} [${ports}]`,
      ...slice.endpoints.map((endpoint) => {
        const { ready, serving, terminating } = endpoint.conditions ?? {};
        const flags = `${ready ? "ready" : "-"} ${serving ? "serving" : "-"} ${terminating ? "terminating" : "-"}`;
        return `  ${endpoint.addresses[0]} ${endpoint.targetRef?.name} ${endpoint.nodeName} ${endpoint.zone ?? "-"} ${flags}`;
      }),
    ];
  });
}

function sync(objects: readonly KubeObject[], max = 1): SmallCluster {
  const cluster = new SmallCluster([...NODES, ...objects]);
  for (let round = 0; round < max; round += 1) resync(cluster);
  return cluster;
}

function resync(cluster: SmallCluster): readonly string[] {
  const writes = reconcileEndpointSlices({ view: cluster.view(), key: "shop/web" });
  cluster.apply(writes);
  return linesOf(writes);
}

describe("an EndpointSlice says of each matching Pod", () => {
  it("whether it is ready, serves and is on its way out", () => {
    const cluster = sync([
      service("web app=web 80:8080"),
      pod("up app=web @node-a 10.244.1.2 ready"),
      pod("starting app=web @node-a 10.244.1.3"),
      pod("leaving app=web @node-b 10.244.2.2 ready terminating"),
      pod("leaving-unready app=web @node-b 10.244.2.3 terminating"),
    ]);
    expect(sliceLines(cluster)).toEqual([
      "IPv4 [web:8080/TCP]",
      "  10.244.2.2 leaving node-b zone-b - serving terminating",
      "  10.244.2.3 leaving-unready node-b zone-b - - terminating",
      "  10.244.1.3 starting node-a zone-a - - -",
      "  10.244.1.2 up node-a zone-a ready serving -",
    ]);
  });

  it("nothing while it has no address, has ended, runs on an unknown node, or is another app's", () => {
    const cluster = sync([
      service("web app=web 80:8080"),
      pod("pending app=web"),
      pod("done app=web @node-a 10.244.1.2 phase=Succeeded"),
      pod("lost app=web @node-x 10.244.9.2 ready"),
      pod("other app=shop @node-a 10.244.1.4 ready"),
    ]);
    expect(sliceLines(cluster)).toEqual(["IPv4 []"]);
  });

  it("that it is ready always, where the Service publishes unready addresses", () => {
    const cluster = sync([
      service("web app=web 80:8080", { publishNotReadyAddresses: true }),
      pod("starting app=web @node-a 10.244.1.3"),
      pod("leaving app=web @node-x 10.244.9.2 ready terminating"),
    ]);
    expect(sliceLines(cluster)).toEqual([
      "IPv4 [web:8080/TCP]",
      "  10.244.9.2 leaving node-x - ready serving terminating",
      "  10.244.1.3 starting node-a zone-a ready - -",
    ]);
  });
});

describe("target ports", () => {
  it("are resolved Pod by Pod, and Pods that resolve them otherwise get a slice of their own", () => {
    const cluster = sync([
      service("web app=web 80:http"),
      pod("a app=web @node-a 10.244.1.2 ready port=http:8080"),
      pod("b app=web @node-a 10.244.1.3 ready port=http:9090"),
      pod("c app=web @node-b 10.244.2.2 ready port=http:8080"),
      pod("d app=web @node-b 10.244.2.3 ready port=other:8080"),
    ]);
    expect(sliceLines(cluster)).toEqual([
      "IPv4 [web:8080/TCP]",
      "  10.244.1.2 a node-a zone-a ready serving -",
      "  10.244.2.2 c node-b zone-b ready serving -",
      "IPv4 [web:9090/TCP]",
      "  10.244.1.3 b node-a zone-a ready serving -",
      "IPv4 []",
      "  10.244.2.3 d node-b zone-b ready serving -",
    ]);
  });
});

describe("the slice object", () => {
  const slices = sync([
    {
      ...service("web app=web 80:8080", { clusterIP: "None" }),
      metadata: { name: "web", namespace: "shop", uid: "u1", labels: { tier: "front" } },
    },
  ]).all("EndpointSlice");

  it("carries the Service's labels, who manages it, and its owner", () => {
    expect(slices[0]?.metadata.labels).toEqual({
      tier: "front",
      "service.kubernetes.io/headless": "",
      "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
      "kubernetes.io/service-name": "web",
    });
    expect(slices[0]?.metadata.ownerReferences).toEqual([
      { apiVersion: "v1", kind: "Service", name: "web", uid: "u1", controller: true, blockOwnerDeletion: true },
    ]);
  });
});

describe("the controller", () => {
  it("leaves a settled Service alone", () => {
    const cluster = sync([service("web app=web 80:8080"), pod("a app=web @node-a 10.244.1.2 ready")]);
    expect(resync(cluster)).toEqual([]);
    expect(resync(sync([service("web app=web 80:8080")]))).toEqual([]);
  });

  it("turns the placeholder into the first real slice, and back, without a new name", () => {
    const cluster = sync([service("web app=web 80:8080")]);
    const first = pod("a app=web @node-a 10.244.1.2 ready");
    cluster.put(first);
    expect(resync(cluster)).toEqual(["update EndpointSlice shop/web-04 based on 4"]);
    cluster.remove(first);
    expect(resync(cluster)).toEqual(["update EndpointSlice shop/web-04 based on 6"]);
    expect(sliceLines(cluster)).toEqual(["IPv4 []"]);
  });

  it("does nothing for a Service without a selector, of type ExternalName, gone or going", () => {
    const objects = [pod("a app=web @node-a 10.244.1.2 ready")];
    const bare: Service = { ...service("web 80:8080"), spec: { ports: [{ port: 80 }] } };
    const external = service("web app=web 80:8080", { type: "ExternalName" });
    const going = service("web app=web 80:8080");
    const deleted: Service = { ...going, metadata: { ...going.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } };
    for (const item of [bare, external, deleted]) expect(resync(new SmallCluster([...NODES, ...objects, item]))).toEqual([]);
    expect(resync(new SmallCluster(objects))).toEqual([]);
  });

  it("never touches a slice that somebody else manages", () => {
    const foreign: EndpointSlice = {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      addressType: "IPv4",
      endpoints: [{ addresses: ["10.9.9.9"] }],
      metadata: { name: "by-hand", namespace: "shop", labels: { "kubernetes.io/service-name": "web" } },
    };
    const cluster = sync([service("web app=web 80:8080"), foreign]);
    expect(sliceLines(cluster).length).toBe(3);
    expect(resync(cluster)).toEqual([]);
  });

  it("hints zone and node only where the Service asks for it, and only on ready endpoints", () => {
    const pods = [pod("a app=web @node-a 10.244.1.2 ready"), pod("b app=web @node-b 10.244.2.2")];
    const hintsOf = (trafficDistribution: string) => {
      const wished = service("web app=web 80:8080", { trafficDistribution });
      const nodes = new Map(NODES.flatMap((item) => (item.kind === "Node" ? [[item.metadata.name, item] as const] : [])));
      return desiredEndpoints(wished, pods, nodes)[0]?.endpoints.map((endpoint) => endpoint.hints);
    };
    expect(hintsOf("PreferClose")).toEqual([{ forZones: [{ name: "zone-a" }] }, undefined]);
    expect(hintsOf("PreferSameNode")).toEqual([{ forZones: [{ name: "zone-a" }], forNodes: [{ name: "node-a" }] }, undefined]);
  });
});

/** Pods that come and go: each number toggles one of 260 Pods. */
const churn = fc.array(fc.array(fc.integer({ min: 0, max: 259 }), { maxLength: 150 }), { minLength: 1, maxLength: 4 });

describe("packing, however Pods come and go", () => {
  it("puts at most 100 endpoints in a slice, and the slices together hold exactly the desired endpoints", () => {
    fc.assert(
      fc.property(churn, (rounds) => {
        const cluster = sync([service("web app=web 80:http")]);
        for (const round of rounds) {
          for (const index of round) toggle(cluster, index);
          resync(cluster);
          const slices = cluster.all("EndpointSlice");
          expect(Math.max(...slices.map((slice) => slice.endpoints.length))).toBeLessThanOrEqual(100);
          const listed = slices.flatMap((slice) => slice.endpoints.map((endpoint) => `${endpoint.addresses[0]}:${slice.ports?.[0]?.port}`));
          expect(listed.toSorted()).toEqual(plainFold(cluster).toSorted());
          expect(resync(cluster)).toEqual([]);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

function toggle(cluster: SmallCluster, index: number): void {
  const item = pod(`p${index} app=web @node-a 10.244.${index >> 7}.${(index & 127) + 2} ready port=http:${index % 7 === 0 ? 9090 : 8080}`);
  if (cluster.view().get("Pod", "shop", item.metadata.name) === undefined) cluster.put(item);
  else cluster.remove(item);
}

function plainFold(cluster: SmallCluster): readonly string[] {
  return cluster.all("Pod").map((item) => `${item.status?.podIP}:${item.spec.containers[0]?.ports?.[0]?.containerPort}`);
}
