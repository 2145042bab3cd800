/** The fixed chains of kube-proxy's iptables mode. Source: pkg/proxy/iptables/proxier.go. */

export const KUBE_SERVICES = "KUBE-SERVICES";
export const KUBE_EXTERNAL_SERVICES = "KUBE-EXTERNAL-SERVICES";
export const KUBE_NODEPORTS = "KUBE-NODEPORTS";
export const KUBE_POSTROUTING = "KUBE-POSTROUTING";
export const KUBE_MARK_MASQ = "KUBE-MARK-MASQ";
export const KUBE_FORWARD = "KUBE-FORWARD";
export const KUBE_PROXY_FIREWALL = "KUBE-PROXY-FIREWALL";
/** Shared with the kubelet. */
export const KUBE_FIREWALL = "KUBE-FIREWALL";
/** An empty chain in mangle, nat and filter: when it is gone somebody has flushed the rules. */
export const KUBE_PROXY_CANARY = "KUBE-PROXY-CANARY";
