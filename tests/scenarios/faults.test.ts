/** What breaks, told by its own trace: each fault as a command, what follows from it, and how it is taken back. */
import { describe, expect, test } from "vitest";
import { simTime } from "../../src/engine/time";
import type { Command } from "../../src/world/command";
import type { TraceEvent } from "../../src/world/view-types";
import type { World } from "../../src/world/world";
import { twoApps } from "../fixtures/world";

const SECOND = 1_000_000;

/** A world with what happens in it, told from the command on. */
function broken(options: Parameters<typeof twoApps>[0] = { perSecond: 0 }): {
  readonly world: World;
  readonly give: (seconds: number, command: Command) => void;
  readonly run: (seconds: number) => void;
  readonly told: (matching: RegExp) => readonly string[];
} {
  const world = twoApps(options);
  const events: TraceEvent[] = [];
  world.listen({ event: (event) => void events.push(event), flight: () => {} });
  const run = (seconds: number): void => world.runTo(simTime(seconds * SECOND));
  return {
    world,
    run,
    give: (seconds, command) => {
      run(seconds);
      const allowed = world.check(command);
      if (!allowed.ok) throw new Error(allowed.problem.message);
      world.give(simTime(seconds * SECOND), command);
    },
    told: (matching) =>
      events
        .filter(({ sentence }) => matching.test(sentence))
        .map(({ at, sentence }) => `${(at / SECOND).toFixed(1)} ${sentence.replaceAll(/,? (as |at )?revision \d+/g, "")}`),
  };
}

function podOf(world: World, app: string): string {
  const pod = world.inside.state.store
    .latest()
    .list("Pod")
    .find(({ metadata }) => metadata.labels?.["app"] === app);
  return `${pod?.metadata.namespace ?? ""}/${pod?.metadata.name ?? ""}`;
}

const look = (world: World): ReturnType<World["view"]> => world.view({ at: world.now, ahead: 0, follow: null });

/** Nodes as `kubectl get nodes` has them, and how many Pods are ready. */
function nodesOf(world: World): readonly string[] {
  return look(world).nodes.map(({ name, ready, taints }) => [name, ready ? "Ready" : "NotReady", ...taints].join(" "));
}

function readyOf(world: World): string {
  return look(world)
    .deployments.map(({ name, ready, replicas }) => `${name} ${ready}/${replicas}`)
    .join(", ");
}

/** Verdicts of all requests that are kept, counted. */
function verdictsOf(world: World): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { verdict } of look(world).requests) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

describe("a program that crashes", () => {
  test("is started anew at once, then after 10, 20, 40 s, until it is mended", () => {
    const { world, give, run, told } = broken();
    const name = podOf(world, "your-app");
    give(1, { do: "crash", name, again: true });
    run(70);
    expect(told(/notices that the containers of .* have ended|start anew|the program of|exit code|CrashLoopBackOff as/))
      .toMatchInlineSnapshot(`
      [
        "1.0 You make the program of shop/your-app-7bd57c97df-5dnnf crash, and one second after every start again.",
        "1.8 node-a's kubelet notices that the containers of your-app-7bd57c97df-5dnnf have ended, and starts them anew.",
        "2.1 The containers of your-app-7bd57c97df-5dnnf start anew (restart 1).",
        "3.1 The program of your-app-7bd57c97df-5dnnf ends with exit code 1, again.",
        "3.4 node-a's kubelet notices that the containers of your-app-7bd57c97df-5dnnf have ended: CrashLoopBackOff, it starts them anew in 9.7 s.",
        "13.3 The containers of your-app-7bd57c97df-5dnnf start anew (restart 2).",
        "14.3 The program of your-app-7bd57c97df-5dnnf ends with exit code 1, again.",
        "14.4 node-a's kubelet notices that the containers of your-app-7bd57c97df-5dnnf have ended: CrashLoopBackOff, it starts them anew in 19.9 s.",
        "34.5 The containers of your-app-7bd57c97df-5dnnf start anew (restart 3).",
        "35.5 The program of your-app-7bd57c97df-5dnnf ends with exit code 1, again.",
        "36.4 node-a's kubelet notices that the containers of your-app-7bd57c97df-5dnnf have ended: CrashLoopBackOff, it starts them anew in 39.1 s.",
      ]
    `);
    expect(readyOf(world)).toContain("your-app 2/3");
    give(71, { do: "crash", name, again: false });
    run(90);
    expect(readyOf(world)).toContain("your-app 3/3");
  });
});

