/** IPVS mode by the command's lines: journeys of the cluster that the other modes' tests look at, and more kinds of Service. */
import { describe, expect, test } from "vitest";
import { loadManifests } from "../../../src/manifests/load";
import { askBatch } from "../../fixtures/ask-batch";
import { SMALL } from "./small-cluster";

const MORE = `
---
apiVersion: v1
kind: Service
metadata: { name: far, namespace: shop }
spec: { clusterIP: 10.96.0.71, ports: [{ name: a, port: 80 }, { name: u, port: 53, protocol: UDP }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: far-a, namespace: shop, labels: { kubernetes.io/service-name: far } }
addressType: IPv4
ports: [{ name: a, port: 8080 }, { name: u, port: 5353, protocol: UDP }]
endpoints: [{ addresses: [10.244.2.9], nodeName: node-b }]
---
apiVersion: v1
kind: Service
metadata: { name: own, namespace: shop }
spec:
  type: LoadBalancer
  clusterIP: 10.96.0.72
  loadBalancerSourceRanges: [203.0.113.0/24]
  ports: [{ port: 80, nodePort: 30080 }]
status: { loadBalancer: { ingress: [{ ip: 198.51.100.5 }] } }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: own-a, namespace: shop, labels: { kubernetes.io/service-name: own } }
addressType: IPv4
ports: [{ port: 8080 }]
endpoints: [{ addresses: [10.244.1.7], nodeName: node-a }]
`;

const loaded = loadManifests({ name: "small.yaml", text: `${SMALL}${MORE}` });
const objects = loaded.ok ? loaded.value.objects.map(({ object }) => object) : [];

interface Told {
  readonly kind: string;
  readonly direction: string;
  readonly node: string;
  readonly step?: string;
  readonly rule?: string;
  readonly did?: string;
  readonly iface?: string;
  readonly role?: string;
  readonly way?: string;
  readonly packet?: { readonly src: string; readonly dst: string; readonly ttl: number };
}

type Answer = ReturnType<typeof askBatch>;

function trace(ip: string, more: Readonly<Record<string, unknown>> = {}, port = 80, protocol = "TCP"): Answer {
  const choices = { srcPort: 40_000 };
  const question = { id: 1, do: "trace", mode: "ipvs", objects, from: { pod: "shop/client" }, to: { ip, port, protocol }, choices };
  return askBatch({ ...question, ...more });
}

function hops(answer: Answer): readonly Told[] {
  const all: readonly Told[] = JSON.parse(JSON.stringify(answer["hops"] ?? []));
  return all;
}

/** `direction node step: line` of every step that a rule or a real server decided. */
function decisions(answer: Answer): readonly string[] {
  return hops(answer)
    .filter(({ rule }) => rule !== undefined)
    .map(({ direction, node, step, rule }) => `${direction} ${node} ${step}: ${rule?.replace(/ -m comment --comment ("[^"]*"|\S+)/, "")}`);
}

/** What captures on the client's node show: `iface way src > dst ttl`. */
function taps(answer: Answer, node = "node-a"): readonly string[] {
  return hops(answer)
    .filter((hop) => hop.kind === "tap" && hop.node === node && hop.role !== "nic" && hop.role !== "pod-eth0")
    .map(({ role, way, packet }) => `${role} ${way} ${packet?.src} > ${packet?.dst} ttl ${packet?.ttl}`);
}

