import { describe, expect, it } from "vitest";
import type { KubeObject, Pod } from "../../../src/cluster/objects";
import { schedule, scheduleAll } from "../../../src/control-plane/scheduler";
import { node, pod, service, SmallCluster } from "./small-cluster";

const NODES = [
  node("control-plane zone=zone-a taint=node-role.kubernetes.io/control-plane:NoSchedule"),
  node("node-a zone=zone-a"),
  node("node-b zone=zone-b"),
];
const TOLERANT: Partial<Pod["spec"]> = {
  tolerations: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule", operator: "Exists" }],
};

function waiting(line: string, more: Partial<Pod["spec"]> = {}): Pod {
  const made = pod(line);
  return { ...made, spec: { ...made.spec, ...more } };
}

/** Where Pods go one after another. */
function places(objects: readonly KubeObject[], pods: readonly Pod[]): string {
  return scheduleAll(new SmallCluster(objects).view(), pods)
    .map((placement) => ("node" in placement ? placement.node : placement.unschedulable))
    .join(" ");
}

function many(count: number, line: string, more: Partial<Pod["spec"]> = {}): readonly Pod[] {
  return Array.from({ length: count }, (_, index) => waiting(`p${index} ${line}`, more));
}

describe("the scheduler", () => {
  it("spreads the Pods of a Service over the nodes that take them", () => {
    const web = service("web app=web 80:8080");
    expect(places([...NODES, web], many(2, "app=web"))).toBe("node-a node-b");
    expect(places([...NODES, web], many(5, "app=web"))).toBe("node-a node-b node-a node-b node-a");
  });

  it("spreads two apps each by itself, so that neither ends up on one node", () => {
    const objects = [...NODES, service("my app=my 80:8080"), service("your app=your 80:8080")];
    expect(places(objects, [...many(2, "app=my"), ...many(3, "app=your")])).toBe("node-a node-b node-a node-b node-a");
  });

  it("spreads over zones too: the second Pod that may run anywhere goes to the other zone", () => {
    expect(places([...NODES, service("dns app=dns 53:53")], many(2, "app=dns", TOLERANT))).toBe("control-plane node-b");
  });

  it("gives a Pod of no Service to the node with most room", () => {
    const busy = [pod("x app=x @node-a 10.244.1.2 ready"), pod("y app=y @node-a 10.244.1.3 ready")];
    expect(places([...NODES, ...busy], many(1, "app=lone"))).toBe("node-b");
  });

  it("does not count Pods that are on their way out when it spreads", () => {
    const leaving = [pod("x app=web @node-a 10.244.1.2 ready terminating"), pod("y app=web @node-b 10.244.2.2 ready")];
    expect(places([...NODES, service("web app=web 80:8080"), ...leaving], many(1, "app=web"))).toBe("node-a");
  });

  it("respects a node selector, and knows each node's host name", () => {
    expect(places(NODES, many(1, "app=x", { nodeSelector: { "kubernetes.io/hostname": "node-b" } }))).toBe("node-b");
  });

  it("avoids a cordoned node and says in kubectl's words why nothing fits", () => {
    const nodes = [NODES[0], node("node-a unschedulable"), node("node-b zone=zone-b")].filter((item) => item !== undefined);
    const view = new SmallCluster(nodes).view();
    expect(schedule({ view, pod: waiting("p app=x") })).toEqual({ node: "node-b" });
    expect(schedule({ view, pod: waiting("p app=x", { nodeSelector: { disk: "ssd" } }) })).toEqual({
      unschedulable:
        "0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, " +
        "1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane:NoSchedule}, 1 node(s) were unschedulable.",
    });
    expect(schedule({ view: new SmallCluster().view(), pod: waiting("p app=x") })).toEqual({
      unschedulable: "no nodes available to schedule pods",
    });
  });

  it("puts at most 110 Pods on a node", () => {
    const placed = places([node("node-a")], many(111, "app=x")).split("node-a").length - 1;
    expect(placed).toBe(110);
  });
});