describe("a Pod that is deleted", () => {
  test("without grace is gone from the API at once, while its program has its grace on the node", () => {
    const { give, run, told, world } = broken();
    give(1, { do: "delete", kind: "Pod", name: podOf(world, "your-app"), gracePeriodSeconds: 0 });
    run(3);
    expect(told(/You delete|is gone|SIGTERM|programs of/)).toMatchInlineSnapshot(`
      [
        "1.0 You delete Pod shop/your-app-7bd57c97df-5dnnf at once, without any grace.",
        "1.0 Pod shop/your-app-7bd57c97df-5dnnf is gone, deleted by your change.",
        "1.0 SIGTERM reaches your-app-7bd57c97df-5dnnf: it closes its listeners.",
        "1.2 The programs of your-app-7bd57c97df-5dnnf have ended.",
      ]
    `);
  });

  test("takes SIGTERM as its annotation says: a program that ignores it is killed when its grace is over", () => {
    const { give, run, told, world } = broken();
    give(1, { do: "pod-settings", name: "shop/your-app", onTerm: "ignore", graceSeconds: 4 });
    run(10);
    give(20, { do: "delete", kind: "Pod", name: podOf(world, "your-app") });
    run(30);
    expect(told(/You |SIGTERM|is killed|is Failed/)).toMatchInlineSnapshot(`
      [
        "1.0 You change the template of shop/your-app (grace 4 seconds, on SIGTERM: ignore): it rolls out.",
        "2.5 SIGTERM reaches your-app-7bd57c97df-rznqp: it closes its listeners.",
        "3.8 SIGTERM reaches your-app-7bd57c97df-qxfdg: it closes its listeners.",
        "4.9 SIGTERM reaches your-app-7bd57c97df-5dnnf: it closes its listeners.",
        "20.0 You delete Pod shop/your-app-664f99d6d8-965kb.",
        "20.0 SIGTERM reaches your-app-664f99d6d8-965kb: it does not hear it.",
        "24.0 The grace of your-app-664f99d6d8-965kb is over: it is killed.",
        "24.5 Pod shop/your-app-664f99d6d8-965kb is Failed, by node-b's kubelet.",
      ]
    `);
  });

  test("that drains answers on while it ends, so nobody is refused", () => {
    const { give, run, told, world } = broken();
    give(1, { do: "pod-settings", name: "shop/your-app", onTerm: "drain", shutdownSeconds: 3 });
    run(12);
    give(12, { do: "traffic", perSecond: 50 });
    give(12, { do: "delete", kind: "Pod", name: podOf(world, "your-app") });
    run(16);
    expect(told(/SIGTERM reaches .* drains/).length).toBeGreaterThan(0);
    expect(
      Object.keys(verdictsOf(world))
        .toSorted()
        .filter((verdict) => verdict !== "under way"),
    ).toEqual(["answered"]);
  });

  test("cannot have a preStop sleep that does not fit into its grace", () => {
    const { world } = broken();
    const checked = world.check({ do: "pod-settings", name: "shop/your-app", preStopSeconds: 40 });
    expect(checked.ok ? "" : checked.problem.message).toMatchInlineSnapshot(
      `"a preStop sleep of 40 s does not fit into a grace of 30 s: the API server wants it between 1 and 30"`,
    );
  });
});

