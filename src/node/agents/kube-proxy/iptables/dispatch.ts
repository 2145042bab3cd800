/**
 * The rules by which a service port is found: one per address that leads to it, in the chains that all ports share.
 * Source: pkg/proxy/iptables/proxier.go (syncProxyRules, "Capture the clusterIP" and after).
 */
import { jump, rule } from "../../../kernel/netfilter/build";
import type { Match, Rule, Target } from "../../../kernel/netfilter/rules";
import type { Categorised } from "../categorise";
import { isExternallyAccessible, type ServicePort } from "../service-ports";
import { LOCALHOST_NODEPORT_COUNTER, type RuleContext } from "./context";
import { comment, familyMark, isLocal, protocolOf, to, toPort } from "./matches";
import { serviceChainName } from "./names";

/** A service port's share of the common chains. */
export interface Dispatch {
  readonly natServices: readonly Rule[];
  readonly natNodePorts: readonly Rule[];
  readonly filterServices: readonly Rule[];
  readonly filterExternalServices: readonly Rule[];
  readonly filterNodePorts: readonly Rule[];
  readonly filterProxyFirewall: readonly Rule[];
}

/** Makes a port's dispatch rules. */
export function dispatchRules(port: ServicePort, categorised: Categorised, context: RuleContext): Dispatch {
  return {
    natServices: natServices(port, categorised),
    natNodePorts: natNodePorts(port, categorised, context),
    filterServices: filterServices(port, categorised),
    filterExternalServices: filterExternalServices(port, categorised),
    filterNodePorts: filterNodePorts(port),
    filterProxyFirewall: filterProxyFirewall(port, categorised),
  };
}

/** Whether traffic to the load balancer's addresses passes a chain of source ranges first. */
export function usesFirewallChain(port: ServicePort, { hasEndpoints }: Categorised): boolean {
  return hasEndpoints && port.loadBalancerVIPs.length > 0 && port.sourceRanges.length > 0;
}

/** Whether the chain for external traffic exists: also without external endpoints, for the short cuts of local traffic. */
export function usesExternalChain(port: ServicePort, { hasEndpoints }: Categorised): boolean {
  return hasEndpoints && isExternallyAccessible(port);
}

/** `-m comment … -m tcp -p tcp -d ADDRESS --dport PORT`. */
export function addressed(port: ServicePort, address: string, words: string): readonly Match[] {
  return [comment(`${port.name} ${words}`), ...protocolOf(port), to(address), toPort(port.port)];
}

function natServices(port: ServicePort, categorised: Categorised): readonly Rule[] {
  const rules: Rule[] = [];
  if (categorised.hasInternal) {
    const chain = serviceChainName(port.internalPolicyLocal ? "KUBE-SVL-" : "KUBE-SVC-", port);
    rules.push(rule(addressed(port, port.clusterIP, "cluster IP"), jump(chain)));
  }
  if (!categorised.hasEndpoints || !isExternallyAccessible(port)) return rules;
  const external = jump(serviceChainName("KUBE-EXT-", port));
  const balanced = usesFirewallChain(port, categorised) ? jump(serviceChainName("KUBE-FW-", port)) : external;
  for (const address of port.externalIPs) rules.push(rule(addressed(port, address, "external IP"), external));
  for (const address of port.loadBalancerVIPs) rules.push(rule(addressed(port, address, "loadbalancer IP"), balanced));
  return rules;
}

function natNodePorts(port: ServicePort, { hasEndpoints }: Categorised, context: RuleContext): readonly Rule[] {
  if (port.nodePort === 0 || !hasEndpoints) return [];
  const external = jump(serviceChainName("KUBE-EXT-", port));
  const base = [comment(port.name), ...protocolOf(port)];
  const plain = rule([...base, toPort(port.nodePort)], external);
  if (!context.countsLocalhostNodePorts) return [plain];
  const counter: Match = { kind: "nfacct", name: LOCALHOST_NODEPORT_COUNTER };
  return [rule([...base, to("127.0.0.0/8"), toPort(port.nodePort), counter], external), plain];
}

/** What becomes of packets that lead nowhere: refused where no endpoint exists, dropped where none may be used here. */
function refusal(port: ServicePort, { hasEndpoints }: Categorised): { readonly words: string; readonly target: Target } {
  return hasEndpoints
    ? { words: "has no local endpoints", target: { kind: "DROP" } }
    : { words: "has no endpoints", target: { kind: "REJECT", ...familyMark(port) } };
}

function filterServices(port: ServicePort, categorised: Categorised): readonly Rule[] {
  if (categorised.hasInternal) return [];
  const { words, target } = refusal(port, categorised);
  return [rule(addressed(port, port.clusterIP, words), target)];
}

function filterExternalServices(port: ServicePort, categorised: Categorised): readonly Rule[] {
  if (categorised.hasExternal) return [];
  const { words, target } = refusal(port, categorised);
  const addresses = [...port.externalIPs, ...port.loadBalancerVIPs];
  const rules = addresses.map((address) => rule(addressed(port, address, words), target));
  if (port.nodePort === 0) return rules;
  const matches = [comment(`${port.name} ${words}`), isLocal("dst"), ...protocolOf(port), toPort(port.nodePort)];
  return [...rules, rule(matches, target)];
}

function filterNodePorts(port: ServicePort): readonly Rule[] {
  if (port.healthCheckNodePort === 0) return [];
  const matches: readonly Match[] = [
    comment(`${port.name} health check node port`),
    { kind: "extension", name: "tcp" },
    { kind: "protocol", protocol: "tcp" },
    toPort(port.healthCheckNodePort),
  ];
  return [rule(matches, { kind: "ACCEPT" })];
}

function filterProxyFirewall(port: ServicePort, categorised: Categorised): readonly Rule[] {
  if (!usesFirewallChain(port, categorised)) return [];
  const words = `traffic not accepted by ${serviceChainName("KUBE-FW-", port)}`;
  return port.loadBalancerVIPs.map((address) => rule(addressed(port, address, words), { kind: "DROP" }));
}
