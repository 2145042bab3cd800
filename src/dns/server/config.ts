/**
 * What a Corefile decides, as fields: the plugins that stand in the server block and their options.
 * Sources: CoreDNS plugin/{kubernetes,cache,loadbalance,forward,autopath}; kubeadm's and the add-on's manifests.
 */

/** `pods` of the kubernetes plugin. */
export type PodMode = "disabled" | "insecure" | "verified";

/** The kubernetes plugin's options. */
export interface KubernetesOptions {
  /** Zones it answers for, absolute; the first that is no reverse zone is the primary one. */
  readonly zones: readonly string[];
  readonly pods: PodMode;
  /** Exposed namespaces; empty = all. */
  readonly namespaces: readonly string[];
  /** Seconds, 0..3600. */
  readonly ttl: number;
  readonly endpointPodNames: boolean;
  readonly ignoreEmptyService: boolean;
  readonly noEndpoints: boolean;
  readonly zonal: boolean;
  /** Zones in which a name that does not exist goes to the next plugin; null = none, ["."] = all. */
  readonly fallthrough: readonly string[] | null;
}

/** One of the two caches of the cache plugin. */
export interface CacheLimits {
  /** Entries. */
  readonly capacity: number;
  /** Longest and shortest time, seconds. */
  readonly maxTtl: number;
  readonly minTtl: number;
  /** Zones for which nothing is stored. */
  readonly disabled: readonly string[];
}

/** The cache plugin's options. */
export interface CacheOptions {
  readonly success: CacheLimits;
  readonly denial: CacheLimits;
}

/** One server block. A plugin that is null or false does not stand in it. */
export interface CorefileConfig {
  readonly kubernetes: KubernetesOptions | null;
  readonly cache: CacheOptions | null;
  readonly loadbalance: boolean;
  /** autopath @kubernetes. */
  readonly autopath: boolean;
  /** Where `forward .` sends to, as written (`/etc/resolv.conf` or addresses). */
  readonly forward: readonly string[] | null;
  /** Whether the records outside are zone data of this very server (the file plugin): then their answers are authoritative. */
  readonly file: boolean;
  /** health's lameduck, seconds. */
  readonly lameduck: number;
}

const REVERSE_ZONES: readonly string[] = ["in-addr.arpa.", "ip6.arpa."];

/** The kubernetes plugin's own defaults. */
export const PLUGIN_DEFAULTS: KubernetesOptions = {
  zones: ["cluster.local.", ...REVERSE_ZONES],
  pods: "disabled",
  namespaces: [],
  ttl: 5,
  endpointPodNames: false,
  ignoreEmptyService: false,
  noEndpoints: false,
  zonal: false,
  fallthrough: null,
};

/** The two caches with a common cap in seconds; without a number 3600 and 1800. */
export function cacheOptions(seconds?: number, disabled: readonly string[] = []): CacheOptions {
  const limits = (standard: number): CacheLimits => ({ capacity: 9984, maxTtl: seconds ?? standard, minTtl: 5, disabled });
  return { success: limits(3600), denial: limits(1800) };
}

function block(clusterDomain: string, uncached: readonly string[]): CorefileConfig {
  const zones = [`${clusterDomain}.`, ...REVERSE_ZONES];
  return {
    kubernetes: { ...PLUGIN_DEFAULTS, zones, pods: "insecure", ttl: 30, fallthrough: REVERSE_ZONES },
    cache: cacheOptions(30, uncached),
    loadbalance: true,
    autopath: false,
    forward: ["/etc/resolv.conf"],
    file: false,
    lameduck: 5,
  };
}

/** kubeadm's Corefile of the modelled release: cache 30, off for the cluster domain (kubeadm PR 128359). */
export function kubeadmConfig(clusterDomain = "cluster.local"): CorefileConfig {
  return block(clusterDomain, [`${clusterDomain}.`]);
}

/** The add-on manifest's Corefile (cluster/addons): plain `cache 30`. */
export function addonConfig(clusterDomain = "cluster.local"): CorefileConfig {
  return block(clusterDomain, []);
}

/** The zone that PTR answers point into: the first that is no reverse zone. */
export function primaryZone(options: KubernetesOptions): string {
  return options.zones.find((zone) => !/(^|\.)(in-addr|ip6)\.arpa\.$/i.test(zone)) ?? "cluster.local.";
}
