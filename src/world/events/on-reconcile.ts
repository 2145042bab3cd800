/** A controller works on one key: decides on what it sees, and sends its writes to the API server. */
import { ensure } from "../../base/assert";
import type { ApiWrite } from "../../cluster/api-write";
import type { Micros } from "../../engine/time";
import { micros, simTime } from "../../engine/time";
import { DELAYS } from "../../node/agents/timings";
import { takeToken } from "../client-pace";
import type { ControllerName } from "../controllers";
import { CONTROLLERS } from "../controllers";
import type { Actor } from "../event";
import type { Sim } from "../sim";
import type { WorldState } from "../state";
import { apiLatency, later } from "../sim";
import type { Told } from "../told";
import { capital, consumedOf, controllerText, LANE } from "../told";
import { begin, enqueueAt, takeRecheck } from "../work-queue";
import { assumedView } from "../assumed";

/** Works on a key. */
export function onReconcile(sim: Sim, { controller, key }: { readonly controller: ControllerName; readonly key: string }): Told {
  const { state } = sim;
  const { now } = state.loop;
  const own = state.store.view(state.watches.revisionsAt(controller, now));
  const view = controller === "scheduler" ? assumedView(state, own) : own;
  const { clusterCIDR } = state.setup.config.proxy;
  const lastAllocated = state.standing.get("world")?.lastRange ?? "";
  const stands = controller === "endpointslice" && state.setup.givenSlices.has(key);
  const deciding = { view, key, now, clusterCIDR, lastAllocated };
  const writes = stands ? [] : CONTROLLERS[controller].decide(deciding);
  keepRange(state, writes);
  const heard = begin(state, controller, key, writes.length);
  sendAll(sim, writes, { who: "controller", controller, key });
  const again = CONTROLLERS[controller].recheck?.(deciding) ?? null;
  if (writes.length === 0 && again !== null) enqueueAt(state, controller, key, simTime(Math.max(again, now + 1)));
  const read: Record<string, number> = {};
  for (const kind of CONTROLLERS[controller].watches) read[kind] = view.revisionOf(kind);
  return {
    kind: "reconcile",
    lane: LANE.controllers,
    object: `${controller} ${key}`,
    consumed: heard.map((revision) => consumedOf(ensure(state.store.writeAt(revision), "a write that was heard of"))),
    read,
    sentence: `${capital(controllerText(controller))} looks at ${key} and ${writes.length === 0 ? "finds all as it should be" : summary(writes)}.`,
  };
}

/** A key's time has come. */
export function onRecheck(sim: Sim, { controller, key }: { readonly controller: ControllerName; readonly key: string }): Told {
  const isDue = takeRecheck(sim.state, controller, key);
  const who = capital(controllerText(controller));
  return {
    kind: "timer",
    lane: LANE.controllers,
    object: `${controller} ${key}`,
    sentence: isDue ? `${who} is to look at ${key} again by now, though nothing has changed.` : `${who} has looked at ${key} before.`,
  };
}

/** A Pod range is taken when it is decided on, as nodeipam's bitmap has it: two Nodes that join at once get two. */
function keepRange(state: WorldState, writes: readonly ApiWrite[]): void {
  for (const write of writes) {
    const range = write.verb === "patch" ? specField(write.patch, "podCIDR") : undefined;
    const standing = state.standing.get("world");
    if (typeof range === "string" && standing !== undefined) state.standing.set("world", { ...standing, lastRange: range });
  }
}

function specField(patch: Extract<ApiWrite, { verb: "patch" }>["patch"], field: string): unknown {
  const spec = patch["spec"];
  return typeof spec === "object" && spec !== null ? Reflect.get(spec, field) : undefined;
}

/** Sends batch after batch; the writes of one batch go at once and are carried out in their order. */
function sendAll(sim: Sim, writes: readonly ApiWrite[], by: Extract<Actor, { readonly who: "controller" }>): void {
  const { controller } = by;
  let wait: Micros = controller === "scheduler" ? sim.state.draws.span(controller, "cycle", DELAYS.scheduler) : micros(0);
  for (const batch of batchesOf(controller, writes)) {
    let last = wait;
    for (const write of batch) {
      last = micros(Math.max(last, takeToken(sim.state, controller, wait) + apiLatency(sim, controller)));
      later(sim, last, { kind: "write", write, by });
    }
    wait = last;
  }
}

/** A ReplicaSet makes Pods in a slow start of 1, 2, 4, 8 …, and deletes all at once; everything else goes one by one. */
function batchesOf(controller: ControllerName, writes: readonly ApiWrite[]): readonly (readonly ApiWrite[])[] {
  if (CONTROLLERS[controller].pace === "in turn") return writes.map((write) => [write]);
  const batches: ApiWrite[][] = [];
  let room = 1;
  for (const write of writes) {
    const batch = batches.at(-1);
    const verb = batch?.[0]?.verb;
    const joins = write.verb === verb && (verb === "delete" || (verb === "create" && batch !== undefined && batch.length < room));
    if (joins) batch?.push(write);
    else {
      room = verb === "create" && write.verb === "create" ? room * 2 : 1;
      batches.push([write]);
    }
  }
  return batches;
}

/** What the writes do, in words; several alike are counted. */
function summary(writes: readonly ApiWrite[]): string {
  const words = new Map<string, number>();
  for (const write of writes) {
    const word = wordsOf(write);
    words.set(word, (words.get(word) ?? 0) + 1);
  }
  return [...words].map(([word, count]) => (count === 1 ? word : `${word} (${count} times)`)).join(", ");
}

function wordsOf(write: ApiWrite): string {
  switch (write.verb) {
    case "create":
      return `makes a new ${write.object.kind}`;
    case "update":
      return `rewrites ${write.object.kind} ${write.object.metadata.name}`;
    case "delete":
      return `deletes ${write.ref.kind} ${write.ref.name}`;
    case "patch":
      return patchWords(write);
  }
}

function patchWords({ ref, patch }: Extract<ApiWrite, { verb: "patch" }>): string {
  const node = specField(patch, "nodeName");
  const replicas = specField(patch, "replicas");
  const range = specField(patch, "podCIDR");
  if (typeof node === "string") return `binds it to ${node}`;
  if (typeof replicas === "number") return `sizes ${ref.kind} ${ref.name} to ${replicas}`;
  if (typeof range === "string") return `gives it the Pod range ${range}`;
  if (patch["status"] !== undefined) return "reports its status";
  return `changes ${ref.kind} ${ref.name}`;
}
