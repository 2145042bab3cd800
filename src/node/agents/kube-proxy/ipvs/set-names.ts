/**
 * The IP sets of kube-proxy's IPVS mode: names, what their entries are, and the comments of the rules that ask them.
 * Source: pkg/proxy/ipvs/proxier.go (ipsetInfo), pkg/proxy/ipvs/ipset.go.
 */
import type { IpFamily } from "../../../../network/address";
import type { IpSetType } from "../../../kernel/netfilter/ipsets";

/** One of them, by the name that it has for IPv4. */
export type SetName = keyof typeof SETS;

interface SetInfo {
  readonly type: IpSetType;
  readonly comment: string;
}

const SETS = {
  "KUBE-LOOP-BACK": info("hash:ip,port,ip", "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose"),
  "KUBE-CLUSTER-IP": info("hash:ip,port", "Kubernetes service cluster ip + port for masquerade purpose"),
  "KUBE-EXTERNAL-IP": info("hash:ip,port", "Kubernetes service external ip + port for masquerade and filter purpose"),
  "KUBE-EXTERNAL-IP-LOCAL": info("hash:ip,port", "Kubernetes service external ip + port with externalTrafficPolicy=local"),
  "KUBE-LOAD-BALANCER": info("hash:ip,port", "Kubernetes service lb portal"),
  "KUBE-LOAD-BALANCER-FW": info("hash:ip,port", "Kubernetes service load balancer ip + port for load balancer with sourceRange"),
  "KUBE-LOAD-BALANCER-LOCAL": info("hash:ip,port", "Kubernetes service load balancer ip + port with externalTrafficPolicy=local"),
  "KUBE-LOAD-BALANCER-SOURCE-IP": info(
    "hash:ip,port,ip",
    "Kubernetes service load balancer ip + port + source IP for packet filter purpose",
  ),
  "KUBE-LOAD-BALANCER-SOURCE-CIDR": info(
    "hash:ip,port,net",
    "Kubernetes service load balancer ip + port + source cidr for packet filter purpose",
  ),
  "KUBE-NODE-PORT-TCP": info("bitmap:port", "Kubernetes nodeport TCP port for masquerade purpose"),
  "KUBE-NODE-PORT-LOCAL-TCP": info("bitmap:port", "Kubernetes nodeport TCP port with externalTrafficPolicy=local"),
  "KUBE-NODE-PORT-UDP": info("bitmap:port", "Kubernetes nodeport UDP port for masquerade purpose"),
  "KUBE-NODE-PORT-LOCAL-UDP": info("bitmap:port", "Kubernetes nodeport UDP port with externalTrafficPolicy=local"),
  "KUBE-NODE-PORT-SCTP-HASH": info("hash:ip,port", "Kubernetes nodeport SCTP port for masquerade purpose with type 'hash ip:port'"),
  "KUBE-NODE-PORT-LOCAL-SCTP-HASH": info(
    "hash:ip,port",
    "Kubernetes nodeport SCTP port with externalTrafficPolicy=local with type 'hash ip:port'",
  ),
  "KUBE-HEALTH-CHECK-NODE-PORT": info("bitmap:port", "Kubernetes health check node port"),
  "KUBE-IPVS-IPS": info("hash:ip", "Virtual addresses that are bound on kube-ipvs0"),
} as const;

function info(type: IpSetType, comment: string): SetInfo {
  return { type, comment };
}

/** All of them with what they are, in kube-proxy's order. */
export const SET_NAMES: readonly SetName[] = [
  "KUBE-LOOP-BACK",
  "KUBE-CLUSTER-IP",
  "KUBE-EXTERNAL-IP",
  "KUBE-EXTERNAL-IP-LOCAL",
  "KUBE-LOAD-BALANCER",
  "KUBE-LOAD-BALANCER-FW",
  "KUBE-LOAD-BALANCER-LOCAL",
  "KUBE-LOAD-BALANCER-SOURCE-IP",
  "KUBE-LOAD-BALANCER-SOURCE-CIDR",
  "KUBE-NODE-PORT-TCP",
  "KUBE-NODE-PORT-LOCAL-TCP",
  "KUBE-NODE-PORT-UDP",
  "KUBE-NODE-PORT-LOCAL-UDP",
  "KUBE-NODE-PORT-SCTP-HASH",
  "KUBE-NODE-PORT-LOCAL-SCTP-HASH",
  "KUBE-HEALTH-CHECK-NODE-PORT",
  "KUBE-IPVS-IPS",
];

/** What a set's entries are, and what rules say of it. */
export function setInfo(name: SetName): SetInfo {
  return SETS[name];
}

/** The longest name that the kernel takes. */
const LONGEST = 31;

/** A set's name in a family: both may stand on one host. */
export function setNameIn(family: IpFamily, name: SetName): string {
  return family === "IPv6" ? name.replace("KUBE-", "KUBE-6-").slice(0, LONGEST) : name;
}
