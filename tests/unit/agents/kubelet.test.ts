import { describe, expect, it } from "vitest";
import { mergePatch } from "../../../src/cluster/api-write";
import type { Pod } from "../../../src/cluster/objects";
import { seconds, simTime } from "../../../src/engine/time";
import { graceAfter, graceOf, preStopOf } from "../../../src/node/agents/grace";
import type { KubeletAct, PodStage, StageStep } from "../../../src/node/agents/kubelet";
import { enterStage, hasNamespace, hasProcesses, stopFrom } from "../../../src/node/agents/kubelet";

function newPod(spec: Partial<Pod["spec"]> = {}): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web-1", namespace: "shop", uid: "u1" },
    spec: { nodeName: "node-a", containers: [{ name: "main" }], ...spec },
  };
}

/** Walks from a stage on, each a second after the other, and tells each as a line; what is written comes to the Pod. */
function walk(from: PodStage, start: Pod, killed = false): { readonly lines: readonly string[]; readonly pod: Pod } {
  const lines: string[] = [];
  let pod = start;
  let stage: PodStage | null = from;
  for (let now = 1; stage !== null; now += 1) {
    const step: StageStep = enterStage({
      stage,
      pod,
      hostIP: "192.168.0.11",
      address: "10.244.1.2",
      killed,
      now: simTime(now * 1_000_000),
    });
    lines.push([stage, ...step.acts.map(actText), nextText(step)].join(" | "));
    for (const act of step.acts) if (act.kind === "write" && act.write.verb === "patch") pod = mergePatch(pod, act.write.patch) as Pod;
    stage = step.next?.stage ?? null;
  }
  return { lines, pod };
}

function actText(act: KubeletAct): string {
  switch (act.kind) {
    case "signal-processes":
      return act.signal;
    case "write":
      return act.write.verb === "delete" ? `DELETE grace ${act.write.gracePeriodSeconds}` : "PATCH status";
    default:
      return act.kind;
  }
}

function nextText({ next, deadline }: StageStep): string {
  const said = [next, deadline].flatMap((to) =>
    to == null ? [] : [`${to.stage} after ${"draw" in to.after ? to.after.draw : `${to.after.fixed / 1e6} s`}`],
  );
  return said.length === 0 ? "waits" : said.join(", at the latest ");
}

function conditions(pod: Pod): string {
  return (pod.status?.conditions ?? [])
    .map(({ type, status, lastTransitionTime }) => `${type}=${status}@${lastTransitionTime?.slice(17, 19)}`)
    .join(" ");
}

describe("a Pod starts", () => {
  it("by sandbox, network, containers, and is reported a little later, ready at once where nothing probes it", () => {
    const { lines, pod } = walk("admitted", newPod());
    expect(lines).toEqual([
      "admitted | PATCH status | sandbox-up after sandbox",
      "sandbox-up | make-namespace | network-up after cni",
      "network-up | attach-network | PATCH status | started after containerStart",
      "started | start-processes | noticed after pleg",
      "noticed | reported after status",
      "reported | PATCH status | waits",
    ]);
    expect(pod.status).toMatchObject({
      phase: "Running",
      podIP: "10.244.1.2",
      podIPs: [{ ip: "10.244.1.2" }],
      hostIP: "192.168.0.11",
      startTime: "2026-01-01T00:00:01Z",
    });
    expect(conditions(pod)).toBe(
      "PodReadyToStartContainers=True@03 Initialized=True@01 Ready=True@06 ContainersReady=True@06 PodScheduled=True@01",
    );
  });

  it("without an address in the API until its containers have been seen running", () => {
    const step = enterStage({ stage: "network-up", pod: newPod(), hostIP: "", address: "10.244.1.2", now: simTime(0) });
    expect(JSON.stringify(step.acts)).not.toContain("10.244.1.2");
  });

  it("with a readiness probe: not ready until the probe has succeeded", () => {
    const { lines, pod } = walk("reported", newPod({ containers: [{ name: "main", readinessProbe: { initialDelaySeconds: 5 } }] }));
    expect(lines).toEqual(["reported | PATCH status | waits"]);
    expect(conditions(pod)).toContain("Ready=False@01");
  });

  it("anew where its programs have ended: at once the first time, and says how often", () => {
    const restarts = { count: 1, finishedAt: simTime(9_000_000), exitCode: 1, backOff: seconds(10), backOffSince: simTime(9_500_000) };
    const input = { stage: "exit-noticed", pod: newPod(), hostIP: "", address: "10.244.1.2", now: simTime(9_500_000) } as const;
    const enter = (wait: number): StageStep => enterStage({ ...input, restart: { restarts, wait: seconds(wait), hasSandbox: true } });
    expect(nextText(enter(0))).toBe("restarting after 0 s");
    expect(nextText(enter(20))).toBe("restarting after 20 s");
    expect(JSON.stringify(enter(20).acts)).toContain(
      '"waiting":{"reason":"CrashLoopBackOff","message":"back-off 20s restarting failed container pod=web-1_shop(u1)"}',
    );
    const lost = enterStage({ ...input, restart: { restarts, wait: seconds(0), hasSandbox: false } });
    expect(nextText(lost)).toBe("sandbox-up after sandbox");
  });
});

