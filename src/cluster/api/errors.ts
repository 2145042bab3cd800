/** The API's errors with its own texts, as release 1.35 has them. Source: apimachinery/pkg/api/errors/errors.go. */
import type { FieldError } from "../field-error";
import { showInvalid } from "../field-error";
import type { Kind, ObjectRef } from "../objects";
import { kindName, resourceName, resourceOf } from "../resources";

/** A metav1.Status of failure. kubectl puts `Error from server (REASON): ` before it, and `The ` before an Invalid one. */
export interface ApiError {
  /** HTTP status. */
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

/** 401: nobody is known to have asked. */
export const UNAUTHORIZED: ApiError = { code: 401, reason: "Unauthorized", message: "Unauthorized" };

/** 403 of RBAC, for a verb on a collection. */
export function forbiddenTo(user: string, verb: string, kind: Kind, namespace: string): ApiError {
  const { plural, group } = resourceOf(kind);
  const scope = namespace === "" ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const message = `${resourceName(kind)} is forbidden: User "${user}" cannot ${verb} resource "${plural}" in API group "${group}" ${scope}`;
  return { code: 403, reason: "Forbidden", message };
}

/** 403: the Namespace is going. */
export function namespaceTerminating(kind: Kind, name: string, namespace: string): ApiError {
  const message = `${resourceName(kind)} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`;
  return { code: 403, reason: "Forbidden", message };
}

/** 404. */
export function notFound(kind: Kind, name: string): ApiError {
  return { code: 404, reason: "NotFound", message: `${resourceName(kind)} "${name}" not found` };
}

/** 409 of a create; says so where the old object is only waiting to go. */
export function alreadyExists(kind: Kind, name: string, isBeingDeleted: boolean): ApiError {
  const message = `${isBeingDeleted ? "object is being deleted: " : ""}${resourceName(kind)} "${name}" already exists`;
  return { code: 409, reason: "AlreadyExists", message };
}

/** 409 of a write that was based on an older revision. */
export function staleRevision({ kind, name }: ObjectRef): ApiError {
  return conflict({ kind, name, why: "the object has been modified; please apply your changes to the latest version and try again" });
}

/** 409 with its own reason. */
export function conflict({ kind, name, why }: { readonly kind: Kind; readonly name: string; readonly why: string }): ApiError {
  return { code: 409, reason: "Conflict", message: `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}` };
}

/** 422. */
export function invalidObject(kind: Kind, name: string, errors: readonly FieldError[]): ApiError {
  return { code: 422, reason: "Invalid", message: showInvalid(kindName(kind), name, errors) };
}

/** 400: what was sent is no object of its kind. */
export function badRequest(message: string): ApiError {
  return { code: 400, reason: "BadRequest", message };
}

/** 500. */
export function internalError(what: string): ApiError {
  return { code: 500, reason: "InternalError", message: `Internal error occurred: ${what}` };
}
