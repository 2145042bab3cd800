import { describe, expect, it } from "vitest";
import { addonConfig, kubeadmConfig } from "../../../../src/dns/server/config";
import { parseCorefile } from "../../../../src/dns/server/corefile";
import { readCorefile } from "../../../../src/dns/server/corefile-fields";
import { normaliseZone } from "../../../../src/dns/server/zones";

const ADDON = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 # both caps
    loop
    reload
    loadbalance
}
`;

const KUBEADM = ADDON.replace(
  "cache 30 # both caps",
  `cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }`,
);

describe("a Corefile's text", () => {
  it("of the add-on is the add-on's config", () => {
    expect(parseCorefile(ADDON)).toEqual({ ok: true, value: { config: addonConfig(), warnings: [] } });
  });

  it("of kubeadm is kubeadm's config: nothing of the cluster domain is cached", () => {
    expect(parseCorefile(KUBEADM)).toEqual({ ok: true, value: { config: kubeadmConfig(), warnings: [] } });
  });

  it("names what it leaves out, with its place", () => {
    const read = parseCorefile(
      "corp.example {\n  forward . 10.1.1.1\n}\n.:53 {\n  rewrite name a b\n  kubernetes cluster.local {\n    kubeconfig x\n  }\n}\n",
    );
    expect(read.ok ? read.value.warnings : read.problem).toEqual([
      'Corefile:5:3: plugin "rewrite" is not modelled and left out',
      'Corefile:7:5: kubernetes option "kubeconfig" is not modelled and left out',
    ]);
  });

  it("has each plugin's own defaults where it says nothing", () => {
    const read = parseCorefile("cluster.local {\n  kubernetes\n  cache\n}");
    expect(read.ok ? read.value.config : read.problem).toMatchObject({
      kubernetes: { zones: ["cluster.local."], pods: "disabled", ttl: 5, fallthrough: null },
      cache: { success: { capacity: 9984, maxTtl: 3600, minTtl: 5 }, denial: { maxTtl: 1800 } },
      loadbalance: false,
      forward: [],
    });
  });

  it.each([
    [".:53 {\n  kubernetes cluster.local {\n    ttl 9999\n  }\n}", "Corefile:3:9", "ttl: expected a whole number from 0 to 3600"],
    [".:53 {\n  kubernetes {\n    pods maybe\n  }\n}", "Corefile:3:10", "pods: expected disabled, insecure, verified"],
    [".:53 {\n  errors\n", "Corefile:1:6", '"{" is never closed; expected "}" on a line of its own'],
    ["}\n", "Corefile:1:1", '"}" closes nothing'],
    [".:53\nerrors\n", "Corefile:1:1", '".:53" has no body; expected "{" on the same line'],
    [".:53 {\n  health {\n    lameduck soon\n  }\n}", "Corefile:3:14", '"soon" is no duration; expected one such as 5s'],
    [".:53 {\n  cahce 30\n}", "Corefile:2:3", '"cahce" is no plugin of CoreDNS; the nearest is "cache"'],
    [".:53 {\n  cache 30 {\n    prefetch 3 1m 5%\n  }\n}", "Corefile:3:19", "prefetch: expected a percentage from 10% to 90%"],
    [".:53 {\n  cache 30 {\n    serve_stale 1h never\n  }\n}", "Corefile:3:20", "serve_stale: expected immediate, verify"],
    [".:53 {\n  forward .\n}", "Corefile:2:11", "forward: expected a zone and the servers to ask"],
    [".:53 {\n  reload 1s\n}", "Corefile:2:10", "reload: an interval of at least 2s was expected"],
    ["", "Corefile:1:1", "no server block; expected one such as `.:53 { … }`"],
    [".:53 {\n  cache 30 {\n    disable everything\n  }\n}", "Corefile:3:13", "disable: expected success, denial"],
  ])("%j is refused at its place", (text, at, message) => {
    expect(parseCorefile(text)).toEqual({ ok: false, problem: { at, message } });
  });
});

function configOf(value: unknown): unknown {
  const read = readCorefile(value);
  return read.ok ? read.value.config : read.problem;
}

describe("a Corefile's fields", () => {
  it("take a kubernetes block as it is, the rest by the plugin's defaults", () => {
    const read = readCorefile({ ttl: 30, pods: "insecure", fallthrough: ["."] });
    expect(read.ok ? read.value.config : read.problem).toMatchObject({
      kubernetes: { ttl: 30, pods: "insecure", fallthrough: ["."] },
      cache: null,
      loadbalance: false,
    });
  });

  it("may be a name, a text or nothing", () => {
    expect([undefined, "kubeadm", "addon", ADDON].map(configOf)).toEqual([kubeadmConfig(), kubeadmConfig(), addonConfig(), addonConfig()]);
  });

  it.each([
    [{ ttl: "30" }, "config.corefile.ttl", "expected a whole number from 0 to 3600"],
    [{ pods: "all" }, "config.corefile.pods", "expected disabled, insecure, verified"],
    [{ zones: "cluster.local" }, "config.corefile.zones", "expected a list of texts"],
    [7, "config.corefile", 'expected "kubeadm", "addon", a Corefile text or fields'],
  ])("%j are refused by path", (value, at, message) => {
    expect(readCorefile(value)).toEqual({ ok: false, problem: { at, message } });
  });
});

describe("a zone in a Corefile", () => {
  it.each([
    ["Cluster.Local:53", ["cluster.local."]],
    [".:53", ["."]],
    ["10.96.0.0/24", ["0.96.10.in-addr.arpa."]],
    ["10.96.0.0/15", ["96.10.in-addr.arpa.", "97.10.in-addr.arpa."]],
    ["1234:abcd::0/64", ["0.0.0.0.0.0.0.0.d.c.b.a.4.3.2.1.ip6.arpa."]],
    ["10.0.0.0/33", undefined],
  ])("%s", (text, zones) => {
    expect(normaliseZone(text)).toEqual(zones);
  });
});
