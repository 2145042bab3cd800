/**
 * What both laboratories are made from: hosts with their addresses and MACs, Kubernetes objects, settings, journeys.
 * The real one gets it as JSON, with the rule texts made from the objects; the simulated one is wired by the product's
 * own functions from the same words.
 */
import type { EndpointSlice, Service } from "../../src/cluster/objects";
import type { IpAddress, MacAddress } from "../../src/network/address";
import type { Fragment } from "../../src/network/packet";
import type { PathMtuDiscovery } from "../../src/node/kernel/sockets/state";
import type { NodeLinks, PodLinks } from "../../src/node/agents/node-network";
import type { ProxySettings } from "../../src/node/agents/kube-proxy/settings";

export interface StaticRoute {
  readonly to: string;
  readonly via: IpAddress;
}

export interface LabNode extends NodeLinks {
  readonly routes: readonly StaticRoute[];
}

export interface LabPod extends PodLinks {
  readonly name: string;
  readonly node: string;
}

/** A machine of the node network that is no node. */
export interface LabMachine {
  readonly name: string;
  readonly address: IpAddress;
  readonly mac: MacAddress;
  readonly forwarding: boolean;
  readonly routes: readonly StaticRoute[];
}

export interface LabCluster {
  readonly podCIDR: string;
  readonly nodes: readonly LabNode[];
  readonly pods: readonly LabPod[];
  readonly machines: readonly LabMachine[];
  readonly objects: readonly (Service | EndpointSlice)[];
  /** Ports on which every Pod answers. */
  readonly listens: { readonly tcp: readonly number[]; readonly udp: readonly number[] };
}

/** A neighbour entry as it stands when a journey begins; `none` takes it away. */
export interface LabNeighbour {
  readonly device: string;
  readonly address: IpAddress;
  readonly mac: MacAddress;
  readonly state: "none" | "stale" | "reachable" | "permanent";
}

/** Entries by host. */
export type LabNeighbours = Readonly<Record<string, readonly LabNeighbour[]>>;

export interface Journey {
  readonly name: string;
  readonly from: string;
  readonly protocol: "tcp" | "udp" | "icmp";
  readonly to: IpAddress;
  readonly port: number;
  /** The first source port (ICMP: identifier) to try. */
  readonly sourcePort: number;
  /** The Pod that must answer, "" where none need: chance is asked again with the next source port until it has. */
  readonly want: string;
  readonly tries: number;
  readonly ttl: number;
  /** Bytes that a question carries in UDP or an echo; 0 = the usual few. The answer is as long. */
  readonly size: number;
  /** IP_MTU_DISCOVER of the client's socket. */
  readonly discovery: PathMtuDiscovery;
  /** How long the client waits, in seconds. */
  readonly patience: number;
  readonly neighbours: LabNeighbours;
  /**
   * What happens after the first question: `rules=NAME` (the world's other rules), `forget` (all conntrack entries go),
   * `send` (the same socket asks again), `again` (another socket asks, by the next source port), `stuck` (likewise, and no
   * rule may ask chance), `fresh` (likewise, and chance must be asked), `wait=MILLISECONDS`, `kill=POD`, `reuse=POD` (the Pod goes, and
   * a new one with its address and another MAC says so by a gratuitous ARP).
   */
  readonly steps: readonly string[];
  /** The mode in which alone this decision exists; "" for both. */
  readonly only: "" | "iptables" | "nftables";
}

/** A text and the program that takes it. */
export interface Feed {
  readonly command: readonly string[];
  readonly text: string;
}

/** What a node's kernel is fed with: in the beginning, to come back to it, and to get to each of the world's other rules. */
export interface NodeFeeds {
  readonly load: readonly Feed[];
  readonly again: readonly Feed[];
  readonly others: Readonly<Record<string, readonly Feed[]>>;
  /** Commands that print the rules. */
  readonly print: readonly (readonly string[])[];
  /** Whether `nft monitor trace` listens. */
  readonly trace: boolean;
}

/** Endpoints of some Services by name, each as `10.244.1.3@n1`, instead of those that the cluster has. */
export type OtherEndpoints = Readonly<Record<string, readonly string[]>>;

/** One laboratory as it is built, with the journeys that are made in it. */
export interface World {
  readonly name: string;
  readonly bridgeNf: boolean;
  readonly hairpin: boolean;
  /** MTUs other than flannel's: of a Pod's eth0 and of its port by the Pod's name, of a node's eth0 by the node's. */
  readonly mtus: Readonly<Record<string, { readonly own: number; readonly port?: number }>>;
  readonly proxy: Partial<ProxySettings>;
  /** Pods that are deleted before the first journey, while the rules still name them. */
  readonly killed: readonly string[];
  /** Nodes that are unplugged, and nodes that flannel has forgotten everywhere. */
  readonly gone: readonly string[];
  readonly forgotten: readonly string[];
  /** Rules that a journey may change to, by name. */
  readonly otherRules: Readonly<Record<string, OtherEndpoints>>;
  readonly journeys: readonly Journey[];
}

/** An IPv4 packet as captured or simulated: what is compared of it. */
export interface SeenPacket {
  /** IP identification: tells packets apart within one laboratory, never compared. */
  readonly id: number;
  readonly src: string;
  readonly dst: string;
  readonly ttl: number;
  readonly dontFragment: boolean;
  readonly fragment?: Fragment;
  readonly protocol: string;
  readonly srcPort?: number;
  readonly dstPort?: number;
  readonly flags?: string;
  /** Bytes that TCP or UDP carries. */
  readonly length?: number;
  readonly mss?: number;
  readonly type?: number;
  readonly code?: number;
  readonly echo?: number;
  readonly mtu?: number;
  readonly quoted?: SeenPacket;
}

export interface SeenFrame extends SeenPacket {
  readonly srcMac: string;
  readonly dstMac: string;
}

/** A packet on an interface; on a NIC the inner packet of VXLAN with the outer beside it. `at` in microseconds. */
export interface SeenTap extends SeenFrame {
  readonly at: number;
  /** How many steps of the journey had begun. */
  readonly step: number;
  readonly host: string;
  readonly iface: string;
  readonly way: "in" | "out";
  readonly outer?: SeenFrame;
}

/** What a journey showed, in either laboratory. */
export interface Observation {
  readonly name: string;
  readonly sourcePort: number;
  /**
   * What the client's program saw, one for each question: the answer, an error's name, or `nothing`; "" for ICMP, where the
   * packets tell it.
   */
  readonly outcome: string;
  /** When the first question had its outcome. */
  readonly seconds: number;
  readonly taps: readonly SeenTap[];
  /** Lines of `conntrack -L` by node. */
  readonly conntrack: Readonly<Record<string, readonly string[]>>;
  /**
   * By node: each base chain of kube-proxy's nftables table that had a matching rule for a packet, as one text: the packet, then the
   * matching rules with their verdicts. Nothing where no table of nftables stands.
   */
  readonly rules: Readonly<Record<string, readonly string[]>>;
}
