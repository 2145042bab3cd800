/** `batch`: JSON lines in, JSON lines out, as the contract shows them. */
import { describe, expect, test } from "vitest";
import { answerLine } from "../../../src/headless/batch";
import { askBatch } from "../../fixtures/ask-batch";
import type { BatchAnswer } from "../../fixtures/ask-batch";

function pod(name: string, node: string, address: string, labels: Readonly<Record<string, string>> = {}): unknown {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "shop", labels },
    spec: { nodeName: node, containers: [{ name: "main", ports: [{ containerPort: 8080 }] }] },
    status: { phase: "Running", podIP: address, conditions: [{ type: "Ready", status: "True" }] },
  };
}

function service(name: string, clusterIP: string, fields: Readonly<Record<string, unknown>> = {}): unknown {
  const spec = { clusterIP, selector: { app: name }, ports: [{ name: "http", port: 80, targetPort: 8080 }], ...fields };
  return { apiVersion: "v1", kind: "Service", metadata: { name, namespace: "shop" }, spec };
}

function slice(of: string, endpoints: readonly unknown[]): unknown {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: `${of}-1`, namespace: "shop", labels: { "kubernetes.io/service-name": of } },
    addressType: "IPv4",
    ports: [{ name: "http", port: 8080, protocol: "TCP" }],
    endpoints,
  };
}

const node = (name: string, address: string, podCIDR: string): unknown => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name },
  spec: { podCIDR },
  status: { addresses: [{ type: "InternalIP", address }] },
});

const NODES = [node("node-a", "192.168.0.11", "10.244.1.0/24"), node("node-b", "192.168.0.12", "10.244.2.0/24")];

const SHOP = [
  ...NODES,
  pod("client", "node-a", "10.244.1.2"),
  pod("web-1", "node-a", "10.244.1.7", { app: "web" }),
  pod("web-2", "node-b", "10.244.2.9", { app: "web" }),
  service("web", "10.96.0.50"),
  service("empty", "10.96.0.60"),
  service("local", "10.96.0.70", { selector: { app: "web-2" }, internalTrafficPolicy: "Local" }),
  pod("only-b", "node-b", "10.244.2.8", { app: "web-2" }),
  service("ghost", "10.96.0.80"),
  slice("ghost", [{ addresses: ["10.244.1.99"], nodeName: "node-a" }]),
];

interface Trace {
  readonly from?: unknown;
  readonly to: unknown;
  readonly [field: string]: unknown;
}

function trace({ from = { pod: "shop/client" }, ...rest }: Trace): BatchAnswer {
  return askBatch({ id: "t", do: "trace", mode: "iptables", objects: SHOP, from, ...rest });
}

/** kube-proxy's settings as kubeadm keeps them. */
function map(text: string): unknown {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "kube-proxy", namespace: "kube-system" }, data: { "config.conf": text } };
}

/** Hops as text, without what hangs on the seed beside the choices: MACs and names of interfaces. */
function without(hops: unknown): string {
  return JSON.stringify(hops)
    .replaceAll(/([0-9a-f]{2}:){5}[0-9a-f]{2}/g, "MAC")
    .replaceAll(/veth[0-9a-f]{8}/g, "veth");
}

function hopsOf(answer: BatchAnswer): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(answer["hops"]) ? answer["hops"] : [];
}

