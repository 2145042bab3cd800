/** What a sync of kube-proxy in nftables mode looks at and what stands after it. */
import type { SimTime } from "../../../../engine/time";
import type { NftOperation } from "../../../kernel/nftables/operations";
import type { NftTable } from "../../../kernel/nftables/tables";
import type { SyncInput } from "../iptables/proxy-state";
import type { ProxyNode, ProxySettings } from "../settings";
import type { NftServiceObjects } from "./service-objects";

/** What a sync looks at; see the iptables mode's for each. */
export interface NftSyncInput extends Pick<SyncInput, "view" | "settings" | "node" | "changed" | "full" | "now"> {
  /** The table that an earlier kube-proxy left in the kernel; default: none. */
  readonly into?: NftTable;
}

/** What stands after a sync. Immutable: the next sync makes a new one that shares what did not change. */
export interface NftProxyState {
  readonly kind: "full" | "partial";
  readonly table: NftTable;
  /** By Service key, in the view's order. */
  readonly services: ReadonlyMap<string, NftServiceObjects>;
  /** The transaction that removed stale chains before this sync's own; empty where none was old enough. */
  readonly cleanup: readonly NftOperation[];
  /** This sync's transaction. */
  readonly operations: readonly NftOperation[];
  /** Chains that are empty and that nothing leads to, and since when; they are deleted by a later sync. */
  readonly stale: ReadonlyMap<string, SimTime>;
  readonly settings: ProxySettings;
  readonly node: ProxyNode;
  /** Two sums over the Services' fingerprints, from which the version is made. */
  readonly sums: readonly [number, number];
}