describe("probes", () => {
  test("that fail three times take a Pod out of the endpoints, and the first that succeeds brings it back", () => {
    const { world, give, run, told } = broken();
    give(1, { do: "pod-settings", name: "shop/your-app", probePeriodSeconds: 2 });
    run(20);
    const name = podOf(world, "your-app");
    give(20, { do: "probe", name, probe: "readiness", fails: true });
    give(30, { do: "probe", name, probe: "readiness", fails: false });
    run(40);
    expect(told(/You make|You let|probe of .* (fails|succeeds)|now has 10/).slice(-12)).toMatchInlineSnapshot(`
      [
        "4.9 EndpointSlice shop/your-app-svc-qwcgg now has 10.244.1.3, 10.244.1.5, 10.244.2.5, by the endpointslice controller.",
        "4.9 EndpointSlice shop/your-app-svc-qwcgg now has 10.244.1.3, 10.244.1.5, 10.244.2.5, 10.244.1.6, by the endpointslice controller.",
        "5.0 EndpointSlice shop/your-app-svc-qwcgg now has 10.244.1.5, 10.244.2.5, 10.244.1.6, by the endpointslice controller.",
        "5.7 EndpointSlice shop/your-app-svc-qwcgg now has 10.244.1.5, 10.244.2.5, 10.244.1.6, by the endpointslice controller.",
        "20.0 You make the program of shop/your-app-84948854bb-965kb fail its readiness probe.",
        "20.6 The readiness probe of your-app-84948854bb-965kb fails, 1 of 3 times that are borne.",
        "22.6 The readiness probe of your-app-84948854bb-965kb fails, 2 of 3 times that are borne.",
        "24.6 The readiness probe of your-app-84948854bb-965kb fails 3 times in a row: it is not ready.",
        "24.6 EndpointSlice shop/your-app-svc-qwcgg now has 10.244.1.5, 10.244.1.6, by the endpointslice controller.",
        "30.0 You let the program of shop/your-app-84948854bb-965kb pass its readiness probe again.",
        "30.6 The readiness probe of your-app-84948854bb-965kb succeeds: it is ready.",
        "30.6 EndpointSlice shop/your-app-svc-qwcgg now has 10.244.1.5, 10.244.2.5, 10.244.1.6, by the endpointslice controller.",
      ]
    `);
  });

  test("of a program that stands still get no answer in time", () => {
    const { world, give, run, told } = broken();
    give(1, { do: "pod-settings", name: "shop/your-app", probePeriodSeconds: 2 });
    run(20);
    give(20, { do: "freeze", name: podOf(world, "your-app"), frozen: true });
    run(32);
    expect(told(/gets no answer|no longer has Ready/)).toMatchInlineSnapshot(`
      [
        "20.6 The kubelet asks your-app-84948854bb-965kb (readiness probe) and gets no answer yet.",
        "21.6 The readiness probe of your-app-84948854bb-965kb gets no answer within 1 s, 1 of 3 times that are borne.",
        "22.6 The kubelet asks your-app-84948854bb-965kb (readiness probe) and gets no answer yet.",
        "23.6 The readiness probe of your-app-84948854bb-965kb gets no answer within 1 s, 2 of 3 times that are borne.",
        "24.6 The kubelet asks your-app-84948854bb-965kb (readiness probe) and gets no answer yet.",
        "25.6 The readiness probe of your-app-84948854bb-965kb gets no answer within 1 s 3 times in a row: it is not ready.",
        "25.6 Pod shop/your-app-84948854bb-965kb no longer has Ready, ContainersReady, by node-b's kubelet.",
      ]
    `);
  });

  test("of liveness restart the containers with their grace", () => {
    const { world, give, run, told } = broken();
    const deployment = world.inside.state.store.latest().get("Deployment", "shop", "your-app");
    if (deployment === undefined) throw new Error("two-apps has your-app");
    const containers = deployment.spec.template.spec.containers.map((one) => ({
      ...one,
      livenessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
    }));
    const template = { ...deployment.spec.template, spec: { ...deployment.spec.template.spec, containers } };
    give(1, { do: "apply", objects: [{ ...deployment, spec: { ...deployment.spec, template } }] });
    run(20);
    give(20, { do: "probe", name: podOf(world, "your-app"), probe: "liveness", fails: true });
    run(30);
    expect(told(/liveness|anew|SIGTERM|no longer has Ready|now has Ready/).slice(-9)).toMatchInlineSnapshot(`
      [
        "21.5 The liveness probe of your-app-8547896474-965kb fails, 2 of 3 times that are borne.",
        "22.5 The liveness probe of your-app-8547896474-965kb fails 3 times in a row: its containers are restarted.",
        "22.5 SIGTERM reaches your-app-8547896474-965kb: it closes its listeners.",
        "22.7 node-b's kubelet notices that the containers of your-app-8547896474-965kb have ended, and starts them anew.",
        "22.7 Pod shop/your-app-8547896474-965kb no longer has Ready, ContainersReady, by node-b's kubelet.",
        "22.7 node-b's kubelet creates the containers of your-app-8547896474-965kb anew.",
        "22.9 The containers of your-app-8547896474-965kb start anew (restart 1).",
        "22.9 Pod shop/your-app-8547896474-965kb now has Ready, ContainersReady, by node-b's kubelet.",
        "23.5 The liveness probe of your-app-8547896474-965kb succeeds.",
      ]
    `);
  });
});

