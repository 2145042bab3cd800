/** A node's machine goes down and comes back; its network cable is pulled and plugged in. */
import { ensure } from "../../base/assert";
import { seconds } from "../../engine/time";
import { releaseAllOf } from "../../node/agents/cni";
import { noteEnd } from "../../node/agents/restarts";
import { addPeer, plugNodeIn as plugNic, setUpNode, unplugNode } from "../../node/agents/node-network";
import { cutVeth } from "../../network/links";
import { Counters } from "../../node/kernel/netfilter/counters";
import { addHost } from "../machines";
import { modeOf } from "../proxy-mode";
import { setFaults } from "../node-faults";
import type { AgentRow, PodRow } from "../rows";
import { dropProcess } from "../run-process";
import type { Sim } from "../sim";
import { later, watcherOf } from "../sim";
import { refreshWatch, watchersOn } from "../watching";
import { relist, startKubelet } from "./kubelet-process";
import { refreshLease } from "./on-node-health";
import { startProxy } from "./on-proxy-restart";

/** From power to a kubelet that runs. An assumption: a small virtual machine. */
const BOOT = seconds(10);

/** Exit code that a kubelet gives to containers of which it cannot know better. Source: pkg/kubelet, ContainerStatusUnknown. */
const UNKNOWN_END = 137;

/** A machine loses its power: its kernel, its programs and all their connections are gone, and nobody is told. */
export function turnOff(sim: Sim, node: string): void {
  const { state } = sim;
  const row = setFaults(state, node, { power: "off" });
  for (const process of state.processes.all()) if (nodeOfProcess(sim, process) === node) dropProcess(sim, process.id);
  for (const pod of state.pods.all()) if (pod.node === node) lose(sim, pod);
  unplugNode(state.links, row.links);
  addHost(state, node, true);
  state.counters.set(node, new Counters());
  state.nftables.delete(node);
  const proxy = ensure(state.proxies.get(node), "a node's kube-proxy");
  state.proxies.set(node, { ...proxy, running: null, isDue: false, again: false, stopped: true, starting: modeOf(state) });
  for (const watcher of watchersOn(state, node)) refreshWatch(sim, watcher);
  refreshLease(sim, node);
}

function nodeOfProcess(sim: Sim, { pod, host }: { readonly pod: string; readonly host: string }): string {
  return sim.state.pods.get(pod)?.node ?? host;
}

/** The Pod's namespace is gone; its address stays reserved on the node's disk. */
function lose(sim: Sim, row: PodRow): void {
  const { state } = sim;
  if (row.links !== null) cutVeth(state.links, { host: row.node, iface: row.links.veth });
  if (row.host !== row.node) state.hosts.delete(row.host);
  const { held: _, probes: __, ...rest } = row;
  const restarts = noteEnd(row.restarts, { finishedAt: state.loop.now, exitCode: UNKNOWN_END });
  state.pods.set(row.uid, { ...rest, host: "", links: null, killed: true, stage: "lost", generation: row.generation + 1, restarts });
}

/** A machine gets its power back. */
export function turnOn(sim: Sim, node: string): void {
  later(sim, BOOT, { kind: "node", node, stage: "booted" });
}

/** A machine has booted: an empty kernel, then flannel, kube-proxy and kubelet, which sweeps out the sandboxes of before. */
export function booted(sim: Sim, node: string): string {
  const { state } = sim;
  const row = state.agents.get(node);
  if (row?.faults?.power !== "off") return `${node} runs already.`;
  const up = setFaults(state, node, { power: undefined, kubelet: undefined });
  const host = addHost(state, node, true);
  setUpNode(host, state.links, up.links);
  if (up.faults?.network === "cut") unplugNode(state.links, up.links);
  for (const other of state.agents.all()) if (other.name !== node) addPeer(host, other.links, state.loop.now);
  sweepAddresses(sim, up);
  startProxy(sim, node);
  for (const watcher of watchersOn(state, node)) if (watcher !== watcherOf.kubelet(node)) refreshWatch(sim, watcher);
  startKubelet(sim, node);
  return `${node} has booted: its kernel has no rules and no connections, its kubelet starts the Pods that it is to run anew.`;
}

function sweepAddresses(sim: Sim, row: AgentRow): void {
  let { ipam } = row;
  for (const pod of sim.state.pods.all()) if (pod.node === row.name) ipam = releaseAllOf(ipam, `${pod.namespace}/${pod.name}`);
  sim.state.agents.set(row.name, { ...row, ipam });
}

/** A node's cable is pulled: everything on it runs on, and hears of nothing. */
export function unplugCable(sim: Sim, node: string): void {
  const row = setFaults(sim.state, node, { network: "cut" });
  unplugNode(sim.state.links, row.links);
  for (const watcher of watchersOn(sim.state, node)) refreshWatch(sim, watcher);
  refreshLease(sim, node);
}

/** A node's cable is plugged in: its readers catch up, and its kubelet sends what it could not. */
export function plugNodeIn(sim: Sim, node: string): void {
  const { state } = sim;
  const { owed = [], ...row } = setFaults(state, node, { network: undefined });
  state.agents.set(node, row);
  if (row.faults?.power === "off") return;
  plugNic(state.links, row.links);
  for (const watcher of watchersOn(state, node)) refreshWatch(sim, watcher);
  for (const write of owed) later(sim, seconds(0), { kind: "write", write, by: { who: "kubelet", node } });
  if (row.faults?.kubelet !== "stopped") relist(sim, node);
  refreshLease(sim, node);
}
