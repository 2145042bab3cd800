/**
 * The object that a request asks for, from its body to the place where it is stored: the stages after authorisation.
 * Source: endpoints/handlers/create.go, patch.go, delete.go; registry/rest/{create,update,delete}.go.
 */
import type { Result } from "../../base/result";
import { fail, ok } from "../../base/result";
import type { ApiWrite } from "../api-write";
import { mergePatch, targetOf } from "../api-write";
import { applyDefaults } from "../defaults";
import type { KubeObject, Service } from "../objects";
import { refOf, showRef } from "../objects";
import { isKubeObject, shapeErrors } from "../shape";
import { validate } from "../validation";
import { allocatedWords, listed, pathsBetween } from "./allocated-words";
import type { StageContext } from "./context";
import type { ApiError } from "./errors";
import { alreadyExists, badRequest, conflict, invalidObject, namespaceTerminating, notFound, staleRevision } from "./errors";
import { withName } from "./identity";
import { withClusterIP } from "./service-address";
import { withNodePorts } from "./service-ports";
import type { Passed } from "./stages";
import { changeProblem, completedChange } from "./update";

type Stage = Result<Passed, ApiError>;

/** The body is read: a new object gets its defaults, a patch is laid over what stands. */
export function decode(write: ApiWrite, context: StageContext): Stage {
  if (write.verb === "create") {
    const object = applyDefaults(write.object);
    const paths = pathsBetween(write.object, object);
    return ok({ write: { ...write, object }, did: paths.length === 0 ? "nothing needs a default" : `defaults fill in ${listed(paths)}` });
  }
  const standing = standingFor(write, context);
  if (!standing.ok) return standing;
  const old = standing.value;
  const at = `${showRef(refOf(old))} as of revision ${old.metadata.resourceVersion ?? "0"}`;
  if (write.verb === "delete") return ok({ write, did: `it is about ${at}` });
  const next = nextOf(write, old);
  if (!next.ok) return next;
  return ok({ write, did: `it is laid over ${at} and changes ${listed(pathsBetween(old, next.value))}` });
}

function standingFor(write: Exclude<ApiWrite, { verb: "create" }>, { view }: StageContext): Result<KubeObject, ApiError> {
  const { kind, namespace, name } = targetOf(write);
  const old = view.get(kind, namespace, name);
  return old === undefined ? fail(notFound(kind, name)) : ok(old);
}

/** What a change would make of the object that stands: an object of its kind under the same name, or 400. */
export function nextOf(write: Extract<ApiWrite, { verb: "update" | "patch" }>, old: KubeObject): Result<KubeObject, ApiError> {
  if (write.verb === "update") return ok(write.object);
  const next = mergePatch(old, write.patch);
  if (!isKubeObject(next)) {
    const problems = shapeErrors(next).map(({ path, message }) => `${path}: ${message}`);
    return fail(badRequest(problems.join("; ")));
  }
  if (showRef(refOf(next)) !== showRef(write.ref)) {
    return fail(badRequest("the name of the object does not match the name on the URL"));
  }
  return ok(next);
}

/** NamespaceLifecycle. The other plugins that are on change nothing of these objects. */
export function admit(write: ApiWrite, context: StageContext): Stage {
  const { namespace } = targetOf(write);
  if (write.verb !== "create" || namespace === "") return ok({ write, did: "no plugin changes it" });
  const refused = namespaceProblem(write.object, context);
  return refused === null ? ok({ write, did: `NamespaceLifecycle finds ${namespace} active; no plugin changes it` }) : fail(refused);
}

/** What keeps an object from being made in its Namespace; null where nothing does. */
export function namespaceProblem(object: KubeObject, { view }: Pick<StageContext, "view">): ApiError | null {
  const { kind, namespace, name } = refOf(object);
  if (namespace === "") return null;
  const home = view.get("Namespace", "", namespace);
  if (home === undefined) return notFound("Namespace", namespace);
  return home.status?.phase === "Terminating" ? namespaceTerminating(kind, name, namespace) : null;
}

/** A name for a generateName; a Service's address and node ports. Before validation, as there. */
export function allocateFor(write: ApiWrite, context: StageContext): Stage {
  if (write.verb === "delete") return ok({ write, did: "nothing needs to be allocated" });
  if (write.verb === "create") {
    const made = allocated(write.object, context);
    return made.ok ? ok({ write: { ...write, object: made.value }, did: allocatedWords(made.value, undefined, context) }) : made;
  }
  const changed = changedObject(write, context);
  if (!changed.ok) return changed;
  return ok({ write, did: allocatedWords(changed.value.next, changed.value.old, context) });
}

