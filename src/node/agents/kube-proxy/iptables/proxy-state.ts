/** What a sync of kube-proxy looks at and what stands after it. */
import type { ClusterView } from "../../../../cluster/store-types";
import type { SimTime } from "../../../../engine/time";
import type { Chain, Ruleset } from "../../../kernel/netfilter/rules";
import type { ProxyNode, ProxySettings } from "../settings";
import type { ServiceRules } from "./port-rules";
import type { CommonChains } from "./tables";

/** What a sync looks at. */
export interface SyncInput {
  readonly view: ClusterView;
  readonly settings: ProxySettings;
  readonly node: ProxyNode;
  /**
   * Keys (`serviceKeyOf`) of all Services of which the Service or a slice may have changed since the last sync;
   * null where nobody kept count, then all are compared. Slower, same outcome.
   */
  readonly changed?: ReadonlySet<string> | null;
  /** Asks for a full sync (an hour is over, the canary is gone, the last sync failed). */
  readonly full?: boolean;
  /** Cluster time; large clusters remove stale chains at most once per syncPeriod. */
  readonly now?: SimTime;
  /** What stands in the kernel before the first sync; default: empty tables. */
  readonly into?: Ruleset;
}

/** What stands after a sync. Immutable: the next sync makes a new one that shares what did not change. */
export interface ProxyState {
  readonly kind: "full" | "partial";
  /** Everything in the node's tables, kube-proxy's and others'. */
  readonly ruleset: Ruleset;
  /** By Service key, in the view's order. */
  readonly services: ReadonlyMap<string, ServiceRules>;
  /** Endpoints of all service ports, usable or not. */
  readonly endpointCount: number;
  /** The chains that every sync writes. */
  readonly common: CommonChains;
  /** Services' own nat chains that this sync wrote, in order. */
  readonly written: readonly Chain[];
  /** nat chains that this sync removed, in order of name. */
  readonly removed: readonly string[];
  /** nat chains that nothing needs and that still stand (large clusters). */
  readonly stale: readonly string[];
  readonly lastCleanup: SimTime;
  readonly settings: ProxySettings;
  readonly node: ProxyNode;
  /** Version of the rules that stood before kube-proxy came. */
  readonly baseVersion: string;
  /** Two sums over the Services' fingerprints, from which the version is made. */
  readonly sums: readonly [number, number];
}
