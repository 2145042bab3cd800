/**
 * The watches of the world's readers: how they begin, when they are cut and by what, how they catch up. A reader hears
 * nothing while its own watch is cut, while it does not run, and while its node does not reach the API server.
 */
import type { Kind } from "../cluster/objects";
import { KINDS } from "../cluster/objects";
import type { Write } from "../cluster/store-types";
import { NEVER } from "../cluster/watch";
import { micros } from "../engine/time";
import { actingOn } from "./acting";
import { CONTROLLER_NAMES, CONTROLLERS } from "./controllers";
import type { ControllerName } from "./controllers";
import type { Sim } from "./sim";
import type { WorldState } from "./state";
import { planWaiting } from "./work-queue";

/** Kinds whose deliveries a kubelet and a kube-proxy act on. */
const KUBELET_KINDS: readonly Kind[] = ["Pod"];
const PROXY_KINDS: readonly Kind[] = ["Service", "EndpointSlice"];

/** A reader begins to watch by listing what is there; where it does not reach the API server its watch is cut from the start. */
export function beginWatch(state: WorldState, watcher: string): void {
  const { watches, store, loop } = state;
  watches.register(watcher, store.head);
  const extra = state.standing.get("world")?.watchDelay;
  if (extra !== undefined && isProxy(watcher)) watches.setDelay(watcher, extra);
  if (isCutOff(state, watcher)) watches.cut(watcher, loop.now);
}

/** Cuts a watch or lets it go on, as its circumstances now have it; what it missed is delivered. */
export function refreshWatch(sim: Sim, watcher: string): void {
  const { watches, loop } = sim.state;
  if (!watches.has(watcher)) return;
  if (isCutOff(sim.state, watcher)) return watches.cut(watcher, loop.now);
  if (!watches.isCut(watcher)) return;
  watches.heal(watcher, loop.now);
  catchUp(sim, watcher);
}

/** All watches that live on a node: its kubelet's, its kube-proxy's, those of CoreDNS replicas. */
export function watchersOn(state: WorldState, node: string): readonly string[] {
  return state.watches.watchers().filter((watcher) => nodeOfWatcher(state, watcher) === node);
}

/** Schedules the delivery of a write; a watch that is cut gets none until it is healed. */
export function planDelivery(sim: Sim, watcher: string, { kind, revision }: Write): void {
  const at = sim.state.watches.arrivalOf(watcher, kind, revision);
  if (at !== NEVER) sim.state.loop.schedule(at, { kind: "deliver", watcher, of: kind, revision });
}

/** Makes every kube-proxy hear of what is written from now on so much later than usual. */
export function delayProxies(state: WorldState, milliseconds: number): void {
  for (const watcher of state.watches.watchers()) if (isProxy(watcher)) state.watches.setDelay(watcher, micros(milliseconds * 1000));
}

function isProxy(watcher: string): boolean {
  return watcher.startsWith("kube-proxy, ");
}

function catchUp(sim: Sim, watcher: string): void {
  const { store, watches, loop } = sim.state;
  for (const kind of KINDS) {
    const list = watches.relistsOf(watcher, kind).find(({ at }) => at > loop.now);
    if (list !== undefined) loop.schedule(list.at, { kind: "relist", watcher, of: kind, at: list.at });
  }
  for (const kind of kindsOf(watcher)) {
    const missed = store.writesBetween(kind, watches.revisionAt(watcher, kind, loop.now), store.head);
    for (const write of missed) {
      if (isHeardOf(sim, watcher, write) && actingOn(sim, write).includes(watcher)) planDelivery(sim, watcher, write);
    }
  }
  const controller = controllerOf(watcher);
  if (controller !== undefined) planWaiting(sim.state, controller);
}

/** A list tells of an object once, as it is then; a watch that goes on tells of every change. */
function isHeardOf({ state: { store, watches } }: Sim, watcher: string, write: Write): boolean {
  const list = watches.relistOf(watcher, write.kind, write.revision);
  if (list === undefined) return true;
  const last = store.historyOf(write.kind, write.namespace, write.name).findLast(({ revision }) => revision <= list.revision);
  return last === write;
}

function controllerOf(watcher: string): ControllerName | undefined {
  return CONTROLLER_NAMES.find((name) => name === watcher);
}

/** Kinds of which a watcher is told by events. A CoreDNS replica looks at its page when it is asked. */
function kindsOf(watcher: string): readonly Kind[] {
  const controller = controllerOf(watcher);
  if (controller !== undefined) return CONTROLLERS[controller].watches;
  if (watcher.startsWith("kubelet, ")) return KUBELET_KINDS;
  return isProxy(watcher) ? PROXY_KINDS : [];
}

/** Whether nothing can reach a watcher now. */
function isCutOff(state: WorldState, watcher: string): boolean {
  if (state.standing.get("world")?.cutWatches?.includes(watcher) === true) return true;
  const faults = state.agents.get(nodeOfWatcher(state, watcher))?.faults;
  if (faults?.network === "cut" || faults?.power === "off") return true;
  if (watcher.startsWith("kubelet, ")) return faults?.kubelet === "stopped";
  return isProxy(watcher) && state.proxies.get(nodeOfWatcher(state, watcher))?.stopped === true;
}

function nodeOfWatcher(state: WorldState, watcher: string): string {
  const [, node] = watcher.split(", ");
  if (node !== undefined) return node;
  return state.pods.all().find(({ namespace, name }) => namespace === "kube-system" && name === watcher)?.node ?? "";
}
