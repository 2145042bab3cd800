/** What a person's command asks of the API server, write by write; and what it would answer. */
import type { Result } from "../base/result";
import { fail, ok } from "../base/result";
import type { ApiError, ApiStage, ApiUser, StageContext } from "../cluster/api-server";
import { API_STAGES, runStage } from "../cluster/api-server";
import type { ApiWrite, JsonMergePatch } from "../cluster/api-write";
import { targetOf } from "../cluster/api-write";
import type { Kind, KubeObject, Labels, ObjectOfKind } from "../cluster/objects";
import { refOf, showRef } from "../cluster/objects";
import type { ClusterView } from "../cluster/store-types";
import { drainNode, uncordon } from "../control-plane/drain";
import type { Command } from "./command";
import { planRolloutCommand } from "./command-rollout";
import { writesOfDnsSetting } from "./dns-settings";
import { refFrom } from "./finding";
import { templateWith } from "./pod-settings";
import type { WorldState } from "./state";
import { nameOf } from "./told";

/** The writes of a command, in the order in which kubectl sends them; [] where it asks for none. */
export function writesOf(state: WorldState, command: Command): readonly ApiWrite[] {
  switch (command.do) {
    case "scale": {
      const ref = refFrom(command.kind, command.name);
      return [{ verb: "patch", ref, patch: { spec: { replicas: command.replicas } }, subresource: "scale" }];
    }
    case "delete": {
      const grace = command.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: command.gracePeriodSeconds };
      return [{ verb: "delete", ref: refFrom(command.kind, command.name), ...grace }];
    }
    case "relabel": {
      const ref = refFrom(command.kind, command.name);
      const old = state.store.latest().get(ref.kind, ref.namespace, ref.name)?.metadata.labels ?? {};
      return [{ verb: "patch", ref, patch: { metadata: { labels: replacing(old, command.labels) } } }];
    }
    case "select": {
      const ref = refFrom("Service", command.name);
      const old = state.store.latest().get("Service", ref.namespace, ref.name)?.spec.selector ?? {};
      return [{ verb: "patch", ref, patch: { spec: { selector: replacing(old, command.selector) } } }];
    }
    case "create":
      return [{ verb: "create", object: command.object }];
    case "apply":
      return command.objects.map((object) => applied(state, object));
    case "roll-out":
    case "roll-back":
    case "pause-rollout":
    case "resume-rollout":
    case "strategy": {
      const plan = planRolloutCommand(state, command);
      return plan.ok ? [plan.value.write] : [];
    }
    case "drain":
      return drainNode({ view: state.store.latest(), node: command.node });
    case "uncordon":
      return uncordon({ view: state.store.latest(), node: command.node });
    case "pod-settings": {
      const write = templateWith(state, command);
      return write === null ? [] : [write];
    }
    case "corefile":
    case "node-local-dns":
      return writesOfDnsSetting(state, command);
    default:
      return [];
  }
}

/** The whole set is given; what is not in it goes. */
function replacing(old: Labels, wanted: Labels): Readonly<Record<string, string | null>> {
  const gone = Object.keys(old).filter((key) => !(key in wanted));
  return { ...Object.fromEntries(gone.map((key) => [key, null])), ...wanted };
}

/** A POST where the object is not there, else a PATCH. Left out: fields that an earlier apply gave and this one drops. */
function applied(state: WorldState, object: KubeObject): ApiWrite {
  const ref = refOf(object);
  const stands = state.store.latest().get(ref.kind, ref.namespace, ref.name) !== undefined;
  return stands ? { verb: "patch", ref, patch: patchOf(object) } : { verb: "create", object };
}

/** What an applied object says, as a patch of the one that stands: fields that it does not name stay; a status is not a user's to give. */
function patchOf(object: KubeObject): JsonMergePatch {
  const { labels, annotations, resourceVersion } = object.metadata;
  const metadata = {
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...rest } = object;
  return { ...rest, status: undefined, metadata };
}

/** One stage of a request that was tried. */
export interface TriedStage {
  readonly stage: ApiStage;
  readonly did: string;
}

/** One request that was tried: the stages that it passed, and what refused it. */
export interface TriedRequest {
  readonly write: ApiWrite;
  readonly passed: readonly TriedStage[];
  readonly refused: { readonly stage: ApiStage; readonly error: ApiError } | null;
}

/** Runs the writes dry, one after another, up to the first that is refused: `--dry-run=server`. Changes nothing. */
export function tryWrites(state: WorldState, writes: readonly ApiWrite[], user: ApiUser): readonly TriedRequest[] {
  const tried: TriedRequest[] = [];
  const made: KubeObject[] = [];
  for (const write of writes) {
    const request = tryWrite(write, {
      view: made.length === 0 ? state.store.latest() : withMade(state.store.latest(), made),
      serviceCIDRs: state.setup.config.serviceCIDRs,
      user,
      draw: () => 0,
    });
    tried.push(request);
    if (request.refused !== null) break;
    if (request.write.verb === "create") made.push(request.write.object);
  }
  return tried;
}

function tryWrite(write: ApiWrite, context: StageContext): TriedRequest {
  const passed: TriedStage[] = [];
  let current = write;
  for (const stage of API_STAGES) {
    const done = runStage(stage, current, context);
    if (!done.ok) return { write: current, passed, refused: { stage, error: done.problem } };
    passed.push({ stage, did: done.value.did });
    current = done.value.write;
  }
  return { write: current, passed, refused: null };
}

/** The view with objects in it that earlier writes of the same command make. */
function withMade(view: ClusterView, made: readonly KubeObject[]): ClusterView {
  return {
    revisionOf: (kind) => view.revisionOf(kind),
    get: (kind, namespace, name) => {
      const found = made.find((object) => showRef(refOf(object)) === showRef({ kind, namespace, name }));
      return isOfKind(found, kind) ? found : view.get(kind, namespace, name);
    },
    list: <K extends Kind>(kind: K): readonly ObjectOfKind[K][] => [
      ...view.list(kind),
      ...made.filter((object): object is ObjectOfKind[K] => isOfKind(object, kind)),
    ],
  };
}

function isOfKind<K extends Kind>(object: KubeObject | undefined, kind: K): object is ObjectOfKind[K] {
  return object?.kind === kind;
}

/** The first refusal of a command's writes, with the place of the write; ok where the server would take them all. */
export function refusalOf(
  state: WorldState,
  command: Command,
  user: ApiUser,
): Result<null, { readonly error: ApiError; readonly index: number }> {
  const tried = tryWrites(state, writesOf(state, command), user);
  const last = tried.at(-1);
  return last?.refused == null ? ok(null) : fail({ error: last.refused.error, index: tried.length - 1 });
}

const METHODS = { create: "POST", update: "PUT", patch: "PATCH", delete: "DELETE" } as const;

/** `POST of Service shop/web`. */
export function requestWords(write: ApiWrite): string {
  const ref = targetOf(write);
  return `${METHODS[write.verb]} of ${ref.kind} ${nameOf(ref)}`;
}
