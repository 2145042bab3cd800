/**
 * The StatefulSet controller: Pods with numbers, made upwards, given up downwards, replaced one at a time.
 * Source: pkg/controller/statefulset/stateful_set_control.go.
 * Left out: volume claims, maxUnavailable (off by default in the modelled release). Slow batches (Parallel) are the caller's.
 */
import type { ApiWrite } from "../cluster/api-write";
import { sameJson } from "../cluster/api-write";
import { matchesLabelSelector } from "../cluster/labels";
import type { Pod, StatefulSet, WorkloadStatus } from "../cluster/objects";
import { refOf } from "../cluster/objects";
import { availabilityCheck, isAvailable, isTerminal, isTerminating } from "../cluster/pods";
import type { ClusterView } from "../cluster/store-types";
import type { SimTime } from "../engine/time";
import { parseKey } from "./keys";
import { controllerOf, controllerRef, isBeingDeleted, uidOf } from "./ownership";
import { isMemberOf, isOfRevision, isRunningAndReady, ordinalOf, POD_REVISION, podOf, startOf } from "./statefulset-pods";
import type { Revisions } from "./statefulset-revisions";
import { historyOf, revisionsOf, templateOf, truncateHistory } from "./statefulset-revisions";
import { orphanPods, podsControlledBy } from "./view-index";

interface Asked {
  readonly view: ClusterView;
  /** `NAMESPACE/NAME`. */
  readonly key: string;
  readonly now: SimTime;
}

/** Brings one StatefulSet one step on. With OrderedReady that is one Pod; with Parallel all that are missing or too many. */
export function reconcileStatefulSet({ view, key, now }: Asked): readonly ApiWrite[] {
  const { namespace, name } = parseKey(key);
  const set = view.get("StatefulSet", namespace, name);
  if (set === undefined) return [];
  const { pods, writes: claims } = claimPods(view, set);
  const history = historyOf(view, set);
  const revisions = revisionsOf(set, history);
  const places = placesOf(set, pods, now);
  const { writes, givesUp } = isBeingDeleted(set) ? NOTHING : step(places, revisions);
  const status = statusOf(set, { pods, revisions, writes, givesUp, now });
  return [
    ...claims,
    ...revisions.writes,
    ...writes,
    ...reportStatus(set, status),
    ...truncateHistory(set, history, { ...revisions, pods }),
  ];
}

/** When a set is to be looked at again, since a Pod of it becomes available by then; null where that is not needed. */
export function recheckStatefulSet({ view, key, now }: Asked): SimTime | null {
  const { namespace, name } = parseKey(key);
  const set = view.get("StatefulSet", namespace, name);
  return set === undefined ? null : availabilityCheck(podsControlledBy(view, uidOf(set)), set.spec.minReadySeconds ?? 0, now);
}

/** Keeps the Pods of its names that match, releases those that left the selector, adopts matching orphans of its names. */
function claimPods(view: ClusterView, set: StatefulSet): { readonly pods: readonly Pod[]; readonly writes: readonly ApiWrite[] } {
  const pods: Pod[] = [];
  const writes: ApiWrite[] = [];
  const candidates = [...podsControlledBy(view, uidOf(set)), ...orphanPods(view, set.metadata.namespace ?? "default")];
  for (const pod of candidates.filter((one) => isMemberOf(set, one))) {
    const matches = matchesLabelSelector(set.spec.selector, pod.metadata.labels);
    const isOwn = controllerOf(pod.metadata) !== undefined;
    if (matches) pods.push(pod);
    if (matches === isOwn || isBeingDeleted(set) || isTerminating(pod)) continue;
    const ownerReferences = isOwn ? null : [...(pod.metadata.ownerReferences ?? []), controllerRef(set)];
    writes.push({ verb: "patch", ref: refOf(pod), uid: uidOf(pod), patch: { metadata: { ownerReferences } } });
  }
  return { pods, writes };
}

/** The set's places, each with its Pod where there is one, and the Pods beyond them. */
interface Places {
  readonly set: StatefulSet;
  readonly now: SimTime;
  readonly places: readonly { readonly ordinal: number; readonly pod: Pod | undefined }[];
  /** The highest ordinal first. */
  readonly condemned: readonly Pod[];
}

function placesOf(set: StatefulSet, pods: readonly Pod[], now: SimTime): Places {
  const start = startOf(set);
  const count = set.spec.replicas ?? 1;
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(pod), pod]));
  const places = Array.from({ length: count }, (_, index) => ({ ordinal: start + index, pod: byOrdinal.get(start + index) }));
  const isBeyond = (pod: Pod): boolean => ordinalOf(pod) < start || ordinalOf(pod) >= start + count;
  return { set, now, places, condemned: pods.filter(isBeyond).toSorted((a, b) => ordinalOf(b) - ordinalOf(a)) };
}

interface Step {
  readonly writes: readonly ApiWrite[];
  /** A Pod of the current revision that this step gives up for the new one. */
  readonly givesUp: boolean;
}

const NOTHING: Step = { writes: [], givesUp: false };

