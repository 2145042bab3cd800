/** The fixed chains of kube-proxy's iptables mode. Source: pkg/proxy/iptables/proxier.go. */

/** nat: one rule per address of a Service port. filter: refusals for ClusterIPs. */
export const KUBE_SERVICES = "KUBE-SERVICES";
/** filter: refusals for external addresses and node ports. */
export const KUBE_EXTERNAL_SERVICES = "KUBE-EXTERNAL-SERVICES";
/** nat: one rule per node port. filter: health check ports let in. */
export const KUBE_NODEPORTS = "KUBE-NODEPORTS";
/** nat: masquerades what is marked. */
export const KUBE_POSTROUTING = "KUBE-POSTROUTING";
/** nat: marks. */
export const KUBE_MARK_MASQ = "KUBE-MARK-MASQ";
/** filter: lets Service traffic be forwarded. */
export const KUBE_FORWARD = "KUBE-FORWARD";
/** filter: drops what a load balancer's source ranges did not let through. */
export const KUBE_PROXY_FIREWALL = "KUBE-PROXY-FIREWALL";
/** filter: keeps loopback addresses from being reached from outside; shared with the kubelet. */
export const KUBE_FIREWALL = "KUBE-FIREWALL";
/** An empty chain in mangle, nat and filter: when it is gone somebody has flushed the rules. */
export const KUBE_PROXY_CANARY = "KUBE-PROXY-CANARY";
