import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CorefileConfig } from "../../../../src/dns/server/config";
import { addonConfig, EMPTY_BLOCK, FORWARD_DEFAULTS, kubeadmConfig } from "../../../../src/dns/server/config";
import { parseCorefile } from "../../../../src/dns/server/corefile";
import { showCorefile } from "../../../../src/dns/server/show-corefile";
import { RUNS } from "../message/arbitraries";

const zones = fc.uniqueArray(fc.constantFrom("cluster.local.", "in-addr.arpa.", "corp.example.", "."), { minLength: 1 });
const forward = fc.record({
  from: fc.constantFrom(".", "corp.example."),
  to: fc.constantFrom(["/etc/resolv.conf"], ["10.1.1.1", "10.1.1.2"]),
  tcp: fc.boolean(),
  maxConcurrent: fc.constantFrom(0, 1000),
  policy: fc.constantFrom("random" as const, "round_robin" as const, "sequential" as const),
});
const external = fc.record({
  zones: fc.constant(["example.com.", "in-addr.arpa."]),
  apex: fc.constantFrom("dns", "names"),
  ttl: fc.constantFrom(5, 60),
  headless: fc.boolean(),
  fallthrough: fc.option(zones),
});
const prefetch = fc.record({
  amount: fc.integer({ min: 1, max: 10 }),
  duration: fc.integer({ min: 1, max: 90 }),
  percentage: fc.integer({ min: 10, max: 90 }),
});
const serveStale = fc.record({
  duration: fc.integer({ min: 1, max: 7200 }),
  refresh: fc.constantFrom("immediate" as const, "verify" as const),
});
const limits = fc.record({
  capacity: fc.integer({ min: 1, max: 20_000 }),
  maxTtl: fc.integer({ min: 1, max: 3600 }),
  minTtl: fc.integer({ min: 0, max: 30 }),
  disabled: fc.oneof(fc.constant([]), zones),
});
const anyConfig: fc.Arbitrary<CorefileConfig> = fc.record({
  kubernetes: fc.record({
    zones,
    pods: fc.constantFrom("disabled" as const, "insecure" as const, "verified" as const),
    namespaces: fc.uniqueArray(fc.constantFrom("shop", "pay"), { maxLength: 2 }),
    ttl: fc.integer({ min: 0, max: 3600 }),
    endpointPodNames: fc.boolean(),
    ignoreEmptyService: fc.boolean(),
    noEndpoints: fc.boolean(),
    zonal: fc.boolean(),
    multicluster: fc.constantFrom([], ["clusterset.local."]),
    fallthrough: fc.option(zones),
  }),
  cache: fc.option(
    fc.record({
      success: limits,
      denial: limits,
      prefetch: fc.option(prefetch),
      serveStale: fc.option(serveStale),
      servfail: fc.integer({ min: 0, max: 300 }),
    }),
  ),
  loadbalance: fc.boolean(),
  autopath: fc.boolean(),
  forward: fc.array(forward, { maxLength: 2 }),
  external: fc.option(external),
  file: fc.constant(false),
  lameduck: fc.constantFrom(0, 5),
  ready: fc.boolean(),
  loop: fc.boolean(),
  reload: fc.constantFrom(null, { interval: 30, jitter: 15 }, { interval: 10, jitter: 2 }),
  stubs: fc.constantFrom(
    [],
    [{ zones: ["corp.example."], config: { ...EMPTY_BLOCK, forward: [{ ...FORWARD_DEFAULTS, to: ["10.1.1.1"] }] } }],
  ),
});

describe("a config as Corefile text", () => {
  it("is kubeadm's Corefile for kubeadm's config", () => {
    expect(showCorefile(kubeadmConfig())).toBe(`.:53 {
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
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`);
  });

  it("has plain `cache 30` for the add-on's", () => {
    expect(showCorefile(addonConfig())).toContain("\n    cache 30\n");
  });

  it("is read back as the same config", () => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        expect(parseCorefile(showCorefile(config))).toEqual({ ok: true, value: { config, warnings: [] } });
      }),
      RUNS,
    );
  });
});
