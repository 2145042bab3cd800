/**
 * A change of kube-proxy's mode: its Pods are replaced one after another, and each new process first takes away what the
 * other mode left in the kernel. Until its first sync is through, new connections to Services find no rule; those that
 * stand are kept by conntrack. Source: cmd/kube-proxy/app/server_linux.go (platformCleanup).
 */
import { ensure } from "../../base/assert";
import { micros, millis } from "../../engine/time";
import { removeIpvs } from "../../node/agents/kube-proxy/ipvs/apply";
import { DELAYS } from "../../node/agents/timings";
import { syncHealthChecks } from "../health-checks";
import type { AgentRow, ProxyRow } from "../rows";
import { modeOf, modeOfNode } from "../proxy-mode";
import type { ProxyMode } from "../settings";
import type { Sim } from "../sim";
import { later, watcherOf } from "../sim";
import type { Told } from "../told";
import { beginWatch, refreshWatch } from "../watching";

/** How soon a process that waits for the old one's sync looks again. */
const RETRY = millis(10);

/** One node after another: sandbox and container each. */
export function planRollout(sim: Sim): void {
  const { agents, draws } = sim.state;
  let wait = 0;
  for (const { name } of agents.all()) {
    const proxy = watcherOf.proxy(name);
    wait += draws.span(proxy, "start", DELAYS.sandbox) + draws.span(proxy, "start", DELAYS.containerStart);
    later(sim, micros(wait), { kind: "proxy-restart", node: name });
  }
}

/** A kube-proxy stops: a sync under way is lost, and its rules stay in the kernel. */
export function stopProxy(sim: Sim, node: string): void {
  const row = ensure(sim.state.proxies.get(node), "a node's kube-proxy");
  sim.state.proxies.set(node, { ...row, stopped: true, running: null, isDue: false, again: false });
  syncHealthChecks(sim, node);
  refreshWatch(sim, watcherOf.proxy(node));
}

/** A kube-proxy starts: it lists Services and slices, and writes all of its rules. */
export function startProxy(sim: Sim, node: string): void {
  const { state } = sim;
  const { stopped: _, ...row } = ensure(state.proxies.get(node), "a node's kube-proxy");
  const mode = modeOf(state);
  const agent = ensure(state.agents.get(node), "a node's row");
  state.proxies.set(node, { ...row, isDue: true });
  beginWatch(state, watcherOf.proxy(node));
  if (row.starting === undefined && modeOfNode(state, node) !== mode) cleanUp(sim, agent, { ...row, isDue: true }, mode);
  later(sim, state.draws.span(watcherOf.proxy(node), "start", DELAYS.informer), { kind: "proxy-sync", node });
}

/** A new process starts. A sync of the old one that is under way ends first. */
export function onProxyRestart(sim: Sim, node: string): Told {
  const head = { kind: "kube-proxy start", lane: node, object: node };
  const row = sim.state.proxies.get(node);
  const agent = sim.state.agents.get(node);
  if (row === undefined || agent === undefined) return { ...head, sentence: `${node} is gone, and its kube-proxy with it.` };
  if (row.stopped === true)
    return { ...head, sentence: `${node}'s kube-proxy does not run: it starts in the new mode once it is started.` };
  if (row.running !== null) {
    later(sim, RETRY, { kind: "proxy-restart", node });
    return { ...head, sentence: `${node}'s kube-proxy is to be replaced; it ends the sync that is under way first.` };
  }
  const mode = modeOf(sim.state);
  const before = row.starting ?? modeOfNode(sim.state, node);
  if (before === mode) return { ...head, sentence: `${node}'s kube-proxy starts in ${mode} mode and finds its rules in place.` };
  cleanUp(sim, agent, row, mode);
  return {
    ...head,
    sentence: `${node}'s kube-proxy starts in ${mode} mode and takes the rules of ${before} mode away. Until its first sync new connections to Services find no rule.`,
  };
}

function cleanUp(sim: Sim, agent: AgentRow, row: ProxyRow, mode: ProxyMode): void {
  const { nftables, proxies, counters, hosts } = sim.state;
  nftables.delete(agent.name);
  const { drainsAt: _, ...standing } = row;
  proxies.set(agent.name, { ...standing, starting: mode, isDue: true, again: false });
  const counted = ensure(counters.get(agent.name), "counters of a node");
  counted.restore(new Map([...counted.checkpoint()].filter(([place]) => place.includes(" FLANNEL-"))));
  const host = ensure(hosts.get(agent.name), "a node's host");
  removeIpvs(host);
  host.recent.clear();
  host.dynamic?.keepOnly(() => false);
  if (!row.isDue)
    later(sim, sim.state.draws.span(watcherOf.proxy(agent.name), "start", DELAYS.informer), { kind: "proxy-sync", node: agent.name });
}
