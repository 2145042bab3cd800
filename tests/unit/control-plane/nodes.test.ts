import { describe, expect, it } from "vitest";
import { simTime } from "../../../src/engine/time";
import { drainNode, isDrained } from "../../../src/control-plane/drain";
import { nextPodRange } from "../../../src/control-plane/node-addressing";
import { nodeIsReady, registerNode, removeNode } from "../../../src/control-plane/node-membership";
import { schedule } from "../../../src/control-plane/scheduler";
import { linesOf, node, pod, SmallCluster } from "./small-cluster";

function next(nodes: readonly string[], lastAllocated: string, clusterCIDR = "10.244.0.0/16"): string | null {
  return nextPodRange({ view: new SmallCluster(nodes.map(node)).view(), clusterCIDR, lastAllocated });
}

describe("Pod ranges of Nodes", () => {
  it("are handed out in order", () => {
    expect(next([], "")).toBe("10.244.0.0/24");
    expect(next(["a range=10.244.0.0/24", "b range=10.244.1.0/24"], "10.244.1.0/24")).toBe("10.244.2.0/24");
  });

  it("come again only after the cursor has been once around", () => {
    expect(next(["a range=10.244.0.0/24"], "10.244.1.0/24")).toBe("10.244.2.0/24");
    expect(next(["a range=10.244.0.0/24"], "10.244.255.0/24")).toBe("10.244.1.0/24");
  });

  it("run out", () => {
    expect(next(["a range=10.0.0.0/24", "b range=10.0.1.0/24"], "10.0.1.0/24", "10.0.0.0/23")).toBeNull();
  });
});

describe("a Node", () => {
  it("takes no Pods when it joins, until it is ready", () => {
    const cluster = new SmallCluster();
    cluster.apply([registerNode({ name: "node-c", address: "192.168.0.13", zone: "zone-a", now: simTime(0) })]);
    expect(schedule({ view: cluster.view(), pod: pod("p app=x") })).toEqual({
      unschedulable: "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready:NoSchedule}.",
    });
    cluster.apply(nodeIsReady({ view: cluster.view(), node: "node-c", now: simTime(1) }));
    expect(schedule({ view: cluster.view(), pod: pod("p app=x") })).toEqual({ node: "node-c" });
    expect(nodeIsReady({ view: cluster.view(), node: "node-c", now: simTime(2) })).toEqual([]);
  });

  it("is cordoned and emptied before it leaves", () => {
    const cluster = new SmallCluster([
      node("node-a"),
      pod("mine app=x @node-a 10.244.1.2 ready"),
      pod("leaving app=x @node-a 10.244.1.3 ready terminating"),
      pod("done app=x @node-a phase=Succeeded"),
      pod("other app=x @node-b 10.244.2.2 ready"),
    ]);
    const writes = drainNode({ view: cluster.view(), node: "node-a" });
    expect(linesOf(writes)).toEqual([
      'patch Node node-a {"spec":{"unschedulable":true,"taints":[{"key":"node.kubernetes.io/unschedulable","effect":"NoSchedule"}]}}',
      "delete Pod shop/mine",
    ]);
    cluster.apply(writes);
    expect(isDrained({ view: cluster.view(), node: "node-a" })).toBe(false);
    cluster.remove(pod("leaving"));
    expect(isDrained({ view: cluster.view(), node: "node-a" })).toBe(true);
    expect(drainNode({ view: cluster.view(), node: "node-a" })).toEqual([]);
    expect(linesOf(removeNode({ view: cluster.view(), node: "node-a" }))).toEqual(["delete Node node-a"]);
    expect(removeNode({ view: cluster.view(), node: "node-x" })).toEqual([]);
  });
});
