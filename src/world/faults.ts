/** Whether a fault or a delay can be set now, in words. */
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";
import { isControlPlane } from "./completing";
import { exists, nearestOf, refFrom } from "./finding";
import type { Disturbance, Fault, PodSettings } from "./fault";
import { sentenceOfDisturbance } from "./fault-words";
import type { PodRow } from "./rows";
import type { WorldState } from "./state";

/** Whether it can be done, and the notice that it was. */
export function checkDisturbance(state: WorldState, command: Disturbance): Result<string> {
  switch (command.do) {
    case "crash":
    case "probe":
    case "freeze":
      return podRowOf(state, command) === undefined
        ? failAt(`no Pod ${command.name} runs here; the nearest is ${nearestOf(state, "Pod", command.name)}`)
        : checkPodFault(state, command);
    case "kubelet":
    case "kube-proxy":
    case "power":
    case "network":
    case "addresses":
    case "drain":
    case "uncordon":
      return checkNodeFault(state, command);
    case "watch":
      return state.watches.has(command.reader)
        ? ok(sentenceOfDisturbance(command))
        : failAt(`there is no reader ${command.reader}; readers are ${state.watches.watchers().join("; ")}`);
    case "watch-delay":
    case "store-delay":
    case "sync-period":
      return command.milliseconds >= 0 && command.milliseconds <= 60_000
        ? ok(sentenceOfDisturbance(command))
        : failAt(`${command.milliseconds} ms were asked for; 0 to 60000 was expected`);
    case "pod-settings":
      return checkPodSettings(state, command);
  }
}

type PodFault = Extract<Disturbance, { do: "crash" | "probe" | "freeze" }>;

/** The row of the running Pod that a fault names; what mends a Pod finds it on a machine that is off, too. */
export function podRowOf(state: WorldState, fault: PodFault): PodRow | undefined {
  const { namespace, name } = refFrom("Pod", fault.name);
  const rows = state.pods.all().filter((row) => row.namespace === namespace && row.name === name);
  const mends = (fault.do === "crash" && fault.again === false) || (fault.do === "probe" && !fault.fails);
  return rows.find((row) => row.host !== "") ?? (mends ? rows.at(-1) : undefined);
}

function checkPodFault(state: WorldState, command: Extract<Fault, { do: "crash" | "probe" | "freeze" }>): Result<string> {
  const row = podRowOf(state, command);
  if (command.do === "probe" && row !== undefined && !hasProbe(state, row, command.probe))
    return failAt(`Pod ${command.name} has no ${command.probe} probe: nobody asks its program, so nothing can fail`);
  return ok(sentenceOfDisturbance(command));
}

function hasProbe(state: WorldState, row: PodRow, probe: Extract<Fault, { do: "probe" }>["probe"]): boolean {
  const pod = state.store.latest().get("Pod", row.namespace, row.name);
  return pod?.spec.containers.some((container) => container[`${probe}Probe`] !== undefined) === true;
}

function checkNodeFault(state: WorldState, command: Extract<Fault, { readonly node: string }>): Result<string> {
  const { node } = command;
  const agent = state.agents.get(node);
  const object = state.store.latest().get("Node", "", node);
  if (agent === undefined || object === undefined)
    return failAt(`there is no Node ${node}; the nearest is ${nearestOf(state, "Node", node)}`);
  const { faults = {} } = agent;
  if ((command.do === "power" || command.do === "network") && isControlPlane(object))
    return failAt(`${node} runs the API server and the store: without it the whole cluster would stand still. Choose a worker`);
  if (command.do === "kubelet" && command.runs && faults.power === "off") return failAt(`${node} is off: turn it on first`);
  if (command.do === "kube-proxy" && command.runs && faults.power === "off") return failAt(`${node} is off: turn it on first`);
  if (command.do === "addresses" && command.taken && faults.addresses === "taken")
    return failAt(`the addresses of ${node} are taken already`);
  return ok(sentenceOfDisturbance(command));
}

function checkPodSettings(state: WorldState, command: PodSettings): Result<string> {
  const found = exists(state, "Deployment", command.name, sentenceOfDisturbance(command));
  if (!found.ok) return found;
  const numbers = [command.preStopSeconds, command.graceSeconds, command.probePeriodSeconds, command.shutdownSeconds];
  if (numbers.some((one) => one !== undefined && (one < 0 || one > 3600))) return failAt("seconds from 0 to 3600 were expected");
  if (command.probePeriodSeconds === 0) return failAt("periodSeconds must be greater than or equal to 1");
  const ref = refFrom("Deployment", command.name);
  const deployment = state.store.latest().get("Deployment", ref.namespace, ref.name);
  const grace = command.graceSeconds ?? deployment?.spec.template.spec.terminationGracePeriodSeconds ?? 30;
  const preStop = command.preStopSeconds ?? 0;
  return preStop > grace
    ? failAt(`a preStop sleep of ${preStop} s does not fit into a grace of ${grace} s: the API server wants it between 1 and ${grace}`)
    : found;
}
