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
      events.filter(({ sentence }) => matching.test(sentence)).map(({ at, sentence }) => `${(at / SECOND).toFixed(1)} ${sentence}`),
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

describe("a program that crashes", () => {
  test("is started anew at once, then after 10, 20, 40 s", () => {
    const { world, give, run, told } = broken();
    give(1, { do: "crash", name: podOf(world, "your-app"), again: true });
    run(120);
    expect(told(/notices that the containers of .* have ended|start anew|the program of|exit code/)).toMatchInlineSnapshot(`
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
        "75.6 The containers of your-app-7bd57c97df-5dnnf start anew (restart 4).",
        "76.6 The program of your-app-7bd57c97df-5dnnf ends with exit code 1, again.",
        "76.6 node-a's kubelet notices that the containers of your-app-7bd57c97df-5dnnf have ended: CrashLoopBackOff, it starts them anew in 80.0 s.",
      ]
    `);
  });
});

describe("a kubelet that stops", () => {
  test("lets its Pods run on, and its Node is written off after 50 s; when it starts all is as before", () => {
    const { world, give, run, told } = broken();
    give(1, { do: "kubelet", node: "node-b", runs: false });
    run(70);
    give(80, { do: "kubelet", node: "node-b", runs: true });
    run(100);
    expect(told(/node-b|not ready|Ready/)).toMatchInlineSnapshot(`
      [
        "1.0 You stop the kubelet of node-b: its containers run on.",
        "46.0 The node-lifecycle controller has heard nothing of node-b for 50 s: it writes the Node off and turns 3 Pods there not ready.",
        "46.0 Node node-b no longer has Ready as revision 65, by the node-lifecycle controller.",
        "46.0 Pod kube-system/coredns-58bf7bc6d4-tv8ns no longer has Ready as revision 66, by the node-lifecycle controller.",
        "46.0 node-b's kube-proxy hears of EndpointSlice kube-system/kube-dns-b9tbt, revision 67; its rules follow with the next sync.",
        "46.0 node-b's kube-proxy begins to write 1 change into the kernel's rules.",
        "46.0 Pod shop/my-app-77484b5f95-nbzgf no longer has Ready as revision 68, by the node-lifecycle controller.",
        "46.0 node-b's kernel has the rules of Services at revision 64 and slices at revision 67.",
        "46.0 Pod shop/your-app-7bd57c97df-qxfdg no longer has Ready as revision 70, by the node-lifecycle controller.",
        "46.0 Node node-b is tainted with node.kubernetes.io/unreachable:NoSchedule and node.kubernetes.io/unreachable:NoExecute as revision 73, by the node-lifecycle controller.",
        "46.0 node-b's kube-proxy hears of EndpointSlice shop/my-app-svc-7l9tx, revision 72; its rules follow with the next sync.",
        "46.0 node-b's kube-proxy hears of EndpointSlice shop/your-app-svc-qwcgg, revision 74; its rules follow with the next sync.",
        "47.0 node-b's kube-proxy begins to write 2 changes into the kernel's rules.",
        "47.0 node-b's kernel has the rules of Services at revision 64 and slices at revision 74.",
        "80.0 You start the kubelet of node-b.",
        "80.0 Node node-b now has Ready as revision 79, by node-b's kubelet.",
        "81.0 The node-lifecycle controller sees node-b ready again and takes its taints away.",
        "81.0 Node node-b loses the taint node.kubernetes.io/unreachable:NoSchedule and node.kubernetes.io/unreachable:NoExecute as revision 80, by the node-lifecycle controller.",
        "81.0 Pod shop/my-app-77484b5f95-nbzgf now has Ready as revision 81, by node-b's kubelet.",
        "81.0 Pod kube-system/coredns-58bf7bc6d4-tv8ns now has Ready as revision 82, by node-b's kubelet.",
        "81.0 Pod shop/your-app-7bd57c97df-qxfdg now has Ready as revision 83, by node-b's kubelet.",
        "81.0 node-b's kube-proxy hears of EndpointSlice kube-system/kube-dns-b9tbt, revision 86; its rules follow with the next sync.",
        "81.0 node-b's kube-proxy begins to write 1 change into the kernel's rules.",
        "81.0 node-b's kube-proxy hears of EndpointSlice shop/my-app-svc-7l9tx, revision 87; its rules follow with the next sync.",
        "81.0 node-b's kernel has the rules of Services at revision 64 and slices at revision 86.",
        "81.0 node-b's kube-proxy hears of EndpointSlice shop/your-app-svc-qwcgg, revision 92; its rules follow with the next sync.",
        "82.0 node-b's kube-proxy begins to write 2 changes into the kernel's rules.",
        "82.0 node-b's kernel has the rules of Services at revision 64 and slices at revision 92.",
      ]
    `);
    expect(look(world).nodes.map(({ name, ready, taints }) => [name, ready, taints.join(" ")].join(" "))).toMatchInlineSnapshot(`
      [
        "control-plane true node-role.kubernetes.io/control-plane:NoSchedule",
        "node-a true ",
        "node-b true ",
      ]
    `);
  });
});