describe("a kubelet that stops", () => {
  test("lets its Pods run on, and its Node is written off after 50 s; when it starts all is as before", () => {
    const { world, give, run, told } = broken({ perSecond: 1 });
    give(1, { do: "kubelet", node: "node-b", runs: false });
    run(70);
    expect([...nodesOf(world), readyOf(world)]).toMatchInlineSnapshot(`
      [
        "control-plane Ready node-role.kubernetes.io/control-plane:NoSchedule",
        "node-a Ready",
        "node-b NotReady node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute",
        "coredns 1/2, my-app 1/2, your-app 2/3",
      ]
    `);
    give(80, { do: "kubelet", node: "node-b", runs: true });
    run(100);
    expect(told(/You |node-lifecycle|Ready as/)).toMatchInlineSnapshot(`
      [
        "1.0 You stop the kubelet of node-b: its containers run on.",
        "46.0 The node-lifecycle controller has heard nothing of node-b for 50 s: it writes the Node off and turns 3 Pods there not ready.",
        "46.0 Node node-b no longer has Ready, by the node-lifecycle controller.",
        "46.0 Pod kube-system/coredns-58bf7bc6d4-tv8ns no longer has Ready, by the node-lifecycle controller.",
        "46.0 Pod shop/my-app-77484b5f95-nbzgf no longer has Ready, by the node-lifecycle controller.",
        "46.0 Pod shop/your-app-7bd57c97df-qxfdg no longer has Ready, by the node-lifecycle controller.",
        "46.0 Node node-b is tainted with node.kubernetes.io/unreachable:NoSchedule and node.kubernetes.io/unreachable:NoExecute, by the node-lifecycle controller.",
        "80.0 You start the kubelet of node-b.",
        "80.0 Node node-b now has Ready, by node-b's kubelet.",
        "81.0 The node-lifecycle controller sees node-b ready again and takes its taints away.",
        "81.0 Node node-b loses the taint node.kubernetes.io/unreachable:NoSchedule and node.kubernetes.io/unreachable:NoExecute, by the node-lifecycle controller.",
        "81.0 Pod shop/my-app-77484b5f95-nbzgf now has Ready, by node-b's kubelet.",
        "81.0 Pod kube-system/coredns-58bf7bc6d4-tv8ns now has Ready, by node-b's kubelet.",
        "81.0 Pod shop/your-app-7bd57c97df-qxfdg now has Ready, by node-b's kubelet.",
      ]
    `);
    expect([...nodesOf(world), readyOf(world)]).toMatchInlineSnapshot(`
      [
        "control-plane Ready node-role.kubernetes.io/control-plane:NoSchedule",
        "node-a Ready",
        "node-b Ready",
        "coredns 2/2, my-app 2/2, your-app 3/3",
      ]
    `);
    expect(Object.keys(verdictsOf(world))).toEqual(["answered"]);
  });
});

