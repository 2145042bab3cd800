/** What a change of an object may be: completed, compared, checked. Source: ValidateServiceUpdate, ValidateDeploymentUpdate, pod binding (assignPod). */
import type { Result } from "../../base/result";
import { fail, ok } from "../../base/result";
import { sameJson } from "../api-write";
import { applyDefaults } from "../defaults";
import type { FieldError } from "../field-error";
import type { KubeObject, Pod, Service, StatefulSet } from "../objects";
import { validate } from "../validation";
import { forbidden, invalid } from "../validation/findings";
import type { ApiError } from "./errors";
import { conflict, invalidObject } from "./errors";
import type { StageContext } from "./context";
import { addressedAfterChange, hasClusterIP } from "./service-address";
import { keepNodePorts } from "./service-ports";

/** A change that may be made. */
export interface Change {
  readonly object: KubeObject;
  /** Whether anything but metadata and status differs: then the generation counts on. */
  readonly meansMore: boolean;
}

/** The object as it is to be written; null where it equals the old one. Both have the same system fields. */
export function changed(old: KubeObject, given: KubeObject, context: StageContext): Result<Change | null, ApiError> {
  if (sameJson(old, given)) return ok(null);
  const meansMore = !sameJson(withoutMeaningless(old), withoutMeaningless(given));
  if (!meansMore && sameJson(old.metadata, given.metadata)) return ok({ object: given, meansMore });
  const next = completedChange(old, given, context);
  if (!next.ok) return next;
  if (sameJson(old, next.value)) return ok(null);
  const problem = changeProblem(old, next.value);
  return problem === null ? ok({ object: next.value, meansMore }) : fail(problem);
}

/** What makes a completed change one that may not be; null where it may be. */
export function changeProblem(old: KubeObject, next: KubeObject): ApiError | null {
  if (old.kind === "Pod" && next.kind === "Pod" && isBoundElsewhere(old, next)) {
    const why = `pod ${old.metadata.name} is already assigned to node "${old.spec.nodeName ?? ""}"`;
    return conflict({ kind: "Pod", name: old.metadata.name, why });
  }
  const errors = [...immutableErrors(old, next), ...validate(next)];
  return errors.length > 0 ? invalidObject(next.kind, next.metadata.name, errors) : null;
}

function withoutMeaningless(object: KubeObject): unknown {
  return { ...object, metadata: undefined, status: undefined };
}

/** The changed object with what a client need not repeat (a Service's address and node ports), and with defaults. */
export function completedChange(old: KubeObject, given: KubeObject, context: StageContext): Result<KubeObject, ApiError> {
  if (old.kind !== "Service" || given.kind !== "Service") return ok(applyDefaults(given));
  const addressed = addressedAfterChange(old, given, context);
  if (!addressed.ok) return addressed;
  const open = keepNodePorts(old, addressed.value, context);
  return open.ok ? ok(applyDefaults(open.value)) : open;
}

function isBoundElsewhere(old: Pod, next: Pod): boolean {
  return (old.spec.nodeName ?? "") !== "" && old.spec.nodeName !== next.spec.nodeName;
}

function immutableErrors(old: KubeObject, next: KubeObject): readonly FieldError[] {
  if (old.kind === "Service" && next.kind === "Service") return addressErrors(old, next);
  if (isWorkload(old) && isWorkload(next) && !sameJson(old.spec.selector, next.spec.selector)) {
    return [invalid("spec.selector", next.spec.selector, "field is immutable")];
  }
  if (old.kind === "StatefulSet" && next.kind === "StatefulSet" && !sameJson(fixedPart(old), fixedPart(next))) {
    return [forbidden("spec", STATEFUL_SET_IS_FIXED)];
  }
  if (old.kind === "ControllerRevision" && next.kind === "ControllerRevision" && !sameJson(old.data, next.data)) {
    return [invalid("data", next.data, "field is immutable")];
  }
  return [];
}

/** Source: ValidateStatefulSetUpdate. */
const STATEFUL_SET_IS_FIXED =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

function fixedPart({ spec }: StatefulSet): unknown {
  const {
    replicas: _,
    ordinals: __,
    template: ___,
    updateStrategy: ____,
    revisionHistoryLimit: _____,
    minReadySeconds: ______,
    ...rest
  } = spec;
  return { ...rest, persistentVolumeClaimRetentionPolicy: undefined };
}

type Workload = Extract<KubeObject, { kind: "Deployment" | "ReplicaSet" | "StatefulSet" }>;

function isWorkload(object: KubeObject): object is Workload {
  return object.kind === "Deployment" || object.kind === "ReplicaSet" || object.kind === "StatefulSet";
}

function addressErrors(old: Service, next: Service): readonly FieldError[] {
  const had = old.spec.clusterIP ?? "";
  if (old.spec.type === "ExternalName" || next.spec.type === "ExternalName" || had === "") return [];
  if (had === next.spec.clusterIP || (!hasClusterIP(old) && next.spec.clusterIP === undefined)) return [];
  const asked = next.spec.clusterIPs ?? (next.spec.clusterIP === undefined ? [] : [next.spec.clusterIP]);
  return [invalid("spec.clusterIPs[0]", asked, asked.length === 0 ? "primary clusterIP can not be unset" : "may not change once set")];
}
