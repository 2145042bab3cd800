/** kube-proxy's mode: the one that was asked for last, else the one in which the world began; and what a node has by now. */
import type { ProxyMode } from "./settings";
import type { WorldState } from "./state";

/** The mode that the kube-proxies are to have now. */
export function modeOf({ setup, standing }: WorldState): ProxyMode {
  return standing.get("world")?.proxyMode ?? setup.config.mode;
}

/** The mode whose rules stand on a node; null while its kube-proxy has just started and written none. */
export function modeOfNode({ proxies, nftables, hosts }: WorldState, node: string): ProxyMode | null {
  if (proxies.get(node)?.starting !== undefined) return null;
  if (nftables.has(node)) return "nftables";
  return hosts.get(node)?.ipvs == null ? "iptables" : "ipvs";
}