describe("a kube-proxy that stops", () => {
  test("leaves its rules: they lead to Pods that are gone, until it starts and writes all anew", () => {
    const { world, give, run, told } = broken({ perSecond: 20 });
    give(1, { do: "kube-proxy", node: "node-a", runs: false });
    give(2, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 1 });
    run(10);
    const failed = look(world).requests.filter(
      ({ verdict, startedAt }) => startedAt > 4 * SECOND && /refused|reset|timed out/.test(verdict),
    );
    expect(failed.length).toBeGreaterThan(0);
    expect([...new Set(failed.map(({ sentence }) => /([a-z-]+)'s rules were behind/.exec(sentence)?.[1] ?? sentence))]).toEqual(["node-a"]);
    expect(failed[0]?.sentence).toMatchInlineSnapshot(
      `"10.104.3.192:80 did not answer in time: no connection came about with 10.244.1.3:8080. node-a's rules were behind: EndpointSlice shop/your-app-svc-qwcgg without 10.244.1.3 (revision 73), written 2.644 s before, had not arrived."`,
    );
    give(20, { do: "kube-proxy", node: "node-a", runs: true });
    run(24);
    expect(told(/node-a's (kube-proxy|kernel)/).filter((line) => Number(line.split(" ")[0]) >= 20)).toMatchInlineSnapshot(`
      [
        "20.0 node-a's kube-proxy begins to write 4 changes into the kernel's rules.",
        "20.0 node-a's kernel has the rules of Services and slices.",
        "20.2 A timer of node-a's kernel runs out for the neighbour 10.244.1.4 on cni0.",
        "20.7 A timer of node-a's kernel runs out for the neighbour 10.244.1.3 on cni0.",
        "21.2 A timer of node-a's kernel runs out for the neighbour 10.244.1.4 on cni0.",
        "21.7 A timer of node-a's kernel runs out for the neighbour 10.244.1.3 on cni0.",
        "22.3 A timer of node-a's kernel runs out for the neighbour 10.244.1.4 on cni0.",
      ]
    `);
    run(32);
    expect(
      look(world).requests.filter(({ verdict, startedAt }) => startedAt > 21 * SECOND && verdict !== "answered" && verdict !== "under way"),
    ).toEqual([]);
  });
});

describe("a CoreDNS replica that stands still", () => {
  test("gets its share of the questions and answers none, until it goes on", () => {
    const { world, give, run } = broken({ perSecond: 10 });
    const name = `kube-system/${look(world).pods.find(({ owner }) => owner === "coredns")?.name ?? ""}`;
    give(1, { do: "freeze", name, frozen: true });
    run(12);
    // A resolver sends again from the same port, and conntrack leads that to the same replica: one of two names is not found.
    const early = look(world).requests.filter(({ startedAt }) => startedAt > SECOND && startedAt < 7 * SECOND);
    const stuck = early.filter(({ verdict }) => verdict !== "answered");
    expect([early.length, stuck.length > 15, stuck.length < 45]).toEqual([59, true, true]);
    expect(new Set(stuck.map(({ verdict }) => verdict))).toEqual(new Set(["name not found", "under way"]));
    give(12, { do: "freeze", name, frozen: false });
    run(30);
    expect(
      look(world).requests.filter(({ startedAt, verdict }) => startedAt > 13 * SECOND && startedAt < 28 * SECOND && verdict !== "answered"),
    ).toEqual([]);
  });
});

describe("a node that is cut off", () => {
  test("cannot be reached, hears of nothing, and sends what it owes when it is plugged in", () => {
    const { world, give, run, told } = broken({ perSecond: 2 });
    give(1, { do: "network", node: "node-b", connected: false });
    run(30);
    expect(look(world).nodes.find(({ name }) => name === "node-b")?.proxy.behind).toBe(0);
    give(31, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 6 });
    run(40);
    expect(verdictsOf(world)["timed out"] ?? 0).toBeGreaterThan(0);
    run(70);
    expect([...nodesOf(world), readyOf(world)]).toMatchInlineSnapshot(`
      [
        "control-plane Ready node-role.kubernetes.io/control-plane:NoSchedule",
        "node-a Ready",
        "node-b NotReady node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute",
        "coredns 1/2, my-app 1/2, your-app 3/6",
      ]
    `);
    give(80, { do: "network", node: "node-b", connected: true });
    run(100);
    expect(told(/You |node-lifecycle|node-b's kubelet (hears|reports)/)).toMatchInlineSnapshot(`
      [
        "1.0 You cut node-b off the network; everything on it runs on.",
        "31.0 You scale shop/your-app to 6 replicas.",
        "46.0 The node-lifecycle controller has heard nothing of node-b for 50 s: it writes the Node off and turns 3 Pods there not ready.",
        "46.0 Node node-b no longer has Ready, by the node-lifecycle controller.",
        "46.0 Pod kube-system/coredns-58bf7bc6d4-tv8ns no longer has Ready, by the node-lifecycle controller.",
        "46.0 Pod shop/my-app-77484b5f95-nbzgf no longer has Ready, by the node-lifecycle controller.",
        "46.0 Pod shop/your-app-7bd57c97df-qxfdg no longer has Ready, by the node-lifecycle controller.",
        "46.0 Node node-b is tainted with node.kubernetes.io/unreachable:NoSchedule and node.kubernetes.io/unreachable:NoExecute, by the node-lifecycle controller.",
        "80.0 You plug node-b in again.",
        "80.0 node-b's kubelet hears that Pod shop/your-app-7bd57c97df-xhlhg is to end.",
        "80.0 node-b's kubelet hears that Pod shop/your-app-7bd57c97df-965kb is to end.",
        "80.5 node-b's kubelet reports the end of your-app-7bd57c97df-965kb.",
        "80.5 node-b's kubelet reports the end of your-app-7bd57c97df-xhlhg.",
        "81.0 The node-lifecycle controller sees node-b ready again and takes its taints away.",
        "81.0 Node node-b loses the taint node.kubernetes.io/unreachable:NoSchedule and node.kubernetes.io/unreachable:NoExecute, by the node-lifecycle controller.",
      ]
    `);
    expect([...nodesOf(world), readyOf(world)]).toMatchInlineSnapshot(`
      [
        "control-plane Ready node-role.kubernetes.io/control-plane:NoSchedule",
        "node-a Ready",
        "node-b Ready",
        "coredns 2/2, my-app 2/2, your-app 6/6",
      ]
    `);
  });
});

describe("a watch that is cut", () => {
  test("holds up its reader alone, and brings what it missed when it goes on", () => {
    const { world, give, run, told } = broken();
    give(1, { do: "watch", reader: "kube-proxy, node-a", connected: false });
    give(2, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 5 });
    run(20);
    const behind = (): readonly string[] =>
      look(world)
        .readers.filter((one) => one.behind > 0)
        .map(({ reader }) => reader);
    expect(behind()).toEqual(["kube-proxy, node-a"]);
    give(21, { do: "watch", reader: "kube-proxy, node-a", connected: true });
    run(24);
    expect(told(/node-a's kube-proxy hears/)).toMatchInlineSnapshot(`
      [
        "21.0 node-a's kube-proxy hears of EndpointSlice shop/your-app-svc-qwcgg; its rules follow with the next sync.",
        "21.0 node-a's kube-proxy hears of EndpointSlice shop/your-app-svc-qwcgg; its rules follow with the next sync.",
      ]
    `);
    expect(behind()).toEqual([]);
  });

  test("of a controller stops what it does: no new Pod is made until it goes on", () => {
    const { world, give, run } = broken();
    give(1, { do: "watch", reader: "replicaset", connected: false });
    give(2, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 5 });
    run(20);
    expect(readyOf(world)).toContain("your-app 3/5");
    give(21, { do: "watch", reader: "replicaset", connected: true });
    run(30);
    expect(readyOf(world)).toContain("your-app 5/5");
  });
});

describe("an address range that is full", () => {
  test("leaves new Pods without a sandbox, and they start once addresses are given back", () => {
    const { world, give, run, told } = broken();
    give(1, { do: "addresses", node: "node-b", taken: true });
    give(1, { do: "addresses", node: "node-a", taken: true });
    give(2, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 4 });
    run(20);
    expect(told(/FailedCreatePodSandBox/)).toMatchInlineSnapshot(`
      [
        "2.3 FailedCreatePodSandBox: your-app-7bd57c97df-xhlhg gets no network on node-b: plugin type="bridge" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.244.2.1-10.244.2.254. The kubelet tries again in 13.2 s.",
        "15.6 FailedCreatePodSandBox: your-app-7bd57c97df-xhlhg gets no network on node-b: plugin type="bridge" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.244.2.1-10.244.2.254. The kubelet tries again in 12.0 s.",
      ]
    `);
    give(21, { do: "addresses", node: "node-b", taken: false });
    give(21, { do: "addresses", node: "node-a", taken: false });
    run(40);
    expect(readyOf(world)).toContain("your-app 4/4");
  });
});

describe("delays", () => {
  test("of the store make every write later", () => {
    const { give, run, told } = broken();
    give(1, { do: "store-delay", milliseconds: 500 });
    give(2, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 4 });
    run(10);
    expect(told(/your-app goes from/)).toMatchInlineSnapshot(`
      [
        "2.5 Deployment shop/your-app goes from 3 to 4 replicas, by your change.",
      ]
    `);
  });

  test("of the watch make rules later; minSyncPeriod sets how far syncs are apart", () => {
    const { give, run, told } = broken();
    give(1, { do: "watch-delay", milliseconds: 3000 });
    give(1, { do: "sync-period", milliseconds: 5000 });
    give(2, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 6 });
    run(30);
    expect(told(/node-a's kube-proxy begins/)).toMatchInlineSnapshot(`
      [
        "5.9 node-a's kube-proxy begins to write 1 change into the kernel's rules.",
        "10.9 node-a's kube-proxy begins to write 2 changes into the kernel's rules.",
      ]
    `);
  });
});

describe("drain and uncordon", () => {
  test("empty a node and let it take Pods again; the node stays", () => {
    const { world, give, run, told } = broken();
    give(1, { do: "drain", node: "node-b" });
    run(10);
    expect([...nodesOf(world), look(world).pods.filter(({ node }) => node === "node-b").length]).toMatchInlineSnapshot(`
      [
        "control-plane Ready node-role.kubernetes.io/control-plane:NoSchedule",
        "node-a Ready",
        "node-b Ready node.kubernetes.io/unschedulable:NoSchedule",
        0,
      ]
    `);
    give(11, { do: "uncordon", node: "node-b" });
    run(12);
    expect(told(/node-b .* (cordoned|again)/)).toMatchInlineSnapshot(`
      [
        "1.0 Node node-b is cordoned, by your change.",
        "11.0 Node node-b takes Pods again, by your change.",
      ]
    `);
  });
});

describe("what cannot be broken", () => {
  const { world } = broken();
  const commands: readonly Command[] = [
    { do: "power", node: "control-plane", on: false },
    { do: "kubelet", node: "nod-a", runs: false },
    { do: "probe", name: "shop/nobody", probe: "readiness", fails: true },
    { do: "watch", reader: "kube-proxy, node-x", connected: false },
    { do: "sync-period", milliseconds: -1 },
  ];

  test("is said with the reason", () => {
    const refusals = commands.map((command) => world.check(command)).map((checked) => (checked.ok ? "" : checked.problem.message));
    expect(refusals).toMatchInlineSnapshot(`
      [
        "control-plane runs the API server and the store: without it the whole cluster would stand still. Choose a worker",
        "there is no Node nod-a; the nearest is node-a",
        "no Pod shop/nobody runs here; the nearest is shop/my-app-77484b5f95-g88zv",
        "there is no reader kube-proxy, node-x; readers are coredns-58bf7bc6d4-q4dcl; coredns-58bf7bc6d4-tv8ns; kubelet, control-plane; kube-proxy, control-plane; kubelet, node-a; kube-proxy, node-a; kubelet, node-b; kube-proxy, node-b; node-ipam; deployment; replicaset; statefulset; scheduler; endpointslice; garbage-collector; pod-gc",
        "-1 ms were asked for; 0 to 60000 was expected",
      ]
    `);
  });
});
