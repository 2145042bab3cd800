/** What a command needs to be possible, and what it is called: asked before it is given. */
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";
import { runStage, API_STAGES } from "../cluster/api-server";
import type { KubeObject } from "../cluster/objects";
import { validate, showInvalid } from "../cluster/validation";
import { parseUrl } from "../workloads/http-text";
import type { Command } from "./command";
import { planRolloutCommand } from "./command-rollout";
import { checkDisturbance } from "./faults";
import { exists, nearestOf, refFrom } from "./finding";
import { clientPods } from "./requests";
import { checkLookup } from "./lookups";
import { sendingPod } from "./events/on-request";
import { modeOf } from "./proxy-mode";
import type { WorldState } from "./state";
import { counted } from "./told";

/** Whether a command can be given now, and the notice that it was. The problem says what to do. */
export function checkCommand(state: WorldState, command: Command): Result<string> {
  switch (command.do) {
    case "scale":
      if (!Number.isInteger(command.replicas) || command.replicas < 0)
        return failAt(`replicas is ${command.replicas}; a whole number from 0 on was expected`);
      return exists(state, command.kind, command.name, `${command.name} is to have ${counted(command.replicas, "replica")}`);
    case "roll-out":
    case "roll-back":
    case "pause-rollout":
    case "resume-rollout":
    case "strategy": {
      const plan = planRolloutCommand(state, command);
      return plan.ok ? ok(plan.value.notice) : plan;
    }
    case "delete":
      return exists(state, command.kind, command.name, `${command.kind} ${command.name} is being deleted`);
    case "relabel":
      return checkLabels(state, command);
    case "select":
      return exists(state, "Service", command.name, `${command.name} selects other Pods from now on`);
    case "create":
      return checkCreate(state, command.object);
    case "apply":
      return checkApply(command.objects);
    case "request":
      return checkRequest(state, command);
    case "lookup":
      return checkLookup(state, command);
    case "traffic":
      return command.perSecond >= 0 && command.perSecond <= 1000
        ? ok(`${counted(command.perSecond, "request")} a second`)
        : failAt("the rate must be between 0 and 1000 requests a second");
    case "client":
      return ok(`Requests come from a ${command.client} client from now on`);
    case "proxy-mode":
      return modeOf(state) === command.mode
        ? failAt(`kube-proxy's mode is ${command.mode} already`)
        : ok(`The kube-proxies start anew in ${command.mode} mode, one after another`);
    case "nodes":
      return Number.isInteger(command.count) && command.count >= 1 && command.count <= 26
        ? ok(`${counted(command.count, "worker")} from now on`)
        : failAt(`${command.count} workers were asked for; a whole number from 1 to 26 was expected`);
    default:
      return checkDisturbance(state, command);
  }
}

function checkLabels(state: WorldState, { kind, name, labels }: Extract<Command, { do: "relabel" }>): Result<string> {
  const found = exists(state, kind, name, `${kind} ${name} has other labels`);
  if (!found.ok) return found;
  const ref = refFrom(kind, name);
  const object = state.store.latest().get(kind, ref.namespace, ref.name);
  const errors = object === undefined ? [] : validate(withLabels(object, labels));
  return errors.length === 0 ? found : failAt(showInvalid(kind, ref.name, errors));
}

function withLabels(object: KubeObject, labels: Readonly<Record<string, string>>): KubeObject {
  return { ...object, metadata: { ...object.metadata, labels } };
}

/** The stages are run dry, so that a refusal is known at once and in the API's own words. */
function checkCreate(state: WorldState, object: KubeObject): Result<string> {
  let current = object;
  for (const stage of API_STAGES) {
    const done = runStage(stage, current, {
      view: state.store.latest(),
      serviceCIDRs: state.setup.config.serviceCIDRs,
      user: { name: "kubernetes-admin", mayWrite: true },
      draw: () => 0,
    });
    if (!done.ok) return failAt(done.problem.message);
    current = done.value;
  }
  return ok(`${object.kind} ${object.metadata.name} is on its way to the API server`);
}

function checkApply(objects: readonly KubeObject[]): Result<string> {
  for (const [index, object] of objects.entries()) {
    const errors = validate(object);
    if (errors.length > 0) return failAt(showInvalid(object.kind, object.metadata.name, errors), `objects[${index}]`);
  }
  return ok(objects.length === 1 ? "1 object is applied" : `${objects.length} objects are applied`);
}

function checkRequest(state: WorldState, { from, to, count = 1 }: Extract<Command, { do: "request" }>): Result<string> {
  if (from === undefined && state.setup.traffic.from === "")
    return failAt("nobody asks anybody in this cluster: that takes a Deployment, and a Service with a selector");
  if (from === undefined && clientPods(state).length === 0)
    return failAt(`no Pod of ${state.setup.traffic.from} is ready to send a request; scale it up, or name a Pod`);
  if (from !== undefined && sendingPod(state, from) === undefined) {
    return failAt(`there is no ready Pod ${from}; the nearest is ${nearestOf(state, "Pod", from)}`);
  }
  const url = parseUrl(to ?? state.setup.traffic.to);
  if (!url.ok) return url;
  return ok(count === 1 ? "A request is sent" : `${count} requests are sent`);
}
