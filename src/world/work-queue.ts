/**
 * Work queues of the controllers: a key is worked on by one worker at a time; asked for again while it is worked on,
 * it is worked on once more. A controller acts on a view that has its own writes (client-go's expectations).
 * Source: client-go util/workqueue (dirty and processing sets, AddAfter), pkg/controller/controller_utils.go.
 */
import type { Kind } from "../cluster/objects";
import type { Revision } from "../cluster/store-types";
import type { SimTime } from "../engine/time";
import { NEVER } from "../cluster/watch";
import { after, simTime } from "../engine/time";
import { DELAYS } from "../node/agents/timings";
import type { ControllerName } from "./controllers";
import { CONTROLLERS } from "./controllers";
import type { WorldState } from "./state";

/** A write of a controller's own, which its next view must have. */
export interface OwnWrite {
  readonly kind: Kind;
  readonly revision: Revision;
}

/** One key of one controller. */
export interface KeyRow {
  readonly controller: ControllerName;
  readonly key: string;
  readonly phase: "idle" | "waiting" | "working";
  /** Asked for again while being worked on. */
  readonly again: boolean;
  /** Writes under way. */
  readonly open: number;
  readonly own: readonly OwnWrite[];
  /** Revisions heard of since the key was last worked on: what the next work takes up. */
  readonly heard: readonly Revision[];
  readonly failed: boolean;
  /** Failures in a row: the back-off's exponent. */
  readonly failures: number;
}

/** Name of a row. */
export function keyRowName(controller: ControllerName, key: string): string {
  return `${controller} ${key}`;
}

function rowOf(state: WorldState, controller: ControllerName, key: string): KeyRow {
  const fresh: KeyRow = { controller, key, phase: "idle", again: false, open: 0, own: [], heard: [], failed: false, failures: 0 };
  return state.queues.get(keyRowName(controller, key)) ?? fresh;
}

function put(state: WorldState, row: KeyRow): void {
  state.queues.set(keyRowName(row.controller, row.key), row);
}

/** A key that is to be looked at again at a moment, whatever happens until then. */
export interface RecheckRow {
  readonly at: SimTime;
}

/** Asks for a key to be worked on at a moment; of several, the earliest holds. Source: client-go util/workqueue AddAfter. */
export function enqueueAt(state: WorldState, controller: ControllerName, key: string, at: SimTime): void {
  const name = keyRowName(controller, key);
  const before = state.rechecks.get(name);
  if (before !== undefined && before.at <= at) return;
  state.rechecks.set(name, { at });
  state.loop.schedule(at, { kind: "recheck", controller, key });
}

/** Takes a recheck up whose moment has come; false where an earlier one has taken its place since. */
export function takeRecheck(state: WorldState, controller: ControllerName, key: string): boolean {
  const name = keyRowName(controller, key);
  if (state.rechecks.get(name)?.at !== state.loop.now) return false;
  state.rechecks.delete(name);
  enqueue(state, controller, { key, revision: null });
  return true;
}

/** Asks for a key to be worked on, because of a revision, or (null) because its time has come. */
export function enqueue(
  state: WorldState,
  controller: ControllerName,
  { key, revision }: { readonly key: string; readonly revision: Revision | null },
): void {
  const before = rowOf(state, controller, key);
  const row = revision === null ? before : { ...before, heard: [...before.heard, revision] };
  if (row.phase === "idle") schedule(state, row);
  else put(state, row.phase === "working" ? { ...row, again: true } : row);
}

function schedule(state: WorldState, row: KeyRow): void {
  const { now } = state.loop;
  const worker = after(now, state.draws.span(row.controller, "worker", DELAYS.informer));
  const base = CONTROLLERS[row.controller].backOff;
  const backOff = row.failures === 0 ? 0 : base * (1 << Math.min(row.failures - 1, 10));
  const at = simTime(Math.max(worker + backOff, ownArrival(state, row)));
  if (at === NEVER) return put(state, { ...row, phase: "waiting", again: false, open: 0, failed: false });
  put(state, { ...row, phase: "waiting", again: false, open: 0, own: [], failed: false });
  state.loop.schedule(at, { kind: "reconcile", controller: row.controller, key: row.key });
}

/** Keys that wait for writes of their own which a cut watch did not bring: they come now. */
export function planWaiting(state: WorldState, controller: ControllerName): void {
  for (const row of state.queues.all())
    if (row.controller === controller && row.phase === "waiting" && row.own.length > 0) schedule(state, row);
}

/** When the last of a row's own writes reaches the controller. */
function ownArrival(state: WorldState, row: KeyRow): SimTime {
  let latest = state.loop.now;
  for (const { kind, revision } of row.own) {
    if (!CONTROLLERS[row.controller].watches.includes(kind)) continue;
    const at = state.watches.arrivalOf(row.controller, kind, revision);
    if (at > latest) latest = at;
  }
  return latest;
}

/** A reconcile has decided on so many writes. Answers the revisions that it took up. */
export function begin(state: WorldState, controller: ControllerName, key: string, writes: number): readonly Revision[] {
  const row = rowOf(state, controller, key);
  if (writes === 0) state.queues.delete(keyRowName(controller, key));
  else put(state, { ...row, phase: "working", open: writes, heard: [] });
  return row.heard;
}

/** One of its writes is done, or has failed (`own` null and `failed`). */
export function writeDone(
  state: WorldState,
  { controller, key }: { readonly controller: ControllerName; readonly key: string },
  { own, failed }: { readonly own: OwnWrite | null; readonly failed: boolean },
): void {
  const before = rowOf(state, controller, key);
  const row: KeyRow = {
    ...before,
    open: before.open - 1,
    own: own === null ? before.own : [...before.own, own],
    failed: before.failed || failed,
  };
  if (row.open > 0) return put(state, row);
  const failures = row.failed ? row.failures + 1 : 0;
  if (row.again || row.failed) schedule(state, { ...row, phase: "idle", failures });
  else put(state, { ...row, phase: "idle", failures });
}
