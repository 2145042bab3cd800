/** The live control plane: what people do to Pods, and how it comes down to the nodes' rules. */
import { describe, expect, test } from "vitest";
import { simTime } from "../../../src/engine/time";
import type { Command } from "../../../src/world/command";
import type { MomentView, TraceEvent } from "../../../src/world/view-types";
import type { World } from "../../../src/world/world";
import { twoApps } from "../../fixtures/world";

function after(world: World, at: number): MomentView {
  world.runTo(simTime(at));
  return world.view({ at, ahead: 0, follow: null });
}

function give(world: World, at: number, command: Command): void {
  world.runTo(simTime(at));
  world.give(simTime(at), command);
}

function addresses(moment: MomentView, owner = "your-app"): readonly string[] {
  return moment.pods.filter((pod) => pod.owner === owner).map((pod) => pod.address);
}

function endpointsIn(moment: MomentView): readonly string[] {
  const slice = moment.slices.find(({ service }) => service === "shop/your-app-svc");
  return (slice?.endpoints ?? []).filter(({ ready }) => ready).map(({ address }) => address);
}

function dnatTargets(world: World, node: string): readonly string[] {
  const text = world.view({ at: world.now, ahead: 0, follow: null, rulesOf: node, playing: true }).rules?.text ?? "";
  return [...text.matchAll(/KUBE-SEP-\S+ -p tcp -m comment --comment "shop\/your-app-svc:http" .*--to-destination (\S+):8080/g)]
    .map(([, address = ""]) => address)
    .toSorted();
}

const scale = (replicas: number): Command => ({ do: "scale", kind: "Deployment", name: "shop/your-app", replicas });

describe("scaling", () => {
  const world = twoApps({ perSecond: 0 });
  const events: TraceEvent[] = [];
  world.listen({ event: (event) => events.push(event), flight: () => {} });
  const before = after(world, 1_000_000);
  give(world, 1_000_000, scale(6));
  const grown = after(world, 6_000_000);

  test("up makes three Pods with new addresses, and the slice follows", () => {
    expect(addresses(before)).toHaveLength(3);
    expect(addresses(grown)).toHaveLength(6);
    expect(addresses(grown)).toEqual(expect.arrayContaining([...addresses(before), "10.244.1.5", "10.244.2.5", "10.244.2.6"]));
    expect(endpointsIn(grown).toSorted()).toEqual(addresses(grown).toSorted());
  });

  test("reaches the rules node by node, at different times, at least a second apart on one node", () => {
    for (const node of ["control-plane", "node-a", "node-b"]) expect(dnatTargets(world, node)).toEqual(addresses(grown).toSorted());
    const syncs = events.filter(({ kind }) => kind === "kube-proxy synced");
    expect(new Set(syncs.map(({ at }) => at)).size).toBe(syncs.length);
    const starts = events.filter(({ kind, lane }) => kind === "kube-proxy sync" && lane === "node-a").map(({ at }) => at);
    for (const [index, at] of starts.slice(1).entries()) expect(at - (starts[index] ?? 0)).toBeGreaterThanOrEqual(1_000_000);
  });

  test("down takes four in the documented order: the crowded node first, the younger first", () => {
    give(world, 6_000_000, scale(2));
    after(world, 6_200_000);
    const gone = events
      .filter(({ sentence, at }) => at >= 6_000_000 && sentence.includes("its deletion begins"))
      .map(({ object }) => object.replace("Pod shop/", ""));
    expect(gone).toHaveLength(4);
    const byName = new Map(grown.pods.map((pod) => [pod.name, pod]));
    const young = gone.filter((name) => (byName.get(name)?.createdAt ?? 0) > 0);
    expect(young.length).toBeGreaterThanOrEqual(2);
    const left = after(world, 12_000_000);
    expect(
      left.pods
        .filter((pod) => pod.owner === "your-app")
        .map((pod) => pod.node)
        .toSorted(),
    ).toEqual(["node-a", "node-b"]);
    expect(endpointsIn(left).toSorted()).toEqual(addresses(left).toSorted());
  });

  test("up again reuses no address at once", () => {
    const used = new Set([...addresses(grown), ...addresses(before)]);
    give(world, 12_000_000, scale(4));
    const again = after(world, 18_000_000);
    const fresh = addresses(again).filter((address) => !used.has(address));
    expect(fresh).toHaveLength(2);
  });

  test("records for every event what triggered it, what it took up and on what it decided", () => {
    for (const event of events) {
      expect(event.trigger).toBeLessThan(event.number);
      expect(event.consumed).toBeDefined();
      expect(event.read).toBeDefined();
    }
    expect(
      events
        .filter(({ kind }) => kind === "kube-proxy sync")
        .every(({ consumed, read }) => consumed.length > 0 && read.EndpointSlice !== undefined),
    ).toBe(true);
  });
});

