/** A conntrack entry as `conntrack -L` shows it. Source: conntrack-tools; net/netfilter/nf_conntrack_standalone.c. */

/** One direction of a flow. For ICMP the ports hold the echo id. */
export interface TupleShow {
  readonly src: string;
  readonly dst: string;
  readonly srcPort: number;
  readonly dstPort: number;
}

/** An entry at one moment. */
export interface ConntrackShow {
  readonly protocol: "tcp" | "udp" | "icmp" | "sctp";
  /** Seconds until it goes, whole. */
  readonly timeout: number;
  /** Seconds that a packet which passes now would leave it. */
  readonly lifetime: number;
  /** When its first packet came, whole microseconds. */
  readonly created: number;
  /** TCP state in conntrack's words; absent for others. */
  readonly state?: string;
  readonly original: TupleShow;
  readonly reply: TupleShow;
  readonly unreplied: boolean;
  readonly assured: boolean;
  /** Not yet in the table: the packet has not passed its last hook. */
  readonly confirmed: boolean;
}
