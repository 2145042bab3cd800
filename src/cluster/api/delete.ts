/**
 * Deleting. A Pod that runs somewhere is only marked: its deletionTimestamp is when its grace ends, and its kubelet
 * deletes it with grace 0 when it has stopped. Everything else goes at once; what it owned is the garbage collector's.
 * Source: registry/rest/delete.go (BeforeDelete), pkg/registry/core/pod/strategy.go (CheckGracefulDelete).
 */
import type { Result } from "../../base/result";
import { fail, ok } from "../../base/result";
import { seconds, simTime } from "../../engine/time";
import { readApiTime, showApiTime } from "../api-time";
import type { ApiWrite } from "../api-write";
import type { KubeObject, Pod } from "../objects";
import { isTerminal } from "../pods";
import type { Store } from "../store";
import type { Write } from "../store-types";
import { staleProblem } from "./asked-object";
import type { CommitContext } from "./context";
import type { ApiError } from "./errors";
import { notFound } from "./errors";

const USUAL_GRACE = 30;

/** Marks or removes. Null where the Pod is already going at least as soon. */
export function deleteObject(
  store: Store,
  write: Extract<ApiWrite, { verb: "delete" }>,
  context: CommitContext,
): Result<Write | null, ApiError> {
  const { ref, gracePeriodSeconds } = write;
  const object = store.latest().get(ref.kind, ref.namespace, ref.name);
  if (object === undefined) return fail(notFound(ref.kind, ref.name));
  const stale = staleProblem(write, object);
  if (stale !== null) return fail(stale);
  const { at, event } = context;
  const grace = object.kind === "Pod" ? graceOf(object, gracePeriodSeconds) : 0;
  if (grace === 0) return ok(store.write({ type: "DELETED", kind: ref.kind, object, at, event }));
  const going = object.metadata.deletionGracePeriodSeconds;
  if (going !== undefined && going <= grace) return ok(null);
  return ok(store.write({ type: "MODIFIED", kind: ref.kind, object: marked(object, grace, context), at, event }));
}

/** No grace for a Pod that no kubelet has, or that has ended. */
function graceOf(pod: Pod, asked: number | undefined): number {
  if ((pod.spec.nodeName ?? "") === "" || isTerminal(pod)) return 0;
  return Math.max(0, asked ?? pod.spec.terminationGracePeriodSeconds ?? USUAL_GRACE);
}

/** A second, shorter grace counts from the first request. */
function marked(object: KubeObject, grace: number, { at }: CommitContext): KubeObject {
  const { deletionTimestamp: ends, deletionGracePeriodSeconds: given = 0 } = object.metadata;
  const asked = ends === undefined ? at : readApiTime(ends) - seconds(given);
  const deletionTimestamp = showApiTime(simTime(asked + seconds(grace)));
  return { ...object, metadata: { ...object.metadata, deletionTimestamp, deletionGracePeriodSeconds: grace } };
}
