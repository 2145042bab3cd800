/** What a service port's rules depend on besides the port and its endpoints. Source: pkg/proxy/iptables/proxier.go, syncProxyRules. */
import { localTraffic, type LocalTraffic } from "../local-detector";
import { servesLocalhost, type ProxyNode, type ProxySettings } from "../settings";

/** Settings and node, boiled down once per sync. */
export interface RuleContext {
  readonly settings: ProxySettings;
  readonly node: ProxyNode;
  /** The condition "comes from a Pod", null without a detector. */
  readonly localTraffic: LocalTraffic | null;
  /** More than a thousand endpoints: comments on endpoint rules are left out. */
  readonly isLargeCluster: boolean;
  /** Whether NodePorts on loopback are counted by a rule of their own. */
  readonly countsLocalhostNodePorts: boolean;
  /** Same key, same rules from the same port and endpoints; the node is left to `nodeKey`. */
  readonly key: string;
  readonly nodeKey: string;
}

/** The counter of packets to NodePorts on loopback. */
export const LOCALHOST_NODEPORT_COUNTER = "localhost_nps_accepted_pkts";

/** Boils settings and node down. */
export function makeContext(settings: ProxySettings, node: ProxyNode, isLargeCluster: boolean): RuleContext {
  const local = localTraffic(settings, node);
  const countsLocalhostNodePorts = servesLocalhost(settings) && settings.nfacctCounters.includes(LOCALHOST_NODEPORT_COUNTER);
  return {
    settings,
    node,
    localTraffic: local,
    isLargeCluster,
    countsLocalhostNodePorts,
    key: JSON.stringify([local, settings.masqueradeAll, isLargeCluster, countsLocalhostNodePorts]),
    nodeKey: JSON.stringify([node.name, node.zone, node.addresses]),
  };
}
