/** What every handler works with: the state, the rules, the kernel's context of this very event. */
import type { Micros } from "../engine/time";
import { micros } from "../engine/time";
import type { ApiWrite } from "../cluster/api-write";
import { DELAYS } from "../node/agents/timings";
import type { KernelContext } from "../node/kernel/api";
import type { Host } from "../node/kernel/host";
import type { Actor, WorldEvent } from "./event";
import type { Rulesets } from "./rulesets";
import type { WorldState } from "./state";
import type { FlightView } from "./view-types";

/** One world's hands. */
export interface Sim {
  readonly state: WorldState;
  readonly rulesets: Rulesets;
  /** Number of the event being handled, -1 while the world is being settled. */
  readonly event: () => number;
  /** The kernel's context for an event of a journey ("" where it belongs to none). */
  readonly kernelFor: (journey: string) => KernelContext;
  /** Whether anybody keeps records: without, nobody needs a frame's sentence. */
  readonly isListened: () => boolean;
  /** Tells whoever listens that a flight began, found its Pod or ended. */
  readonly flight: (flight: FlightView) => void;
}

/** Schedules an event a span from now. */
export function later(sim: Sim, span: Micros, event: WorldEvent): void {
  sim.state.loop.scheduleIn(span, event);
}

/** How long the API takes for one write: its own work and etcd's commit. */
export function apiLatency(sim: Sim, component: string): Micros {
  return micros(sim.state.draws.span(component, "api", DELAYS.apiServer) + commitLatency(sim, component));
}

/** How long etcd takes to commit one write, with what makes the store slow. */
export function commitLatency(sim: Sim, component: string): Micros {
  const { draws, standing } = sim.state;
  return micros(draws.span(component, "etcd", DELAYS.etcdCommit) + (standing.get("world")?.storeDelay ?? 0));
}

/** Sends a write to the API server; it is committed `wait` and one API latency from now. */
export function send(
  sim: Sim,
  write: ApiWrite,
  { by, component, wait = micros(0) }: { readonly by: Actor; readonly component: string; readonly wait?: Micros },
): Micros {
  const takes = micros(wait + apiLatency(sim, component));
  later(sim, takes, { kind: "write", write, by });
  return takes;
}

/** The host of a name, if it still is there. */
export function hostOf(sim: Sim, name: string): Host | undefined {
  return sim.state.hosts.get(name);
}

/** Name of a Pod's network namespace. */
export function podHostName(namespace: string, name: string): string {
  return `pod:${namespace}/${name}`;
}

/** Watcher names, which are the readers' names too. */
export const watcherOf = {
  kubelet: (node: string): string => `kubelet, ${node}`,
  proxy: (node: string): string => `kube-proxy, ${node}`,
  dns: (pod: string): string => pod,
} as const;
