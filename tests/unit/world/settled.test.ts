/** A settled world: computed and not played; everything placed, addressed, known and synced at time 0. */
import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../../src/cluster/objects";
import { loadManifests } from "../../../src/manifests/load";
import { World } from "../../../src/world/world";
import { twoApps } from "../../fixtures/world";

const START = { at: 0, ahead: 0, follow: null } as const;

function worldOf(text: string): World {
  const loaded = loadManifests({ name: "cluster.yaml", text });
  if (!loaded.ok) throw new Error(loaded.problem.message);
  const world = World.fromObjects({ objects: loaded.value.objects, seed: 1 });
  if (!world.ok) throw new Error(world.problem.message);
  return world.value;
}

describe("two-apps, settled", () => {
  const moment = twoApps().view(START);

  test("has spread its Pods over the nodes, each with the next address of its node's range", () => {
    const lines = moment.pods.map(({ owner, node, address, state }) => `${owner} ${node} ${address} ${state}`);
    expect(lines).toEqual([
      "coredns control-plane 10.244.0.2 Running",
      "coredns node-b 10.244.2.2 Running",
      "my-app node-a 10.244.1.2 Running",
      "my-app node-b 10.244.2.3 Running",
      "your-app node-a 10.244.1.3 Running",
      "your-app node-b 10.244.2.4 Running",
      "your-app node-a 10.244.1.4 Running",
    ]);
  });

  test("has a ClusterIP for every Service, a slice with its ready Pods, and Endpoints beside it", () => {
    const lines = moment.slices.map(
      ({ service, endpoints, legacyEndpoints }) => `${service}: ${endpoints.map((one) => one.address).join(" ")} (${legacyEndpoints})`,
    );
    expect(lines).toEqual([
      "default/kubernetes: 192.168.0.10 ()",
      "kube-system/kube-dns: 10.244.0.2 10.244.2.2 (10.244.0.2:53,10.244.2.2:53,10.244.0.2:53 + 3 more...)",
      "shop/my-app-svc: 10.244.1.2 10.244.2.3 (10.244.1.2:8080,10.244.2.3:8080)",
      "shop/your-app-svc: 10.244.1.3 10.244.2.4 10.244.1.4 (10.244.1.3:8080,10.244.1.4:8080,10.244.2.4:8080)",
    ]);
    expect(moment.services.find(({ name }) => name === "kube-dns")?.clusterIP).toBe("10.96.0.10");
    expect(
      moment.services
        .filter(({ namespace }) => namespace === "shop")
        .every(({ clusterIP }) => /^10\.(9[6-9]|10\d|11[01])\./.test(clusterIP)),
    ).toBe(true);
  });

  test("lets every reader stand at the last revision", () => {
    expect(moment.readers.map(({ behind }) => behind)).toEqual(moment.readers.map(() => 0));
    expect(new Set(moment.readers.map(({ revision }) => revision))).toEqual(new Set([moment.revision]));
    expect(moment.readers.map(({ reader }) => reader)).toContain("kube-proxy, node-b");
  });

  test("has every neighbour STALE but flannel's own, which are PERMANENT", () => {
    const states = moment.nodes.flatMap(({ neighbours }) =>
      neighbours
        .trim()
        .split("\n")
        .map((line) => line.trim().split(" ").at(-1)),
    );
    expect(new Set(states)).toEqual(new Set(["STALE", "PERMANENT"]));
  });

  test("has routes to every Pod range and none to the service network", () => {
    const routes = moment.nodes.find(({ name }) => name === "node-a")?.routes ?? "";
    expect(routes).toContain("10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink");
    expect(routes).not.toContain("10.96.");
  });

  test("waits for the first request at half a second and for nothing else", () => {
    expect(twoApps().nextAt).toBe(500_000);
    expect(twoApps({ perSecond: 0 }).nextAt).toBeUndefined();
  });

  test("is the same twice, and another with another seed", () => {
    expect(twoApps().hash()).toBe(twoApps().hash());
    expect(twoApps({ seed: 2 }).hash()).not.toBe(twoApps().hash());
  });
});

describe("a file that leaves things unsaid", () => {
  test("gets the Namespace and the Node that it uses, with a warning each", () => {
    const world = worldOf(`
apiVersion: v1
kind: Pod
metadata: { name: client, namespace: shop }
spec: { nodeName: node-x, containers: [{ name: c }] }
`);
    expect(world.warnings).toEqual([
      'Namespace "shop" is used and not given; it was made.',
      'Node "node-x" is named and not given; it was made, with address 192.168.0.11 and Pod range 10.244.1.0/24.',
    ]);
    const moment = world.view(START);
    expect(moment.nodes.map(({ name, address, podRange }) => `${name} ${address} ${podRange.range}`)).toEqual([
      "node-x 192.168.0.11 10.244.1.0/24",
    ]);
    expect(moment.pods.map(({ address, state }) => `${address} ${state}`)).toEqual(["10.244.1.2 Running"]);
    expect(moment.services).toEqual([]);
  });

  test("keeps the addresses that it gives, and nobody else takes them", () => {
    const world = worldOf(`
apiVersion: v1
kind: Pod
metadata: { name: given, namespace: default }
spec: { nodeName: node-a, containers: [{ name: c }] }
status: { podIP: 10.244.1.2 }
---
apiVersion: v1
kind: Pod
metadata: { name: another, namespace: default }
spec: { nodeName: node-a, containers: [{ name: c }] }
`);
    expect(world.view(START).pods.map(({ name, address }) => `${name} ${address}`)).toEqual(["another 10.244.1.3", "given 10.244.1.2"]);
  });

  test("lets given slices stand and makes a host behind an address that no Pod has", () => {
    const world = worldOf(`
apiVersion: v1
kind: Service
metadata: { name: web, namespace: default }
spec: { clusterIP: 10.96.0.50, selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, namespace: default, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints: [{ addresses: [10.244.1.77], nodeName: node-a }, { addresses: [192.168.0.99] }]
ports: [{ port: 8080, protocol: TCP }]
`);
    expect(world.view(START).slices.map(({ name }) => name)).toEqual(["web-1"]);
    const { hosts } = world.inside.state;
    expect([...hosts.keys()]).toEqual(["node-a", "gateway", "endpoint:10.244.1.77", "endpoint:192.168.0.99"]);
    expect([...(hosts.get("endpoint:10.244.1.77")?.sockets.listeners.keys() ?? [])]).toEqual([8080]);
  });

  test("says where an object stands that the API refuses", () => {
    const service: KubeObject = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "x", namespace: "default" },
      spec: { ports: [{ port: 80 }] },
    };
    const objects = [
      { object: service, at: "objects[0]" },
      { object: service, at: "objects[1]" },
    ];
    const world = World.fromObjects({ objects, seed: 1 });
    expect(world).toEqual({ ok: false, problem: { at: "objects[1]", message: 'services "x" already exists' } });
  });
});
