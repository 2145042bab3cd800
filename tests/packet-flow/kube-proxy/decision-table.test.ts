/** Where packets of Pods, the node and the outside go, and who is masqueraded: whole tables of kube-proxy's decisions. */
import { describe, expect, test } from "vitest";
import type { EndpointSlice, Service } from "../../../src/cluster/objects";
import { nodeRuleset } from "../../../src/node/agents/flannel-rules";
import type { ProxySettings } from "../../../src/node/agents/kube-proxy/settings";
import { inputOf, service, slice } from "../../unit/kube-proxy/objects";
import { outcomeOf } from "./outcome";

const POD = "10.244.1.9";
const NODE = "192.168.0.11";
const OUTSIDE = "203.0.113.7";
const SOURCES = { pod: POD, node: NODE, outside: OUTSIDE } as const;

type Spec = Partial<Service["spec"]>;

const BASE: Spec = { type: "LoadBalancer", ports: [{ name: "http", port: 80, nodePort: 30_080 }], externalIPs: ["192.0.2.5"] };
const STATUS = { loadBalancer: { ingress: [{ ip: "198.51.100.5" }] } };
const HERE_AND_THERE = ["10.244.1.2@node-a", "10.244.2.2@node-b"];

interface World {
  readonly spec?: Spec;
  readonly endpoints?: readonly string[];
  readonly settings?: Partial<ProxySettings>;
}

/** `SOURCE → DESTINATION` gives `here there masq`, or what befell the packet. */
function fate({ spec = {}, endpoints = HERE_AND_THERE, settings = {} }: World, line: string): string {
  const [source = "", destination = ""] = line.split(" → ");
  const objects: readonly (Service | EndpointSlice)[] = [
    service("shop/web", "10.96.0.50", { ...BASE, ...spec }, { status: STATUS }),
    slice("shop/web", endpoints),
  ];
  const input = inputOf(objects, settings);
  const ruleset = nodeRuleset({ ...input, podCIDR: "10.244.0.0/16", nodePodCIDR: "10.244.1.0/24" });
  const places: Readonly<Record<string, readonly [string, number]>> = {
    clusterIP: ["10.96.0.50", 80],
    otherPort: ["10.96.0.50", 81],
    nodePort: [NODE, 30_080],
    externalIP: ["192.0.2.5", 80],
    loadBalancer: ["198.51.100.5", 80],
  };
  const [address, port] = places[destination] ?? ["", 0];
  const from = source === "pod" || source === "node" || source === "outside" ? SOURCES[source] : source;
  const { output, masquerade } = outcomeOf(ruleset, input.node.addresses, { protocol: "TCP", source: from, destination: address, port });
  const said = output.replace("10.244.1.2:8080", "here").replace("10.244.2.2:8080", "there").replace(", ", " ") || "passes";
  return masquerade ? `${said} masq` : said;
}

function table(world: World, rows: Readonly<Record<string, string>>): void {
  expect(Object.fromEntries(Object.keys(rows).map((line) => [line, fate(world, line)]))).toEqual(rows);
}

