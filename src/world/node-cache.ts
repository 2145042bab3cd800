/**
 * NodeLocal DNSCache on the nodes: what its manifest consists of, and what it does to the node that it starts on.
 * Sources: kubernetes cluster/addons/dns/nodelocaldns/nodelocaldns.yaml; kubernetes/dns cmd/node-cache. The DaemonSet's
 * controller is left out: its Pods are made by whoever turns the cache on, and for nodes that join.
 */
import type { ConfigMap, KubeObject, Pod, Service } from "../cluster/objects";
import { cacheOptions, EMPTY_BLOCK, FORWARD_DEFAULTS, RELOAD_DEFAULTS } from "../dns/server/config";
import type { CorefileConfig, StubBlock } from "../dns/server/config";
import { parseCorefile } from "../dns/server/corefile";
import { showCorefile } from "../dns/server/show-corefile";
import { macOf } from "../node/agents/link-names";
import { NODE_CACHE_ADDRESS, NODE_CACHE_INTERFACE } from "../node/agents/node-cache-rules";
import type { Host } from "../node/kernel/host";
import { addInterface, removeInterface } from "../node/kernel/host";
import type { Sim } from "./sim";
import type { WorldState } from "./state";

const NAMESPACE = "kube-system";
/** Name of the ConfigMap and of the Pods' label. */
export const NODE_CACHE = "node-local-dns";
/** The Service by which the caches reach CoreDNS: the same Pods as behind kube-dns, at an address that no cache takes. */
export const UPSTREAM_SERVICE = "kube-dns-upstream";
const LABELS = { "k8s-app": NODE_CACHE } as const;

/** Whether a Pod is a node's cache: by its image. */
export function isNodeCache(pod: Pod): boolean {
  return pod.spec.containers.some(({ image = "" }) => /(^|\/)k8s-dns-node-cache(:|@|$)/.test(image));
}

/** Whether caches are wanted: their ConfigMap stands. */
export function wantsNodeCaches({ store }: WorldState): boolean {
  return store.latest().get("ConfigMap", NAMESPACE, NODE_CACHE) !== undefined;
}

/** The Service and the ConfigMap. */
export function nodeCacheObjects({ setup }: WorldState): readonly KubeObject[] {
  const service: Service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: UPSTREAM_SERVICE, namespace: NAMESPACE, labels: { "k8s-app": "kube-dns" } },
    spec: {
      selector: { "k8s-app": "kube-dns" },
      ports: [
        { name: "dns", port: 53, protocol: "UDP", targetPort: 53 },
        { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: 53 },
      ],
    },
  };
  const map: ConfigMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: NODE_CACHE, namespace: NAMESPACE },
    data: { Corefile: showCorefile(standardConfig(setup.config.clusterDomain, CLUSTER_DNS)) },
  };
  return [service, map];
}

/** The cache's Pod on a node. */
export function nodeCachePod(node: string): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `${NODE_CACHE}-${node}`, namespace: NAMESPACE, labels: LABELS },
    spec: {
      nodeName: node,
      hostNetwork: true,
      dnsPolicy: "Default",
      tolerations: [{ operator: "Exists" }],
      containers: [{ name: "node-cache", image: "registry.k8s.io/dns/k8s-dns-node-cache:1.26.4" }],
    },
  };
}

/** Pods of the caches that stand. */
export function nodeCachePods({ store }: WorldState): readonly Pod[] {
  return store.latest().list("Pod").filter(isNodeCache);
}

/** What stands in the manifest where the address of `kube-dns-upstream` will be put in. */
const CLUSTER_DNS = "__PILLAR__CLUSTER__DNS__";
const UPSTREAM_SERVERS = "__PILLAR__UPSTREAM__SERVERS__";

