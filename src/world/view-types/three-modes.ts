/** One packet in the three modes of kube-proxy: the same first packet over the same cluster, settled in each. */
import type { ProxyMode } from "../settings";
import type { HopView } from "./journey";

/** What is asked: a Service's port, and who asks for it. */
export interface ThreeModesQuestion {
  /** Client Pod, `ns/name`; absent: the first Pod of the client's Deployment. */
  readonly from?: string;
  /** `ns/name`. */
  readonly service: string;
  readonly port: number;
}

/** The packet in one mode. */
export interface ModeColumn {
  readonly mode: ProxyMode;
  /** Cluster time from the change of the mode until every node had its rules, whole microseconds; 0 where it had them. */
  readonly settledAfter: number;
  /** The first packet's hops, in order; of walked chains only the lines that matched are kept. */
  readonly hops: readonly HopView[];
  /** Rules looked at on all its way. */
  readonly rules: number;
  /** The endpoint that it reached, `address:port`, "" where none. */
  readonly endpoint: string;
  /** How the request ended. */
  readonly sentence: string;
}

/** The packet in all modes. */
export interface ThreeModesView {
  readonly from: string;
  readonly to: string;
  readonly columns: readonly ModeColumn[];
}
