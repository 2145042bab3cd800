/**
 * kube-proxy: a change asks for a sync; syncs begin at least minSyncPeriod apart, and take a while. From its end on,
 * packets meet the rules of the revisions that it began with. Source: pkg/util/async/bounded_frequency_runner.go.
 * The periodic sync without changes is left out: it would write the same rules.
 */
import { ensure } from "../../base/assert";
import type { Micros } from "../../engine/time";
import { simTime } from "../../engine/time";
import { applyIpvs, DUMMY_DEVICE } from "../../node/agents/kube-proxy/ipvs/apply";
import { macOf } from "../../node/agents/link-names";
import { DELAYS } from "../../node/agents/timings";
import { datagramFrontends, hasDatagrams, isStaleFlow } from "../../node/agents/kube-proxy/datagram-cleanup";
import { deleteWhere } from "../../node/kernel/host";
import { KUBE_PROXY } from "../../node/agents/kube-proxy/nftables/object-names";
import { syncHealthChecks } from "../health-checks";
import { NftSync } from "../nft-sync";
import { planDrain } from "./on-proxy-drain";
import type { AgentRow, ProxyRevisions, ProxyRow } from "../rows";
import type { Sim } from "../sim";
import { hostOf, later, watcherOf } from "../sim";
import type { WorldState } from "../state";
import type { Told } from "../told";
import { consumedOf } from "../told";

/** Plans a sync as soon as it may begin. */
export function planSync(sim: Sim, node: string): void {
  const row = sim.state.proxies.get(node);
  if (row === undefined || row.isDue || row.stopped === true) return;
  if (row.running !== null) return sim.state.proxies.set(node, { ...row, again: true });
  const earliest = row.startedAt + minSyncPeriodOf(sim.state);
  const at = simTime(Math.max(sim.state.loop.now, earliest));
  sim.state.proxies.set(node, { ...row, isDue: true, again: false });
  sim.state.loop.schedule(at, { kind: "proxy-sync", node });
}

/** kube-proxy's minSyncPeriod: as it was set last, else as configured. */
export function minSyncPeriodOf({ standing, setup }: WorldState): Micros {
  return standing.get("world")?.minSyncPeriod ?? setup.config.proxy.minSyncPeriod;
}

function revisionsNow(sim: Sim, node: string): ProxyRevisions {
  const { watches, loop } = sim.state;
  const watcher = watcherOf.proxy(node);
  return {
    Service: watches.revisionAt(watcher, "Service", loop.now),
    EndpointSlice: watches.revisionAt(watcher, "EndpointSlice", loop.now),
  };
}

/** A sync begins: it works on what the kube-proxy has seen by now. */
export function onProxySync(sim: Sim, node: string): Told {
  const row = sim.state.proxies.get(node);
  if (row === undefined)
    return { kind: "kube-proxy sync", lane: node, object: node, sentence: `${node} is gone, and its kube-proxy with it.` };
  if (row.stopped === true)
    return {
      kind: "kube-proxy sync",
      lane: node,
      object: node,
      sentence: `${node}'s kube-proxy does not run: its rules stay as they are.`,
    };
  const running = revisionsNow(sim, node);
  const takes = sim.state.draws.span(watcherOf.proxy(node), "sync", DELAYS.proxySync);
  sim.state.proxies.set(node, { ...row, isDue: false, running, startedAt: sim.state.loop.now });
  later(sim, takes, { kind: "proxy-synced", node });
  const consumed = (["Service", "EndpointSlice"] as const).flatMap((kind) =>
    sim.state.store.writesBetween(kind, row.synced[kind], running[kind]).map(consumedOf),
  );
  const count = consumed.length === 1 ? "1 change" : `${consumed.length} changes`;
  const what = row.starting === undefined ? `${count} into the kernel's rules` : `all rules of ${row.starting} mode into the kernel`;
  return {
    kind: "kube-proxy sync",
    lane: node,
    object: node,
    span: takes,
    consumed,
    read: { ...running },
    sentence: `${node}'s kube-proxy begins to write ${what}.`,
  };
}

