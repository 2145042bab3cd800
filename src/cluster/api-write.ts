/**
 * What a component asks of the API server: one write of one object. Plain data, so that a reconcile is a pure
 * function from a view to a list of these. Source: apiserver endpoints/handlers (create, update, patch, delete).
 */
import type { KubeObject, ObjectRef } from "./objects";
import { refOf } from "./objects";
import { isRecord } from "./shape";
import type { Revision } from "./store-types";

/**
 * An RFC 7386 merge patch: objects merge field by field, null removes a field, anything else (lists too) replaces.
 * A field whose value is undefined is no part of the patch.
 */
export type JsonMergePatch = { readonly [field: string]: unknown };

/** One write. What it may answer is in api-server.ts (`commit`). */
export type ApiWrite =
  /** POST. With `metadata.name` "" and a `generateName`, the server appends five letters. 409 if the name is taken. */
  | { readonly verb: "create"; readonly object: KubeObject }
  /** PUT. 409 unless the stored object has resourceVersion `basedOn`; 0 = whatever it has. 404 if it is not there. */
  | { readonly verb: "update"; readonly object: KubeObject; readonly basedOn: Revision }
  /** PATCH (scale, relabel, binding, status). 404 if it is not there, or is another object of the same name (`uid`). */
  | {
      readonly verb: "patch";
      readonly ref: ObjectRef;
      readonly uid?: string;
      readonly patch: JsonMergePatch;
      /** `scale` where it goes to that part of the object alone: RBAC asks for it by its own name. */
      readonly subresource?: "scale";
    }
  /** DELETE. A Pod gets its grace first; `gracePeriodSeconds` 0 removes at once. */
  | { readonly verb: "delete"; readonly ref: ObjectRef; readonly uid?: string; readonly gracePeriodSeconds?: number };

/** Which object a write is about. */
export function targetOf(write: ApiWrite): ObjectRef {
  return write.verb === "create" || write.verb === "update" ? refOf(write.object) : write.ref;
}

/** `target` with the patch applied (RFC 7386 §2). Unchanged parts are shared; the same value comes back where nothing changed. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return sameJson(target, patch) ? target : patch;
  const before = isRecord(target) ? target : {};
  const after: Record<string, unknown> = { ...before };
  let changed = !isRecord(target);
  for (const [field, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    changed = mergeField(after, field, value) || changed;
  }
  return changed ? after : target;
}

function mergeField(into: Record<string, unknown>, field: string, value: unknown): boolean {
  const old = into[field];
  if (value === null) {
    delete into[field];
    return old !== undefined;
  }
  const merged = mergePatch(old, value);
  into[field] = merged;
  return merged !== old;
}

/** The patch that makes one object another: what is new or different, null for what goes. {} where nothing does. */
export function patchTo(from: unknown, to: unknown): JsonMergePatch {
  const before = isRecord(from) ? from : {};
  const after = isRecord(to) ? to : {};
  const patch: Record<string, unknown> = {};
  for (const field of Object.keys(before)) if (before[field] !== undefined && after[field] === undefined) patch[field] = null;
  for (const [field, value] of Object.entries(after)) {
    if (value === undefined || sameJson(before[field], value)) continue;
    patch[field] = isRecord(before[field]) && isRecord(value) ? patchTo(before[field], value) : value;
  }
  return patch;
}

/** Whether two JSON values are equal; a field that is undefined counts as absent. Order of fields does not matter. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  if (!isRecord(a) || !isRecord(b)) return false;
  return covers(a, b) && covers(b, a);
}

function covers(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  for (const field in a) {
    if (!sameJson(a[field], b[field])) return false;
  }
  return true;
}
