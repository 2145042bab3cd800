/**
 * The templates that a StatefulSet has had, as ControllerRevisions: the one that its Pods go to, and the one they come
 * from. Source: pkg/controller/statefulset/stateful_set_control.go (getStatefulSetRevisions, truncateHistory),
 * pkg/controller/history/controller_history.go. Left out: hash collisions.
 */
import type { ApiWrite } from "../cluster/api-write";
import { sameJson } from "../cluster/api-write";
import type { ControllerRevision, Pod, PodTemplateSpec, StatefulSet } from "../cluster/objects";
import { refOf } from "../cluster/objects";
import { compareText } from "../base/order";
import type { ClusterView } from "../cluster/store-types";
import { controllerRef, uidOf } from "./ownership";
import { POD_REVISION } from "./statefulset-pods";
import { templateHash } from "./template-hash";
import { revisionsControlledBy } from "./view-index";

const HASH = "controller.kubernetes.io/hash";

/** Where the Pods come from, where they go to, and what has to be written for it. */
export interface Revisions {
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
  readonly writes: readonly ApiWrite[];
}

/** Revisions of a set in their order, the newest last. */
export function historyOf(view: ClusterView, set: StatefulSet): readonly ControllerRevision[] {
  return revisionsControlledBy(view, uidOf(set)).toSorted(byRevision);
}

/** Revision number, then creation, then name. Source: byRevision of controller_history.go. */
function byRevision(a: ControllerRevision, b: ControllerRevision): number {
  return (
    a.revision - b.revision ||
    compareText(a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? "") ||
    compareText(a.metadata.name, b.metadata.name)
  );
}

/** The template that a revision keeps. */
export function templateOf(revision: ControllerRevision, set: StatefulSet): PodTemplateSpec {
  return kept(revision) ?? set.spec.template;
}

/** The mark that makes the template a patch which replaces is no part of it. */
function kept({ data }: ControllerRevision): PodTemplateSpec | undefined {
  if (data === undefined) return undefined;
  const { $patch: _, ...template } = data.spec.template;
  return template;
}

/** A template that was there before is taken up under the next number; a new one gets a revision of its own. */
export function revisionsOf(set: StatefulSet, history: readonly ControllerRevision[]): Revisions {
  const next = (history.at(-1)?.revision ?? 0) + 1;
  const equal = history.findLast((one) => sameJson(kept(one), set.spec.template));
  const made = equal ?? newRevision(set, next);
  const isLast = equal !== undefined && equal === history.at(-1);
  const update = equal === undefined || isLast ? made : { ...made, revision: next };
  const current = history.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update;
  return { update, current: current.metadata.name === update.metadata.name ? update : current, writes: writesOf(equal, update) };
}

function writesOf(equal: ControllerRevision | undefined, update: ControllerRevision): readonly ApiWrite[] {
  if (equal === undefined) return [{ verb: "create", object: update }];
  if (equal.revision === update.revision) return [];
  return [{ verb: "patch", ref: refOf(equal), uid: uidOf(equal), patch: { revision: update.revision } }];
}

function newRevision(set: StatefulSet, revision: number): ControllerRevision {
  const { namespace = "default", name, annotations } = set.metadata;
  const hash = templateHash(set.spec.template);
  return {
    apiVersion: "apps/v1",
    kind: "ControllerRevision",
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: { ...set.spec.template.metadata?.labels, [HASH]: hash },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerRef(set)],
    },
    data: { spec: { template: { ...set.spec.template, $patch: "replace" } } },
    revision,
  };
}

/** Deletes what nobody uses any more beyond the history limit, the oldest first. Source: truncateHistory. */
export function truncateHistory(
  set: StatefulSet,
  history: readonly ControllerRevision[],
  { current, update, pods }: { readonly current: ControllerRevision; readonly update: ControllerRevision; readonly pods: readonly Pod[] },
): readonly ApiWrite[] {
  const live = new Set([current.metadata.name, update.metadata.name, ...pods.map((pod) => pod.metadata.labels?.[POD_REVISION] ?? "")]);
  const unused = history.filter(({ metadata }) => !live.has(metadata.name));
  const surplus = unused.length - (set.spec.revisionHistoryLimit ?? 10);
  return unused.slice(0, Math.max(surplus, 0)).map((one): ApiWrite => ({ verb: "delete", ref: refOf(one), uid: uidOf(one) }));
}