describe("masquerading", () => {
  test("to a ClusterIP: Pods keep their address, all others are masqueraded", () => {
    table({}, { "pod → clusterIP": "here there", "node → clusterIP": "here there masq", "outside → clusterIP": "here there masq" });
  });

  test("without a detector of local traffic nobody is, with masqueradeAll everybody", () => {
    table(
      { settings: { detectLocalMode: "None" } },
      { "pod → clusterIP": "here there", "node → clusterIP": "here there", "outside → clusterIP": "here there" },
    );
    table(
      { settings: { masqueradeAll: true } },
      { "pod → clusterIP": "here there masq", "node → clusterIP": "here there masq", "outside → clusterIP": "here there masq" },
    );
  });

  test("a Pod that is its Service's only endpoint is masqueraded on its way to itself", () => {
    table({ endpoints: [`${POD}@node-a`] }, { "pod → clusterIP": `${POD}:8080 masq`, "10.244.1.3 → clusterIP": `${POD}:8080` });
  });

  test("to external addresses with policy Cluster everybody is, masqueradeAll or not", () => {
    const rows = Object.fromEntries(
      ["pod", "node", "outside"].flatMap((from) =>
        ["nodePort", "externalIP", "loadBalancer"].map((to) => [`${from} → ${to}`, "here there masq"]),
      ),
    );
    table({}, rows);
    table({ settings: { detectLocalMode: "None" } }, rows);
  });

  test("with external policy Local: Pods go anywhere unmasqueraded, the node anywhere masqueraded, the outside only here", () => {
    const spec: Spec = { externalTrafficPolicy: "Local" };
    table(
      { spec },
      {
        "pod → nodePort": "here there",
        "node → nodePort": "here there masq",
        "outside → nodePort": "here",
        "pod → loadBalancer": "here there",
        "node → externalIP": "here there masq",
        "outside → externalIP": "here",
        "pod → clusterIP": "here there",
        "outside → clusterIP": "here there masq",
      },
    );
    table(
      { spec, settings: { detectLocalMode: "None" } },
      { "pod → nodePort": "here", "node → nodePort": "here there masq", "outside → nodePort": "here" },
    );
  });

  test("internal policy never decides it", () => {
    table(
      { spec: { internalTrafficPolicy: "Local" } },
      { "pod → clusterIP": "here", "node → clusterIP": "here masq", "outside → nodePort": "here there masq" },
    );
  });
});

describe("when nothing can be reached", () => {
  test("no endpoints at all: rejected, but for the node's own packets to external addresses, which nothing stops", () => {
    table(
      { endpoints: [] },
      {
        "pod → clusterIP": "REJECT",
        "node → clusterIP": "REJECT",
        "outside → nodePort": "REJECT",
        "pod → externalIP": "REJECT",
        "outside → loadBalancer": "REJECT",
        "node → loadBalancer": "passes",
      },
    );
  });

  test("no endpoint here but some elsewhere, policy Local: dropped where the policy holds", () => {
    table(
      { endpoints: ["10.244.2.2@node-b"], spec: { internalTrafficPolicy: "Local" } },
      { "pod → clusterIP": "DROP", "node → clusterIP": "DROP", "outside → nodePort": "there masq" },
    );
    table(
      { endpoints: ["10.244.2.2@node-b"], spec: { externalTrafficPolicy: "Local" } },
      {
        "outside → nodePort": "DROP",
        "outside → loadBalancer": "DROP",
        "pod → nodePort": "there",
        "node → nodePort": "there masq",
        "pod → clusterIP": "there",
      },
    );
  });

  test("another port of a ClusterIP meets no rule", () => {
    table({}, { "pod → otherPort": "passes" });
  });
});

describe("source ranges of a load balancer", () => {
  const spec: Spec = { loadBalancerSourceRanges: ["203.0.113.0/25"] };
  test("let in who is in them; others, Pods too, are dropped; node ports know no ranges", () => {
    table(
      { spec },
      {
        "outside → loadBalancer": "here there masq",
        "203.0.113.200 → loadBalancer": "DROP",
        "pod → loadBalancer": "DROP",
        "203.0.113.200 → nodePort": "here there masq",
      },
    );
  });

  test("that hold the node let packets in that come back with the balancer's address", () => {
    table(
      { spec: { loadBalancerSourceRanges: ["192.168.0.0/24"] } },
      { "198.51.100.5 → loadBalancer": "here there masq", "outside → loadBalancer": "DROP" },
    );
    table({ spec }, { "198.51.100.5 → loadBalancer": "DROP" });
  });

  test("without endpoints reject and do not drop", () => {
    table({ spec, endpoints: [] }, { "203.0.113.200 → loadBalancer": "REJECT" });
  });
});

describe("node port addresses", () => {
  test("with ranges, only the node's addresses in them answer; loopback only if it is in one", () => {
    table({ settings: { nodePortAddresses: ["10.0.0.0/8"] } }, { "outside → nodePort": "passes" });
    table({ settings: { nodePortAddresses: ["192.168.0.0/24"] } }, { "outside → nodePort": "here there masq" });
  });
});
