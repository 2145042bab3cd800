/**
 * The health check node ports that a node's kube-proxy listens on: one for each load balancer with external policy Local,
 * brought up to what the last sync knew. Source: pkg/proxy/healthcheck (SyncServices, SyncEndpoints).
 */
import type { ClusterView } from "../cluster/store-types";
import { killSockets } from "../node/kernel/sockets/index";
import type { HealthCheckState } from "../workloads/health-check";
import { makeHealthCheck } from "../workloads/health-check";
import { startProcess } from "./run-process";
import type { Sim } from "./sim";
import { hostOf } from "./sim";

const OWNER = "[kube-proxy health";

/** Opens, changes and closes a node's listeners. */
export function syncHealthChecks(sim: Sim, node: string): void {
  const { processes, proxies } = sim.state;
  const row = proxies.get(node);
  const isUp = row !== undefined && row.stopped !== true && hostOf(sim, node) !== undefined;
  const wanted = new Map(isUp ? checksIn(sim.rulesets.view(row.synced), node).map((one) => [idOf(node, one), one]) : []);
  for (const { id } of processes.all().filter((one) => one.id.startsWith(`${node} ${OWNER}`))) {
    if (!wanted.has(id)) close(sim, node, id);
  }
  for (const [id, program] of wanted) {
    const before = processes.get(id);
    if (before === undefined) open(sim, node, id, program);
    else processes.set(id, { ...before, program });
  }
}

function idOf(node: string, { namespace, service, port }: HealthCheckState): string {
  return `${node} ${OWNER} ${namespace}/${service} ${port}]`;
}

/** A port that somebody has already stays theirs; kube-proxy reports that and goes on. */
function open(sim: Sim, node: string, id: string, program: HealthCheckState): void {
  if (hostOf(sim, node)?.sockets.listeners.has(program.port) === true) return;
  startProcess(sim, { id, host: node, pod: "", program });
}

function close(sim: Sim, node: string, id: string): void {
  const host = hostOf(sim, node);
  if (host !== undefined) killSockets(host, id, sim.kernelFor(""));
  sim.state.processes.delete(id);
}

function checksIn(view: ClusterView, node: string): readonly HealthCheckState[] {
  return view.list("Service").flatMap(({ metadata: { namespace = "default", name }, spec }) => {
    const { type, externalTrafficPolicy, healthCheckNodePort = 0 } = spec;
    if (type !== "LoadBalancer" || externalTrafficPolicy !== "Local" || healthCheckNodePort === 0) return [];
    return [makeHealthCheck({ port: healthCheckNodePort, namespace, service: name, local: localReady(view, namespace, name, node) })];
  });
}

function localReady(view: ClusterView, namespace: string, service: string, node: string): number {
  const ready = view
    .list("EndpointSlice")
    .filter(({ metadata }) => metadata.namespace === namespace && metadata.labels?.["kubernetes.io/service-name"] === service)
    .flatMap(({ endpoints }) => endpoints)
    .filter(({ nodeName, conditions }) => nodeName === node && conditions?.ready !== false);
  return new Set(ready.flatMap(({ addresses }) => addresses)).size;
}
