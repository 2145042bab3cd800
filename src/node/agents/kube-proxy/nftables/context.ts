/** What a service port's chains depend on besides the port and its endpoints. Source: pkg/proxy/nftables/proxier.go, syncProxyRules. */
import { localTraffic, type LocalTraffic } from "../local-detector";
import type { ProxyNode, ProxySettings } from "../settings";

/** Settings and node, boiled down once per sync. */
export interface NftContext {
  readonly settings: ProxySettings;
  readonly node: ProxyNode;
  /** The condition "comes from a Pod", null without a detector. */
  readonly localTraffic: LocalTraffic | null;
  /** Same key, same objects from the same port and endpoints; the node is left to `nodeKey`. */
  readonly key: string;
  readonly nodeKey: string;
}

/** Boils settings and node down. */
export function makeNftContext(settings: ProxySettings, node: ProxyNode): NftContext {
  const local = localTraffic(settings, node);
  return {
    settings,
    node,
    localTraffic: local,
    key: JSON.stringify([local, settings.masqueradeAll]),
    nodeKey: JSON.stringify([node.name, node.zone, node.addresses]),
  };
}
