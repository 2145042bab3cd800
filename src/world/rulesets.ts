/**
 * The rules of every node, computed from what its kube-proxy last synced (design: a node that nobody sends a packet
 * through costs nothing). A cache beside the state: the same revisions and settings always give the same rules.
 */
import { unreachable } from "../base/assert";
import { upperBound } from "../base/order";
import type { Kind } from "../cluster/objects";
import type { ClusterView, Revision } from "../cluster/store-types";
import { podInterfaceAddresses } from "../node/agents/node-network";
import { rulesBeforeProxy } from "../node/agents/flannel-rules";
import { withNodeCache } from "../node/agents/node-cache-rules";
import type { ProxyState } from "../node/agents/kube-proxy/iptables/proxy-state";
import { rewrittenChains, syncRules } from "../node/agents/kube-proxy/iptables/sync";
import { serviceKeyOf } from "../node/agents/kube-proxy/services";
import type { ProxyNode, ProxySettings } from "../node/agents/kube-proxy/settings";
import { syncIpvs, type IpvsProxyState } from "../node/agents/kube-proxy/ipvs/sync";
import type { NftProxyState } from "../node/agents/kube-proxy/nftables/proxy-state";
import { syncNft } from "../node/agents/kube-proxy/nftables/sync";
import type { IpvsTable } from "../node/kernel/ipvs/table";
import type { Ruleset } from "../node/kernel/netfilter/rules";
import type { NftTable } from "../node/kernel/nftables/tables";
import { nodeCacheAddresses } from "./node-cache";
import type { NftSync } from "./nft-sync";
import { modeOfNode } from "./proxy-mode";
import type { AgentRow, ProxyRevisions, ProxyRow } from "./rows";
import type { ProxyMode } from "./settings";
import type { WorldState } from "./state";

/** All rules of one node: in nftables mode kube-proxy's table stands beside what flannel has in iptables, in IPVS mode virtual servers. */
export interface HostRules {
  readonly iptables: Ruleset;
  readonly nft: NftTable | null;
  readonly ipvs: IpvsTable | null;
}

/** How many rule sets are kept. */
const KEPT = 64;

/** Rule sets by node and revisions. */
export class Rulesets {
  private readonly cache = new Map<string, ProxyState>();
  private readonly ipvsCache = new Map<string, IpvsProxyState>();
  /** A row belongs to one content of the store for good, so the rules of the moment are found without any key. */
  private readonly ofRow = new WeakMap<ProxyRow, Ruleset>();
  private readonly ipvsOfRow = new WeakMap<ProxyRow, IpvsTable>();
  private readonly nodes = new WeakMap<AgentRow["links"], ProxyNode>();
  /** flannel's rules alone. */
  private readonly before = new WeakMap<AgentRow["links"], Ruleset>();
  private readonly nftSettings: ProxySettings;

  constructor(private readonly state: WorldState) {
    const { proxy, serviceCIDRs } = state.setup.config;
    this.nftSettings = { ...proxy, serviceCIDRs: proxy.serviceCIDRs ?? serviceCIDRs };
  }

  /** The iptables rules of a host: a node's, as its kube-proxy last synced them; none for other namespaces. */
  of(host: string): Ruleset | null {
    const agent = this.state.agents.get(host);
    const proxy = this.state.proxies.get(host);
    if (agent === undefined || proxy === undefined) return null;
    const known = this.ofRow.get(proxy);
    if (known !== undefined) return known;
    const own = this.rulesetIn(modeOfNode(this.state, host), agent, proxy);
    const cached = nodeCacheAddresses(this.state.hosts.get(host));
    const ruleset = cached.length === 0 ? own : withNodeCache(own, cached);
    this.ofRow.set(proxy, ruleset);
    return ruleset;
  }

  private rulesetIn(mode: ProxyMode | null, agent: AgentRow, { synced }: ProxyRow): Ruleset {
    switch (mode) {
      case "iptables":
        return this.synced(agent, synced).ruleset;
      case "ipvs":
        return this.ipvsSynced(agent, synced).ruleset;
      case "nftables":
      case null:
        return this.beforeProxy(agent);
      default:
        return unreachable(mode);
    }
  }

  /** The virtual servers of a host, as last synced; null where its mode is another. */
  ipvsOf(host: string): IpvsTable | null {
    const proxy = this.state.proxies.get(host);
    const agent = this.state.agents.get(host);
    if (proxy === undefined || agent === undefined || this.state.hosts.get(host)?.ipvs == null) return null;
    const known = this.ipvsOfRow.get(proxy);
    if (known !== undefined) return known;
    const { ipvs } = this.ipvsSynced(agent, proxy.synced);
    this.ipvsOfRow.set(proxy, ipvs);
    return ipvs;
  }

  /** What a sync of IPVS mode on some revisions makes. */
  ipvsSynced(agent: AgentRow, revisions: ProxyRevisions): IpvsProxyState {
    const key = `${agent.name} ${agent.links.podRange} ${this.contentKey(revisions)}`;
    const known = this.ipvsCache.get(key);
    if (known !== undefined) return known;
    const { proxy: settings } = this.state.setup.config;
    const made = syncIpvs({ view: this.view(revisions), settings, node: this.node(agent), into: this.beforeProxy(agent) });
    this.ipvsCache.set(key, made);
    forgetOldest(this.ipvsCache);
    return made;
  }

