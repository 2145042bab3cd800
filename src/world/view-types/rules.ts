/** The rules of a node as text, and the syncs that wrote them. */
import type { ProxyMode } from "../settings";

/** Rules of one node as text, with counters beside. */
export interface RulesView {
  readonly node: string;
  readonly syncedAt: number;
  readonly serviceRevision: number;
  readonly sliceRevision: number;
  readonly mode: ProxyMode;
  /** `iptables-save` text, or the table as `nft list ruleset` prints it. */
  readonly text: string;
  /** In nftables mode the `iptables-save` text of what stands beside the table (flannel's); else "". */
  readonly beside: string;
  /** Packets per rule line: `table chain number` → count. nftables' rules have no counters: the hits are ours. */
  readonly counters: Readonly<Record<string, number>>;
  /** Bytes of the same packets. */
  readonly bytes: Readonly<Record<string, number>>;
}

/** A moment from which on a node had other rules: a sync that was through, or the start. */
export interface SyncView {
  /** Number of the event; -1 for the rules with which the cluster opened. */
  readonly event: number;
  /** Whole microseconds. */
  readonly at: number;
  readonly sentence: string;
}
