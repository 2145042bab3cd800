/** kube-proxy's mode: the one that was asked for last, else the one in which the world began. */
import type { ProxyMode } from "./settings";
import type { WorldState } from "./state";

/** The mode that the kube-proxies are to have now. */
export function modeOf({ setup, standing }: WorldState): ProxyMode {
  return standing.get("world")?.proxyMode ?? setup.config.mode;
}
