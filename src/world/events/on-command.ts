/** A person acts: a command becomes writes to the API server, requests, or a setting. */
import { ensure } from "../../base/assert";
import type { Labels } from "../../cluster/objects";
import { refOf } from "../../cluster/objects";
import { micros } from "../../engine/time";
import { writesOf } from "../asked-writes";
import type { Command } from "../command";
import { rolloutSentence } from "../command-rollout";
import { checkCommand } from "../commands";
import { sentenceOfDnsSetting } from "../dns-settings";
import { sentenceOfDisturbance, targetOfDisturbance } from "../fault-words";
import { refFrom } from "../finding";
import type { Standing } from "../rows";
import type { Sim } from "../sim";
import { later } from "../sim";
import type { Told } from "../told";
import { counted, LANE, objectOf } from "../told";
import { ask } from "./on-api-stage";
import { beginLookup } from "./on-lookup";
import { disturb } from "./on-fault";
import { planWorkers } from "./on-node";
import { planRollout } from "./on-proxy-restart";
import { planTraffic } from "./on-request";

/** Carries a command out. One that cannot be carried out here (a journal of another model) says so and does nothing. */
export function onCommand(sim: Sim, command: Command): Told {
  const head = { kind: "command", lane: LANE.you, object: targetOf(command) };
  const allowed = checkCommand(sim.state, command);
  if (!allowed.ok) return { ...head, sentence: `You ask for what cannot be: ${allowed.problem.message}.` };
  if (command.do === "lookup") return beginLookup(sim, command);
  perform(sim, command);
  return { ...head, sentence: sentenceOf(command) };
}

function perform(sim: Sim, command: Exclude<Command, { do: "lookup" }>): void {
  switch (command.do) {
    case "scale":
    case "roll-out":
    case "roll-back":
    case "pause-rollout":
    case "resume-rollout":
    case "strategy":
    case "delete":
    case "relabel":
    case "select":
    case "create":
    case "apply":
    case "drain":
    case "uncordon":
    case "pod-settings":
    case "corefile":
    case "node-local-dns":
      return ask(sim, writesOf(sim.state, command));
    case "user":
      return setStanding(sim, { user: command.user });
    case "request":
      return requests(sim, command);
    case "traffic":
      return setStanding(sim, { perSecond: command.perSecond });
    case "client":
      return setStanding(sim, { client: command.client });
    case "proxy-mode":
      setStanding(sim, { proxyMode: command.mode });
      return planRollout(sim);
    case "nodes":
      return planWorkers(sim, command.count);
    default:
      return disturb(sim, command);
  }
}

function requests(sim: Sim, { from, to, client, count = 1, gapMs = 100 }: Extract<Command, { do: "request" }>): void {
  const standing = sim.state.standing.get("world");
  const url = to ?? sim.state.setup.traffic.to;
  for (let index = 0; index < count; index += 1) {
    later(sim, micros(index * gapMs * 1000), {
      kind: "request",
      from: from ?? null,
      to: url,
      client: client ?? standing?.client ?? "curl-like",
    });
  }
}

function setStanding(sim: Sim, change: Partial<Pick<Standing, "perSecond" | "client" | "proxyMode" | "user">>): void {
  const standing = ensure(sim.state.standing.get("world"), "the world's row");
  sim.state.standing.set("world", { ...standing, ...change });
  if (change.perSecond !== undefined) planTraffic(sim);
}

function targetOf(command: Command): string {
  switch (command.do) {
    case "scale":
    case "roll-out":
    case "roll-back":
    case "strategy":
    case "delete":
    case "relabel":
      return objectOf(refFrom(command.kind, command.name));
    case "pause-rollout":
    case "resume-rollout":
      return objectOf(refFrom("Deployment", command.name));
    case "select":
      return objectOf(refFrom("Service", command.name));
    case "create":
      return objectOf(refOf(command.object));
    case "apply":
      return `${command.objects.length} objects`;
    case "request":
    case "lookup":
      return command.from ?? "client";
    case "traffic":
    case "client":
      return "traffic";
    case "proxy-mode":
      return "kube-proxy";
    case "user":
      return command.user;
    case "nodes":
      return "workers";
    case "corefile":
    case "node-local-dns":
      return "DNS";
    default:
      return targetOfDisturbance(command);
  }
}

function sentenceOf(command: Exclude<Command, { do: "lookup" }>): string {
  switch (command.do) {
    case "scale":
      return `You scale ${command.name} to ${counted(command.replicas, "replica")}.`;
    case "roll-out":
    case "roll-back":
    case "pause-rollout":
    case "resume-rollout":
    case "strategy":
      return rolloutSentence(command);
    case "delete":
      return `You delete ${command.kind} ${command.name}${graceWords(command.gracePeriodSeconds)}.`;
    case "relabel":
      return `You give ${command.kind} ${command.name} the labels ${showLabels(command.labels)}.`;
    case "select":
      return `You make Service ${command.name} select ${showLabels(command.selector)}.`;
    case "create":
      return `You POST ${command.object.kind} ${command.object.metadata.name}.`;
    case "apply":
      return `You apply ${command.objects.map((object) => `${object.kind} ${object.metadata.name}`).join(", ")}.`;
    case "request":
      return `You ask for ${command.count ?? 1} request${command.count === undefined || command.count === 1 ? "" : "s"}.`;
    case "traffic":
      return `You set live traffic to ${counted(command.perSecond, "request")} a second.`;
    case "client":
      return `You make clients ${command.client}.`;
    case "proxy-mode":
      return `You set kube-proxy's mode to ${command.mode} and roll its DaemonSet out.`;
    case "user":
      return `You ask as ${command.user} from now on.`;
    case "nodes":
      return `You ask for ${counted(command.count, "worker")}.`;
    case "corefile":
    case "node-local-dns":
      return sentenceOfDnsSetting(command);
    default:
      return sentenceOfDisturbance(command);
  }
}

function graceWords(seconds: number | undefined): string {
  if (seconds === undefined) return "";
  return seconds === 0 ? " at once, without any grace" : ` with a grace of ${counted(seconds, "second")}`;
}

function showLabels(labels: Labels): string {
  const text = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  return text === "" ? "(none)" : text;
}
