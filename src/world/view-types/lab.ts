/**
 * A cluster's network as it stands at a moment, as plain data: what a script is written from that builds it of Linux
 * network namespaces. Lines are those of `ip -batch` and `bridge -batch`, run inside each namespace.
 */

/** Something that answers on a port. */
export interface LabListener {
  readonly serves: "http" | "echo" | "dns-udp" | "dns-tcp";
  readonly port: number;
  /** What an HTTP server says, as a Pod's does: its name. "" for the others. */
  readonly answer: string;
}

/** One network namespace. */
export interface LabHost {
  /** `node-a`, `shop.my-app-x`: letters, digits, dashes and dots. */
  readonly namespace: string;
  /** Whom a person means by it: `node/node-a`, `shop/my-app-x`; several where Pods stand on the host's network. */
  readonly names: readonly string[];
  readonly forwards: boolean;
  readonly bridgeNf: boolean;
  /** Whether its packets meet kube-proxy's rules, and so NodePorts on loopback where those exist. */
  readonly isNode: boolean;
  /** Links, addresses, routes, permanent neighbours. */
  readonly ip: readonly string[];
  /** Forwarding entries of its VXLAN device. */
  readonly bridge: readonly string[];
  /** `iptables-restore`'s text; "" where there are no rules. */
  readonly iptables: string;
  /** The script of `nft -f`; "" where there is none. */
  readonly nft: string;
  readonly listeners: readonly LabListener[];
  /** Text of /etc/resolv.conf; "" where nothing is said of it. */
  readonly resolvConf: string;
}

/** A name that the cluster's DNS knows. */
export interface LabName {
  /** Absolute, with the last dot. */
  readonly name: string;
  readonly type: "A" | "CNAME";
  readonly value: string;
}

/** Everything that the script builds. */
export interface LabView {
  readonly mode: "iptables" | "nftables";
  /** Cluster time, whole microseconds. */
  readonly at: number;
  /** Version of the model's behaviour that made it. */
  readonly behaviour: number;
  readonly clusterDomain: string;
  readonly localhostNodePorts: boolean;
  /** Machines first, then nodes, then Pods: each is wired by those before it. */
  readonly hosts: readonly LabHost[];
  /** Namespaces that are plugged into the node network. */
  readonly segment: readonly string[];
  readonly names: readonly LabName[];
  /** What stands in the cluster and not in the laboratory, a sentence each. */
  readonly left: readonly string[];
}
