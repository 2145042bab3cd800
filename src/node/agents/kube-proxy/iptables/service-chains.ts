/**
 * The nat chains of one service port: external entry, source ranges, choice of an endpoint, the endpoints.
 * Source: pkg/proxy/iptables/proxier.go (syncProxyRules, writeServiceToEndpointRules).
 */
import { contains, prefix } from "../../../../network/address";
import { chain, jump, rule } from "../../../kernel/netfilter/build";
import type { Chain, Match, Rule } from "../../../kernel/netfilter/rules";
import type { Categorised } from "../categorise";
import type { ProxyEndpoint } from "../endpoints";
import { usesClusterEndpoints, usesLocalEndpoints, type ServicePort } from "../service-ports";
import { KUBE_MARK_MASQ } from "./chain-names";
import type { RuleContext } from "./context";
import { addressed, usesExternalChain, usesFirewallChain } from "./dispatch";
import { comment, familyMark, from, isLocal, not, protocolOf } from "./matches";
import { endpointChainName, serviceChainName } from "./names";
import { probabilityText } from "./probability";

const MASQUERADE_LATER = jump(KUBE_MARK_MASQ);

/** A port's own chains, in the order in which they are written: EXT, FW, SVC, SVL, SEP. */
export function serviceChains(port: ServicePort, categorised: Categorised, context: RuleContext): readonly Chain[] {
  const chains: Chain[] = [];
  const { cluster, local } = categorised;
  if (usesExternalChain(port, categorised)) chains.push(externalChain(port, categorised, context));
  if (usesFirewallChain(port, categorised)) chains.push(firewallChain(port, context));
  if (cluster.length > 0 && usesClusterEndpoints(port)) {
    const entry = categorised.hasInternal && !port.internalPolicyLocal;
    chains.push(choiceChain({ port, endpoints: cluster, prefix: "KUBE-SVC-", entry, context }));
  }
  if (local.length > 0 && usesLocalEndpoints(port)) {
    const entry = categorised.hasInternal && port.internalPolicyLocal;
    chains.push(choiceChain({ port, endpoints: local, prefix: "KUBE-SVL-", entry, context }));
  }
  for (const endpoint of categorised.reachable) chains.push(endpointChain(port, endpoint, context));
  return chains;
}

function externalChain(port: ServicePort, categorised: Categorised, context: RuleContext): Chain {
  const rules = port.externalPolicyLocal ? shortCuts(port, context) : [masqueradeExternal(port)];
  const policyChain = serviceChainName(port.externalPolicyLocal ? "KUBE-SVL-" : "KUBE-SVC-", port);
  const last = categorised.hasExternal ? [rule([], jump(policyChain))] : [];
  return chain(serviceChainName("KUBE-EXT-", port), [...rules, ...last]);
}

/** External traffic may come back another way, so it is made to look as if it came from this node. */
function masqueradeExternal(port: ServicePort): Rule {
  return rule([comment(`masquerade traffic for ${port.name} external destinations`)], MASQUERADE_LATER);
}

/** With policy Local, Pods and the node itself are not "external": they may use every endpoint. */
function shortCuts(port: ServicePort, context: RuleContext): readonly Rule[] {
  const everywhere = jump(serviceChainName("KUBE-SVC-", port));
  const said = (words: string): Match => comment(`${words} traffic for ${port.name} external destinations`);
  const pods = context.localTraffic === null ? [] : [rule([said("pod"), context.localTraffic], everywhere)];
  return [
    ...pods,
    rule([said("masquerade LOCAL"), isLocal("src")], MASQUERADE_LATER),
    rule([said("route LOCAL"), isLocal("src")], everywhere),
  ];
}

/** What passes here untouched meets the DROP of KUBE-PROXY-FIREWALL; the last rule only says so. */
function firewallChain(port: ServicePort, context: RuleContext): Chain {
  const external = jump(serviceChainName("KUBE-EXT-", port));
  const said = comment(`${port.name} loadbalancer IP`);
  const nodeIP = context.node.addresses[0];
  const allowsNode = nodeIP !== undefined && port.sourceRanges.some((range) => contains(prefix(range), nodeIP));
  const sources = [...port.sourceRanges, ...(allowsNode ? port.loadBalancerVIPs : [])];
  return chain(serviceChainName("KUBE-FW-", port), [
    ...sources.map((source) => rule([said, from(source)], external)),
    rule([comment(`other traffic to ${port.name} will be dropped by KUBE-PROXY-FIREWALL`)]),
  ]);
}

interface Choice {
  readonly port: ServicePort;
  readonly endpoints: readonly ProxyEndpoint[];
  readonly prefix: "KUBE-SVC-" | "KUBE-SVL-";
  /** Whether ClusterIP traffic enters by this chain. */
  readonly entry: boolean;
  readonly context: RuleContext;
}

function choiceChain({ port, endpoints, prefix: kind, entry, context }: Choice): Chain {
  const rules: Rule[] = entry ? [...masqueradeClusterIP(port, context)] : [];
  const said = (endpoint: ProxyEndpoint): readonly Match[] => (context.isLargeCluster ? [] : [comment(`${port.name} -> ${endpoint.text}`)]);
  const target = (endpoint: ProxyEndpoint): string => endpointChainName(port, endpoint.text);
  if (port.affinitySeconds > 0) {
    for (const endpoint of endpoints) {
      const name = target(endpoint);
      const seen: Match = { kind: "recent", name, action: "rcheck", seconds: port.affinitySeconds, reap: true, ...familyMark(port) };
      rules.push(rule([...said(endpoint), seen], jump(name)));
    }
  }
  for (const [index, endpoint] of endpoints.entries()) {
    const left = endpoints.length - index;
    const chance: readonly Match[] = left > 1 ? [{ kind: "statistic", probability: probabilityText(left) }] : [];
    rules.push(rule([...said(endpoint), ...chance], jump(target(endpoint))));
  }
  return chain(serviceChainName(kind, port), rules);
}

/** ClusterIP traffic that is not known to come from a Pod must come back through this node. */
function masqueradeClusterIP(port: ServicePort, { settings, localTraffic }: RuleContext): readonly Rule[] {
  const entry = addressed(port, port.clusterIP, "cluster IP");
  if (settings.masqueradeAll) return [rule(entry, MASQUERADE_LATER)];
  return localTraffic === null ? [] : [rule([...entry, not(localTraffic)], MASQUERADE_LATER)];
}

/** The endpoint's own packets are masqueraded, so that a Pod that reaches itself gets its answers translated back. */
function endpointChain(port: ServicePort, endpoint: ProxyEndpoint, context: RuleContext): Chain {
  const name = endpointChainName(port, endpoint.text);
  const said = context.isLargeCluster ? [] : [comment(port.name)];
  const remember: readonly Match[] = port.affinitySeconds > 0 ? [{ kind: "recent", name, action: "set", ...familyMark(port) }] : [];
  return chain(name, [
    rule([...said, from(endpoint.address)], MASQUERADE_LATER),
    rule([...said, ...remember, ...protocolOf(port)], { kind: "DNAT", address: endpoint.address, port: endpoint.port }),
  ]);
}
