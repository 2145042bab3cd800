/**
 * The /etc/resolv.conf that kubelet gives to a Pod, by dnsPolicy and dnsConfig.
 * Source: kubernetes pkg/kubelet/network/dns/dns.go (GetPodDNS, appendDNSConfig, formDNS…FitsLimits).
 * Written once, when the sandbox is made.
 */
import { unreachable } from "../../base/assert";
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import type { ResolvConf } from "./conf-file";
import { EMPTY_CONF, parseResolvConf, showResolvConf } from "./conf-file";

export { parseResolvConf, showResolvConf } from "./conf-file";
export type { ResolvConf } from "./conf-file";

/** The part of a Pod that decides; a `Pod` of cluster/objects fits. */
export interface PodDns {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly dnsPolicy?: string;
    readonly hostNetwork?: boolean;
    readonly dnsConfig?: DnsConfig;
  };
}

/** core/v1 PodDNSConfig. */
export interface DnsConfig {
  readonly nameservers?: readonly string[];
  readonly searches?: readonly string[];
  readonly options?: readonly { readonly name?: string; readonly value?: string }[];
}

/** How much of it resolvers take. */
export interface ConfLimits {
  readonly nameservers: number;
  readonly searchPaths: number;
  /** Characters of the search list joined with spaces. */
  readonly searchChars: number;
  /** Characters of a single path. */
  readonly pathChars: number;
}

/** Limits since ExpandedDNSConfig (GA in 1.28). */
export const CONF_LIMITS: ConfLimits = { nameservers: 3, searchPaths: 32, searchChars: 2048, pathChars: 253 };

/** Limits before it. */
export const LEGACY_CONF_LIMITS: ConfLimits = { ...CONF_LIMITS, searchPaths: 6, searchChars: 256 };

/** Where a Pod's file starts from. */
export type DnsBase = "cluster" | "host" | "none";

/** The base that a dnsPolicy names; absent = ClusterFirst. A wrong policy is a Problem (kubelet then goes on as "cluster"). */
export function dnsBase(policy: string | undefined, hostNetwork: boolean): Result<DnsBase> {
  switch (policy) {
    case undefined:
    case "ClusterFirst":
      return ok(hostNetwork ? "host" : "cluster");
    case "ClusterFirstWithHostNet":
      return ok("cluster");
    case "Default":
      return ok("host");
    case "None":
      return ok("none");
    default:
      return failAt(`invalid DNSPolicy: ${policy}; expected ClusterFirst, ClusterFirstWithHostNet, Default or None`, "spec.dnsPolicy");
  }
}

/** What `podResolvConf` works from. */
export interface PodResolvConfInput {
  readonly pod: PodDns;
  /** kubelet's clusterDNS: usually the kube-dns ClusterIP. */
  readonly clusterDNS: readonly string[];
  /** kubelet's clusterDomain, such as `cluster.local`; "" where none is set. */
  readonly clusterDomain: string;
  /** Text of the node's resolv.conf; null where kubelet's resolvConf is set to "". */
  readonly nodeResolvConf: string | null;
  readonly limits?: ConfLimits;
}

/** The file, what it says, and the messages of kubelet's Warning events (DNSConfigForming, MissingClusterDNS). */
export interface PodResolvConf {
  readonly text: string;
  readonly conf: ResolvConf;
  readonly warnings: readonly string[];
}

/** The Pod's /etc/resolv.conf. A node file that cannot be read counts as empty, with a warning. */
export function podResolvConf(input: PodResolvConfInput): PodResolvConf {
  const { spec } = input.pod;
  const warnings: string[] = [];
  const node = nodeConf(input.nodeResolvConf, warnings);
  const asked = dnsBase(spec.dnsPolicy, spec.hostNetwork ?? false);
  if (!asked.ok) warnings.push(asked.problem.message);
  const base = confOfBase(asked.ok ? asked.value : "cluster", input, node, warnings);
  const merged = mergeDnsConfig(base, spec.dnsConfig);
  const limits = input.limits ?? CONF_LIMITS;
  const conf: ResolvConf = {
    nameservers: fitNameservers(merged.nameservers, limits, warnings),
    search: fitSearch(merged.search, limits, warnings),
    options: merged.options,
  };
  return { text: showResolvConf(conf), conf, warnings };
}

function nodeConf(text: string | null, warnings: string[]): ResolvConf {
  if (text === null) return { nameservers: ["127.0.0.1"], search: ["."], options: [] };
  const read = parseResolvConf(text);
  if (read.ok) return read.value;
  warnings.push(`the node's resolv.conf cannot be read: ${read.problem.message}`);
  return EMPTY_CONF;
}

function confOfBase(base: DnsBase, input: PodResolvConfInput, node: ResolvConf, warnings: string[]): ResolvConf {
  switch (base) {
    case "none":
      return EMPTY_CONF;
    case "host":
      return node;
    case "cluster": {
      if (input.clusterDNS.length > 0) return clusterConf(input, node);
      const policy = input.pod.spec.dnsPolicy ?? "ClusterFirst";
      warnings.push(
        `kubelet does not have ClusterDNS IP configured and cannot create Pod using "${policy}" policy. Falling back to "Default" policy.`,
      );
      return node;
    }
    default:
      return unreachable(base);
  }
}

function clusterConf({ pod, clusterDNS, clusterDomain }: PodResolvConfInput, node: ResolvConf): ResolvConf {
  const own = [`${pod.metadata.namespace ?? "default"}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain];
  const search = clusterDomain === "" ? node.search : [...own, ...node.search];
  return { nameservers: clusterDNS, search: distinct(search), options: ["ndots:5"] };
}

function distinct(list: readonly string[]): readonly string[] {
  return [...new Set(list)];
}

/** dnsConfig on top of a base: servers and searches appended, options by name. */
export function mergeDnsConfig(base: ResolvConf, config: DnsConfig | undefined): ResolvConf {
  if (config === undefined) return base;
  return {
    nameservers: distinct([...base.nameservers, ...(config.nameservers ?? [])]),
    search: distinct([...base.search, ...(config.searches ?? [])]),
    options: mergeOptions(base.options, config.options ?? []),
  };
}

/** Options by name, the later wins. kubelet's order is that of a Go map; ours is the order of first mention. */
export function mergeOptions(existing: readonly string[], added: NonNullable<DnsConfig["options"]>): readonly string[] {
  const byName = new Map(existing.map((word) => [word.split(":")[0] ?? word, word]));
  for (const { name = "", value } of added) {
    if (name !== "") byName.set(name, value === undefined || value === "" ? name : `${name}:${value}`);
  }
  return [...byName.values()];
}

/** The first nameservers that fit; a warning where some are cut. */
export function fitNameservers(servers: readonly string[], limits: ConfLimits, warnings: string[]): readonly string[] {
  if (servers.length <= limits.nameservers) return servers;
  const kept = servers.slice(0, limits.nameservers);
  warnings.push(`Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: ${kept.join(" ")}`);
  return kept;
}

/** The search list that fits: first by count, then without paths that are too long, then cut from the end. */
export function fitSearch(search: readonly string[], limits: ConfLimits, warnings: string[]): readonly string[] {
  const kept = search.slice(0, limits.searchPaths).filter((path) => path.length <= limits.pathChars);
  while (kept.join(" ").length > limits.searchChars) kept.pop();
  if (kept.length < search.length) {
    warnings.push(`Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${kept.join(" ")}`);
  }
  return kept;
}
