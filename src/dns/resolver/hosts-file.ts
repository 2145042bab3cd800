/**
 * /etc/hosts as kubelet writes it for a Pod: the loopback names, the Pod's own, and its hostAliases.
 * Source: kubernetes pkg/kubelet/kubelet_pods.go (managedHostsFileContent, hostsEntriesFromHostAliases).
 */
import type { HostsEntry } from "./lookup";

/** The part of a Pod that decides. */
export interface HostsPod {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly hostname?: string;
    readonly subdomain?: string;
    readonly hostNetwork?: boolean;
    readonly hostAliases?: readonly { readonly ip: string; readonly hostnames?: readonly string[] }[];
  };
}

const LOOPBACK: readonly HostsEntry[] = [
  { address: "127.0.0.1", names: ["localhost"] },
  { address: "::1", names: ["localhost", "ip6-localhost", "ip6-loopback"] },
  { address: "fe00::0", names: ["ip6-localnet"] },
  { address: "fe00::0", names: ["ip6-mcastprefix"] },
  { address: "fe00::1", names: ["ip6-allnodes"] },
  { address: "fe00::2", names: ["ip6-allrouters"] },
];

/** The lines of a Pod's file. A Pod on the host network has its node's own names first, of which localhost alone is known here. */
export function podHosts(
  pod: HostsPod,
  { address, clusterDomain }: { readonly address: string; readonly clusterDomain: string },
): readonly HostsEntry[] {
  const { hostname, subdomain, hostNetwork = false, hostAliases = [] } = pod.spec;
  const own = hostname ?? pod.metadata.name;
  const domain = subdomain === undefined ? "" : `${own}.${subdomain}.${pod.metadata.namespace ?? "default"}.svc.${clusterDomain}`;
  const itself: readonly HostsEntry[] = hostNetwork || address === "" ? [] : [{ address, names: domain === "" ? [own] : [domain, own] }];
  const aliases = hostAliases.map(({ ip, hostnames = [] }): HostsEntry => ({ address: ip, names: hostnames }));
  return [...LOOPBACK, ...itself, ...aliases];
}
