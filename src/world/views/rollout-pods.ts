/** The way of each Pod of a rollout: from the store's log, the kubelets' events, and the syncs of every node. */
import type { ObjectRef, Pod } from "../../cluster/objects";
import { isReady, isTerminating } from "../../cluster/pods";
import type { Write } from "../../cluster/store-types";
import { upperBound } from "../../base/order";
import { controllerOf } from "../../control-plane/ownership";
import { POD_REVISION } from "../../control-plane/statefulset-pods";
import type { WorldState } from "../state";
import type { TraceEvent } from "../view-types";
import type { PodMoment, RolloutPod, RulesOfPod } from "../view-types/rollout";

/** What a rollout's Pods are asked of. */
export interface Window {
  readonly state: WorldState;
  /** The first revision of the rollout, and its moment. */
  readonly revision: number;
  readonly since: number;
  /** Events from `since` to the shown moment. */
  readonly events: readonly TraceEvent[];
}

/** Pods that were there when it began, and those made since; the oldest first. `setOf` says whose they are, null for others'. */
export function rolloutPods(window: Window, setOf: (pod: Pod) => string | null, newSet: string): readonly RolloutPod[] {
  const { state, revision } = window;
  const before = state.store.view(Math.max(revision - 1, 0)).list("Pod");
  const made = writesSince(state, "Pod", revision).filter(({ type }) => type === "ADDED");
  const found = [...before, ...made.map(({ object }) => object)].filter((object): object is Pod => object.kind === "Pod");
  const served = slicesOf(window);
  const syncs = syncsOf(window);
  return found.flatMap((pod) => {
    const set = setOf(pod);
    return set === null ? [] : [podOf(window, pod, { set, isNew: set === newSet }, served, syncs)];
  });
}

/** The ReplicaSet of a Pod, or its revision in a StatefulSet. */
export function setNameOf(pod: Pod, owner: ObjectRef): string | null {
  const controller = controllerOf(pod.metadata);
  if (pod.metadata.namespace !== owner.namespace || controller === undefined) return null;
  if (owner.kind === "StatefulSet") return controller.name === owner.name ? (pod.metadata.labels?.[POD_REVISION] ?? "") : null;
  return controller.kind === "ReplicaSet" ? controller.name : null;
}

function writesSince(state: WorldState, kind: "Pod" | "EndpointSlice", revision: number): readonly Write[] {
  const writes = state.store.writesOf(kind);
  return writes.slice(upperBound(writes, revision - 1, (write) => write.revision));
}

function podOf(
  { state, since, events }: Window,
  pod: Pod,
  own: { readonly set: string; readonly isNew: boolean },
  served: Served,
  syncs: Syncs,
): RolloutPod {
  const { namespace = "default", name, uid = "" } = pod.metadata;
  const history = state.store.historyOf("Pod", namespace, name).filter(({ object }) => object.metadata.uid === uid);
  const last = history.at(-1)?.object;
  const stays = served.get(uid);
  const of = (what: PodMoment, at: number | undefined): RolloutPod["moments"] => (at === undefined ? [] : [{ what, at }]);
  const first = (holds: (one: Pod) => boolean): number | undefined =>
    history.find(({ object }) => object.kind === "Pod" && holds(object))?.at;
  const stage = (wanted: string): number | undefined =>
    events.find((event) => event.podStage === wanted && event.object === `Pod ${namespace}/${name}` && event.at >= (history[0]?.at ?? 0))
      ?.at;
  const moments = [
    ...of("made", history[0]?.at),
    ...of(
      "scheduled",
      first(({ spec }) => spec.nodeName !== undefined),
    ),
    ...of("sandbox", first(hasSandbox)),
    ...of("started", stage("started")),
    ...of("ready", first(isReady)),
    ...of("in slice", stays === undefined || stays.from.at < since ? undefined : stays.from.at),
    ...of("ending", first(isTerminating)),
    ...of("out of slice", stays?.until?.at),
    ...of("signalled", stage("signalled")),
    ...of("gone", history.find(({ type }) => type === "DELETED")?.at),
  ];
  return {
    uid,
    name,
    node: last?.kind === "Pod" ? (last.spec.nodeName ?? "") : "",
    ...own,
    moments: moments.toSorted((a, b) => a.at - b.at),
    rules: stays === undefined ? [] : rulesOf(stays, syncs, since),
  };
}

function hasSandbox({ status }: Pod): boolean {
  return status?.conditions?.some((one) => one.type === "PodReadyToStartContainers" && one.status === "True") === true;
}

/** When a Pod came into a slice as ready, and when it was ready there no more. */
interface Stay {
  readonly from: { readonly at: number; readonly revision: number };
  readonly until: { readonly at: number; readonly revision: number } | null;
}
type Served = ReadonlyMap<string, Stay>;

function slicesOf({ state, revision, since }: Window): Served {
  const stays = new Map<string, Stay>();
  const readyIn = new Map<string, ReadonlySet<string>>();
  const take = (slice: string, now: ReadonlySet<string>, place: Stay["from"]): void => {
    for (const uid of now) if (stays.get(uid)?.until !== null) stays.set(uid, { from: stays.get(uid)?.from ?? place, until: null });
    for (const uid of readyIn.get(slice) ?? []) {
      const stay = stays.get(uid);
      if (!now.has(uid) && stay !== undefined) stays.set(uid, { ...stay, until: place });
    }
    readyIn.set(slice, now);
  };
  for (const slice of state.store.view(Math.max(revision - 1, 0)).list("EndpointSlice"))
    take(`${slice.metadata.namespace ?? ""}/${slice.metadata.name}`, readyPods(slice), { at: Math.min(since - 1, 0), revision: 0 });
  for (const { type, object, at, namespace, name, revision: written } of writesSince(state, "EndpointSlice", revision)) {
    const now = type === "DELETED" || object.kind !== "EndpointSlice" ? new Set<string>() : readyPods(object);
    take(`${namespace}/${name}`, now, { at, revision: written });
  }
  return stays;
}

function readyPods({
  endpoints,
}: {
  readonly endpoints: readonly {
    readonly conditions?: { readonly ready?: boolean | null };
    readonly targetRef?: { readonly uid?: string };
  }[];
}): ReadonlySet<string> {
  return new Set(endpoints.flatMap(({ conditions, targetRef }) => (conditions?.ready === false ? [] : [targetRef?.uid ?? ""])));
}

/** By node, when its rules were through, and with which revision of the slices. */
type Syncs = ReadonlyMap<string, readonly { readonly at: number; readonly revision: number }[]>;

function syncsOf({ state, events }: Window): Syncs {
  const syncs = new Map<string, { at: number; revision: number }[]>(state.agents.all().map(({ name }) => [name, []]));
  for (const event of events) {
    const revision = event.read.EndpointSlice;
    if (event.kind === "kube-proxy synced" && revision !== undefined) syncs.get(event.lane)?.push({ at: event.at, revision });
  }
  return syncs;
}

function rulesOf({ from, until }: Stay, syncs: Syncs, since: number): readonly RulesOfPod[] {
  return [...syncs].map(([node, through]) => {
    const since0 = from.revision === 0 && from.at < since;
    const came = since0 ? 0 : (through.find(({ revision }) => revision >= from.revision)?.at ?? null);
    const went = until === null ? null : (through.find(({ revision }) => revision >= until.revision)?.at ?? null);
    return { node, from: came !== null && went !== null && !since0 && came >= went ? null : came, until: went };
  });
}
