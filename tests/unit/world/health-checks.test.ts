/** The health check node port: what a balancer hears of a node, through the packets' whole way. */
import { describe, expect, test } from "vitest";
import { simTime } from "../../../src/engine/time";
import { loadObjects } from "../../../src/manifests/load";
import { World } from "../../../src/world/world";
import { healthText } from "../../../src/workloads/health-check";
import { askBatch } from "../../fixtures/ask-batch";

const POD = (name: string, node: string): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "shop", labels: { app: "web" } },
  spec: { nodeName: node, containers: [{ name: "main", ports: [{ containerPort: 8080 }] }] },
});
const OBJECTS = [
  ...["node-a", "node-b"].map((name) => ({ apiVersion: "v1", kind: "Node", metadata: { name } })),
  POD("web-1", "node-a"),
  POD("web-2", "node-a"),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", namespace: "shop" },
    spec: {
      type: "LoadBalancer",
      clusterIP: "10.96.0.50",
      externalTrafficPolicy: "Local",
      healthCheckNodePort: 31_000,
      selector: { app: "web" },
      ports: [{ port: 80, targetPort: 8080, nodePort: 30_080 }],
    },
  },
];

function worldOf(objects: readonly object[]): World {
  const loaded = loadObjects(objects);
  if (!loaded.ok) throw new Error(loaded.problem.message);
  const world = World.fromObjects({ objects: loaded.value.objects, seed: 1 });
  if (!world.ok) throw new Error(world.problem.message);
  return world.value;
}

/** `node-a 2`: each node's listener and how many endpoints it counts. */
function listeners(world: World): readonly string[] {
  return world.inside.state.processes
    .all()
    .flatMap(({ host, program }) => (program.program === "health-check" ? [`${host} ${program.local}`] : []));
}

describe("a Service with external policy Local", () => {
  test("every node's kube-proxy listens, and counts its own ready endpoints", () => {
    expect(listeners(worldOf(OBJECTS))).toEqual(["node-a 2", "node-b 0"]);
  });

  test("the listener follows what kube-proxy last synced", () => {
    const world = worldOf(OBJECTS);
    world.runTo(simTime(100_000));
    world.give(simTime(100_000), { do: "delete", kind: "Pod", name: "shop/web-1" });
    world.runTo(simTime(4_000_000));
    expect(listeners(world)).toEqual(["node-a 1", "node-b 0"]);
    world.give(simTime(4_000_000), { do: "delete", kind: "Service", name: "shop/web" });
    world.runTo(simTime(8_000_000));
    expect(listeners(world)).toEqual([]);
    expect(world.inside.state.hosts.get("node-a")?.sockets.listeners.has(31_000)).toBe(false);
  });

  test.each(["iptables", "nftables"])("a balancer reaches it on every node, in %s mode", (mode) => {
    for (const via of ["node-a", "node-b"]) {
      const to = { ip: via === "node-a" ? "192.168.0.11" : "192.168.0.12", port: 31_000 };
      const answer = askBatch({ id: "1", do: "trace", mode, objects: OBJECTS, from: { external: "192.168.0.100", via }, to });
      expect(answer).toMatchObject({ ok: true, verdict: "delivered", candidates: [] });
    }
  });

  test("with policy Cluster nobody listens", () => {
    const cluster = OBJECTS.map((object) =>
      JSON.parse(JSON.stringify(object).replace('"Local"', '"Cluster"').replace('"healthCheckNodePort":31000,', "")),
    );
    expect(listeners(worldOf(cluster))).toEqual([]);
  });

  test("the answer is 200 with an endpoint here and 503 without, and says how many there are", () => {
    const told = { namespace: "shop", service: "web" };
    expect(healthText({ ...told, local: 2 })).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Endpoint-Weight: 2\r\n[\s\S]*"localEndpoints": 2,/);
    expect(healthText({ ...told, local: 0 })).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n[\s\S]*"localEndpoints": 0,/);
  });
});
