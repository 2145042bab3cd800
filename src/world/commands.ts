/** What a command needs to be possible, and what it is called: asked before it is given. */
import { nearestName } from "../base/nearest";
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";
import type { ApiAttributes } from "../cluster/api-server";
import { forbiddenTo, grantFor, showKubectlError, UNAUTHORIZED } from "../cluster/api-server";
import type { Kind } from "../cluster/objects";
import { parseUrl } from "../workloads/http-text";
import { userNamed, userOf, usersOf } from "./api-users";
import { refusalOf } from "./asked-writes";
import type { Command } from "./command";
import { planRolloutCommand } from "./command-rollout";
import { checkDnsSetting } from "./dns-settings";
import { checkDisturbance } from "./faults";
import { exists, nearestOf } from "./finding";
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
      return existing(state, command, `${command.name} is to have ${counted(command.replicas, "replica")}`);
    case "roll-out":
    case "roll-back":
    case "pause-rollout":
    case "resume-rollout":
    case "strategy": {
      const plan = planRolloutCommand(state, command);
      return plan.ok ? granted(state, command, plan.value.notice) : plan;
    }
    case "delete":
      return existing(state, command, `${command.kind} ${command.name} is being deleted`);
    case "relabel":
      return existing(state, command, `${command.kind} ${command.name} has other labels`);
    case "select":
      return existing(state, { ...command, kind: "Service" }, `${command.name} selects other Pods from now on`);
    case "create":
      return granted(state, command, `${command.object.kind} ${command.object.metadata.name} is on its way to the API server`);
    case "apply":
      return granted(
        state,
        command,
        command.objects.length === 1 ? "1 object is applied" : `${command.objects.length} objects are applied`,
      );
    case "user":
      return checkUser(state, command.user);
    case "request":
      return checkRequest(state, command);
    case "lookup":
      return checkLookup(state, command);
    case "corefile":
    case "node-local-dns": {
      const possible = checkDnsSetting(state, command);
      return possible.ok ? granted(state, command, possible.value) : possible;
    }
    case "traffic":
      return command.perSecond >= 0 && command.perSecond <= 1000
        ? ok(`${counted(command.perSecond, "request")} a second`)
        : failAt("the rate must be between 0 and 1000 requests a second");
    case "client":
      return ok(`Requests come from a ${command.client} client from now on`);
    case "proxy-mode":
      if (modeOf(state) === command.mode) return failAt(`kube-proxy's mode is ${command.mode} already`);
      return mayDo(state, PROXY_CONFIG, `The kube-proxies start anew in ${command.mode} mode, one after another`);
    case "nodes":
      return Number.isInteger(command.count) && command.count >= 1 && command.count <= 26
        ? ok(`${counted(command.count, "worker")} from now on`)
        : failAt(`${command.count} workers were asked for; a whole number from 1 to 26 was expected`);
    case "drain":
    case "uncordon":
    case "pod-settings": {
      const possible = checkDisturbance(state, command);
      return possible.ok ? granted(state, command, possible.value) : possible;
    }
    default:
      return checkDisturbance(state, command);
  }
}

/** What changing kube-proxy's mode writes. */
const PROXY_CONFIG: ApiAttributes = { verb: "patch", kind: "ConfigMap", namespace: "kube-system", name: "kube-proxy" };

/** The writes are run dry, so that a refusal is known at once, in kubectl's words, and nothing that was typed is lost. */
function granted(state: WorldState, command: Command, notice: string): Result<string> {
  const answer = refusalOf(state, command, userOf(state));
  if (answer.ok) return ok(notice);
  const { error, index } = answer.problem;
  return failAt(showKubectlError(error), command.do === "apply" && command.objects.length > 1 ? `objects[${index}]` : undefined);
}

/** Whether the user may do something that is more than one write. */
function mayDo(state: WorldState, asked: ApiAttributes, notice: string): Result<string> {
  const user = userOf(state);
  if (user.credentials === "expired") return failAt(showKubectlError(UNAUTHORIZED));
  return grantFor(user, asked) === undefined ? failAt(showKubectlError(forbiddenTo(user.name, asked))) : ok(notice);
}

function checkUser(state: WorldState, name: string): Result<string> {
  if (userNamed(state, name) !== undefined) return ok(`${name} asks the API server from now on`);
  const names = usersOf(state).map((user) => user.name);
  return failAt(`there is no user ${name}; the nearest is ${nearestName(name, names) ?? ""}, all are ${names.join(", ")}`);
}

/** An object that is named must be there; then the API server is asked. */
function existing(state: WorldState, command: Command & { readonly kind: Kind; readonly name: string }, notice: string): Result<string> {
  const found = exists(state, command.kind, command.name, notice);
  return found.ok ? granted(state, command, notice) : found;
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
