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
  /** Zones of a cluster set (KEP-1645), also among `zones`: their names are those of ServiceImports, of which there is none here. */
  readonly multicluster: readonly string[];
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

/** prefetch: an entry that is asked for often is fetched anew shortly before its end. */
export interface PrefetchOptions {
  /** Hits from which on it is worth it. */
  readonly amount: number;
  /** Seconds without a hit after which hits are counted anew. */
  readonly duration: number;
  /** Per cent of the entry's time that may be left. */
  readonly percentage: number;
}

/** serve_stale: what has run out is still given, with TTL 0, for a while. */
export interface ServeStaleOptions {
  /** Seconds after the end of an entry for which it is given. */
  readonly duration: number;
  /** `immediate`: at once, and fetched anew in the background. `verify`: only where fetching it anew fails. */
  readonly refresh: "immediate" | "verify";
}

/** The cache plugin's options. */
export interface CacheOptions {
  readonly success: CacheLimits;
  readonly denial: CacheLimits;
  readonly prefetch: PrefetchOptions | null;
  readonly serveStale: ServeStaleOptions | null;
  /** Seconds for which a server failure is kept; 0 = not at all. */
  readonly servfail: number;
}

/** One `forward` line. */
export interface ForwardOptions {
  /** Names under this zone go there; "." = all. */
  readonly from: string;
  /** As written: addresses, or `/etc/resolv.conf` for the servers of CoreDNS's own Pod. */
  readonly to: readonly string[];
  /** force_tcp. */
  readonly tcp: boolean;
  /** Questions that may wait at once; more are REFUSED. 0 = no limit. */
  readonly maxConcurrent: number;
  readonly policy: "random" | "round_robin" | "sequential";
}

/** reload: how often the Corefile is looked at, in seconds, and by how much that may differ each time. */
export interface ReloadOptions {
  readonly interval: number;
  readonly jitter: number;
}

/** k8s_external: a zone of its own with the external addresses of Services. */
export interface ExternalOptions {
  readonly zones: readonly string[];
  /** Label under which the zone's name servers stand. */
  readonly apex: string;
  /** Seconds. */
  readonly ttl: number;
  /** Whether headless Services and their endpoints are in it too. */
  readonly headless: boolean;
  readonly fallthrough: readonly string[] | null;
}

/** A further server block: names under its zones are answered by it alone (a stub domain). */
export interface StubBlock {
  readonly zones: readonly string[];
  readonly config: CorefileConfig;
}

/** One server block. A plugin that is null or false does not stand in it. */
export interface CorefileConfig {
  readonly kubernetes: KubernetesOptions | null;
  readonly cache: CacheOptions | null;
  readonly loadbalance: boolean;
  /** autopath @kubernetes. */
  readonly autopath: boolean;
  /** Lines in the order of the text; the first whose zone fits takes a name. */
  readonly forward: readonly ForwardOptions[];
  readonly external: ExternalOptions | null;
  /** Whether the records outside are zone data of this very server (the file plugin): then their answers are authoritative. */
  readonly file: boolean;
  /** health's lameduck, seconds. */
  readonly lameduck: number;
  /** Whether :8181/ready is served. */
  readonly ready: boolean;
  /** Whether it looks for forwarding loops at its start, and ends where it finds one. */
  readonly loop: boolean;
  readonly reload: ReloadOptions | null;
  readonly stubs: readonly StubBlock[];
}

/** A server block without any plugin. */
export const EMPTY_BLOCK: CorefileConfig = {
  kubernetes: null,
  cache: null,
  loadbalance: false,
  autopath: false,
  forward: [],
  external: null,
  file: false,
  lameduck: 0,
  ready: false,
  loop: false,
  reload: null,
  stubs: [],
};

/** Defaults of the plugins. */
export const FORWARD_DEFAULTS: ForwardOptions = { from: ".", to: [], tcp: false, maxConcurrent: 0, policy: "random" };
/** reload's own: every 30 s, sooner or later by up to half of that. */
export const RELOAD_DEFAULTS: ReloadOptions = { interval: 30, jitter: 15 };
/** prefetch's: a minute, a tenth. */
export const PREFETCH_DEFAULTS: Omit<PrefetchOptions, "amount"> = { duration: 60, percentage: 10 };
/** serve_stale's: an hour, at once. */
export const STALE_DEFAULTS: ServeStaleOptions = { duration: 3600, refresh: "immediate" };
/** k8s_external's. */
export const EXTERNAL_DEFAULTS: Omit<ExternalOptions, "zones"> = { apex: "dns", ttl: 5, headless: false, fallthrough: null };

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
  multicluster: [],
  fallthrough: null,
};

/** The two caches with a common cap in seconds; without a number 3600 and 1800. */
export function cacheOptions(seconds?: number, disabled: readonly string[] = []): CacheOptions {
  const limits = (standard: number): CacheLimits => ({ capacity: 9984, maxTtl: seconds ?? standard, minTtl: 5, disabled });
  return { success: limits(3600), denial: limits(1800), prefetch: null, serveStale: null, servfail: 5 };
}

function block(clusterDomain: string, uncached: readonly string[]): CorefileConfig {
  const zones = [`${clusterDomain}.`, ...REVERSE_ZONES];
  return {
    ...EMPTY_BLOCK,
    kubernetes: { ...PLUGIN_DEFAULTS, zones, pods: "insecure", ttl: 30, fallthrough: REVERSE_ZONES },
    cache: cacheOptions(30, uncached),
    loadbalance: true,
    forward: [{ ...FORWARD_DEFAULTS, to: ["/etc/resolv.conf"], maxConcurrent: 1000 }],
    lameduck: 5,
    ready: true,
    loop: true,
    reload: RELOAD_DEFAULTS,
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