/** First every place is filled, then what is beyond goes, then one Pod is given up for the new template. */
function step(all: Places, revisions: Revisions): Step {
  const filling = fill(all, revisions);
  if (filling.waits) return { writes: filling.writes, givesUp: false };
  const shrinking = shrink(all);
  if (shrinking.waits || all.set.spec.updateStrategy?.type === "OnDelete")
    return { writes: [...filling.writes, ...shrinking.writes], givesUp: false };
  const given = replace(all, revisions);
  return { writes: [...filling.writes, ...shrinking.writes, ...given], givesUp: given.length > 0 };
}

interface Progress {
  readonly writes: readonly ApiWrite[];
  /** Nothing further may be done in this sync. */
  readonly waits: boolean;
}

function isParallel({ set }: Places): boolean {
  return set.spec.podManagementPolicy === "Parallel";
}

/** Source: processReplica: upwards, each waits for the ones before it to be running, ready and available. */
function fill(all: Places, revisions: Revisions): Progress {
  const writes: ApiWrite[] = [];
  for (const { ordinal, pod } of all.places) {
    if (pod === undefined) writes.push({ verb: "create", object: podAt(all.set, ordinal, revisions) });
    else if (isTerminal(pod) && !isTerminating(pod)) writes.push(remove(pod));
    const stands = pod !== undefined && !isTerminal(pod) && !isTerminating(pod) && isUp(all, pod);
    if (!stands && !isParallel(all)) return { writes, waits: true };
  }
  return { writes, waits: false };
}

function isUp({ set, now }: Places, pod: Pod): boolean {
  return isRunningAndReady(pod) && isAvailable(pod, set.spec.minReadySeconds ?? 0, now);
}

/** Pods below the partition stay at the revision that the set comes from. Source: isCurrentRevisionNeeded. */
function podAt(set: StatefulSet, ordinal: number, { current, update }: Revisions): Pod {
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  const isKept = set.spec.updateStrategy?.type !== "OnDelete" && ordinal < startOf(set) + partition;
  const revision = isKept ? current : update;
  return podOf(set, ordinal, { template: templateOf(revision, set), revision: revision.metadata.name });
}

/** Source: processCondemned: downwards, one at a time; a Pod that is not up keeps others from going, but not itself. */
function shrink(all: Places): Progress {
  if (isParallel(all)) return { writes: all.condemned.filter((pod) => !isTerminating(pod)).map(remove), waits: false };
  const [next] = all.condemned;
  if (next === undefined) return { writes: [], waits: false };
  if (isTerminating(next)) return { writes: [], waits: true };
  const firstDown = all.condemned.findLast((pod) => isTerminating(pod) || !isUp(all, pod));
  return { writes: isUp(all, next) || next === firstDown ? [remove(next)] : [], waits: true };
}

/** From the highest ordinal down to the partition: one that is of another revision goes; one that is not up is waited for. */
function replace(all: Places, { update }: Revisions): readonly ApiWrite[] {
  const partition = all.set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  for (const { pod } of all.places.slice(partition).toReversed()) {
    if (pod === undefined || isTerminal(pod)) return [];
    if (pod.metadata.labels?.[POD_REVISION] !== update.metadata.name && !isTerminating(pod)) return [remove(pod)];
    if (isTerminating(pod) || !isUp(all, pod)) return [];
  }
  return [];
}

function remove(pod: Pod): ApiWrite {
  return { verb: "delete", ref: refOf(pod), uid: uidOf(pod) };
}

/** Source: updateStatus, completeRollingUpdate. What this sync does itself is counted. */
function statusOf(
  set: StatefulSet,
  { pods, revisions, writes, givesUp, now }: { readonly pods: readonly Pod[]; readonly revisions: Revisions; readonly now: SimTime } & Step,
): WorkloadStatus {
  const { current, update } = revisions;
  const made = writes.flatMap((write) => (write.verb === "create" && write.object.kind === "Pod" ? [write.object] : []));
  const there = [...pods, ...made];
  const status = {
    replicas: there.length,
    readyReplicas: pods.filter(isRunningAndReady).length,
    availableReplicas: pods.filter((pod) => isRunningAndReady(pod) && isAvailable(pod, set.spec.minReadySeconds ?? 0, now)).length,
    currentReplicas: there.filter((pod) => isOfRevision(pod, current)).length - (givesUp ? 1 : 0),
    updatedReplicas: there.filter((pod) => isOfRevision(pod, update)).length,
    currentRevision: current.metadata.name,
    updateRevision: update.metadata.name,
    observedGeneration: set.metadata.generation ?? 1,
  };
  const isDone = status.updatedReplicas === status.replicas && status.readyReplicas === status.replicas;
  if (!isDone || set.spec.updateStrategy?.type === "OnDelete") return status;
  return { ...status, currentReplicas: status.updatedReplicas, currentRevision: update.metadata.name };
}

function reportStatus(set: StatefulSet, status: WorkloadStatus): readonly ApiWrite[] {
  const old = set.status ?? {};
  if (sameJson({ ...old, ...status }, old)) return [];
  return [{ verb: "patch", ref: refOf(set), uid: uidOf(set), patch: { status: { ...status } } }];
}