/** A sync is through: the kernel has the new rules. */
export function onProxySynced(sim: Sim, node: string): Told {
  const head = { kind: "kube-proxy synced", lane: node, object: node };
  const row = sim.state.proxies.get(node);
  const agent = sim.state.agents.get(node);
  if (row === undefined || row.running === null || agent === undefined)
    return { ...head, sentence: `${node} is gone, and its kube-proxy with it.` };
  const { running } = row;
  takeEffect(sim, agent, row, running);
  flushDatagrams(sim, node, row, running);
  const { starting: _, ...rest } = row;
  sim.state.proxies.set(node, { ...rest, synced: running, syncedAt: sim.state.loop.now, running: null, again: false });
  syncHealthChecks(sim, node);
  planDrain(sim, node);
  if (row.again) planSync(sim, node);
  const { Service, EndpointSlice } = running;
  return {
    ...head,
    read: { ...running },
    sentence: `${node}'s kernel has the rules of Services at revision ${Service} and slices at revision ${EndpointSlice}.`,
  };
}

/** The rules of each mode; a new process writes all of them into a kernel that has none. */
function takeEffect(sim: Sim, agent: AgentRow, row: ProxyRow, running: ProxyRevisions): void {
  const before = sim.state.nftables.get(agent.name);
  if (before !== undefined) syncTable(sim, agent, new NftSync(running, row.startedAt, before));
  else if (row.starting === "ipvs" || hostOf(sim, agent.name)?.ipvs != null) syncVirtualServers(sim, agent, row, running);
  else if (row.starting === "nftables") sim.state.nftables.set(agent.name, new NftSync(running, row.startedAt));
  else if (row.starting === undefined) resetCounters(sim, agent, row, running);
}

/** IPVS mode: the kernel gets addresses and real servers, those that went are drained; every chain is written anew. */
function syncVirtualServers(sim: Sim, agent: AgentRow, row: ProxyRow, running: ProxyRevisions): void {
  const { hosts, counters, loop, setup } = sim.state;
  const host = ensure(hosts.get(agent.name), "a node's host");
  const before = host.ipvs === null ? null : sim.rulesets.ipvsSynced(agent, row.synced).ipvs;
  const { ipvs: after, bound, chains } = sim.rulesets.ipvsSynced(agent, running);
  applyIpvs(host, { before, after, bound, mac: macOf(setup.seed, `${agent.name} ${DUMMY_DEVICE}`), now: loop.now });
  const counted = ensure(counters.get(agent.name), "counters of a node");
  for (const table of ["nat", "filter"] as const) counted.resetChains(table, new Set(chains[table].map(({ name }) => name)));
}

function resetCounters(sim: Sim, agent: AgentRow, row: ProxyRow, running: ProxyRevisions): void {
  const counters = ensure(sim.state.counters.get(agent.name), "counters of a node");
  if (counters.isEmpty) return;
  for (const [table, chains] of sim.rulesets.rewritten(agent, row.synced, running)) counters.resetChains(table, chains);
}

/** nftables mode: counters of emptied chains start again, and sets of clients that went take their clients with them. */
function syncTable(sim: Sim, agent: AgentRow, sync: NftSync): void {
  const { nftables, counters, hosts } = sim.state;
  nftables.set(agent.name, sync);
  const counted = ensure(counters.get(agent.name), "counters of a node");
  const dynamic = hosts.get(agent.name)?.dynamic ?? null;
  if (counted.isEmpty && dynamic === null) return;
  const { cleanup, operations, table } = sim.rulesets.nftAfter(agent, sync);
  const emptied = [...cleanup, ...operations].flatMap((one) => (one.what === "chain" && one.verb !== "add" ? [one.name] : []));
  counted.resetChains(KUBE_PROXY, new Set(emptied));
  dynamic?.keepOnly((set) => table.sets.has(set));
}

/** Stale UDP flows are taken out of the connection table after a sync that changed a Service with UDP ports, so that they choose anew. */
function flushDatagrams(sim: Sim, node: string, row: ProxyRow, running: ProxyRevisions): void {
  const host = hostOf(sim, node);
  const view = sim.rulesets.view(running);
  const isDatagrams = (key: string): boolean => {
    const [namespace = "", name = ""] = key.split("/");
    const service = view.get("Service", namespace, name);
    return service !== undefined && hasDatagrams(service);
  };
  if (host === undefined || ![...sim.rulesets.changedServices(row.synced, running)].some(isDatagrams)) return;
  const frontends = datagramFrontends(view);
  deleteWhere(
    host.conntrack,
    ({ original, reply }) =>
      original.protocol === "udp" && isStaleFlow(frontends, { dst: original.dst, dstPort: original.dstPort, answersFrom: reply.src }),
  );
}
