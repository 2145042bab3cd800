/** iptables and IPVS mode side by side: the same endpoints are reached, but for the differences that are known and named. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EndpointSlice, Service } from "../../../src/cluster/objects";
import { contains, prefix } from "../../../src/network/address";
import { nodeRuleset } from "../../../src/node/agents/flannel-rules";
import { syncIpvs } from "../../../src/node/agents/kube-proxy/ipvs/sync";
import type { ProxySettings } from "../../../src/node/agents/kube-proxy/settings";
import { outcomeOf, type Outcome } from "../../packet-flow/kube-proxy/outcome";
import { inputOf, service, slice } from "../kube-proxy/objects";
import { NODE_ADDRESS, probesOf, type Probe } from "../kube-proxy/probes";
import { someServices } from "../kube-proxy-nftables/some-services";
import { ipvsOutcomeOf } from "./outcome";

const RUNS = Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50");
/** No endpoint is among them: who asks itself is masqueraded by another rule in each mode. */
const SOURCES = ["10.244.1.99", NODE_ADDRESS, "203.0.113.7", "203.0.113.200"];

interface Modes {
  readonly iptables: (probe: Probe) => Outcome;
  readonly ipvs: (probe: Probe) => Outcome;
}

function modesOf(objects: readonly (Service | EndpointSlice)[], settings: Partial<ProxySettings> = {}): Modes {
  const input = inputOf(objects, settings);
  const ruleset = nodeRuleset({ ...input, podCIDR: "10.244.0.0/16", nodePodCIDR: "10.244.1.0/24" });
  const state = syncIpvs(input);
  return {
    iptables: (probe) => outcomeOf(ruleset, [NODE_ADDRESS], probe),
    ipvs: (probe) => ipvsOutcomeOf(state, [NODE_ADDRESS], probe),
  };
}

/** Out of the balancer's source ranges. The node is judged by its own address. */
function isOutOfRange({ place, service: one, source }: Probe): boolean {
  const ranges = one.spec.loadBalancerSourceRanges ?? [];
  return place === "balancer" && ranges.length > 0 && !ranges.some((range) => contains(prefix(range), source));
}

/** A policy that keeps traffic on the node: there the modes go different ways, see the examples. */
function isLocalOnly({ place, service: one }: Probe): boolean {
  const policy = place === "cluster" ? one.spec.internalTrafficPolicy : one.spec.externalTrafficPolicy;
  return policy === "Local";
}

/** What IPVS mode does with a packet of which iptables mode makes `output`. */
function expectedOf(probe: Probe, output: string): string {
  if (probe.place === "other port") return "REJECT";
  if (isOutOfRange(probe)) return "DROP";
  // OUTPUT does not lead to the refusals of external addresses in iptables mode.
  return output === "" && probe.source === NODE_ADDRESS && (probe.place === "external" || probe.place === "balancer") ? "REJECT" : output;
}

describe("iptables and IPVS mode", () => {
  test("send every packet to the same endpoints and masquerade the same, apart from what is known to differ", () => {
    const settings = fc.record({ masqueradeAll: fc.boolean(), detectLocalMode: fc.constantFrom("ClusterCIDR" as const, "None" as const) });
    fc.assert(
      fc.property(someServices(), settings, (objects, chosen) => {
        const { iptables, ipvs } = modesOf(objects, chosen);
        for (const probe of objects.flatMap((one) => (one.kind === "Service" ? probesOf(one, SOURCES) : []))) {
          if (isLocalOnly(probe)) continue;
          const before = iptables(probe);
          const after = ipvs(probe);
          const said = `${probe.source} to ${probe.place} ${probe.service.metadata.name}\n${before.rules.join("\n")}\n${after.rules.join("\n")}`;
          expect(after.output, said).toBe(expectedOf(probe, before.output));
          // Without a detector IPVS mode masquerades the node's own packets, which have the virtual address as source.
          const isNodesOwn = probe.source === NODE_ADDRESS && chosen.detectLocalMode === "None";
          if (/^\d/.test(after.output) && !isNodesOwn) expect(after.masquerade, said).toBe(before.masquerade);
        }
      }),
      { numRuns: RUNS },
    );
  }, 120_000);

  test("differ under a policy Local: IPVS has no short cut for Pods and the node, and drops nothing", () => {
    const external = (ends: readonly string[]): Modes =>
      modesOf([service("shop/web", "10.96.0.20", { externalIPs: ["192.0.2.5"], externalTrafficPolicy: "Local" }), slice("shop/web", ends)]);
    const row = ({ iptables, ipvs }: Modes, source: string, destination: string): string => {
      const probe: Probe = { place: "external", service: service("x/x", "x"), source, destination, port: 80, protocol: "TCP" };
      return `${iptables(probe).output} / ${ipvs(probe).output}`;
    };
    const both = external(["10.244.1.2@node-a", "10.244.2.2@node-b"]);
    const elsewhere = external(["10.244.2.2@node-b"]);
    const inside = modesOf([
      service("shop/web", "10.96.0.20", { internalTrafficPolicy: "Local" }),
      slice("shop/web", ["10.244.2.2@node-b"]),
    ]);
    expect({
      "from outside": row(both, "203.0.113.7", "192.0.2.5"),
      "from a Pod": row(both, "10.244.1.99", "192.0.2.5"),
      "from outside, none here": row(elsewhere, "203.0.113.7", "192.0.2.5"),
      "ClusterIP, none here": row(inside, "10.244.1.99", "10.96.0.20"),
    }).toEqual({
      "from outside": "10.244.1.2:8080 / 10.244.1.2:8080",
      "from a Pod": "10.244.1.2:8080, 10.244.2.2:8080 / 10.244.1.2:8080",
      "from outside, none here": "DROP / 10.244.2.2:8080",
      "ClusterIP, none here": "DROP / REJECT",
    });
  });
});
