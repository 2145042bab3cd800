/** Questions about a settled cluster, and their answers as plain JSON. Source: headless.md (`batch`). */
import type { RecordType } from "../../dns/message/types";
import type { PathMtuDiscovery } from "../../node/kernel/sockets/state";
import type { CaptureView, LabView } from "../view-types";
import type { AskedName } from "../view-types/resolve";

export type * from "../view-types/resolve";

/** The rules of a node. */
export interface RulesQuestion {
  readonly node: string;
  readonly format: "restore" | "save";
}

/** A query to CoreDNS. */
export interface DnsQuestion {
  readonly name: string;
  readonly type: RecordType;
}

interface Warned {
  /** What was made or left out, a sentence each. */
  readonly warnings: readonly string[];
}

/** Rule text, and whether the sync that it is from was a full one. */
export interface RulesAnswer extends Warned {
  readonly do: "rules";
  readonly text: string;
  readonly sync: "full" | "partial";
}

/** A DNS answer; records in zone-file form, `text` as dig prints it. */
export interface DnsAnswer extends Warned {
  readonly do: "dns";
  readonly rcode: string;
  readonly aa: boolean;
  readonly tc?: boolean;
  /** The kubernetes plugin let the query through to what stands behind it. */
  readonly forwarded?: boolean;
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
  readonly text: string;
}

/** Whoever sends the first packet. */
export type From =
  | { readonly kind: "pod"; readonly name: string }
  | { readonly kind: "node"; readonly name: string }
  /** A machine outside the cluster; `via` is the node that it sends to, else the node network's router takes its packets. */
  | { readonly kind: "external"; readonly address: string; readonly via?: string }
  /** An address without a Pod: enters on the node's bridge if inside the cluster's range, else on its eth0. */
  | { readonly kind: "ip"; readonly address: string; readonly via: string };

/** Protocols that can be traced. */
export type TraceProtocol = "TCP" | "UDP" | "SCTP" | "ICMP";

/** Where the packet is to go: a name or an address. `port` is 0 for ICMP. */
export interface To {
  readonly host: string;
  readonly port: number;
  readonly protocol: TraceProtocol;
  /** Bytes that a UDP datagram or an echo carries; absent = the usual few. */
  readonly size?: number;
  /** How the client deals with path MTUs (UDP only); absent = `want`, as every program that says nothing. */
  readonly pmtu?: PathMtuDiscovery;
}

/** What chance decides; what is given is taken instead of a draw. */
export interface TraceChoices {
  readonly srcPort?: number;
  /** `address:port`. */
  readonly endpoint?: string;
  readonly dnsEndpoint?: string;
  readonly snatPort?: number;
  readonly vxlanPort?: number;
  readonly vxlanReplyPort?: number;
}

/** One packet and its answer; with `whole` the rest of the connection. */
export interface TraceQuestion {
  readonly from: From;
  readonly to: To;
  readonly seed: number;
  readonly whole: boolean;
  readonly choices: TraceChoices;
}

/** What the client sees in the end. */
export type TraceVerdict = "delivered" | "rejected" | "refused" | "dropped" | "mismatched" | "unrouted";

/** A packet's header in the contract's form; addresses with ports but for ICMP. */
export interface PacketJson {
  readonly src: string;
  readonly dst: string;
  readonly protocol: string;
  readonly flags?: string;
  readonly ttl: number;
  /** Of a fragment: which bytes behind the IP header it carries, and whether more follow. */
  readonly fragment?: { readonly offset: number; readonly length: number; readonly more: boolean };
  /** ICMP: type and code, for 3/4 the MTU, and for an error the packet that it is about. */
  readonly icmp?: { readonly type: number; readonly code: number; readonly mtu?: number; readonly about?: PacketJson };
  readonly srcMac?: string;
  readonly dstMac?: string;
  /** The VXLAN packet around it. */
  readonly outer?: PacketJson & { readonly vni: number };
}

/** Which way a packet goes. */
export type Direction = "request" | "reply" | "error";

interface PlaceJson {
  readonly at: number;
  readonly direction: Direction;
  readonly node: string;
  /** `ns/name` inside a Pod, else null. */
  readonly pod: string | null;
}

/** What a capture on an interface shows. */
export interface TapJson extends PlaceJson {
  readonly kind: "tap";
  readonly iface: string;
  readonly role: string;
  readonly way: "in" | "out";
  readonly packet: PacketJson;
}

/** What a host did between two taps. */
export interface StepJson extends PlaceJson {
  readonly kind: "step";
  readonly step: string;
  readonly bridged?: boolean;
  readonly table?: string;
  readonly chain?: string;
  readonly rule?: string;
  /** nftables: the map element that gave the verdict. */
  readonly element?: string;
  readonly did: string;
  readonly before: PacketJson;
  readonly after: PacketJson;
}

/** A hop. */
export type HopJson = TapJson | StepJson;

/** The frames of a journey, there and back. */
export interface PcapAnswer extends Warned {
  readonly do: "pcap";
  readonly from: string;
  readonly to: string;
  readonly verdict: TraceVerdict;
  readonly seed: number;
  readonly capture: CaptureView;
}

/** The cluster as a laboratory of network namespaces. */
export interface LabAnswer extends Warned {
  readonly do: "lab";
  readonly lab: LabView;
}

/** How a name was resolved before the packet left. */
export interface ResolutionJson {
  readonly name: string;
  readonly address: string;
  /** Each query; `hops` are its packets' where the cluster's DNS stands and the client asks it. */
  readonly queries: readonly (AskedName & { readonly hops?: readonly HopJson[] })[];
}

/** A journey, there and back. */
export interface TraceAnswer extends Warned {
  readonly do: "trace";
  readonly from: string;
  readonly to: string;
  readonly verdict: TraceVerdict;
  readonly candidates: readonly string[];
  readonly masqueraded: boolean;
  readonly hairpin: boolean;
  readonly choices: TraceChoices;
  readonly resolution?: ResolutionJson;
  readonly hops: readonly HopJson[];
}
