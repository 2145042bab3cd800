/**
 * Commands that roll templates out and back: what each needs to be possible, the write that it becomes, and its words.
 * As `kubectl set image|env`, `kubectl rollout restart|undo|pause|resume` and `kubectl patch` do it: a client reads the
 * object, changes it and sends one patch. Source: kubectl/pkg/cmd/{set,rollout}, kubectl/pkg/polymorphichelpers.
 */
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";
import { showApiTime } from "../cluster/api-time";
import type { ApiWrite, JsonMergePatch } from "../cluster/api-write";
import { mergePatch, patchTo, sameJson } from "../cluster/api-write";
import type { Container, Deployment, Labels, PodTemplateSpec, StatefulSet } from "../cluster/objects";
import { refOf } from "../cluster/objects";
import { isKubeObject } from "../cluster/shape";
import { showInvalid, validate } from "../cluster/validation";
import { revisionToRollBackTo } from "../control-plane/rollout-history";
import { sharedAnnotations } from "../control-plane/deployment-sets";
import type { Command } from "./command";
import { existing } from "./finding";
import type { WorldState } from "./state";

/** The commands of a rollout. */
export type RolloutCommand = Extract<Command, { readonly do: "roll-out" | "roll-back" | "pause-rollout" | "resume-rollout" | "strategy" }>;

type Workload = Deployment | StatefulSet;

/** The write that a command becomes, and the notice that it was given; a problem where it cannot be. */
export interface RolloutPlan {
  readonly notice: string;
  readonly write: ApiWrite;
}

const RESTARTED = "kubectl.kubernetes.io/restartedAt";

/** Plans a command on the objects as they stand. */
export function planRolloutCommand(state: WorldState, command: RolloutCommand): Result<RolloutPlan> {
  const found = existing(state, "kind" in command ? command.kind : "Deployment", command.name);
  if (!found.ok) return found;
  const object = found.value;
  const planned = planFor(state, command, object);
  return planned.ok ? checked(object, planned.value) : planned;
}

/** The patched object is validated at once, so that a refusal is known in the API's own words. */
function checked(object: Workload, { notice, patch }: Planned): Result<RolloutPlan> {
  const next = mergePatch(object, patch);
  const errors = isKubeObject(next) ? validate(next) : [];
  if (errors.length > 0) return failAt(showInvalid(object.kind, object.metadata.name, errors));
  return ok({ notice, write: { verb: "patch", ref: refOf(object), patch } });
}

interface Planned {
  readonly notice: string;
  readonly patch: JsonMergePatch;
}

function planFor(state: WorldState, command: RolloutCommand, object: Workload): Result<Planned> {
  switch (command.do) {
    case "roll-out":
      return planTemplate(state, command, object);
    case "roll-back":
      return planUndo(state, command, object);
    case "pause-rollout":
    case "resume-rollout":
      return planPause(object, command.do === "pause-rollout");
    case "strategy":
      return planStrategy(command, object);
  }
}

function planTemplate(state: WorldState, command: Extract<Command, { do: "roll-out" }>, object: Workload): Result<Planned> {
  const { template } = object.spec;
  const { image, env, restart = false } = command;
  if (image === undefined && env === undefined && !restart)
    return failAt("nothing to roll out is named; expected an image, environment variables, or a restart");
  const { containers } = template.spec;
  const container = command.container ?? containers[0]?.name ?? "";
  if (!containers.some(({ name }) => name === container)) return failAt(`unable to find container named "${container}"`);
  if (restart && object.kind === "Deployment" && object.spec.paused === true)
    return failAt("can't restart paused deployment (run rollout resume first)");
  const restarted: Labels = restart ? { [RESTARTED]: showApiTime(state.loop.now) } : {};
  const next: PodTemplateSpec = {
    ...template,
    metadata: { ...template.metadata, annotations: { ...template.metadata?.annotations, ...restarted } },
    spec: { ...template.spec, containers: containers.map((one) => (one.name === container ? changedContainer(one, command) : one)) },
  };
  const patch = patchTo(template, restart ? next : { ...next, metadata: template.metadata });
  if (Object.keys(patch).length === 0)
    return failAt(
      restart
        ? "if restart has already been triggered within the past second, please wait before attempting to trigger another"
        : `${command.name} has this template already, so there is nothing to roll out`,
    );
  return ok({ notice: `${command.name} rolls out ${templateWords(command)}`, patch: { spec: { template: patch } } });
}

function changedContainer(container: Container, { image, env }: Extract<Command, { do: "roll-out" }>): Container {
  return { ...container, ...(image === undefined ? {} : { image }), ...(env === undefined ? {} : { env: withEnv(container, env) }) };
}

