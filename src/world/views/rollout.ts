/** A workload and its last rollout: what began it, how many Pods of which template there were when, and each Pod's way. */
import { sameJson } from "../../cluster/api-write";
import type { Deployment, ObjectRef, StatefulSet } from "../../cluster/objects";
import type { Write } from "../../cluster/store-types";
import { fenceposts, replicasOf } from "../../control-plane/deployment-arithmetic";
import { revisionOfSet, sameTemplate } from "../../control-plane/deployment-sets";
import { rolloutHistory } from "../../control-plane/rollout-history";
import { uidOf } from "../../control-plane/ownership";
import { podsControlledBy, replicaSetsControlledBy } from "../../control-plane/view-index";
import type { WorldState } from "../state";
import { counted } from "../told";
import type { TraceEvent } from "../view-types";
import type { CountFrom, RevisionView, RolloutBounds, RolloutPod, RolloutSet, RolloutView } from "../view-types/rollout";
import { rolloutPods, setNameOf } from "./rollout-pods";

type Workload = Deployment | StatefulSet;

/** The view of a workload at a moment; null where there is none. `eventsFrom` gives the recorded events since a moment. */
export function rolloutView(
  state: WorldState,
  { ref, at, eventsFrom }: { readonly ref: ObjectRef; readonly at: number; readonly eventsFrom: (at: number) => readonly TraceEvent[] },
): RolloutView | null {
  const workload =
    ref.kind === "Deployment" || ref.kind === "StatefulSet" ? state.store.latest().get(ref.kind, ref.namespace, ref.name) : undefined;
  if (workload === undefined) return null;
  const began = beginningOf(state, workload);
  const since = began?.at ?? null;
  const newSet = newSetName(state, workload);
  const pods =
    began === null
      ? []
      : rolloutPods(
          { state, revision: began.revision, since: began.at, events: eventsFrom(began.at) },
          (pod) => (belongs(state, workload, setNameOf(pod, ref)) ? setNameOf(pod, ref) : null),
          newSet,
        );
  return {
    ...standing(state, workload),
    ref,
    since,
    until: at,
    sentence: sentenceOf(workload, began),
    bounds: began === null ? [] : boundsOf(state, workload, began.at),
    sets: began === null ? [] : setsOf(state, workload, { since: began.at, newSet, pods }),
    available: began === null ? [] : countsOf(historyOf(state, workload), began.at, (one) => one.status?.availableReplicas ?? 0),
    pods,
  };
}

/** How it stands now, without its past. */
function standing(
  state: WorldState,
  workload: Workload,
): Pick<RolloutView, "replicas" | "paused" | "containers" | "strategy" | "conditions" | "revisions"> {
  return {
    replicas: workload.spec.replicas ?? 1,
    paused: workload.kind === "Deployment" && workload.spec.paused === true,
    containers: workload.spec.template.spec.containers.map(({ name, image = "" }) => ({ name, image })),
    strategy: strategyOf(workload),
    conditions: (workload.status?.conditions ?? []).map((one) => ({
      type: one.type,
      status: one.status,
      reason: one.reason ?? "",
      message: one.message ?? "",
      since: one.lastTransitionTime ?? "",
    })),
    revisions: revisionsOf(state, workload),
  };
}

function strategyOf(workload: Workload): RolloutView["strategy"] {
  if (workload.kind === "StatefulSet") {
    const { type = "RollingUpdate", rollingUpdate } = workload.spec.updateStrategy ?? {};
    return { type, maxSurge: "", maxUnavailable: "", surge: 0, unavailable: 1, partition: rollingUpdate?.partition ?? 0 };
  }
  const { type = "RollingUpdate", rollingUpdate } = workload.spec.strategy ?? {};
  const { surge, unavailable } = fenceposts(workload);
  const isRolling = type === "RollingUpdate";
  return {
    type,
    maxSurge: isRolling ? (rollingUpdate?.maxSurge ?? "25%") : "",
    maxUnavailable: isRolling ? (rollingUpdate?.maxUnavailable ?? "25%") : "",
    surge,
    unavailable,
    partition: 0,
  };
}