/** A new object with what the server hands out. */
export function allocated(object: KubeObject, context: StageContext): Result<KubeObject, ApiError> {
  const { kind, namespace } = refOf(object);
  const named = withName(object, context.draw, (name) => context.view.get(kind, namespace, name) !== undefined);
  if (named.kind !== "Service") return ok(named);
  const addressed = withClusterIP(named, context);
  return addressed.ok && !standsWhole(named, context) ? withNodePorts(addressed.value, context) : addressed;
}

/** Given with its address, a Service is a whole one of another cluster: it has the node ports that it has. */
function standsWhole({ spec }: Service, { asGiven = false }: StageContext): boolean {
  return asGiven && (spec.clusterIP ?? "") !== "";
}

function changedObject(
  write: Extract<ApiWrite, { verb: "update" | "patch" }>,
  context: StageContext,
): Result<{ readonly old: KubeObject; readonly next: KubeObject }, ApiError> {
  const standing = standingFor(write, context);
  if (!standing.ok) return standing;
  const next = nextOf(write, standing.value);
  if (!next.ok) return next;
  const completed = completedChange(standing.value, next.value, context);
  return completed.ok ? ok({ old: standing.value, next: completed.value }) : completed;
}

/** Field by field. */
export function checkValues(write: ApiWrite, context: StageContext): Stage {
  if (write.verb === "delete") return ok({ write, did: "a DELETE has no fields to check" });
  if (write.verb === "create") {
    const problem = fieldsProblem(write.object, context);
    return problem === null ? ok({ write, did: "every field is valid" }) : fail(problem);
  }
  const changed = changedObject(write, context);
  if (!changed.ok) return changed;
  const problem = changeProblem(changed.value.old, changed.value.next);
  return problem === null ? ok({ write, did: "every field is valid, and none that may not change has changed" }) : fail(problem);
}

/** What is wrong with a new object's fields. What stands as given was read and checked with its file. */
export function fieldsProblem(object: KubeObject, { asGiven = false }: StageContext): ApiError | null {
  const errors = asGiven ? [] : validate(object);
  return errors.length === 0 ? null : invalidObject(object.kind, object.metadata.name, errors);
}

/** etcd's condition: a new key must not be there, a changed one must be as old as the writer thinks. */
export function checkPlace(write: ApiWrite, context: StageContext): Stage {
  if (write.verb === "create") {
    const problem = nameProblem(write.object, context);
    return problem === null ? ok({ write, did: "its key is free, and it goes to etcd" }) : fail(problem);
  }
  const standing = standingFor(write, context);
  if (!standing.ok) return standing;
  const stale = staleProblem(write, standing.value);
  if (stale !== null) return fail(stale);
  return ok({ write, did: `revision ${standing.value.metadata.resourceVersion ?? "0"} still stands, and the write goes to etcd` });
}

/** 409 of a create whose name is taken; null where it is free. */
export function nameProblem(object: KubeObject, { view }: Pick<StageContext, "view">): ApiError | null {
  const { kind, namespace, name } = refOf(object);
  const old = view.get(kind, namespace, name);
  return old === undefined ? null : alreadyExists(kind, name, old.metadata.deletionTimestamp !== undefined);
}

/** 409 of a write that was made for an older revision, or another object of the name; null where there is none. */
export function staleProblem(write: Exclude<ApiWrite, { verb: "create" }>, old: KubeObject): ApiError | null {
  const ref = refOf(old);
  const stands = old.metadata.resourceVersion;
  switch (write.verb) {
    case "update":
      return write.basedOn !== 0 && stands !== `${write.basedOn}` ? staleRevision(ref) : null;
    case "patch": {
      const next = nextOf(write, old);
      return next.ok && next.value.metadata.resourceVersion !== stands ? staleRevision(ref) : null;
    }
    case "delete": {
      if (write.uid === undefined || old.metadata.uid === write.uid) return null;
      const why = `Precondition failed: UID in precondition: ${write.uid}, UID in object meta: ${old.metadata.uid ?? ""}`;
      return conflict({ kind: ref.kind, name: ref.name, why });
    }
  }
}
