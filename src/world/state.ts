/**
 * All state of a world, in one place, so that copying and fingerprinting miss nothing. The store is history; everything
 * else is hot and written in place by the step loop alone. Caches (rule sets, views) are not here.
 */
import { Fingerprint, mix } from "../base/hash";
import type { StoreCheckpoint } from "../cluster/store";
import { Store } from "../cluster/store";
import type { WatchesCheckpoint } from "../cluster/watch";
import { Watches } from "../cluster/watch";
import type { DnsCacheCheckpoint } from "../dns/server/cache-store";
import { DnsCache } from "../dns/server/cache-store";
import type { LoopCheckpoint } from "../engine/loop";
import { StepLoop } from "../engine/loop";
import type { Links } from "../network/links";
import { checkpointLinks, makeLinks } from "../network/links";
import { DELAYS } from "../node/agents/timings";
import type { Host, HostCheckpoint } from "../node/kernel/host";
import { checkpointHost, hashHost, makeHost, restoreHost } from "../node/kernel/host";
import type { CountersCheckpoint } from "../node/kernel/netfilter/counters";
import { Counters } from "../node/kernel/netfilter/counters";
import { Draws } from "./draws";
import type { WorldEvent } from "./event";
import type { NftSync } from "./nft-sync";
import type { AgentRow, PodRow, ProcessRow, ProxyRow, RequestRow, Standing } from "./rows";
import type { Setup } from "./setup";
import type { TableCheckpoint } from "./table";
import { Table } from "./table";
import type { ClientRow } from "./client-pace";
import type { KeyRow, RecheckRow } from "./work-queue";

/** The state. `setup` never changes. */
export interface WorldState {
  readonly setup: Setup;
  readonly loop: StepLoop<WorldEvent>;
  readonly store: Store;
  readonly watches: Watches;
  readonly draws: Draws;
  links: Links;
  readonly hosts: Map<string, Host>;
  /** The last sync of every kube-proxy in nftables mode, by node; of others there is none. */
  readonly nftables: Map<string, NftSync>;
  /** Rule counters by host. */
  readonly counters: Map<string, Counters>;
  /** Caches of CoreDNS replicas by process. */
  readonly dnsCaches: Map<string, DnsCache>;
  /** Nodes by name. */
  readonly agents: Table<AgentRow>;
  /** kube-proxies by node. */
  readonly proxies: Table<ProxyRow>;
  /** Pods that a kubelet has, by UID. */
  readonly pods: Table<PodRow>;
  readonly queues: Table<KeyRow>;
  /** Keys that a controller looks at again by time alone. */
  readonly rechecks: Table<RecheckRow>;
  /** How far each controller's client has used up its rate. */
  readonly clients: Table<ClientRow>;
  readonly processes: Table<ProcessRow>;
  /** Requests by number: those under way, and the last that ended. */
  readonly requests: Table<RequestRow>;
  /** The one row `world`: everything else that is single. */
  readonly standing: Table<Standing>;
}

/** A copy of the state. Rows and entries are immutable and shared. */
export interface WorldCheckpoint {
  readonly loop: LoopCheckpoint<WorldEvent>;
  readonly store: StoreCheckpoint;
  readonly watches: WatchesCheckpoint;
  readonly draws: ReadonlyMap<string, number>;
  readonly links: Links;
  readonly hosts: ReadonlyMap<string, HostCheckpoint>;
  readonly nftables: ReadonlyMap<string, NftSync>;
  readonly counters: ReadonlyMap<string, CountersCheckpoint>;
  readonly dnsCaches: ReadonlyMap<string, DnsCacheCheckpoint>;
  readonly tables: readonly [
    TableCheckpoint<AgentRow>,
    TableCheckpoint<ProxyRow>,
    TableCheckpoint<PodRow>,
    TableCheckpoint<KeyRow>,
    TableCheckpoint<RecheckRow>,
    TableCheckpoint<ClientRow>,
    TableCheckpoint<ProcessRow>,
    TableCheckpoint<RequestRow>,
    TableCheckpoint<Standing>,
  ];
}

/** State with nothing in it. */
export function emptyState(setup: Setup): WorldState {
  const store = new Store();
  return {
    setup,
    loop: new StepLoop<WorldEvent>(),
    store,
    watches: new Watches(store, setup.seed, DELAYS.watch),
    draws: new Draws(setup.seed),
    links: makeLinks(),
    hosts: new Map(),
    nftables: new Map(),
    counters: new Map(),
    dnsCaches: new Map(),
    agents: new Table(),
    proxies: new Table(),
    pods: new Table(),
    queues: new Table(),
    rechecks: new Table(),
    clients: new Table(),
    processes: new Table(),
    requests: new Table(),
    standing: new Table(),
  };
}

