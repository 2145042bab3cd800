/**
 * What kube-proxy is configured with, as far as it shapes rules and their timing.
 * Source: pkg/proxy/apis/config (KubeProxyConfiguration); defaults as kubeadm leaves them.
 */
import { seconds, type Micros } from "../../../engine/time";
import type { IpvsScheduler } from "../../kernel/ipvs/table";
import { familyOf, prefix, contains, type IpFamily } from "../../../network/address";

/** How kube-proxy tells traffic of this cluster's Pods from other traffic. */
export type DetectLocalMode = "ClusterCIDR" | "NodeCIDR" | "BridgeInterface" | "InterfaceNamePrefix" | "None";

/** Settings of one kube-proxy. */
export interface ProxySettings {
  /** A kube-proxy of a dual-stack cluster has two proxiers, one a family, that know nothing of each other; this is one of them. */
  readonly ipFamily: IpFamily;
  readonly clusterCIDR: string;
  readonly detectLocalMode: DetectLocalMode;
  /** The bridge or the prefix, for the two interface modes. */
  readonly detectLocalInterface: string;
  readonly masqueradeAll: boolean;
  /** The packet mark that asks for masquerading, as text: it is printed as given. */
  readonly masqueradeMark: string;
  /** CIDRs of the node addresses that serve NodePorts; null = all local addresses, in nftables mode the primary one. */
  readonly nodePortAddresses: readonly string[] | null;
  readonly localhostNodePorts: boolean;
  /** Whether the kernel and iptables know `--random-fully`. */
  readonly randomFully: boolean;
  /** nf_conntrack_tcp_be_liberal: then INVALID packets are not dropped. */
  readonly conntrackTCPLiberal: boolean;
  /** nftables mode: the ranges that ClusterIPs come from (ServiceCIDR objects). Absent: kubeadm's 10.96.0.0/12. */
  readonly serviceCIDRs?: readonly string[];
  /** IPVS mode: how new connections find their real server. */
  readonly ipvsScheduler: IpvsScheduler;
  /** Names of the nfacct counters that exist on the host. */
  readonly nfacctCounters: readonly string[];
  /** Least time from the start of one sync to the start of the next. */
  readonly minSyncPeriod: Micros;
  /** Period of the canary check and of stale-chain cleaning in large clusters; the wait after a failed sync. */
  readonly syncPeriod: Micros;
}

/** Defaults of kubeadm: ClusterCIDR detection over 10.244.0.0/16, mark bit 14, at most one sync a second. */
export const DEFAULT_PROXY_SETTINGS: ProxySettings = {
  ipFamily: "IPv4",
  clusterCIDR: "10.244.0.0/16",
  detectLocalMode: "ClusterCIDR",
  detectLocalInterface: "",
  masqueradeAll: false,
  masqueradeMark: "0x00004000",
  nodePortAddresses: null,
  localhostNodePorts: true,
  randomFully: true,
  conntrackTCPLiberal: false,
  ipvsScheduler: "rr",
  nfacctCounters: [],
  minSyncPeriod: seconds(1),
  syncPeriod: seconds(30),
};

/** The node that a kube-proxy runs on. */
export interface ProxyNode {
  readonly name: string;
  /** Label topology.kubernetes.io/zone, "" where it has none. */
  readonly zone: string;
  /** Its own addresses, the primary one first; loopback is understood. */
  readonly addresses: readonly string[];
  /** Every address of its interfaces, loopback apart: those that serve NodePorts in IPVS mode. Absent: `addresses`. */
  readonly interfaceAddresses?: readonly string[];
  /** Its Pod range, for the NodeCIDR mode. */
  readonly podCIDR?: string;
}

/** Whether NodePorts answer on every local address. */
export function servesAllAddresses(settings: ProxySettings): boolean {
  const ranges = rangesOfFamily(settings);
  return ranges.length === 0 || ranges.includes(EVERYTHING[settings.ipFamily]);
}

/** Loopback in each family. */
export const LOOPBACK: Readonly<Record<IpFamily, string>> = { IPv4: "127.0.0.0/8", IPv6: "::1/128" };

const EVERYTHING: Readonly<Record<IpFamily, string>> = { IPv4: "0.0.0.0/0", IPv6: "::/0" };

/** The ranges of `nodePortAddresses` that a proxier heeds: those of its family, and names of ranges. */
export function rangesOfFamily({ nodePortAddresses, ipFamily }: ProxySettings): readonly string[] {
  return (nodePortAddresses ?? []).filter((range) => !/[.:]/.test(range) || familyOf(range) === ipFamily);
}

/**
 * Whether NodePorts answer on loopback: kube-proxy gives that up where no range of `nodePortAddresses` holds it, and IPv6
 * has no route_localnet.
 */
export function servesLocalhost(settings: ProxySettings): boolean {
  if (settings.ipFamily === "IPv6") return false;
  return settings.localhostNodePorts && (servesAllAddresses(settings) || nodePortRangesHold(settings, "127.0.0.1"));
}

/** The node addresses that serve NodePorts where not all do, in the node's order, loopback last. */
export function nodePortAddresses(settings: ProxySettings, node: ProxyNode): readonly string[] {
  const candidates = servesLocalhost(settings) ? [...node.addresses, "127.0.0.1"] : node.addresses;
  return candidates.filter((address) => nodePortRangesHold(settings, address));
}

function nodePortRangesHold(settings: ProxySettings, address: string): boolean {
  return rangesOfFamily(settings).some((range) => contains(prefix(range), address));
}
