import { describe, expect, it } from "vitest";
import type { Container, Pod } from "../../../src/cluster/objects";
import { seconds, simTime } from "../../../src/engine/time";
import type { Outcome, ProbeName, ProbeWorker } from "../../../src/node/agents/probes";
import { freshWorker, isSteady, look, mayLookAtOnce, nextLook, probeOf } from "../../../src/node/agents/probes";

function podWith(container: Partial<Container>): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web" },
    spec: { containers: [{ name: "main", ports: [{ name: "http", containerPort: 8080 }], ...container }] },
  };
}

const PROBED = podWith({ readinessProbe: { httpGet: { port: "http" }, periodSeconds: 5, initialDelaySeconds: 7, successThreshold: 2 } });

/** A worker after looks that found `+` or `-`, told as its result after each. */
function results(name: ProbeName, looks: string, pod = PROBED): string {
  const probe = probeOf(pod, name);
  if (probe === null) return "none";
  let worker: ProbeWorker = freshWorker(name, simTime(0));
  return [...looks]
    .map((one) => {
      const found: Outcome = one === "+" ? "success" : "failure";
      worker = look(worker, probe, found);
      return `${worker.result === "success" ? "S" : "F"}${isSteady(worker) ? "" : "?"}`;
    })
    .join(" ");
}

describe("a probe", () => {
  it("has the API's defaults where its manifest says nothing", () => {
    expect(probeOf(podWith({ livenessProbe: { exec: { command: ["true"] } } }), "liveness")).toEqual({
      name: "liveness",
      asks: { how: "exec" },
      initialDelay: 0,
      period: 10_000_000,
      timeout: 1_000_000,
      successThreshold: 1,
      failureThreshold: 3,
    });
    expect(probeOf(podWith({}), "readiness")).toBeNull();
  });

  it("asks a port by its number or by its name", () => {
    expect(probeOf(PROBED, "readiness")?.asks).toEqual({ how: "httpGet", port: 8080 });
    expect(probeOf(podWith({ startupProbe: { tcpSocket: { port: 81 } } }), "startup")?.asks).toEqual({ how: "tcpSocket", port: 81 });
  });
});

describe("a probe's worker", () => {
  it("changes its result after as many looks in a row as its threshold; readiness begins as a failure", () => {
    expect(results("readiness", "-++---++")).toBe("F F? S S? S? F F? S");
  });

  it("of liveness begins as a success, and fails after three looks in a row", () => {
    expect(results("liveness", "--+---", podWith({ livenessProbe: { tcpSocket: { port: 80 } } }))).toBe("S? S? S S? S? F");
  });

  it("looks at whole periods after it began, once the container is as old as its initial delay", () => {
    const probe = probeOf(PROBED, "readiness");
    if (probe === null) throw new Error("it has one");
    const worker = freshWorker("readiness", simTime(1_000_000));
    const at = (now: number, startedAt: number): number =>
      nextLook(worker, probe, { now: simTime(now * 1e6), startedAt: simTime(startedAt * 1e6) }) / 1e6;
    expect([at(2, 1.5), at(8.6, 1.5), at(11, 1.5), at(20, 1.5)]).toEqual([11, 11, 16, 21]);
    expect([6.9, 7].map((age) => mayLookAtOnce(probe, { now: simTime(seconds(age)), startedAt: simTime(0) }))).toEqual([false, true]);
  });
});
