/**
 * One write carried out: checked, completed and put into the store, or refused with the API's own words.
 * Source: registry/generic/registry/store.go (Create, Update, Delete), registry/rest/{create,update,delete}.go.
 * Left out: finalisers, dry run, server-side apply, subresources (a patch of status or a binding is a patch).
 */
import { unreachable } from "../../base/assert";
import type { Result } from "../../base/result";
import { fail, ok } from "../../base/result";
import { showApiTime } from "../api-time";
import type { ApiWrite } from "../api-write";
import { applyDefaults } from "../defaults";
import type { KubeObject, ObjectMeta } from "../objects";
import { refOf } from "../objects";
import type { Store } from "../store";
import type { Write } from "../store-types";
import { allocated, fieldsProblem, nameProblem, namespaceProblem, nextOf, staleProblem } from "./asked-object";
import type { CommitContext, StageContext } from "./context";
import { deleteObject } from "./delete";
import type { ApiError } from "./errors";
import { notFound, staleRevision } from "./errors";
import { drawUid } from "./identity";
import { changed } from "./update";
import type { ApiUser } from "./users";
import { ADMIN_NAME } from "./users";

const COMMITTER: ApiUser = { name: ADMIN_NAME, groups: [], credentials: "client certificate", may: "", grants: [] };

/** Carries out one write. Null where it changes nothing: that makes no revision. */
export function commit(store: Store, write: ApiWrite, context: CommitContext): Result<Write | null, ApiError> {
  switch (write.verb) {
    case "create":
      return create(store, write.object, context);
    case "update":
      return update(store, write, context);
    case "patch":
      return patch(store, write, context);
    case "delete":
      return deleteObject(store, write, context);
    default:
      return unreachable(write);
  }
}

function create(store: Store, object: KubeObject, context: CommitContext): Result<Write, ApiError> {
  const stage = stageContext(store, context);
  const decoded = applyDefaults(object);
  const homeless = namespaceProblem(decoded, stage);
  if (homeless !== null) return fail(homeless);
  const made = allocated(decoded, stage);
  if (!made.ok) return made;
  const problem = fieldsProblem(made.value, stage) ?? nameProblem(made.value, stage);
  if (problem !== null) return fail(problem);
  const born = withIdentity(context.asGiven === true ? made.value : withFirstStatus(made.value), context);
  return ok(put(store, "ADDED", born, context));
}

/** Who asks was settled before a write is committed. */
function stageContext(store: Store, context: CommitContext): StageContext {
  return { ...context, view: store.latest(), user: COMMITTER };
}

function withIdentity(object: KubeObject, { at, draw, asGiven = false }: CommitContext): KubeObject {
  const { metadata } = object;
  const given = asGiven ? metadata : withoutSystemFields(metadata);
  return {
    ...object,
    metadata: {
      ...(hasGeneration(object) ? { generation: 1 } : {}),
      ...given,
      uid: (asGiven ? metadata.uid : undefined) ?? drawUid(draw),
      creationTimestamp: (asGiven ? metadata.creationTimestamp : undefined) ?? showApiTime(at),
    },
  };
}

/** A status is its controller's to give: a new object has none (a Pod begins Pending; Nodes and Namespaces bring theirs). */
function withFirstStatus(object: KubeObject): KubeObject {
  switch (object.kind) {
    case "Pod":
      return { ...object, status: { phase: "Pending" } };
    case "Service":
      return { ...object, status: { loadBalancer: {} } };
    case "Deployment":
      return { ...object, status: {} };
    case "ReplicaSet":
      return { ...object, status: { replicas: 0 } };
    case "StatefulSet":
      return { ...object, status: { availableReplicas: 0, replicas: 0 } };
    default:
      return object;
  }
}

function hasGeneration({ kind }: KubeObject): boolean {
  return kind === "Deployment" || kind === "ReplicaSet" || kind === "StatefulSet" || kind === "EndpointSlice";
}

/** What a writer may say of an object: everything but what the server keeps itself. */
function withoutSystemFields(metadata: ObjectMeta): ObjectMeta {
  const {
    uid: _uid,
    resourceVersion: _resourceVersion,
    generation: _generation,
    creationTimestamp: _creationTimestamp,
    deletionTimestamp: _deletionTimestamp,
    deletionGracePeriodSeconds: _deletionGracePeriodSeconds,
    ...own
  } = metadata;
  return own;
}

function update(
  store: Store,
  { object, basedOn }: Extract<ApiWrite, { verb: "update" }>,
  context: CommitContext,
): Result<Write | null, ApiError> {
  const ref = refOf(object);
  const old = store.latest().get(ref.kind, ref.namespace, ref.name);
  if (old === undefined) return fail(notFound(ref.kind, ref.name));
  const stale = staleProblem({ verb: "update", object, basedOn }, old);
  return stale === null ? replace(store, old, object, context) : fail(stale);
}

function patch(store: Store, write: Extract<ApiWrite, { verb: "patch" }>, context: CommitContext): Result<Write | null, ApiError> {
  const { ref, uid } = write;
  const old = store.latest().get(ref.kind, ref.namespace, ref.name);
  if (old === undefined || (uid !== undefined && old.metadata.uid !== uid)) return fail(notFound(ref.kind, ref.name));
  const next = nextOf(write, old);
  if (!next.ok) return next;
  if (next.value === old) return ok(null);
  if (next.value.metadata.resourceVersion !== old.metadata.resourceVersion) return fail(staleRevision(ref));
  return replace(store, old, next.value, context);
}

function replace(store: Store, old: KubeObject, object: KubeObject, context: CommitContext): Result<Write | null, ApiError> {
  const { uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds } = old.metadata;
  const system = { uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds };
  const kept = Object.fromEntries(Object.entries(system).filter(([, value]) => value !== undefined));
  const next = changed(old, { ...object, metadata: { ...withoutSystemFields(object.metadata), ...kept } }, stageContext(store, context));
  if (!next.ok || next.value === null) return next.ok ? ok(null) : next;
  const counted = hasGeneration(old) && next.value.meansMore ? { generation: (generation ?? 1) + 1 } : {};
  const { object: value } = next.value;
  return ok(put(store, "MODIFIED", { ...value, metadata: { ...value.metadata, ...counted } }, context));
}

function put(store: Store, type: Write["type"], object: KubeObject, { at, event }: CommitContext): Write {
  return store.write({ type, kind: object.kind, object, at, event });
}