describe("a packet in IPVS mode", () => {
  test("reaches a Pod of the same node routed, not bridged: TTL 63; the answer is bridged and gets its source at FORWARD", () => {
    const answer = trace("10.96.0.50", { choices: { srcPort: 40_000, endpoint: "10.244.1.7:8080" } });
    expect(answer).toMatchObject({ verdict: "delivered", candidates: ["10.244.1.7:8080", "10.244.2.9:8080"], masqueraded: false });
    expect(decisions(answer)).toEqual([
      "request node-a prerouting: -A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT",
      "request node-a input: -a -t 10.96.0.50:80 -r 10.244.1.7:8080 -m -w 1",
      "reply node-a forward: -a -t 10.96.0.50:80 -r 10.244.1.7:8080 -m -w 1",
    ]);
    expect(taps(answer)).toEqual([
      "veth in 10.244.1.2:40000 > 10.96.0.50:80 ttl 64",
      "bridge in 10.244.1.2:40000 > 10.96.0.50:80 ttl 64",
      "bridge out 10.244.1.2:40000 > 10.244.1.7:8080 ttl 63",
      "veth out 10.244.1.2:40000 > 10.244.1.7:8080 ttl 63",
      "veth in 10.244.1.7:8080 > 10.244.1.2:40000 ttl 64",
      "veth out 10.96.0.50:80 > 10.244.1.2:40000 ttl 64",
    ]);
  });

  test("to another node keeps the Pod's address; the answer gets its source back at FORWARD on the client's node", () => {
    const answer = trace("10.96.0.71");
    expect(answer).toMatchObject({ verdict: "delivered", candidates: ["10.244.2.9:8080"], masqueraded: false });
    expect(taps(answer)).toEqual([
      "veth in 10.244.1.2:40000 > 10.96.0.71:80 ttl 64",
      "bridge in 10.244.1.2:40000 > 10.96.0.71:80 ttl 64",
      "vxlan out 10.244.1.2:40000 > 10.244.2.9:8080 ttl 63",
      "vxlan in 10.244.2.9:8080 > 10.244.1.2:40000 ttl 63",
      "bridge out 10.96.0.71:80 > 10.244.1.2:40000 ttl 62",
      "veth out 10.96.0.71:80 > 10.244.1.2:40000 ttl 62",
    ]);
  });

  test("from the endpoint to itself is masqueraded by the set of loops", () => {
    const answer = trace("10.96.0.72", { from: { pod: "shop/web-1" } });
    expect(answer).toMatchObject({ verdict: "delivered", hairpin: true, masqueraded: false });
    expect(decisions(answer)).toContain(
      "request node-a postrouting: -A KUBE-POSTROUTING -m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE",
    );
    expect(taps(answer)).toContain("bridge out 10.244.1.1:40000 > 10.244.1.7:8080 ttl 63");
  });

  test("from the node has the virtual address as source and is masqueraded; IPVS takes it at OUTPUT", () => {
    const answer = trace("10.96.0.71", { from: { node: "node-a" }, choices: { srcPort: 40_000, snatPort: 50_000 } });
    expect(answer).toMatchObject({ verdict: "delivered", masqueraded: true });
    expect(decisions(answer).slice(0, 2)).toEqual([
      "request node-a output: -a -t 10.96.0.71:80 -r 10.244.2.9:8080 -m -w 1",
      "request node-a postrouting: -A KUBE-POSTROUTING -j MASQUERADE --random-fully",
    ]);
    expect(taps(answer)).toEqual([
      "vxlan out 10.244.1.0:50000 > 10.244.2.9:8080 ttl 63",
      "vxlan in 10.244.2.9:8080 > 10.244.1.0:50000 ttl 63",
    ]);
  });

  test("to a NodePort from outside is masqueraded and answered from the node's address", () => {
    const answer = trace("192.168.0.11", { from: { external: "192.168.0.100" } }, 30_080);
    expect(answer).toMatchObject({ verdict: "delivered", masqueraded: true, candidates: ["10.244.1.7:8080"] });
    const first = hops(answer).findLast(({ direction, kind }) => direction === "reply" && kind === "tap");
    expect(first?.packet?.src).toBe("192.168.0.11:30080");
  });

  test("to nobody is refused by IPVS itself, on another port by a rule, and so is a ping: virtual addresses are no host", () => {
    const empty = trace("10.96.0.60");
    expect(empty).toMatchObject({ verdict: "rejected", candidates: [] });
    expect(decisions(empty).at(-1)).toBe("request node-a input: -A -t 10.96.0.60:80 -s rr");
    const REFUSAL =
      "request node-a input: -A KUBE-IPVS-FILTER -m conntrack --ctstate NEW -m set --match-set KUBE-IPVS-IPS dst -j REJECT --reject-with icmp-port-unreachable";
    expect(trace("10.96.0.50", {}, 81)).toMatchObject({ verdict: "rejected" });
    expect(decisions(trace("10.96.0.50", {}, 81))).toEqual([REFUSAL]);
    const ping = askBatch({
      id: 1,
      do: "trace",
      mode: "ipvs",
      objects,
      from: { pod: "shop/client" },
      to: { ip: "10.96.0.50", protocol: "ICMP" },
    });
    expect(ping).toMatchObject({ verdict: "rejected" });
    expect(decisions(ping)).toEqual([REFUSAL]);
  });

  test("that a Pod's host refuses comes back as an error of the virtual server, about the packet as it was sent", () => {
    const answer = trace("10.96.0.71", {}, 53, "UDP");
    expect(answer).toMatchObject({ verdict: "refused" });
    const last = hops(answer).findLast(({ kind }) => kind === "tap");
    expect(last?.packet).toMatchObject({ src: "10.96.0.71", dst: "10.244.1.2" });
    expect(decisions(answer).at(-1)).toBe("error node-a forward: -a -u 10.96.0.71:53 -r 10.244.2.9:5353 -m -w 1");
  });

  test("to a balancer with source ranges: let in, dropped from outside, dropped from the node", () => {
    const from = (address: string): Answer => trace("198.51.100.5", { from: { external: address, via: "node-a" } });
    expect(from("203.0.113.9")).toMatchObject({ verdict: "delivered", masqueraded: true });
    expect(from("192.0.2.9")).toMatchObject({ verdict: "dropped" });
    expect(decisions(from("192.0.2.9")).at(-1)).toBe("request node-a input: -A KUBE-SOURCE-RANGES-FIREWALL -j DROP");
    const node = trace("198.51.100.5", { from: { node: "node-a" } });
    expect(node).toMatchObject({ verdict: "dropped" });
    expect(decisions(node).at(-1)).toBe(
      "request node-a output: -A KUBE-IPVS-OUT-FILTER -s 198.51.100.5/32 -m ipvs --vproto 6 --vaddr 198.51.100.5 --vport 80 -j DROP",
    );
  });

  test("whole connections work in every scheduler", () => {
    for (const ipvsScheduler of ["rr", "wrr", "lc", "wlc", "sh", "mh", "dh", "sed", "nq"]) {
      const answer = trace("10.96.0.50", { whole: true, config: { ipvsScheduler } });
      expect(answer, ipvsScheduler).toMatchObject({ verdict: "delivered" });
    }
  });
});