  /** kube-proxy's table on a host, as last synced; null where its mode is another. */
  nftOf(host: string): NftTable | null {
    return this.nftState(host)?.table ?? null;
  }

  /** All rules of a host; null where it has no hooks. */
  all(host: string): HostRules | null {
    const iptables = this.of(host);
    return iptables === null ? null : { iptables, nft: this.nftOf(host), ipvs: this.ipvsOf(host) };
  }

  /** What stands after the last sync of a kube-proxy in nftables mode. */
  nftState(host: string): NftProxyState | null {
    const sync = this.state.nftables.get(host);
    const agent = this.state.agents.get(host);
    return sync === undefined || agent === undefined ? null : this.nftAfter(agent, sync);
  }

  /** What stands after a sync. */
  nftAfter(agent: AgentRow, sync: NftSync): NftProxyState {
    return sync.state((previous, from, { revisions, at }) => {
      const changed = previous === null ? null : this.changedServices(from, revisions);
      return syncNft(previous, { view: this.view(revisions), settings: this.nftSettings, node: this.node(agent), changed, now: at });
    });
  }

  private beforeProxy({ links }: AgentRow): Ruleset {
    const known = this.before.get(links);
    if (known !== undefined) return known;
    const made = rulesBeforeProxy({ podCIDR: this.state.setup.config.proxy.clusterCIDR, nodePodCIDR: links.podRange });
    this.before.set(links, made);
    return made;
  }

  /** What kube-proxy's state is after a full sync on some revisions. */
  synced(agent: AgentRow, revisions: ProxyRevisions): ProxyState {
    const key = `${agent.name} ${agent.links.podRange} ${this.contentKey(revisions)}`;
    const known = this.cache.get(key);
    if (known !== undefined) return known;
    const into = this.beforeProxy(agent);
    const made = syncRules(null, { view: this.view(revisions), settings: this.state.setup.config.proxy, node: this.node(agent), into });
    this.cache.set(key, made);
    forgetOldest(this.cache);
    return made;
  }

  /** The chains that a sync from some revisions to others writes anew: their counters start again. */
  rewritten(agent: AgentRow, from: ProxyRevisions, to: ProxyRevisions): ReadonlyMap<string, ReadonlySet<string>> {
    const previous = this.synced(agent, from);
    const changed = this.changedServices(from, to);
    const { proxy: settings } = this.state.setup.config;
    return rewrittenChains(syncRules(previous, { view: this.view(to), settings, node: this.node(agent), changed }));
  }

  /** Services (`ns/name`) that changed between two syncs, themselves or by a slice. */
  changedServices(from: ProxyRevisions, to: ProxyRevisions): ReadonlySet<string> {
    const keys = (["Service", "EndpointSlice"] as const).flatMap((kind) =>
      this.state.store.writesBetween(kind, from[kind], to[kind]).map((write) => serviceKeyOf(write.object)),
    );
    return new Set(keys.filter((key) => key !== null));
  }

  private node(agent: AgentRow): ProxyNode {
    const known = this.nodes.get(agent.links);
    if (known !== undefined) return known;
    const interfaceAddresses = [agent.links.address, ...podInterfaceAddresses(agent.links)];
    const made = {
      name: agent.name,
      zone: agent.zone,
      addresses: [agent.links.address, ...(agent.others ?? [])],
      interfaceAddresses,
      podCIDR: agent.links.podRange,
    };
    this.nodes.set(agent.links, made);
    return made;
  }

  /** The cluster as a kube-proxy with these revisions has it; it reads nothing but Services and slices. */
  view(revisions: ProxyRevisions): ClusterView {
    return this.state.store.view(revisionsOfProxy(revisions));
  }

  /** Branches of time give one revision different contents: the log's hash up to there tells them apart. */
  private contentKey({ Service, EndpointSlice }: ProxyRevisions): string {
    const last = (kind: Kind, revision: Revision): string => {
      const writes = this.state.store.writesOf(kind);
      const write = writes[upperBound(writes, revision, (one) => one.revision) - 1];
      return write === undefined ? "-" : identityOf(write.object);
    };
    return `${last("Service", Service)} ${last("EndpointSlice", EndpointSlice)}`;
  }
}

function forgetOldest(cache: Map<string, unknown>): void {
  for (const oldest of cache.keys()) {
    if (cache.size <= KEPT) break;
    cache.delete(oldest);
  }
}

let identities = 0;
const identity = new WeakMap<object, string>();

/** A name for one object of the store; equal only for the same object. Used for cache keys alone. */
function identityOf(object: object): string {
  let name = identity.get(object);
  if (name === undefined) {
    identities += 1;
    name = `${identities}`;
    identity.set(object, name);
  }
  return name;
}

function revisionsOfProxy({ Service, EndpointSlice }: ProxyRevisions): Readonly<Record<Kind, Revision>> {
  return {
    Namespace: 0,
    Node: 0,
    Pod: 0,
    Endpoints: 0,
    Deployment: 0,
    ReplicaSet: 0,
    StatefulSet: 0,
    ControllerRevision: 0,
    ConfigMap: 0,
    Service,
    EndpointSlice,
  };
}
