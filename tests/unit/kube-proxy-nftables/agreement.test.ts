/** The two modes side by side: the same packet ends at the same place, but for the differences that are known and named. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EndpointSlice, Service } from "../../../src/cluster/objects";
import { contains, prefix } from "../../../src/network/address";
import { nodeRuleset } from "../../../src/node/agents/flannel-rules";
import { syncNft } from "../../../src/node/agents/kube-proxy/nftables/sync";
import type { ProxySettings } from "../../../src/node/agents/kube-proxy/settings";
import { outcomeOf, type Outcome } from "../../packet-flow/kube-proxy/outcome";
import { service, slice } from "../kube-proxy/objects";
import { NODE_ADDRESS, probesOf, type Place, type Probe } from "../kube-proxy/probes";
import { nftInputOf } from "./input";
import { nftOutcomeOf } from "./outcome";
import { someServices } from "./some-services";

const RUNS = Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50");
const SOURCES = ["10.244.1.9", "10.244.1.5", NODE_ADDRESS, "203.0.113.7", "203.0.113.200", "198.51.100.1"];

type Objects = readonly (Service | EndpointSlice)[];
/** What nftables mode does with a packet of which iptables mode makes `output`. */
function expectedOf({ place, service: one, source }: Probe, output: string): string {
  const ranges = one.spec.loadBalancerSourceRanges ?? [];
  const isOutOfRange = place === "balancer" && ranges.length > 0 && !isLetIn(source, ranges, one);
  if (output === "" && place === "other port") return "REJECT";
  if (output === "" && place === "unallocated") return "DROP";
  if (output === "" && source === NODE_ADDRESS && (place === "external" || place === "balancer")) return isOutOfRange ? "DROP" : "REJECT";
  return output === "REJECT" && isOutOfRange ? "DROP" : output;
}

/** Packets with the balancer's own address are let in where the node is. */
function isLetIn(source: string, ranges: readonly string[], one: Service): boolean {
  const isIn = (address: string): boolean => ranges.some((range) => contains(prefix(range), address));
  const isBalancer = one.status?.loadBalancer?.ingress?.some(({ ip }) => ip === source) ?? false;
  return isIn(source) || (isBalancer && isIn(NODE_ADDRESS));
}

function isLocal(address: string): boolean {
  return address === NODE_ADDRESS || address.startsWith("127.");
}

interface Modes {
  readonly iptables: (probe: Probe) => Outcome;
  readonly nftables: (probe: Probe) => Outcome;
}

function modesOf(objects: Objects, settings: Partial<ProxySettings> = {}): Modes {
  const input = nftInputOf(objects, settings);
  const ruleset = nodeRuleset({ ...input, podCIDR: "10.244.0.0/16", nodePodCIDR: "10.244.1.0/24" });
  const { table } = syncNft(null, input);
  return {
    iptables: (probe) => outcomeOf(ruleset, [NODE_ADDRESS], probe),
    nftables: (probe) => nftOutcomeOf({ table, isLocal }, probe),
  };
}

describe("iptables and nftables mode", () => {
  test("send every packet to the same endpoints and masquerade the same, apart from what is known to differ", () => {
    const settings = fc.record({ masqueradeAll: fc.boolean(), detectLocalMode: fc.constantFrom("ClusterCIDR" as const, "None" as const) });
    fc.assert(
      fc.property(someServices(), settings, (objects, chosen) => {
        const { iptables, nftables } = modesOf(objects, chosen);
        for (const probe of objects.flatMap((one) => (one.kind === "Service" ? probesOf(one, SOURCES) : []))) {
          const before = iptables(probe);
          const after = nftables(probe);
          const said = `${probe.source} to ${probe.place} ${probe.service.metadata.name}\n${before.rules.join("\n")}\n${after.rules.join("\n")}`;
          expect({ output: after.output, masquerade: after.masquerade }, said).toEqual({
            output: expectedOf(probe, before.output),
            masquerade: before.masquerade,
          });
        }
      }),
      { numRuns: RUNS },
    );
  }, 120_000);

  test("differ on another port of a ClusterIP, on an address that is nobody's, and on balancers without endpoints", () => {
    const web = service(
      "shop/web",
      "10.96.0.20",
      { type: "LoadBalancer", loadBalancerSourceRanges: ["203.0.113.0/25"] },
      { status: { loadBalancer: { ingress: [{ ip: "198.51.100.1" }] } } },
    );
    const { iptables, nftables } = modesOf([web, slice("shop/web", [])]);
    const probes = probesOf(web, SOURCES);
    const row = (place: Place, source: string): string => {
      const probe = probes.find((one) => one.place === place && one.source === source);
      return probe === undefined ? "none" : `${iptables(probe).output || "passes"} / ${nftables(probe).output || "passes"}`;
    };
    expect({
      "other port": row("other port", "10.244.1.9"),
      "nobody's address": row("unallocated", "10.244.1.9"),
      "balancer, let in": row("balancer", "203.0.113.7"),
      "balancer, not let in": row("balancer", "203.0.113.200"),
      "balancer, from the node": row("balancer", NODE_ADDRESS),
    }).toEqual({
      "other port": "passes / REJECT",
      "nobody's address": "passes / DROP",
      "balancer, let in": "REJECT / REJECT",
      "balancer, not let in": "REJECT / DROP",
      "balancer, from the node": "passes / DROP",
    });
  });
});