/** The manifest's Corefile: the cluster's zones by TCP to CoreDNS, everything else to the node's own resolvers. */
function standardConfig(clusterDomain: string, clusterDNS: string): CorefileConfig {
  const byTcp = [{ ...FORWARD_DEFAULTS, to: [clusterDNS], tcp: true }];
  const common = { ...EMPTY_BLOCK, reload: RELOAD_DEFAULTS, loop: true };
  const own = cacheOptions(30);
  const cluster: CorefileConfig = {
    ...common,
    cache: { ...own, success: { ...own.success, minTtl: 5 }, denial: { ...own.denial, maxTtl: 5 } },
    forward: byTcp,
  };
  const reverse: readonly StubBlock[] = ["in-addr.arpa.", "ip6.arpa."].map((zone) => ({
    zones: [zone],
    config: { ...common, cache: own, forward: byTcp },
  }));
  return {
    ...common,
    cache: own,
    forward: [{ ...FORWARD_DEFAULTS, to: [UPSTREAM_SERVERS] }],
    stubs: [{ zones: [`${clusterDomain}.`], config: cluster }, ...reverse],
  };
}

/** What a cache that starts now works by: its ConfigMap with the addresses put in, as the program does. */
export function nodeCacheConfig(state: WorldState): CorefileConfig {
  const view = state.store.latest();
  const upstream = view.get("Service", NAMESPACE, UPSTREAM_SERVICE) ?? view.get("Service", NAMESPACE, "kube-dns");
  const clusterDNS = upstream?.spec.clusterIP ?? "10.96.0.10";
  const { clusterDomain } = state.setup.config;
  const map = view.get("ConfigMap", NAMESPACE, NODE_CACHE);
  const text = (map?.data?.["Corefile"] ?? "")
    .replaceAll(CLUSTER_DNS, clusterDNS)
    .replaceAll(UPSTREAM_SERVERS, "/etc/resolv.conf")
    .replaceAll("__PILLAR__DNS__DOMAIN__", clusterDomain)
    .replaceAll("__PILLAR__LOCAL__DNS__", NODE_CACHE_ADDRESS)
    .replaceAll("__PILLAR__DNS__SERVER__", clusterDnsOf(state));
  const read = parseCorefile(text, `ConfigMap ${NAMESPACE}/${NODE_CACHE}`);
  return read.ok ? read.value.config : withServers(standardConfig(clusterDomain, clusterDNS));
}

function withServers(config: CorefileConfig): CorefileConfig {
  return { ...config, forward: [{ ...FORWARD_DEFAULTS, to: ["/etc/resolv.conf"] }] };
}

/** The address of kube-dns, which the caches take on as well, so that no Pod needs another resolv.conf. */
function clusterDnsOf({ store }: WorldState): string {
  return store.latest().get("Service", NAMESPACE, "kube-dns")?.spec.clusterIP ?? "10.96.0.10";
}

/** Addresses that a node's cache holds; none where it does not stand. */
export function nodeCacheAddresses(host: Host | undefined): readonly string[] {
  return host?.interfaces.get(NODE_CACHE_INTERFACE)?.own ?? [];
}

/** The cache starts: a dummy interface with its addresses, and rules by which its packets pass conntrack by. */
export function setUpNodeCache(sim: Sim, node: string): void {
  const { state } = sim;
  const host = state.hosts.get(node);
  if (host === undefined || host.interfaces.has(NODE_CACHE_INTERFACE)) return;
  addInterface(host, {
    name: NODE_CACHE_INTERFACE,
    role: "dummy",
    mac: macOf(state.setup.seed, `${node} ${NODE_CACHE_INTERFACE}`),
    mtu: 1500,
    addresses: [`${NODE_CACHE_ADDRESS}/32`, `${clusterDnsOf(state)}/32`],
  });
  rulesChanged(state, node);
}

/** It ends in order, and takes both away. One that is killed leaves them. */
export function tearDownNodeCache(sim: Sim, node: string): void {
  const host = sim.state.hosts.get(node);
  if (host === undefined || !host.interfaces.has(NODE_CACHE_INTERFACE)) return;
  removeInterface(host, NODE_CACHE_INTERFACE);
  rulesChanged(sim.state, node);
}

/** Rules at the top of these chains come or go, so that all others there have another place: their counts start again. */
function rulesChanged(state: WorldState, node: string): void {
  state.counters.get(node)?.resetChains("raw", new Set(["PREROUTING", "OUTPUT"]));
  state.counters.get(node)?.resetChains("filter", new Set(["INPUT", "OUTPUT"]));
  const proxy = state.proxies.get(node);
  if (proxy !== undefined) state.proxies.set(node, { ...proxy });
}