describe("a deleted Pod", () => {
  test("is replaced under a new name and address; its listener goes before its object", () => {
    const world = twoApps({ perSecond: 0 });
    const [victim] = after(world, 1_000_000).pods.filter((pod) => pod.owner === "your-app");
    const name = victim?.name ?? "";
    give(world, 1_000_000, { do: "delete", kind: "Pod", name: `shop/${name}` });
    const soon = after(world, 1_100_000);
    expect(soon.pods.find((pod) => pod.name === name)?.state).toBe("Terminating");
    expect(world.inside.state.hosts.get(`pod:shop/${name}`)?.sockets.listeners.size).toBe(0);
    expect(soon.slices.find(({ service }) => service === "shop/your-app-svc")?.endpoints.find(({ pod }) => pod === name)).toMatchObject({
      ready: false,
      serving: true,
      terminating: true,
    });
    const later = after(world, 6_000_000);
    expect(later.pods.filter((pod) => pod.owner === "your-app")).toHaveLength(3);
    expect(later.pods.map((pod) => pod.name)).not.toContain(name);
    expect(addresses(later)).not.toContain(victim?.address);
  });
});

describe("a Pod relabelled away", () => {
  test("leaves the slice, is replaced, and gets no new connection once every node has synced", () => {
    const world = twoApps({ perSecond: 20 });
    const [pod] = after(world, 1_000_000).pods.filter((one) => one.owner === "your-app");
    give(world, 1_000_000, { do: "relabel", kind: "Pod", name: `shop/${pod?.name ?? ""}`, labels: { app: "spare" } });
    const synced = after(world, 3_000_000);
    expect(endpointsIn(synced)).not.toContain(pod?.address);
    expect(synced.pods.find(({ uid }) => uid === pod?.uid)?.owner).toBe("");
    for (const node of ["node-a", "node-b"]) expect(dnatTargets(world, node)).not.toContain(pod?.address);
    const from = synced.requests[0]?.id ?? 0;
    const { requests } = after(world, 8_000_000);
    expect(requests.filter(({ id }) => id > from).length).toBeGreaterThan(50);
    expect(requests.filter(({ id }) => id > from).map(({ answeredBy }) => answeredBy)).not.toContain(pod?.name);
  });
});

describe("a Service that is POSTed", () => {
  test("passes each stage of the API server, gets a ClusterIP, slices and rules, and answers by name", () => {
    const world = twoApps({ perSecond: 0 });
    const events: TraceEvent[] = [];
    world.listen({ event: (event) => events.push(event), flight: () => {} });
    give(world, 1_000_000, {
      do: "create",
      object: {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "second", namespace: "shop" },
        spec: { selector: { app: "your-app" }, ports: [{ port: 8000, targetPort: 9000 }] },
      },
    });
    give(world, 4_000_000, { do: "request", to: "http://second:8000" });
    const moment = after(world, 6_000_000);
    expect(events.filter(({ kind }) => kind === "api").map(({ sentence }) => sentence.replace(/10\.[\d.]+\d/, "ADDRESS"))).toEqual([
      "POST of Service shop/second, authentication: the client certificate says that kubernetes-admin asks, of kubeadm:cluster-admins, system:authenticated.",
      "POST of Service shop/second, audit: the request is noted as received; no audit policy is set, so no log is kept.",
      "POST of Service shop/second, priority and fairness: flow schema global-default counts it at global-default, where one of 49 seats is free.",
      "POST of Service shop/second, authorization: ClusterRoleBinding kubeadm:cluster-admins gives kubernetes-admin the ClusterRole cluster-admin, which allows it.",
      "POST of Service shop/second, decoding: defaults fill in spec.internalTrafficPolicy, spec.sessionAffinity, spec.ports, spec.type.",
      "POST of Service shop/second, mutating admission: NamespaceLifecycle finds shop active; no plugin changes it.",
      "POST of Service shop/second, allocation: it gets the ClusterIP ADDRESS from the dynamic band of 10.96.0.0/12.",
      "POST of Service shop/second, validation: every field is valid.",
      "POST of Service shop/second, validating admission: no policy, webhook or quota is set that could refuse it.",
      "POST of Service shop/second, store: its key is free, and it goes to etcd.",
    ]);
    expect(moment.requests[0]).toMatchObject({ verdict: "answered", to: "http://second:8000" });
  });

  test("is refused with the API's own words before anything happens", () => {
    const world = twoApps();
    const object = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "bad", namespace: "shop" },
      spec: { ports: [{ port: 70_000, targetPort: 8080 }] },
    } as const;
    const refused = world.check({ do: "create", object });
    expect(refused.ok ? "" : refused.problem.message).toBe(
      'The Service "bad" is invalid: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
    );
  });
});

