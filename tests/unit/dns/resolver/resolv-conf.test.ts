import { describe, expect, it } from "vitest";
import { LEGACY_CONF_LIMITS, parseResolvConf, podResolvConf } from "../../../../src/dns/resolver/resolv-conf";
import type { PodDns, PodResolvConf } from "../../../../src/dns/resolver/resolv-conf";

const NODE = "nameserver 192.168.0.1\nsearch corp.example\noptions rotate\n";

function confOf(
  spec: PodDns["spec"],
  more: { readonly clusterDNS?: readonly string[]; readonly node?: string | null } = {},
): PodResolvConf {
  return podResolvConf({
    pod: { metadata: { name: "web", namespace: "shop" }, spec },
    clusterDNS: more.clusterDNS ?? ["10.96.0.10"],
    clusterDomain: "cluster.local",
    nodeResolvConf: more.node === undefined ? NODE : more.node,
  });
}

const CLUSTER = `search shop.svc.cluster.local svc.cluster.local cluster.local corp.example
nameserver 10.96.0.10
options ndots:5
`;

describe("a Pod's resolv.conf", () => {
  it.each<[string, PodDns["spec"], string]>([
    ["without a policy is ClusterFirst; the node's options do not come along", {}, CLUSTER],
    ["ClusterFirst", { dnsPolicy: "ClusterFirst" }, CLUSTER],
    ["ClusterFirstWithHostNet", { dnsPolicy: "ClusterFirstWithHostNet", hostNetwork: true }, CLUSTER],
    [
      "ClusterFirst on the host network is the node's",
      { dnsPolicy: "ClusterFirst", hostNetwork: true },
      "search corp.example\nnameserver 192.168.0.1\noptions rotate\n",
    ],
    ["Default is the node's", { dnsPolicy: "Default" }, "search corp.example\nnameserver 192.168.0.1\noptions rotate\n"],
    [
      "None is what dnsConfig says",
      { dnsPolicy: "None", dnsConfig: { nameservers: ["9.9.9.9"], options: [{ name: "ndots", value: "2" }] } },
      "nameserver 9.9.9.9\noptions ndots:2\n",
    ],
    [
      "dnsConfig overrides options by name",
      { dnsConfig: { options: [{ name: "ndots", value: "1" }, { name: "edns0" }] } },
      CLUSTER.replace("ndots:5", "ndots:1 edns0"),
    ],
  ])("%s", (_, spec, text) => {
    expect(confOf(spec)).toMatchObject({ text, warnings: [] });
  });

  it("names a domain once", () => {
    expect(confOf({ dnsConfig: { searches: ["svc.cluster.local", "new.example"] } }).conf.search).toEqual([
      "shop.svc.cluster.local",
      "svc.cluster.local",
      "cluster.local",
      "corp.example",
      "new.example",
    ]);
  });

  it("falls back to the node's with a warning where no cluster DNS is configured", () => {
    const { conf, warnings } = confOf({}, { clusterDNS: [] });
    expect(conf.nameservers).toEqual(["192.168.0.1"]);
    expect(warnings).toEqual([expect.stringContaining('Falling back to "Default" policy')]);
  });

  it("names the host itself and the root where kubelet's resolvConf is empty", () => {
    expect(confOf({ dnsPolicy: "Default" }, { node: null }).text).toBe("search .\nnameserver 127.0.0.1\n");
  });

  it("keeps three nameservers and says so", () => {
    const { conf, warnings } = confOf({ dnsConfig: { nameservers: ["1.1.1.1", "2.2.2.2", "3.3.3.3"] } });
    expect(conf.nameservers).toEqual(["10.96.0.10", "1.1.1.1", "2.2.2.2"]);
    expect(warnings).toEqual([
      "Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 10.96.0.10 1.1.1.1 2.2.2.2",
    ]);
  });

  it("had six search domains before 1.28, has 32 since", () => {
    const searches = Array.from({ length: 40 }, (_, index) => `d${index}.example`);
    const input = {
      pod: { metadata: { name: "web" }, spec: { dnsConfig: { searches } } },
      clusterDNS: ["10.96.0.10"],
      clusterDomain: "cluster.local",
      nodeResolvConf: "",
    };
    expect(podResolvConf(input).conf.search).toHaveLength(32);
    expect(podResolvConf({ ...input, limits: LEGACY_CONF_LIMITS }).conf.search).toHaveLength(6);
  });

  it("says what is wrong with a node file that cannot be read", () => {
    expect(confOf({ dnsPolicy: "Default" }, { node: "nameserver" }).warnings).toEqual([
      "the node's resolv.conf cannot be read: nameserver without an address",
    ]);
  });

  it("is read back as it was written", () => {
    const { conf, text } = confOf({});
    expect(parseResolvConf(text)).toEqual({ ok: true, value: conf });
  });
});
