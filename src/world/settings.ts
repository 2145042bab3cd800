/** What a world is configured with. Source: headless.md (`config`); defaults are kubeadm's of the modelled release. */
import type { CorefileConfig } from "../dns/server/corefile";
import { kubeadmConfig } from "../dns/server/corefile";
import type { Runtime, Upstream } from "../dns/server/request";
import { NOTHING_OUTSIDE } from "../dns/server/request";
import type { Micros } from "../engine/time";
import type { ProxySettings } from "../node/agents/kube-proxy/settings";
import { DEFAULT_PROXY_SETTINGS } from "../node/agents/kube-proxy/settings";
import { FIXED_TIMES } from "../node/agents/timings";

/** kube-proxy's modes that are built. */
export type ProxyMode = "iptables" | "nftables" | "ipvs";

/** Everything that can be set. */
export interface WorldConfig {
  /** The mode in which the kube-proxies begin. */
  readonly mode: ProxyMode;
  readonly proxy: ProxySettings;
  readonly serviceCIDRs: readonly string[];
  readonly bridgeNfCallIptables: boolean;
  /** Hairpin flag of Pod ports. */
  readonly hairpin: boolean;
  readonly clusterDomain: string;
  readonly nodeResolvConf: string;
  readonly corefile: CorefileConfig;
  /** What CoreDNS knows of itself beyond the settled default. */
  readonly runtime: Partial<Runtime>;
  /** Addresses that slices still name and where nothing is any more. */
  readonly gone: readonly string[];
  /** Whether the edge of the model answers ICMP 3/0 for addresses outside, or stays silent. */
  readonly gateway: "silent" | "unreachable";
  /** What the world outside answers. */
  readonly upstream: Upstream;
  /** How long a client waits for a connection. */
  readonly connectTimeout: Micros;
}

/** The defaults. */
export const DEFAULT_CONFIG: WorldConfig = {
  mode: "iptables",
  proxy: DEFAULT_PROXY_SETTINGS,
  serviceCIDRs: ["10.96.0.0/12"],
  bridgeNfCallIptables: true,
  hairpin: true,
  clusterDomain: "cluster.local",
  nodeResolvConf: "nameserver 192.168.0.1\n",
  corefile: kubeadmConfig(),
  runtime: {},
  gone: [],
  gateway: "silent",
  upstream: NOTHING_OUTSIDE,
  connectTimeout: FIXED_TIMES.connectTimeout,
};

/** Who asks whom while nobody acts: Pods of a Deployment (`ns/name`), a URL, how often a second. */
export interface Traffic {
  readonly from: string;
  readonly to: string;
  readonly perSecond: number;
}