describe("workers", () => {
  test("join with the next range and leave after their Pods; a range is not used again at once", () => {
    const world = twoApps({ perSecond: 0 });
    give(world, 1_000_000, { do: "nodes", count: 3 });
    const joined = after(world, 3_000_000);
    expect(joined.nodes.map(({ name, address, podRange, ready }) => `${name} ${address} ${podRange.range} ${ready}`)).toEqual([
      "control-plane 192.168.0.10 10.244.0.0/24 true",
      "node-a 192.168.0.11 10.244.1.0/24 true",
      "node-b 192.168.0.12 10.244.2.0/24 true",
      "node-c 192.168.0.13 10.244.3.0/24 true",
    ]);
    expect(joined.nodes[1]?.routes).toContain("10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink");
    give(world, 3_000_000, scale(9));
    const spread = after(world, 8_000_000);
    expect(spread.pods.some(({ node, address }) => node === "node-c" && address.startsWith("10.244.3."))).toBe(true);
    give(world, 8_000_000, { do: "nodes", count: 2 });
    const left = after(world, 16_000_000);
    expect(left.nodes.map(({ name }) => name)).toEqual(["control-plane", "node-a", "node-b"]);
    expect(left.nodes[1]?.routes).not.toContain("10.244.3.0/24");
    expect(left.pods.filter(({ owner }) => owner === "your-app")).toHaveLength(9);
    give(world, 16_000_000, { do: "nodes", count: 3 });
    expect(after(world, 18_000_000).nodes.at(-1)).toMatchObject({
      name: "node-c",
      address: "192.168.0.13",
      podRange: { range: "10.244.4.0/24" },
    });
  });
});

describe("several workers that leave at once", () => {
  test("are cordoned, empty and gone, and none of them comes back", () => {
    const world = twoApps({ perSecond: 0 });
    const events: TraceEvent[] = [];
    world.listen({ event: (event) => events.push(event), flight: () => {} });
    give(world, 1_000_000, { do: "nodes", count: 5 });
    expect(after(world, 5_000_000).nodes).toHaveLength(6);
    give(world, 20_000_000, { do: "nodes", count: 1 });
    const left = after(world, 40_000_000);
    expect(left.nodes.map(({ name }) => name)).toEqual(["control-plane", "node-a"]);
    expect(left.workers).toBe(1);
    const told = events.filter(({ kind, at }) => kind === "node" && at > 20_000_000).map(({ sentence }) => sentence);
    expect(told.filter((sentence) => sentence.includes("leaves: "))).toHaveLength(4);
    expect(told.filter((sentence) => sentence.includes("is ready"))).toEqual([]);
  });
});

describe("clients", () => {
  test("like curl reach several Pods with ten requests, like a browser one", () => {
    const world = twoApps({ perSecond: 0 });
    give(world, 1_000_000, { do: "request", count: 10 });
    const curls = after(world, 3_000_000).requests;
    expect(new Set(curls.map(({ answeredBy }) => answeredBy)).size).toBeGreaterThan(1);
    give(world, 3_000_000, { do: "request", count: 10, client: "browser-like" });
    const browsers = after(world, 5_000_000).requests.filter(({ clientKind }) => clientKind === "browser-like");
    expect(browsers).toHaveLength(10);
    expect(new Set(browsers.map(({ answeredBy }) => answeredBy)).size).toBe(1);
  });

  test("are refused at once when the Service has no endpoint, and say so", () => {
    const world = twoApps({ perSecond: 0 });
    give(world, 1_000_000, scale(0));
    give(world, 5_000_000, { do: "request" });
    expect(after(world, 7_000_000).requests[0]).toMatchObject({ verdict: "refused" });
    expect(after(world, 7_000_000).requests[0]?.sentence).toContain("the Service has no endpoint");
  });
});
