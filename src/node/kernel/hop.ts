/**
 * What a packet's way through hosts leaves behind, hop by hop. Taps are what a capture on an interface would show;
 * steps are what the host did between them. Built only for journeys that somebody looks at, never part of the state.
 */
import type { SimTime } from "../../engine/time";
import type { MacAddress } from "../../network/address";
import type { Frame, Packet } from "../../network/packet";
import type { ConntrackShow } from "./conntrack/show-types";
import type { IpvsAct } from "./ipvs/hook";
import type { Hook, TableName } from "./netfilter/rules";
import type { NftChainWalk } from "./nftables/evaluation";

/** What an interface is for. */
export type InterfaceRole = "pod-eth0" | "veth" | "bridge" | "vxlan" | "nic" | "lo" | "dummy";

/** A packet seen on an interface, as tcpdump would print it. */
export interface Tap {
  readonly kind: "tap";
  readonly at: SimTime;
  /** The network namespace: a node's name, `pod:NS/NAME`, `gateway`, `external:IP`. */
  readonly host: string;
  readonly iface: string;
  readonly role: InterfaceRole;
  readonly way: "in" | "out";
  readonly packet: Packet;
  readonly srcMac: MacAddress;
  readonly dstMac: MacAddress;
  /** On a NIC, the outer packet and its MACs; `packet` is then the inner one. */
  readonly outer?: { readonly packet: Packet; readonly srcMac: MacAddress; readonly dstMac: MacAddress };
}

/** One rule that was looked at. */
export interface RuleTry {
  readonly chain: string;
  /** Position in the chain, from 1, as `iptables -L --line-numbers` counts. */
  readonly number: number;
  readonly matched: boolean;
  /** For an unmatched rule, the index in `rule.matches` of the first condition that did not hold. */
  readonly failed?: number;
  /** What chance gave a statistic match: the draw and the limit, both out of 2^31 (match when draw < limit). */
  readonly draw?: { readonly value: number; readonly limit: number };
}

/** One chain as it was walked: every rule that was tried, and how many the index skipped unmatched. */
export interface ChainWalk {
  readonly table: TableName;
  readonly chain: string;
  readonly length: number;
  readonly tries: readonly RuleTry[];
  /** How many rules before the last one looked at an index left out because they could not match; absent = none. */
  readonly skipped?: number;
}

/** A chain of either engine. Those of nftables name theirs (`engine`), and `table` is then the table's name. */
export type Walk = ChainWalk | NftChainWalk;

/** Kinds of step, as in the headless contract. */
export type StepName =
  | "prerouting"
  | "input"
  | "forward"
  | "output"
  | "postrouting"
  | "route"
  | "bridge"
  | "neighbour"
  | "encap"
  | "decap"
  | "socket";

/** What a host did with a packet between two taps. */
export interface Step {
  readonly kind: "step";
  readonly at: SimTime;
  readonly host: string;
  readonly step: StepName;
  /** The hook, for the five hook steps. */
  readonly hook?: Hook;
  /** Called by the bridge port (bridge-nf-call-iptables) and not by IP. */
  readonly bridged?: boolean;
  readonly walk?: readonly Walk[];
  /** The rule that decided (DNAT, MASQUERADE, REJECT, DROP, ACCEPT), with its place; `table` by either engine's name. */
  readonly table?: string;
  readonly chain?: string;
  readonly ruleNumber?: number;
  /** The deciding rule's very line, as `iptables-save` or `nft list` prints it. */
  readonly rule?: string;
  /** The map element that gave the verdict where an nftables map decided, as `nft list` prints it. */
  readonly element?: string;
  /** What IPVS did, where it did something. */
  readonly ipvs?: IpvsAct;
  /** One plain sentence: what happened and why. Names real addresses, interfaces and rules. */
  readonly did: string;
  readonly before: Packet;
  readonly after: Packet;
  /** The conntrack entry that this step made, found or changed, as it stood then. */
  readonly conntrack?: ConntrackShow;
  /** ARP frames that this step sent or answered. */
  readonly frame?: Frame;
}

/** A hop of a journey. */
export type Hop = Tap | Step;
