/**
 * How rules tell whether a packet comes from a Pod of this cluster. Source: pkg/proxy/util/iptables/traffic.go.
 */
import { unreachable } from "../../../base/assert";
import { familyOf, type IpFamily } from "../../../network/address";
import type { Match } from "../../kernel/netfilter/rules";
import type { ProxyNode, ProxySettings } from "./settings";

/** A condition on source range or input interface. */
export type LocalTraffic = Extract<Match, { readonly kind: "source" | "in-interface" }>;

/** The condition "comes from a Pod"; null where no detector is configured, which leaves out the rules that need one. */
export function localTraffic(settings: ProxySettings, node: ProxyNode): LocalTraffic | null {
  switch (settings.detectLocalMode) {
    case "ClusterCIDR":
      return sourceIn(settings.clusterCIDR, settings.ipFamily);
    case "NodeCIDR":
      return sourceIn(node.podCIDR ?? "", settings.ipFamily);
    case "BridgeInterface":
      return { kind: "in-interface", name: settings.detectLocalInterface };
    case "InterfaceNamePrefix":
      return { kind: "in-interface", name: `${settings.detectLocalInterface}+` };
    case "None":
      return null;
    default:
      return unreachable(settings.detectLocalMode);
  }
}

/** A range of the other family detects nothing. */
function sourceIn(range: string, family: IpFamily): LocalTraffic | null {
  return range === "" || familyOf(range) !== family ? null : { kind: "source", text: range };
}