function revisionsOf(state: WorldState, workload: Workload): readonly RevisionView[] {
  const view = state.store.latest();
  return rolloutHistory(view, workload).map(({ number, keptBy, template }) => ({
    number,
    keptBy,
    images: template.spec.containers.map(({ image = "" }) => image),
    replicas:
      workload.kind === "Deployment"
        ? (view.get("ReplicaSet", workload.metadata.namespace ?? "default", keptBy)?.spec.replicas ?? 0)
        : podsControlledBy(view, uidOf(workload)).filter((pod) => setNameOf(pod, refOfWorkload(workload)) === keptBy).length,
    isCurrent: sameTemplate(template, workload.spec.template),
  }));
}

function refOfWorkload({ kind, metadata }: Workload): ObjectRef {
  return { kind, namespace: metadata.namespace ?? "default", name: metadata.name };
}

function historyOf(state: WorldState, workload: Workload): readonly Write[] {
  const { namespace = "default", name } = workload.metadata;
  return state.store.historyOf(workload.kind, namespace, name).filter(({ object }) => object.metadata.uid === workload.metadata.uid);
}

/** The last write that changed template or size, or made the workload; null where that was before the run. */
function beginningOf(state: WorldState, workload: Workload): Write | null {
  const history = historyOf(state, workload);
  for (let index = history.length - 1; index >= 0; index -= 1) {
    const write = history[index];
    const now = write === undefined ? undefined : workloadOf(write);
    if (write === undefined || now === undefined || write.event < 0) return null;
    const before = index === 0 ? undefined : workloadOf(history[index - 1]);
    if (before === undefined || isAnother(now, before)) return write;
  }
  return null;
}

function workloadOf(write: Write | undefined): Workload | undefined {
  const object = write?.object;
  return object?.kind === "Deployment" || object?.kind === "StatefulSet" ? object : undefined;
}

function isAnother(now: Workload, before: Workload): boolean {
  return now.spec.replicas !== before.spec.replicas || !sameJson(now.spec.template, before.spec.template);
}

function sentenceOf({ metadata: { name }, spec, status }: Workload, began: Write | null): string {
  if (began === null) return `Nothing of ${name} has been rolled out since the start.`;
  const wanted = spec.replicas ?? 1;
  const { updatedReplicas: updated = 0, readyReplicas: ready = 0, replicas: all = 0 } = status ?? {};
  const old = Math.max(all - updated, 0);
  return `${name} has ${counted(updated, "Pod")} of the new template and ${old} of older ones, ${ready} ready, ${wanted} wanted.`;
}

function boundsOf(state: WorldState, workload: Workload, since: number): readonly RolloutBounds[] {
  const all = historyOf(state, workload).flatMap((write): readonly RolloutBounds[] => {
    const one = workloadOf(write);
    return one === undefined ? [] : [{ at: write.at, ...boundOf(one) }];
  });
  return from(all, since, (a, b) => a.wanted === b.wanted && a.most === b.most && a.least === b.least);
}

function boundOf(workload: Workload): Omit<RolloutBounds, "at"> {
  const wanted = workload.spec.replicas ?? 1;
  if (workload.kind === "StatefulSet") return { wanted, most: wanted, least: Math.max(wanted - 1, 0) };
  const { surge, unavailable } = fenceposts(workload);
  const isRecreate = workload.spec.strategy?.type === "Recreate";
  return { wanted, most: replicasOf(workload) + surge, least: isRecreate ? 0 : wanted - unavailable };
}

/** What holds at `since` and every change after it; equal neighbours become one. */
function from<T extends { readonly at: number }>(all: readonly T[], since: number, same: (a: T, b: T) => boolean): readonly T[] {
  const before = all.findLast(({ at }) => at < since);
  const kept = [...(before === undefined ? [] : [{ ...before, at: since }]), ...all.filter(({ at }) => at >= since)];
  return kept.filter((one, index) => {
    const last = kept[index - 1];
    return last === undefined || !same(last, one);
  });
}

