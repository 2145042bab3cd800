/** What a service port's share depends on besides the port and its endpoints. Source: pkg/proxy/ipvs/proxier.go, syncProxyRules. */
import { contains, prefix } from "../../../../network/address";
import { rangesOfFamily, servesAllAddresses, type ProxyNode, type ProxySettings } from "../settings";

/** Settings and node, boiled down once per sync. */
export interface IpvsContext {
  readonly settings: ProxySettings;
  readonly node: ProxyNode;
  /** Every address of the node's interfaces but loopback and kube-ipvs0. */
  readonly nodeAddresses: readonly string[];
  /** Those of them that serve NodePorts. */
  readonly nodePortAddresses: readonly string[];
  /** Same key, same share from the same port and endpoints. */
  readonly key: string;
}

/** Boils settings and node down. */
export function makeIpvsContext(settings: ProxySettings, node: ProxyNode): IpvsContext {
  const nodeAddresses = node.interfaceAddresses ?? node.addresses;
  const ranges = rangesOfFamily(settings).map(prefix);
  const serves = (address: string): boolean => servesAllAddresses(settings) || ranges.some((range) => contains(range, address));
  const nodePortAddresses = nodeAddresses.filter(serves);
  return {
    settings,
    node,
    nodeAddresses,
    nodePortAddresses,
    key: JSON.stringify([settings.ipvsScheduler, node.name, node.zone, node.addresses, nodeAddresses, nodePortAddresses]),
  };
}
