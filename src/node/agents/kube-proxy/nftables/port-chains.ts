/**
 * A service port's own chains, and its endpoints' sets of sources.
 * Source: pkg/proxy/nftables/proxier.go (syncProxyRules, writeServiceToEndpointRules).
 */
import { contains, networkText, prefix } from "../../../../network/address";
import type { NftSetDeclaration } from "../../../kernel/nftables/operations";
import { familyWord } from "../../../kernel/nftables/script";
import type { NftChain, NftExpression, NftRule } from "../../../kernel/nftables/tables";
import type { Categorised } from "../categorise";
import type { ProxyEndpoint } from "../endpoints";
import { isExternallyAccessible, type ServicePort } from "../service-ports";
import type { NftContext } from "./context";
import { addressIn, addressType, DROP, fromPod, goTo, jumpTo, nftRule } from "./fragments";
import { affinitySetName, endpointChainName, portChainName, type PortChainPrefix } from "./names";
import { MARK_FOR_MASQUERADE } from "./object-names";
import { usesFirewallChain } from "./port-elements";

const MARK = jumpTo(MARK_FOR_MASQUERADE);

/** A port's chains in the order in which a sync makes them. */
export function portChains(port: ServicePort, categorised: Categorised, context: NftContext): readonly NftChain[] {
  const { cluster, local, reachable, hasEndpoints } = categorised;
  return [
    ...reachable.map((endpoint) => endpointChain(port, endpoint)),
    ...(cluster.length === 0 ? [] : [balancingChain("service-", port, cluster, context)]),
    ...(local.length === 0 ? [] : [balancingChain("local-", port, local, context)]),
    ...(hasEndpoints && isExternallyAccessible(port) ? [externalChain(port, categorised, context)] : []),
    ...(usesFirewallChain(port) ? [firewallChain(port, context)] : []),
  ];
}

/** With ClientIP affinity each endpoint keeps a set of the sources that it serves. */
export function affinitySets(port: ServicePort, { reachable }: Categorised): readonly NftSetDeclaration[] {
  if (port.affinitySeconds === 0) return [];
  return reachable.map((endpoint) => ({
    kind: "set",
    name: affinitySetName(port, endpoint),
    type: addressType(familyWord(port.clusterIP)),
    flags: ["dynamic", "timeout"],
    timeout: port.affinitySeconds,
  }));
}

/** Whoever is in an endpoint's set goes back to it; all others are balanced. */
function balancingChain(
  kind: "service-" | "local-",
  port: ServicePort,
  endpoints: readonly ProxyEndpoint[],
  context: NftContext,
): NftChain {
  const isClusterIPs = (kind === "local-") === port.internalPolicyLocal;
  const known = (endpoint: ProxyEndpoint): NftRule =>
    nftRule([addressIn(familyWord(port.clusterIP), "saddr", affinitySetName(port, endpoint)), goTo(endpointChainName(port, endpoint))]);
  const verdicts = endpoints.map((endpoint) => ({ kind: "goto", chain: endpointChainName(port, endpoint) }) as const);
  return chainOf(kind, port, [
    ...(isClusterIPs ? masqueradeClusterIP(port, context) : []),
    ...(port.affinitySeconds === 0 ? [] : endpoints.map(known)),
    nftRule([{ kind: "numgen", verdicts }]),
  ]);
}

function chainOf(prefix: PortChainPrefix, port: ServicePort, rules: readonly NftRule[]): NftChain {
  return { name: portChainName(prefix, port), rules };
}

/** ClusterIP traffic that is not known to come from a Pod must come back through this node. */
function masqueradeClusterIP(port: ServicePort, { settings, localTraffic }: NftContext): readonly NftRule[] {
  const entry: NftExpression = { kind: "address", side: "daddr", prefix: port.clusterIP };
  if (settings.masqueradeAll) return [nftRule([entry, MARK])];
  return localTraffic === null ? [] : [nftRule([entry, fromPod(localTraffic, true), MARK])];
}

/** Policy Cluster masquerades everybody; policy Local lets Pods and the node itself take a short cut to all endpoints. */
function externalChain(port: ServicePort, categorised: Categorised, { localTraffic }: NftContext): NftChain {
  const cluster = goTo(portChainName("service-", port));
  if (!port.externalPolicyLocal)
    return chainOf("external-", port, [nftRule([MARK]), ...(categorised.hasExternal ? [nftRule([cluster])] : [])]);
  const isNodes: NftExpression = { kind: "fib", side: "saddr" };
  return chainOf("external-", port, [
    ...(localTraffic === null ? [] : [nftRule([fromPod(localTraffic, false), cluster], "short-circuit pod traffic")]),
    nftRule([isNodes, MARK], "masquerade local traffic"),
    nftRule([isNodes, cluster], "short-circuit local traffic"),
    ...(categorised.hasExternal ? [nftRule([goTo(portChainName("local-", port))])] : []),
  ]);
}

/** Where the node itself is let in, so are packets that come back to it with the balancer's address. */
function firewallChain(port: ServicePort, { node }: NftContext): NftChain {
  const ranges = port.sourceRanges.map(rangeText);
  const [primary] = node.addresses;
  const isNodeIn = primary !== undefined && port.sourceRanges.some((range) => contains(prefix(range), primary));
  const prefixes = isNodeIn ? [...ranges, ...port.loadBalancerVIPs] : ranges;
  return chainOf("firewall-", port, [nftRule([{ kind: "address-among", side: "saddr", prefixes, not: true }, DROP])]);
}

function ip6({ clusterIP }: ServicePort): { readonly family?: "ip6" } {
  return familyWord(clusterIP) === "ip6" ? { family: "ip6" } : {};
}

/** A range as Go prints one: its network address, always with a length. */
function rangeText(range: string): string {
  return networkText(prefix(range));
}

/** The endpoint's own packets are masqueraded, so that a Pod that reaches itself gets its answers translated back. */
function endpointChain(port: ServicePort, endpoint: ProxyEndpoint): NftChain {
  const remember: readonly NftRule[] =
    port.affinitySeconds === 0 ? [] : [nftRule([{ kind: "update", set: affinitySetName(port, endpoint), ...ip6(port) }])];
  return {
    name: endpointChainName(port, endpoint),
    rules: [
      nftRule([{ kind: "address", side: "saddr", prefix: endpoint.address }, MARK]),
      ...remember,
      nftRule([
        { kind: "l4proto", protocol: port.protocol },
        { kind: "dnat", address: endpoint.address, port: endpoint.port },
      ]),
    ],
  };
}