describe("a Pod ends", () => {
  it("by SIGTERM; SIGKILL waits for the grace", () => {
    expect(walk("stopping", newPod()).lines).toEqual(["stopping | signalled after 0 s", "signalled | SIGTERM | killed after 30 s"]);
  });

  it("when its process has gone: its namespace half a second later, then its report, then its object", () => {
    const { lines, pod } = walk("exited", walk("admitted", newPod()).pod);
    expect(lines).toEqual([
      "exited | namespace-gone after 0.5 s",
      "namespace-gone | remove-namespace | end-reported after status",
      "end-reported | PATCH status | deleted after status",
      "deleted | DELETE grace 0 | waits",
    ]);
    expect(pod.status?.phase).toBe("Succeeded");
    expect(conditions(pod)).toContain("Ready=False@03");
  });

  it("as Failed where it had to be killed", () => {
    const { lines, pod } = walk("killed", newPod(), true);
    expect(lines[0]).toBe("killed | SIGKILL | exited after 0 s");
    expect(pod.status?.phase).toBe("Failed");
  });

  it("at once where nothing runs yet, and only once", () => {
    expect([stopFrom("sandbox-up"), stopFrom("started"), stopFrom("reported"), stopFrom("signalled"), stopFrom("deleted")]).toEqual([
      "exited",
      "stopping",
      "stopping",
      null,
      null,
    ]);
    expect([
      hasProcesses("network-up"),
      hasProcesses("reported"),
      hasNamespace("admitted"),
      hasNamespace("sandbox-up"),
      hasNamespace("exited"),
      hasNamespace("deleted"),
    ]).toEqual([false, true, false, true, true, false]);
  });
});

function sleeping(lifecycle: unknown, grace = 30): Pod {
  return newPod({ containers: [{ name: "main", lifecycle }], terminationGracePeriodSeconds: grace });
}

describe("grace", () => {
  it("is the deletion's, else the Pod's, else thirty seconds", () => {
    expect([graceOf(newPod()), graceOf(sleeping({}, 5))]).toEqual([seconds(30), seconds(5)]);
    const pod = sleeping({}, 5);
    expect(graceOf({ ...pod, metadata: { ...pod.metadata, deletionGracePeriodSeconds: 1 } })).toBe(seconds(1));
  });

  it("is used up by a preStop hook that sleeps, down to two seconds", () => {
    expect(preStopOf(sleeping({ preStop: { sleep: { seconds: 10 } } }))).toBe(seconds(10));
    expect(preStopOf(sleeping({ preStop: { exec: { command: ["/bin/sh", "-c", "sleep 5"] } } }))).toBe(seconds(5));
    expect(preStopOf(sleeping({ preStop: { exec: { command: ["drain-me"] } } }))).toBe(0);
    const long = sleeping({ preStop: { sleep: { seconds: 60 } } });
    expect([preStopOf(long), graceAfter(long, preStopOf(long))]).toEqual([seconds(30), seconds(2)]);
    expect(graceAfter(sleeping({}), seconds(10))).toBe(seconds(20));
  });
});