function copied<Live, Copy>(map: ReadonlyMap<string, Live>, copy: (live: Live) => Copy): ReadonlyMap<string, Copy> {
  const copies = new Map<string, Copy>();
  for (const [key, live] of map) copies.set(key, copy(live));
  return copies;
}

/** Copies the state. */
export function checkpointState(state: WorldState): WorldCheckpoint {
  const { agents, proxies, pods, queues, rechecks, clients, processes, requests, standing } = state;
  return {
    loop: state.loop.checkpoint(),
    store: state.store.checkpoint(),
    watches: state.watches.checkpoint(),
    draws: state.draws.checkpoint(),
    links: checkpointLinks(state.links),
    hosts: copied(state.hosts, checkpointHost),
    nftables: new Map(state.nftables),
    counters: copied(state.counters, (counters) => counters.checkpoint()),
    dnsCaches: copied(state.dnsCaches, (cache) => cache.checkpoint()),
    tables: [
      agents.checkpoint(),
      proxies.checkpoint(),
      pods.checkpoint(),
      queues.checkpoint(),
      rechecks.checkpoint(),
      clients.checkpoint(),
      processes.checkpoint(),
      requests.checkpoint(),
      standing.checkpoint(),
    ],
  };
}

/** Makes the state what the copy says. The copy can be used again, and by another world of the same setup. */
export function restoreState(state: WorldState, copy: WorldCheckpoint): void {
  state.loop.restore(copy.loop);
  state.store.restore(copy.store);
  state.watches.restore(copy.watches);
  state.draws.restore(copy.draws);
  state.links = checkpointLinks(copy.links);
  restoreHosts(state, copy);
  state.nftables.clear();
  for (const [node, sync] of copy.nftables) state.nftables.set(node, sync);
  restoreEach(state.counters, copy.counters, () => new Counters());
  restoreEach(state.dnsCaches, copy.dnsCaches, () => new DnsCache());
  const [agents, proxies, pods, queues, rechecks, clients, processes, requests, standing] = copy.tables;
  state.agents.restore(agents);
  state.proxies.restore(proxies);
  state.pods.restore(pods);
  state.queues.restore(queues);
  state.rechecks.restore(rechecks);
  state.clients.restore(clients);
  state.processes.restore(processes);
  state.requests.restore(requests);
  state.standing.restore(standing);
}

function restoreHosts(state: WorldState, copy: WorldCheckpoint): void {
  const before = new Map(state.hosts);
  state.hosts.clear();
  for (const [name, kept] of copy.hosts) {
    const host = before.get(name) ?? makeHost({ name, settings: kept.settings, costs: kept.costs });
    restoreHost(host, kept);
    state.hosts.set(name, host);
  }
}

function restoreEach<Copy, Live extends { restore(copy: Copy): void }>(
  live: Map<string, Live>,
  copies: ReadonlyMap<string, Copy>,
  make: () => Live,
): void {
  const before = new Map(live);
  live.clear();
  for (const [key, copy] of copies) {
    const one = before.get(key) ?? make();
    one.restore(copy);
    live.set(key, one);
  }
}

/** The state's fingerprint: store, queue, conntrack, counters, sockets, neighbours, caches, addresses, everything. */
export function hashState(state: WorldState): string {
  const into = new Fingerprint();
  const { loop } = state;
  mix(into, [loop.now, loop.count, loop.checkpoint().nextSeq, loop.ordered()]);
  into.text(state.store.hash());
  into.text(state.watches.hash());
  state.draws.hash(into);
  mix(into, state.links);
  for (const [name, host] of state.hosts) {
    into.text(name);
    hashHost(host, into);
  }
  for (const [node, sync] of state.nftables) into.text(`${node} ${sync.fingerprint}`);
  for (const counters of state.counters.values()) counters.hash(into);
  for (const [name, cache] of state.dnsCaches) {
    into.text(name);
    cache.hash(into);
  }
  const { agents, proxies, pods, queues, rechecks, clients, processes, requests, standing } = state;
  for (const table of [agents, proxies, pods, queues, rechecks, clients, processes, requests, standing]) table.hash(into);
  return into.hex();
}
