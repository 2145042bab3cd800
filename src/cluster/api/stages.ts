/**
 * A POST on its way through the API server, stage by stage. Source: apiserver endpoints/handlers/create.go,
 * registry/generic/registry/store.go (create), registry/core/service/storage.
 *
 *   authentication → authorization → admission → allocation → validation → persistence
 *
 * Allocation comes before validation, as there: an address that cannot be had is reported before a bad port.
 * Left out: audit, priority and fairness, webhooks, quotas; the API's retry after 50 ms for a Namespace just made.
 */
import { unreachable } from "../../base/assert";
import type { Result } from "../../base/result";
import { fail, ok } from "../../base/result";
import { applyDefaults } from "../defaults";
import type { KubeObject } from "../objects";
import { refOf } from "../objects";
import { validate } from "../validation";
import type { StageContext } from "./context";
import type { ApiError } from "./errors";
import { UNAUTHORIZED, alreadyExists, forbiddenTo, invalidObject, namespaceTerminating, notFound } from "./errors";
import { withName } from "./identity";
import { withClusterIP } from "./service-address";

/** The stages, as the page shows them. */
export type ApiStage = "authentication" | "authorization" | "admission" | "allocation" | "validation" | "persistence";

/** The stages in order. */
export const API_STAGES: readonly ApiStage[] = ["authentication", "authorization", "admission", "allocation", "validation", "persistence"];

/** One stage of a create: the object as it leaves it, or the error that ends the request. Changes nothing. */
export function runStage(stage: ApiStage, object: KubeObject, context: StageContext): Result<KubeObject, ApiError> {
  switch (stage) {
    case "authentication":
      return context.user === null ? fail(UNAUTHORIZED) : ok(object);
    case "authorization":
      return authorize(object, context);
    case "admission":
      return admit(applyDefaults(object), context);
    case "allocation":
      return allocate(object, context);
    case "validation":
      return checkFields(object, context);
    case "persistence":
      return checkName(object, context);
    default:
      return unreachable(stage);
  }
}

function authorize(object: KubeObject, { user }: StageContext): Result<KubeObject, ApiError> {
  if (user === null) return fail(UNAUTHORIZED);
  return user.mayWrite ? ok(object) : fail(forbiddenTo(user.name, "create", object.kind, refOf(object).namespace));
}

/** NamespaceLifecycle. */
function admit(object: KubeObject, { view }: StageContext): Result<KubeObject, ApiError> {
  const { kind, namespace, name } = refOf(object);
  if (namespace === "") return ok(object);
  const home = view.get("Namespace", "", namespace);
  if (home === undefined) return fail(notFound("Namespace", namespace));
  return home.status?.phase === "Terminating" ? fail(namespaceTerminating(kind, name, namespace)) : ok(object);
}

function allocate(object: KubeObject, context: StageContext): Result<KubeObject, ApiError> {
  const { kind, namespace } = refOf(object);
  const named = withName(object, context.draw, (name) => context.view.get(kind, namespace, name) !== undefined);
  return named.kind === "Service" ? withClusterIP(named, context) : ok(named);
}

/** What stands as given was read and checked with its file; it may be leaner than the API allows. */
function checkFields(object: KubeObject, { asGiven = false }: StageContext): Result<KubeObject, ApiError> {
  const errors = asGiven ? [] : validate(object);
  return errors.length === 0 ? ok(object) : fail(invalidObject(object.kind, object.metadata.name, errors));
}

function checkName(object: KubeObject, { view }: StageContext): Result<KubeObject, ApiError> {
  const { kind, namespace, name } = refOf(object);
  const old = view.get(kind, namespace, name);
  return old === undefined ? ok(object) : fail(alreadyExists(kind, name, old.metadata.deletionTimestamp !== undefined));
}
