/** nftables mode by the command's lines: rules and journeys of the cluster that the iptables tests look at. */
import { describe, expect, test } from "vitest";
import { loadManifests } from "../../../src/manifests/load";
import { askBatch } from "../../fixtures/ask-batch";
import { SMALL } from "./small-cluster";

const loaded = loadManifests({ name: "small.yaml", text: SMALL });
const objects = loaded.ok ? loaded.value.objects.map(({ object }) => object) : [];

interface Told {
  readonly direction: string;
  readonly kind: string;
  readonly node: string;
  readonly step: string;
  readonly chain?: string;
  readonly rule?: string;
  readonly element?: string;
}

function trace(ip: string, more: Readonly<Record<string, unknown>> = {}): ReturnType<typeof askBatch> {
  const question = { id: 1, do: "trace", mode: "nftables", objects, from: { pod: "shop/client" }, to: { ip, port: 80, protocol: "TCP" } };
  return askBatch({ ...question, ...more });
}

/** `direction node step: chain | rule` of every step that a rule decided. */
function decisions(answer: ReturnType<typeof askBatch>): readonly string[] {
  const hops: readonly Told[] = JSON.parse(JSON.stringify(answer["hops"]));
  return hops
    .filter(({ rule }) => rule !== undefined)
    .map(({ direction, node, step, chain, rule, element }) => {
      const found = element === undefined ? "" : ` { ${element} }`;
      return `${direction} ${node} ${step}: ${chain?.replace(/-[A-Z2-7]{8}-/, "-X-")} | ${rule}${found}`;
    });
}

function rules(format: string, more: Readonly<Record<string, unknown>> = {}): string {
  return String(askBatch({ id: 1, do: "rules", mode: "nftables", node: "node-a", format, objects, ...more })["text"]);
}

describe("a packet in nftables mode", () => {
  test("is rewritten by the endpoint's chain; flannel's iptables rules pass it on", () => {
    const answer = trace("10.96.0.50", { choices: { endpoint: "10.244.2.9:8080" } });
    expect(answer).toMatchObject({
      ok: true,
      verdict: "delivered",
      candidates: ["10.244.1.7:8080", "10.244.2.9:8080"],
      masqueraded: false,
    });
    expect(decisions(answer)).toEqual([
      "request node-a prerouting: endpoint-X-shop/web/tcp/__10.244.2.9/8080 | meta l4proto tcp dnat to 10.244.2.9:8080",
      'request node-a forward: FLANNEL-FWD | -A FLANNEL-FWD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT',
      'request node-b forward: FLANNEL-FWD | -A FLANNEL-FWD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT',
      'reply node-b forward: FLANNEL-FWD | -A FLANNEL-FWD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT',
      'reply node-a forward: FLANNEL-FWD | -A FLANNEL-FWD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT',
    ]);
  });

  test("goes to each endpoint that is given, and to no other", () => {
    for (const endpoint of ["10.244.1.7:8080", "10.244.2.9:8080"]) {
      expect(trace("10.96.0.50", { choices: { endpoint } })["choices"]).toMatchObject({ endpoint });
    }
    expect(trace("10.96.0.50", { choices: { endpoint: "10.244.9.9:80" } }).error).toBe(
      "choices.endpoint: 10.244.9.9:80 is impossible here: the rules can choose 10.244.1.7:8080, 10.244.2.9:8080",
    );
  });

  test("is masqueraded by the table where it comes from the node itself", () => {
    const answer = trace("10.96.0.50", { from: { node: "node-a" }, choices: { endpoint: "10.244.2.9:8080" } });
    expect(answer).toMatchObject({ verdict: "delivered", masqueraded: true });
    expect(decisions(answer).slice(0, 2)).toEqual([
      "request node-a output: endpoint-X-shop/web/tcp/__10.244.2.9/8080 | meta l4proto tcp dnat to 10.244.2.9:8080",
      "request node-a postrouting: masquerading | masquerade fully-random",
    ]);
  });

  test("without endpoints behind its address is rejected by a map, on the wrong port by the set of ClusterIPs", () => {
    expect(decisions(trace("10.96.0.60"))[0]).toBe("request node-a forward: reject-chain | reject");
    const wrongPort = trace("10.96.0.50", { to: { ip: "10.96.0.50", port: 81, protocol: "TCP" } });
    expect(wrongPort).toMatchObject({ verdict: "rejected", candidates: [] });
    expect(decisions(wrongPort)[0]).toBe(
      'request node-a forward: cluster-ips-check | ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"',
    );
  });

  test("to an address that no Service has is dropped, where iptables lets it leave", () => {
    expect(trace("10.96.0.99")).toMatchObject({ verdict: "dropped" });
    expect(trace("10.96.0.99", { mode: "iptables" })).toMatchObject({ verdict: "unrouted" });
  });

  test("that a map drops shows the element", () => {
    const local = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "here", namespace: "shop" },
      spec: { clusterIP: "10.96.0.70", selector: { app: "web" }, internalTrafficPolicy: "Local", ports: [{ port: 80, targetPort: 8080 }] },
    };
    const onlyThere = objects.filter(({ metadata }) => metadata.name !== "web-1");
    const answer = trace("10.96.0.70", { objects: [...onlyThere, local] });
    expect(answer).toMatchObject({ verdict: "dropped", candidates: [] });
    expect(decisions(answer)).toEqual([
      'request node-a forward: service-endpoints-check | ip daddr . meta l4proto . th dport vmap @no-endpoint-services { 10.96.0.70 . tcp . 80 comment "shop/here" : drop }',
    ]);
  });
});

describe("rules in nftables mode", () => {
  test("restore is the script, save the listing", () => {
    expect(rules("restore")).toContain("add rule ip kube-proxy nat-postrouting jump masquerading\n");
    expect(rules("save")).toContain("\t\ttype nat hook postrouting priority srcnat; policy accept;\n\t\tjump masquerading\n");
    expect(rules("save")).toContain("10.96.0.50 . tcp . 80 : goto service-");
  });

  test("a chain that nothing needs is empty after one sync and gone after the next", () => {
    const without = objects.filter(({ metadata }) => metadata.name !== "web-2");
    expect(rules("save", { steps: [objects, without] })).toMatch(/chain endpoint-\w+-shop\/web\/tcp\/__10\.244\.2\.9\/8080 \{\n\t\}/);
    expect(rules("save", { steps: [objects, without, without] })).not.toContain("10.244.2.9");
    expect(rules("restore", { steps: [objects, without, without] })).toMatch(/^delete chain ip kube-proxy endpoint-/);
  });

  test("a ConfigMap kube-proxy says the mode", () => {
    const map = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "kube-proxy", namespace: "kube-system" },
      data: { "config.conf": "mode: nftables\n" },
    };
    const asked = { id: 1, do: "rules", node: "node-a", objects: [...objects, map] };
    expect(askBatch(asked)["text"]).toMatch(/^table ip kube-proxy \{\n/);
    expect(askBatch({ ...asked, mode: "iptables" })["text"]).toMatch(/^\*/);
  });
});
