/**
 * IPVS mode: every minute a kube-proxy looks whether real servers that take no new connections have any left. The minutes
 * are those of the cluster's time here, not of the process. Source: pkg/proxy/ipvs/graceful_termination.go.
 */
import { simTime } from "../../engine/time";
import { removeDrained } from "../../node/agents/kube-proxy/ipvs/apply";
import type { Sim } from "../sim";
import { hostOf } from "../sim";
import type { Told } from "../told";
import { counted } from "../told";

/** rsCheckDeleteInterval, µs. */
const INTERVAL = 60_000_000;

/** Plans the next look where there is something to look at and none is planned. */
export function planDrain(sim: Sim, node: string): void {
  const { hosts, proxies, loop } = sim.state;
  const row = proxies.get(node);
  const drained = hosts.get(node)?.ipvs?.drained.size ?? 0;
  if (row === undefined || row.drainsAt !== undefined || drained === 0) return;
  const at = simTime((Math.floor(loop.now / INTERVAL) + 1) * INTERVAL);
  proxies.set(node, { ...row, drainsAt: at });
  loop.schedule(at, { kind: "proxy-drain", node });
}

/** A look. */
export function onProxyDrain(sim: Sim, node: string): Told {
  const head = { kind: "kube-proxy drain", lane: node, object: node };
  const row = sim.state.proxies.get(node);
  const host = hostOf(sim, node);
  if (row === undefined || host === undefined) return { ...head, sentence: `${node} is gone, and its kube-proxy with it.` };
  const { drainsAt: _, ...rest } = row;
  sim.state.proxies.set(node, rest);
  if (row.stopped === true) return { ...head, sentence: `${node}'s kube-proxy does not run: drained real servers stay.` };
  const table = sim.rulesets.ipvsOf(node);
  const removed = table === null ? [] : removeDrained(host, table, sim.state.loop.now);
  planDrain(sim, node);
  const left = host.ipvs?.drained.size ?? 0;
  const taken =
    removed.length === 0 ? "finds connections on every drained real server" : `takes away ${removed.join(", ")}: no connection is left`;
  const waiting = left === 0 || removed.length === 0 ? "" : ` ${counted(left, "virtual server")} still have drained ones.`;
  return { ...head, sentence: `${node}'s kube-proxy looks at real servers of weight 0 and ${taken}.${waiting}` };
}
