/** The chains that all Services share, put together from their parts. Source: pkg/proxy/iptables/proxier.go, syncProxyRules. */
import { chain } from "../../../kernel/netfilter/build";
import type { Chain, Rule } from "../../../kernel/netfilter/rules";
import type { ProxyNode, ProxySettings } from "../settings";
import { KUBE_EXTERNAL_SERVICES, KUBE_NODEPORTS, KUBE_PROXY_FIREWALL, KUBE_SERVICES } from "./chain-names";
import type { Dispatch } from "./dispatch";
import { firewallChain, forwardChain, markMasqChain, nodePortsTail, postroutingChain } from "./fixed-chains";
import type { ServiceRules } from "./port-rules";

/** The chains that every sync writes, in the order in which it writes them. */
export interface CommonChains {
  readonly filter: readonly Chain[];
  readonly nat: readonly Chain[];
}

/** Whether a Service's rules put the same into the common chains as before: endpoints may differ, entries may not. */
export function sameDispatch(before: ServiceRules | undefined, after: ServiceRules | undefined): boolean {
  return JSON.stringify(entriesOf(before)) === JSON.stringify(entriesOf(after));
}

function entriesOf(rules: ServiceRules | undefined): readonly Dispatch[] {
  return rules?.ports.map(({ dispatch }) => dispatch) ?? [];
}

/** Makes them; Services in the given order, the NodePorts rule last. */
export function commonChains(services: Iterable<ServiceRules>, settings: ProxySettings, node: ProxyNode): CommonChains {
  const parts = gather(services);
  const firewall = firewallChain(settings);
  return {
    filter: [
      chain(KUBE_SERVICES, parts.filterServices),
      chain(KUBE_EXTERNAL_SERVICES, parts.filterExternalServices),
      forwardChain(settings),
      chain(KUBE_NODEPORTS, parts.filterNodePorts),
      chain(KUBE_PROXY_FIREWALL, parts.filterProxyFirewall),
      ...(firewall === null ? [] : [firewall]),
    ],
    nat: [
      chain(KUBE_SERVICES, [...parts.natServices, ...nodePortsTail(settings, node)]),
      chain(KUBE_NODEPORTS, parts.natNodePorts),
      postroutingChain(settings),
      markMasqChain(settings),
    ],
  };
}

function gather(services: Iterable<ServiceRules>): Dispatch {
  const parts: Record<keyof Dispatch, Rule[]> = {
    natServices: [],
    natNodePorts: [],
    filterServices: [],
    filterExternalServices: [],
    filterNodePorts: [],
    filterProxyFirewall: [],
  };
  for (const { ports } of services) {
    for (const { dispatch } of ports) {
      parts.natServices.push(...dispatch.natServices);
      parts.natNodePorts.push(...dispatch.natNodePorts);
      parts.filterServices.push(...dispatch.filterServices);
      parts.filterExternalServices.push(...dispatch.filterExternalServices);
      parts.filterNodePorts.push(...dispatch.filterNodePorts);
      parts.filterProxyFirewall.push(...dispatch.filterProxyFirewall);
    }
  }
  return parts;
}