describe("the contract's examples", () => {
  test("rules: what kube-proxy feeds to iptables-restore", () => {
    const answer = askBatch({ id: "r1", do: "rules", mode: "iptables", node: "node-a", format: "restore", objects: SHOP, config: {} });
    expect(answer).toMatchObject({
      id: "r1",
      ok: true,
      text: expect.stringMatching(/^\*filter\n:KUBE-SERVICES - \[0:0\]\n[\s\S]*COMMIT\n$/),
    });
  });

  test("dns: fields of a Corefile, what they do not name has the plugin's own default", () => {
    const answer = askBatch({
      id: "d1",
      do: "dns",
      objects: [service("web", "10.96.0.50")],
      query: { name: "web.shop.svc.cluster.local.", type: "A" },
      config: { corefile: { ttl: 30, pods: "insecure" } },
    });
    expect(answer).toEqual({
      id: "d1",
      ok: true,
      rcode: "NOERROR",
      aa: true,
      answer: ["web.shop.svc.cluster.local. 30 IN A 10.96.0.50"],
      authority: [],
      additional: [],
      warnings: ['Namespace "shop" is used and not given; it was made.'],
    });
  });

  test("resolve: every query in order, and the first address", () => {
    const answer = askBatch({ id: "w1", do: "resolve", objects: SHOP, from: "shop/client", name: "web", libc: "glibc" });
    expect(answer).toMatchObject({
      id: "w1",
      ok: true,
      result: "10.96.0.50",
      queries: [
        { name: "web.shop.svc.cluster.local.", type: "A", rcode: "NOERROR" },
        { name: "web.shop.svc.cluster.local.", type: "AAAA", rcode: "NOERROR" },
      ],
    });
  });

  test("trace: verdict, candidates in rule order, what chance decided", () => {
    const answer = trace({ to: { ip: "10.96.0.50", port: 80, protocol: "TCP" }, seed: 1, config: {} });
    expect(answer).toMatchObject({
      id: "t",
      ok: true,
      verdict: "delivered",
      candidates: ["10.244.1.7:8080", "10.244.2.9:8080"],
      masqueraded: false,
    });
    expect(answer["candidates"]).toContain(Reflect.get(Object(answer["choices"]), "endpoint"));
  });

  test("run: the transcript of a scenario and the state's fingerprint", () => {
    const commands = [{ at: "0.1s", do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 4 }];
    const answer = askBatch({ id: "x", do: "run", scenario: "two-apps", commands, until: "0.2s", seed: 1 });
    expect(answer).toMatchObject({ id: "x", ok: true, hash: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(answer["transcript"]).toContainEqual(expect.stringMatching(/^100000 0 command .*your-app/));
    expect(askBatch({ id: "x", do: "run", scenario: "two-apps", commands, until: "0.2s", seed: 1 })).toEqual(answer);
  });
});

describe("verdicts, as the client sees them", () => {
  test.each([
    ["a Service with endpoints", { to: { ip: "10.96.0.50", port: 80 } }, "delivered"],
    ["a Service without endpoints: a rule refuses", { to: { ip: "10.96.0.60", port: 80 } }, "rejected"],
    ["the same from the node itself", { from: { node: "node-a" }, to: { ip: "10.96.0.60", port: 80 } }, "rejected"],
    ["internalTrafficPolicy Local without a local endpoint: a rule drops", { to: { ip: "10.96.0.70", port: 80 } }, "dropped"],
    ["the same where there is a local endpoint", { from: { pod: "shop/only-b" }, to: { ip: "10.96.0.70", port: 80 } }, "delivered"],
    ["a port that nobody listens on", { to: { ip: "10.244.2.9", port: 9 } }, "refused"],
    ["a UDP port that nobody listens on", { to: { ip: "10.244.2.9", port: 9, protocol: "UDP" } }, "refused"],
    ["a port that the Service does not have", { to: { ip: "10.96.0.50", port: 81 } }, "unrouted"],
    ["the same with a router that answers", { to: { ip: "10.96.0.50", port: 81 }, config: { gateway: "unreachable" } }, "rejected"],
    [
      "an endpoint that is gone: its node answers after three questions",
      { to: { ip: "10.96.0.80", port: 80 }, config: { gone: ["10.244.1.99"] } },
      "rejected",
    ],
    ["an endpoint without a Pod: a host that listens", { to: { ip: "10.96.0.80", port: 80 } }, "delivered"],
    [
      "without bridge-nf-call-iptables, an endpoint of the same node",
      { to: { ip: "10.96.0.50", port: 80 }, config: { bridgeNfCallIptables: false }, choices: { endpoint: "10.244.1.7:8080" } },
      "mismatched",
    ],
    ["an echo across the overlay", { to: { ip: "10.244.2.9", protocol: "ICMP" } }, "delivered"],
    ["a Pod from the other node", { from: { node: "node-b" }, to: { ip: "10.244.1.7", port: 8080 } }, "delivered"],
    [
      "a ClusterIP from outside, by a node",
      { from: { external: "203.0.113.7", via: "node-a" }, to: { ip: "10.96.0.50", port: 80 } },
      "delivered",
    ],
    [
      "a ClusterIP from outside, by the router, which knows no way",
      { from: { external: "203.0.113.7" }, to: { ip: "10.96.0.50", port: 80 } },
      "unrouted",
    ],
  ])("%s", (_what, request, verdict) => {
    const answer = trace(request);
    expect({ verdict: answer["verdict"], error: answer.error }).toEqual({ verdict, error: undefined });
  });
});

test("nodes that are only named take the ranges that their Pods show", () => {
  const objects = [pod("far", "node-z", "10.244.7.9"), pod("client", "node-y", "10.244.3.2")];
  const answer = trace({ objects, to: { ip: "10.244.7.9", port: 8080 } });
  expect(answer).toMatchObject({ ok: true, verdict: "delivered" });
});

describe("masquerading", () => {
  test.each([
    ["a Pod keeps its address", {}, false, false],
    [
      "an endpoint that gets itself is masqueraded by its own rule",
      { from: { pod: "shop/web-1" }, choices: { endpoint: "10.244.1.7:8080" } },
      false,
      true,
    ],
    ["a node is no Pod", { from: { node: "node-a" } }, true, false],
    ["masqueradeAll", { config: { masqueradeAll: true } }, true, false],
  ])("%s", (_what, request, masqueraded, hairpin) => {
    expect(trace({ to: { ip: "10.96.0.50", port: 80 }, ...request })).toMatchObject({ masqueraded, hairpin, verdict: "delivered" });
  });
});

describe("choices", () => {
  test("a trace with its own choices is the same trace", () => {
    const to = { ip: "10.96.0.50", port: 80 };
    const first = trace({ from: { node: "node-a" }, to, seed: 5 });
    const again = trace({ from: { node: "node-a" }, to, seed: 99, choices: first["choices"] });
    expect(again["choices"]).toEqual(first["choices"]);
    expect(without(again["hops"])).toBe(without(first["hops"]));
  });

  test.each([
    [
      { endpoint: "10.1.1.1:80" },
      "choices.endpoint: 10.1.1.1:80 is impossible here: the rules can choose 10.244.1.7:8080, 10.244.2.9:8080",
    ],
    [{ snatPort: 4000 }, "choices.snatPort: 4000 is impossible here: no rule rewrites the packet's source"],
    [{ endpoint: "10.244.1.7:8080", vxlanPort: 40000 }, "choices.vxlanPort: 40000 is impossible here: the packet goes through no tunnel"],
    [{ srcPort: 70000 }, "choices.srcPort: expected a whole number from 1 to 65535, got 70000"],
  ])("an impossible one is an error: %j", (choices, error) => {
    expect(trace({ to: { ip: "10.96.0.50", port: 80 }, choices }).error).toBe(error);
  });
});

describe("hops", () => {
  test("come in the order of time, taps and steps, each with its direction", () => {
    const all = hopsOf(trace({ to: { ip: "10.96.0.50", port: 80 }, choices: { endpoint: "10.244.2.9:8080" } }));
    const times = all.map(({ at }) => Number(at));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(all.filter(({ kind }) => kind === "tap").length).toBe(20);
    expect(new Set(all.map(({ direction }) => direction))).toEqual(new Set(["request", "reply"]));
    expect(all.find(({ kind }) => kind === "tap")).toMatchObject({
      node: "node-a",
      pod: "shop/client",
      iface: "eth0",
      role: "pod-eth0",
      way: "out",
    });
  });

  test("name the rule that matched, in its save form", () => {
    const all = hopsOf(trace({ to: { ip: "10.96.0.50", port: 80 }, choices: { endpoint: "10.244.2.9:8080" } }));
    const save = String(askBatch({ id: 1, do: "rules", node: "node-a", format: "save", objects: SHOP })["text"]);
    const rules = all.flatMap(({ rule, node: on }) => (typeof rule === "string" && on === "node-a" ? [rule] : []));
    expect(rules.some((rule) => rule.includes("-j DNAT --to-destination 10.244.2.9:8080"))).toBe(true);
    for (const rule of rules) expect(save).toContain(`${rule}\n`);
  });

  test("end at the model's edge for what leaves the cluster", () => {
    expect(hopsOf(trace({ to: { ip: "192.0.2.1", port: 443 } })).at(-1)).toMatchObject({
      kind: "tap",
      node: "node-a",
      role: "nic",
      way: "out",
    });
  });

  test("with `whole` go on to the end of the connection", () => {
    const flags = hopsOf(trace({ to: { ip: "10.96.0.50", port: 80 }, whole: true })).flatMap(({ kind, packet, role, way }) =>
      kind === "tap" && role === "pod-eth0" && way === "out" ? [String(Reflect.get(Object(packet), "flags"))] : [],
    );
    expect(flags.slice(0, 4)).toEqual(["S", "SA", "A", "PA"]);
    expect(flags.filter((flag) => flag === "PA").length).toBe(2);
    expect(flags.filter((flag) => flag === "FA").length).toBe(2);
  });
});

describe("a ConfigMap kube-proxy", () => {
  test("says how rules are made", () => {
    const settings = map("mode: iptables\nclusterCIDR: 10.200.0.0/16\niptables:\n  masqueradeAll: true\n  masqueradeBit: 15\n");
    const text = String(askBatch({ id: 1, do: "rules", node: "node-a", format: "restore", objects: [...SHOP, settings] })["text"]);
    expect(text).toContain("-A KUBE-MARK-MASQ -j MARK --or-mark 0x00008000\n");
    expect(text).toContain('--comment "shop/web:http cluster IP" -m tcp -p tcp -d 10.96.0.50 --dport 80 -j KUBE-MARK-MASQ\n');
  });

  test("says the mode, which a question can override", () => {
    const objects = [...SHOP, map("mode: ipvs")];
    expect(String(askBatch({ id: 1, do: "rules", node: "node-a", objects })["text"])).toMatch(/^-A -t \S+ -s rr\n/);
    expect(askBatch({ id: 1, do: "rules", node: "node-a", objects, mode: "iptables" }).ok).toBe(true);
  });

  test("that cannot be read is an error that names the field", () => {
    expect(askBatch({ id: 1, do: "rules", node: "node-a", objects: [map("mode: fast")] }).error).toMatch(
      /^ConfigMap kube-system\/kube-proxy: config\.conf\.mode: expected "iptables"/,
    );
  });
});

describe("steps", () => {
  test("the text is that of the sync after the last one, partial where it would be partial", () => {
    const before = [
      ...NODES,
      service("web", "10.96.0.50"),
      slice("web", [{ addresses: ["10.244.1.7"] }]),
      service("other", "10.96.0.51"),
      slice("other", [{ addresses: ["10.244.1.8"] }]),
    ];
    const after = [...before.slice(0, 3), slice("web", [{ addresses: ["10.244.1.9"] }]), ...before.slice(4)];
    const answer = askBatch({ id: 1, do: "rules", node: "node-a", format: "restore", steps: [before, after] });
    expect(answer["sync"]).toBe("partial");
    expect(answer["text"]).toContain("--to-destination 10.244.1.9:8080");
    expect(answer["text"]).not.toContain("--to-destination 10.244.1.8:8080");
    expect(answer["text"]).toMatch(/-X KUBE-SEP-/);
  });
});

describe("a bad request costs its own answer only", () => {
  test.each([
    ["{", /^this line is no JSON: /],
    ["7", /^expected an object with fields/],
    ['{"id":"a"}', /^do: expected "rules", "dns", "resolve", "trace", "pcap", "lab" or "run"$/],
    ['{"id":"a","do":"rules","objects":[]}', /^node: expected the name of a node$/],
    ['{"id":"a","do":"dns","query":{"name":"a."}}', /^objects: expected "objects", a list of Kubernetes objects$/],
    ['{"id":"a","do":"dns","objects":{},"query":{"name":"a."}}', /^objects: expected a list, got \{\}$/],
    [
      '{"id":"a","do":"dns","objects":[],"query":{"name":"a."},"config":{"clusterCIDR":"10"}}',
      /^config\.clusterCIDR: expected a range such as 10\.244\.0\.0\/16, got "10"$/,
    ],
    [
      '{"id":"a","do":"dns","objects":[],"query":{"name":"a."},"config":{"corefile":{"ttl":-1}}}',
      /^config\.corefile\.ttl: expected a whole number from 0 to 3600/,
    ],
    ['{"id":"a","do":"dns","objects":[],"query":{"name":"a."},"config":{"ipFamily":"IPv6"}}', /^config\.ipFamily: IPv6 is built for rules/],
    ['{"id":"a","do":"trace","objects":[],"from":{},"to":{"ip":"1.1.1.1","port":1}}', /^from: expected \{"pod"/],
    [
      '{"id":"a","do":"dns","query":{"name":"a."},"objects":[{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"spec":{"ports":[{"port":70000}]}}]}',
      /^objects\[0\]\.spec\.ports\[0\]\.port: Service "web" is invalid: spec\.ports\[0\]\.port: Invalid value: 70000/,
    ],
  ])("%s", (line, error) => {
    const answer: BatchAnswer = JSON.parse(answerLine(line));
    expect(answer.ok).toBe(false);
    expect(answer.error).toMatch(error);
  });

  test("empty lines are skipped, ids of any kind come back", () => {
    expect(answerLine("  ")).toBe("");
    expect(askBatch({ id: 7, do: "nothing" })["id"]).toBe(7);
  });

  test("a field that nobody reads is a warning that names the nearest", () => {
    const answer = askBatch({ id: 1, do: "dns", objects: [], query: { name: "a.", type: "A" }, config: { masquerade: true } });
    expect(answer).toMatchObject({
      ok: true,
      warnings: ["config.masquerade: this field is not known and was left out; the nearest is masqueradeAll"],
    });
  });
});