/** Given variables take the place of those of their name, in order; new ones come last. */
function withEnv({ env = [] }: Container, wanted: Labels): NonNullable<Container["env"]> {
  const kept = env.map((one) => (wanted[one.name] === undefined ? one : { name: one.name, value: wanted[one.name] ?? "" }));
  const added = Object.entries(wanted).filter(([name]) => !env.some((one) => one.name === name));
  return [...kept, ...added.map(([name, value]) => ({ name, value }))];
}

function planUndo(state: WorldState, { name, revision = 0 }: Extract<Command, { do: "roll-back" }>, object: Workload): Result<Planned> {
  if (!Number.isInteger(revision) || revision < 0) return failAt(`revision must be a positive integer: ${revision}`);
  if (object.kind === "Deployment" && object.spec.paused === true)
    return failAt("cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again");
  const target = revisionToRollBackTo(state.store.latest(), object, revision);
  if (!target.ok) return target;
  const { template, number, annotations } = target.value;
  if (sameJson(template, object.spec.template)) return failAt(`skipped rollback (current template already matches revision ${number})`);
  const own = object.metadata.annotations ?? {};
  const shared = sharedAnnotations(own);
  const kept = Object.fromEntries(Object.entries(own).filter(([key]) => !(key in shared)));
  const metadata = annotations === null ? {} : { metadata: { annotations: patchTo(own, { ...kept, ...annotations }) } };
  return ok({
    notice: `${name} rolls back to revision ${number}`,
    patch: { ...metadata, spec: { template: patchTo(object.spec.template, template) } },
  });
}

function planPause(object: Workload, paused: boolean): Result<Planned> {
  const { name } = object.metadata;
  const isPaused = object.kind === "Deployment" && object.spec.paused === true;
  if (isPaused === paused) return failAt(`deployments.apps "${name}" is ${paused ? "already paused" : "not paused"}`);
  return ok({
    notice: paused ? `The rollout of ${name} is paused` : `The rollout of ${name} goes on`,
    patch: { spec: { paused: paused ? true : null } },
  });
}

function planStrategy(command: Extract<Command, { do: "strategy" }>, object: Workload): Result<Planned> {
  const { maxSurge, maxUnavailable, partition } = command;
  const notice = `${command.name} rolls out ${strategyWords(command)} from now on`;
  if (object.kind === "StatefulSet") {
    if (partition === undefined) return failAt("a StatefulSet's strategy is its partition; expected a whole number from 0 on");
    return ok({ notice, patch: { spec: { updateStrategy: { rollingUpdate: { partition } } } } });
  }
  if (partition !== undefined) return failAt("a Deployment has no partition; expected type, maxSurge or maxUnavailable");
  const type = command.type ?? object.spec.strategy?.type ?? "RollingUpdate";
  if (type === "Recreate" && (maxSurge !== undefined || maxUnavailable !== undefined))
    return failAt(`${command.name} recreates its Pods, so it has neither surge nor unavailable; set type RollingUpdate with them`);
  const rollingUpdate = type === "Recreate" ? null : { maxSurge, maxUnavailable };
  return ok({ notice, patch: { spec: { strategy: { type, rollingUpdate } } } });
}

/** What is new about a template, in words. */
function templateWords({ image, env, restart }: Extract<Command, { do: "roll-out" }>): string {
  const parts = [
    ...(image === undefined ? [] : [`the image ${image}`]),
    ...Object.entries(env ?? {}).map(([name, value]) => `${name}=${value}`),
    ...(restart === true ? ["a restart"] : []),
  ];
  return parts.join(", ");
}

function strategyWords({ type, maxSurge, maxUnavailable, partition }: Extract<Command, { do: "strategy" }>): string {
  const parts = [
    ...(type === undefined ? [] : [type === "Recreate" ? "by recreating all Pods" : "by a rolling update"]),
    ...(maxSurge === undefined ? [] : [`with a surge of at most ${maxSurge}`]),
    ...(maxUnavailable === undefined ? [] : [`with at most ${maxUnavailable} unavailable`]),
    ...(partition === undefined ? [] : [`from ordinal ${partition} up`]),
  ];
  return parts.join(", ");
}

/** One sentence on a command. */
export function rolloutSentence(command: RolloutCommand): string {
  switch (command.do) {
    case "roll-out":
      return `You roll out ${command.name} with ${templateWords(command)}.`;
    case "roll-back":
      return `You roll back ${command.name} to ${command.revision === undefined || command.revision === 0 ? "its previous revision" : `revision ${command.revision}`}.`;
    case "pause-rollout":
      return `You pause the rollout of ${command.name}.`;
    case "resume-rollout":
      return `You resume the rollout of ${command.name}.`;
    case "strategy":
      return `You make ${command.name} roll out ${strategyWords(command)}.`;
  }
}
