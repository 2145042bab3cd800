/**
 * The kernel's face to the rest of the program: what it is called with, and what it calls.
 * One `Host` is one network namespace with its own stack: a node, a Pod, the gateway, an external machine.
 * Handling one frame on one host runs to completion (a softirq does); what leaves goes through the context.
 * The kernel has never heard of Kubernetes.
 */
import type { Micros, SimTime } from "../../engine/time";
import type { IpAddress, MacAddress } from "../../network/address";
import type { Frame, Packet, Payload } from "../../network/packet";
import type { Hop, InterfaceRole } from "./hop";
import type { IpvsTable } from "./ipvs/table";
import type { Rule, Ruleset } from "./netfilter/rules";
import type { NftRule, NftTable } from "./nftables/tables";

/** A network namespace by name: `node-a`, `pod:shop/my-app-x`, `gateway`, `external:192.168.0.100`. */
export type HostName = string;

/** An interface to make. Addresses are `a.b.c.d/n`. */
export interface InterfaceSpec {
  readonly name: string;
  readonly role: InterfaceRole;
  readonly mac: MacAddress;
  readonly mtu: number;
  readonly addresses: readonly string[];
  /** For a veth: the bridge it is a port of, and its hairpin flag. */
  readonly bridge?: string;
  readonly hairpin?: boolean;
  /** For a VXLAN device. */
  readonly vxlan?: { readonly vni: number; readonly local: IpAddress; readonly device: string; readonly port: number };
}

/** A route to make, as `ip route` has it. */
export interface RouteSpec {
  readonly to: string;
  readonly via?: IpAddress;
  readonly device: string;
  readonly onlink?: boolean;
  readonly source?: IpAddress;
  /** Shown only: `proto kernel`, `scope link`. */
  readonly protocol?: string;
  readonly scope?: string;
}

/** Settings of one host (sysctls and the like). */
export interface HostSettings {
  readonly forwarding: boolean;
  readonly bridgeNfCallIptables: boolean;
  /** Whether this host answers and routes at all (a model edge such as the gateway does not answer by default). */
  readonly answersNetUnreachable?: boolean;
  /**
   * What becomes of a translated UDP packet that meets another of the same connection at its entry into conntrack. Before
   * Linux 5.0 it is lost; later kernels resolve the clash, and the second packet goes where the first went.
   */
  readonly clash?: "lost";
}

/** Who owns a socket: a program in the host, named by the caller. */
export type SocketOwner = string;

/** Errors as a program sees them. */
export type SocketError = "ECONNREFUSED" | "EHOSTUNREACH" | "ENETUNREACH" | "ETIMEDOUT" | "ECONNRESET" | "EPIPE" | "EPERM" | "EMSGSIZE";

/** What a socket tells its owner. */
export type SocketEvent =
  | { readonly kind: "connected"; readonly socket: number }
  | { readonly kind: "accepted"; readonly socket: number; readonly listener: number; readonly peer: IpAddress; readonly peerPort: number }
  | { readonly kind: "data"; readonly socket: number; readonly payload: Payload; readonly journey: string }
  /** The peer has sent FIN: end of stream. */
  | { readonly kind: "eof"; readonly socket: number }
  | { readonly kind: "closed"; readonly socket: number }
  | { readonly kind: "error"; readonly socket: number; readonly error: SocketError }
  | {
      readonly kind: "datagram";
      readonly socket: number;
      readonly from: IpAddress;
      readonly fromPort: number;
      /** The own address that it came to (IP_PKTINFO). */
      readonly to: IpAddress;
      readonly payload: Payload;
      readonly journey: string;
    };

/** A kernel timer as data; handed back to `kernelTimer` when its time comes. `generation` voids stale ones. */
export type KernelTimer =
  | { readonly kind: "neighbour"; readonly iface: string; readonly address: IpAddress; readonly generation: number }
  | { readonly kind: "tcp"; readonly socket: number; readonly purpose: "retransmit" | "connect-timeout"; readonly generation: number };

/** Something the world may want to know even when no hop is recorded: cheap, and outside the state. */
export type KernelNote =
  | { readonly kind: "translated"; readonly host: HostName; readonly before: Packet; readonly after: Packet; readonly entryIsNew: boolean }
  | { readonly kind: "dropped"; readonly host: HostName; readonly packet: Packet; readonly why: string }
  | { readonly kind: "rejected"; readonly host: HostName; readonly packet: Packet; readonly why: string }
  | { readonly kind: "delivered"; readonly host: HostName; readonly packet: Packet };

/** What the kernel calls. The world implements it; all times are absolute. */
export interface KernelContext {
  readonly now: SimTime;
  /** The iptables rules of a host; null where it has no hooks at all. */
  rulesetOf(host: HostName): Ruleset | null;
  /** The nftables table beside them; null where it has none. */
  nftTableOf?(host: HostName): NftTable | null;
  /** The virtual servers of a host; null where it has none. */
  ipvsTableOf?(host: HostName): IpvsTable | null;
  /** The next 32-bit draw of a host for a purpose (`port`, `statistic`, `numgen`, `neighbour`, `vxlan-port`, `isn` …). */
  draw(host: HostName, purpose: string): number;
  /** Choices given from outside (trace `choices`): a value to take instead of the draw, or undefined. */
  choose?(host: HostName, purpose: "srcPort" | "snatPort" | "vxlanPort", packet: Packet): number | undefined;
  /** The real server (`address:port`) that a new connection to a virtual one gets, or undefined. */
  chooseServer?(host: HostName, virtual: string): string | undefined;
  chooseStatistic?(host: HostName, chain: string, rule: Rule, ruleset: Ruleset): boolean | undefined;
  /** The 32-bit draw to take for a `numgen random` (see `drawFor`), or undefined. */
  chooseNumgen?(host: HostName, rule: NftRule, table: NftTable): number | undefined;
  /** Counts a packet on a rule (index from 0) of a host; absent where nobody counts. `table` by either engine's name. */
  countRule?(host: HostName, table: string, chain: string, ruleIndex: number, bytes: number): void;
  /**
   * Hands a frame to the link of an interface (veth peer, or the node network). `at` is when it ARRIVES at the
   * other end: the crossing (`costs.hop` for a veth, `costs.wire` for a NIC) is already in it.
   */
  transmit(host: HostName, iface: string, frame: Frame, at: SimTime): void;
  /** Asks to be called back. */
  schedule(host: HostName, timer: KernelTimer, at: SimTime): void;
  /** Tells a socket's owner something at a moment. */
  notify(host: HostName, owner: SocketOwner, event: SocketEvent, at: SimTime): void;
  /** Keeps a hop; absent where nobody looks at this packet's journey. */
  record?(hop: Hop, journey: string): void;
  note?(note: KernelNote): void;
}

/** Times that processing takes. Source: facts control-plane-and-node §7.4 (medians). */
export interface KernelCosts {
  /** One veth or bridge hop. */
  readonly hop: Micros;
  /** Encapsulation or decapsulation. */
  readonly vxlan: Micros;
  /** One way over the node network (half a round trip in one rack). */
  readonly wire: Micros;
}
