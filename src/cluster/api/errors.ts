/** The API's errors with its own texts, as release 1.35 has them. Source: apimachinery/pkg/api/errors/errors.go. */
import type { FieldError } from "../field-error";
import { showFieldError, showInvalid } from "../field-error";
import type { Kind, ObjectRef } from "../objects";
import { kindName, resourceName, resourceOf } from "../resources";
import type { ApiAttributes } from "./users";

/** A metav1.Status of failure: what the API answers. `showKubectlError` is what a person then reads. */
export interface ApiError {
  /** HTTP status. */
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  /** details.kind, name and causes of a 422. */
  readonly details?: { readonly kind: string; readonly name: string; readonly causes: readonly string[] };
}

/**
 * The error as kubectl prints it: a 422 by its causes, one line each where there are several; a 401 as not being logged
 * in; everything else as `Error from server (REASON): MESSAGE`. Source: kubectl pkg/cmd/util/helpers.go (checkErr,
 * MultilineError, StandardErrorMessage). Left out: `error when creating "FILE": `, for there is no file here.
 */
export function showKubectlError({ reason, message, details }: ApiError): string {
  if (reason === "Unauthorized") return `error: You must be logged in to the server (${message})`;
  if (details === undefined) return `Error from server (${reason}): ${message}`;
  const { kind, name, causes } = details;
  const head = `The ${kind} ${JSON.stringify(name)} is invalid: `;
  return causes.length === 1 ? `${head}${causes.join("")}` : [head, ...causes.map((cause) => `* ${cause}`)].join("\n");
}

/** 401: nobody is known to have asked. */
export const UNAUTHORIZED: ApiError = { code: 401, reason: "Unauthorized", message: "Unauthorized" };

/** 403 of RBAC. A create is asked of the collection, so it names no object. Source: endpoints/handlers/responsewriters/errors.go. */
export function forbiddenTo(user: string, { verb, kind, namespace, name, subresource }: ApiAttributes): ApiError {
  const { plural, group } = resourceOf(kind);
  const scope = namespace === "" ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const what = name === "" ? resourceName(kind) : `${resourceName(kind)} "${name}"`;
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  const message = `${what} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${scope}`;
  return { code: 403, reason: "Forbidden", message };
}

/**
 * 429 of priority and fairness: the level's seats are taken and its queues are full. The server answers with bare text and
 * `Retry-After: 1`; this is what client-go makes of it. Source: apimachinery/pkg/api/errors (NewGenericServerResponse).
 */
export function tooManyRequests(verb: "post" | "put" | "patch" | "delete", kind: Kind, name: string): ApiError {
  const what = [verb, resourceName(kind), ...(name === "" ? [] : [name])].join(" ");
  const message = `the server has received too many requests and has asked us to try again later (${what})`;
  return { code: 429, reason: "TooManyRequests", message };
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
  const causes = [...new Set(errors.map(showFieldError))];
  return {
    code: 422,
    reason: "Invalid",
    message: showInvalid(kindName(kind), name, errors),
    details: { kind: kindName(kind), name, causes },
  };
}

/** 400: what was sent is no object of its kind. */
export function badRequest(message: string): ApiError {
  return { code: 400, reason: "BadRequest", message };
}

/** 500. */
export function internalError(what: string): ApiError {
  return { code: 500, reason: "InternalError", message: `Internal error occurred: ${what}` };
}
