/** A followed request, packet by packet and hop by hop, as plain data for the page. */
import type { Kind } from "../../cluster/objects";
import type { ConntrackShow } from "../../node/kernel/conntrack/show-types";
import type { InterfaceRole, StepName } from "../../node/kernel/hop";
import type { Hook } from "../../node/kernel/netfilter/rules";
import type { RequestVerdict } from "../view-types";
import type { LookupView } from "./dns";

/** The header fields that are compared and shown. Ports are 0 where the protocol has none. */
export interface HeaderView {
  readonly src: string;
  readonly srcPort: number;
  readonly dst: string;
  readonly dstPort: number;
  readonly protocol: string;
  /** `S`, `SA` …, for ICMP `3/3`, "" for UDP. */
  readonly flags: string;
  readonly ttl: number;
  readonly srcMac: string;
  readonly dstMac: string;
  readonly outer: {
    readonly src: string;
    readonly srcPort: number;
    readonly dst: string;
    readonly dstPort: number;
    readonly ttl: number;
  } | null;
  /** IPv4 and transport header bytes, hexadecimal. */
  readonly bytes: string;
}

/** A field that a hop changed. */
export interface FieldChange {
  readonly field:
    | "source"
    | "source port"
    | "destination"
    | "destination port"
    | "TTL"
    | "source MAC"
    | "destination MAC"
    | "encapsulation";
  readonly old: string;
  readonly new: string;
}

/** One rule as shown in a walk. */
export interface RuleLineView {
  readonly number: number;
  /** `iptables-save` line. */
  readonly text: string;
  /** The deciding condition, short: `-d 10.96.0.20/32 -p tcp --dport 80`. */
  readonly condition: string;
  /** Where it leads: a chain, a target or an address. */
  readonly target: string;
  readonly state: "matched" | "unmatched" | "not reached";
  /** Why it did not match, in a few words; or what the draw was. */
  readonly reason: string;
  /** Draw and limit as fractions of 1, for statistic rules that were tried. */
  readonly draw?: { readonly value: number; readonly limit: number };
  /** What `numgen random` chose, from 0, and out of how many. */
  readonly choice?: { readonly value: number; readonly of: number };
}

/** One chain as it was walked. */
export interface ChainWalkView {
  readonly table: string;
  readonly chain: string;
  readonly length: number;
  /** How many of its rules were looked at, as a walk rule by rule counts them. */
  readonly passed: number;
  readonly lines: readonly RuleLineView[];
}

/** One hop of a followed packet. */
export interface HopView {
  /** Position in the whole journey, from 0. */
  readonly index: number;
  readonly kind: "tap" | "step";
  readonly at: number;
  readonly event: number;
  /** The packet of the journey it belongs to (index into `JourneyView.packets`). */
  readonly packet: number;
  readonly direction: "request" | "reply" | "error";
  /** Network namespace. */
  readonly host: string;
  /** The node on which that namespace stands. */
  readonly node: string;
  /** `NS/NAME` inside a Pod, else "". */
  readonly pod: string;
  readonly iface: string;
  readonly role: InterfaceRole | "";
  readonly way: "in" | "out" | "";
  readonly step: StepName | "";
  readonly hook: Hook | "";
  readonly bridged: boolean;
  /** Short name of the place: `eth0`, `PREROUTING, nat`, `routing`. */
  readonly place: string;
  readonly sentence: string;
  readonly changes: readonly FieldChange[];
  readonly before: HeaderView;
  readonly after: HeaderView;
  /** The rules that caught or rewrote it, verbatim; the last one decided. */
  readonly rules: readonly {
    readonly table: string;
    readonly chain: string;
    readonly number: number;
    readonly of: number;
    readonly text: string;
  }[];
  readonly walks: readonly ChainWalkView[];
  readonly conntrack: ConntrackShow | null;
  /** Station within its packet: 0 = sender, then each host and wire in turn. */
  readonly station: number;
}

/** Levels at which a packet can be told. */
export type Level = "chapters" | "stations" | "kernel";

/** Chapters of a request's story. `sent as addressed`: no rule traps it, as on the way to a Pod's own address. */
export type Chapter =
  | "find the name"
  | "ask the cluster DNS"
  | "sent as addressed"
  | "trapped and rewritten"
  | "across the overlay"
  | "arrived"
  | "the way back";

/** One packet of a followed request. */
export interface JourneyPacket {
  readonly index: number;
  /** `A query for your-app-svc.shop.svc.cluster.local`, `SYN to your-app-svc` … */
  readonly title: string;
  readonly kind:
    | "dns-query"
    | "dns-answer"
    | "syn"
    | "syn-ack"
    | "ack"
    | "http-request"
    | "http-response"
    | "fin"
    | "rst"
    | "icmp"
    | "other";
  readonly direction: "request" | "reply" | "error";
  readonly firstHop: number;
  readonly hops: number;
  /** Level at which it is told unless one opens it. */
  readonly level: Level;
  readonly protocol: string;
}

/** A change that would have led a failed request elsewhere, and who had not heard of it. */
export interface MissedChangeView {
  /** The reader that was behind, by its name in the table of readers: `kube-proxy, node-a`, `endpointslice`. */
  readonly reader: string;
  readonly kind: Kind;
  /** `ns/name`. */
  readonly name: string;
  readonly revision: number;
  /** Number of the event that wrote it. */
  readonly event: number;
  /** Cluster time, whole microseconds: when it was written, and when the choice was made without it. */
  readonly writtenAt: number;
  readonly decidedAt: number;
  readonly sentence: string;
}

/** Everything about a followed request, from its first event to its last (or as far as it is computed). */
export interface JourneyView {
  readonly request: number;
  readonly title: string;
  readonly client: string;
  readonly to: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly packets: readonly JourneyPacket[];
  readonly hops: readonly HopView[];
  /** The resolver's walk: each query with its answer. */
  readonly queries: readonly QueryView[];
  /** The look-up in full, with the packets that carried it; null where nothing was asked. */
  readonly lookup: LookupView | null;
  readonly verdict: RequestVerdict;
  readonly sentence: string;
  /** Absent where it has not failed, or where nobody was behind. */
  readonly missed?: MissedChangeView;
  /** The branches that the choice had, with their probabilities; the one taken is marked. */
  readonly choices: readonly { readonly endpoint: string; readonly pod: string; readonly probability: string; readonly taken: boolean }[];
}

/** One query of a resolver's walk. */
export interface QueryView {
  readonly at: number;
  readonly name: string;
  readonly type: string;
  readonly server: string;
  /** "" while no answer has come. */
  readonly rcode: string;
  readonly answers: readonly string[];
  /** CoreDNS Pod that answered. */
  readonly by: string;
  /** `hit`, `miss` or "" . */
  readonly cache: string;
  readonly answeredAt: number | null;
}