function countsOf(history: readonly Write[], since: number, count: (workload: Workload) => number): readonly CountFrom[] {
  const all = history.flatMap((write) => {
    const one = workloadOf(write);
    return one === undefined ? [] : [{ at: write.at, count: count(one) }];
  });
  return from(all, since, (a, b) => a.count === b.count);
}

function newSetName(state: WorldState, workload: Workload): string {
  const view = state.store.latest();
  if (workload.kind === "StatefulSet") return workload.status?.updateRevision ?? "";
  const sets = replicaSetsControlledBy(view, uidOf(workload));
  return sets.find((set) => sameTemplate(set.spec.template, workload.spec.template))?.metadata.name ?? "";
}

function belongs(state: WorldState, workload: Workload, set: string | null): boolean {
  if (set === null) return false;
  if (workload.kind === "StatefulSet") return true;
  const { namespace = "default" } = workload.metadata;
  const last = state.store.historyOf("ReplicaSet", namespace, set).at(-1)?.object;
  return last?.metadata.ownerReferences?.some(({ uid }) => uid === workload.metadata.uid) === true;
}

function setsOf(
  state: WorldState,
  workload: Workload,
  { since, newSet, pods }: { readonly since: number; readonly newSet: string; readonly pods: readonly RolloutPod[] },
): readonly RolloutSet[] {
  return workload.kind === "Deployment" ? replicaSets(state, workload, since, newSet) : revisionSets(state, workload, newSet, pods, since);
}

/** ReplicaSets that had, or got, Pods since; the lowest revision first. */
function replicaSets(state: WorldState, workload: Workload, since: number, newSet: string): readonly RolloutSet[] {
  const sets = replicaSetsControlledBy(state.store.latest(), uidOf(workload));
  return sets
    .map((set): RolloutSet => {
      const { namespace = "default", name } = set.metadata;
      const all = state.store
        .historyOf("ReplicaSet", namespace, name)
        .flatMap(({ at, object }) =>
          object.kind === "ReplicaSet" && object.metadata.uid === set.metadata.uid ? [{ at, count: object.spec.replicas ?? 1 }] : [],
        );
      return { name, revision: revisionOfSet(set), isNew: name === newSet, sizes: from(all, since, (a, b) => a.count === b.count) };
    })
    .filter(({ sizes, isNew }) => isNew || sizes.some(({ count }) => count > 0))
    .toSorted((a, b) => a.revision - b.revision);
}

/** A StatefulSet has no ReplicaSets: its Pods of each revision are counted. */
function revisionSets(
  state: WorldState,
  workload: Workload,
  newSet: string,
  pods: readonly RolloutPod[],
  since: number,
): readonly RolloutSet[] {
  return rolloutHistory(state.store.latest(), workload).map(({ number, keptBy }) => {
    const own = pods.filter(({ set }) => set === keptBy).flatMap(({ moments }) => changes(moments, since));
    let count = 0;
    const sizes = own
      .toSorted((a, b) => a.at - b.at)
      .map((one) => {
        count += one.by;
        return { at: one.at, count };
      });
    const start = sizes[0]?.at === since ? [] : [{ at: since, count: 0 }];
    return { name: keptBy, revision: number, isNew: keptBy === newSet, sizes: lastOfMoment([...start, ...sizes]) };
  });
}

function changes(moments: RolloutPod["moments"], since: number): readonly { readonly at: number; readonly by: number }[] {
  return moments.flatMap(({ what, at }) =>
    what === "made" ? [{ at: Math.max(at, since), by: 1 }] : what === "gone" ? [{ at, by: -1 }] : [],
  );
}

function lastOfMoment(sizes: readonly CountFrom[]): readonly CountFrom[] {
  return sizes.filter((one, index) => sizes[index + 1]?.at !== one.at);
}
