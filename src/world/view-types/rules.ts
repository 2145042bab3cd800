/** The rules of a node as text, and the syncs that wrote them. */
import type { ProxyMode } from "../settings";

/** Rules of one node as text, with counters beside. */
export interface RulesView {
  readonly node: string;
  readonly syncedAt: number;
  readonly serviceRevision: number;
  readonly sliceRevision: number;
  readonly mode: ProxyMode;
  /** `iptables-save` text, the table as `nft list ruleset` prints it, or virtual servers as `ipvsadm-save -n` does. */
  readonly text: string;
  /** In IPVS mode the IP sets as `ipset save` prints them; else "". */
  readonly sets: string;
  /** The `iptables-save` text of what stands beside a table (flannel's) or virtual servers; "" in iptables mode. */
  readonly beside: string;
  /** Packets per rule line: `table chain number` → count. nftables' rules have no counters: the hits are ours.
   * In IPVS mode also living connections per real server: `ipvs TCP 10.96.0.10:53 number`. */
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
