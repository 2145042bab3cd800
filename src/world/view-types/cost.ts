/** How many rules a first packet meets on its client's node, by the number of Services and kube-proxy's mode. */
import type { ProxyMode } from "../settings";

/** One number of Services in one mode. Rules are the mean over the endpoints that chance may choose. */
export interface CostPoint {
  readonly mode: ProxyMode;
  readonly services: number;
  /** Rules that a packet to the first Service of the list meets, to the one in the middle, and to the last. */
  readonly first: number;
  readonly middle: number;
  readonly last: number;
  /** Counted over a rule set that was generated; else on the straight line through two that were. */
  readonly isGenerated: boolean;
}

/** The curves. */
export interface CostView {
  /** Endpoints of each Service. */
  readonly endpointsEach: number;
  readonly points: readonly CostPoint[];
}
