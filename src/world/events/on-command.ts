/** A person acts: a command becomes writes to the API server, requests, or a setting. */
import { ensure } from "../../base/assert";
import type { ApiStage } from "../../cluster/api-server";
import { API_STAGES, runStage } from "../../cluster/api-server";
import type { ApiWrite } from "../../cluster/api-write";
import type { KubeObject, Labels } from "../../cluster/objects";
import { refOf } from "../../cluster/objects";
import { micros } from "../../engine/time";
import { DELAYS } from "../../node/agents/timings";
import type { Command } from "../command";
import { planRolloutCommand, rolloutSentence } from "../command-rollout";
import { checkCommand } from "../commands";
import { sentenceOfDisturbance, targetOfDisturbance } from "../fault-words";
import { refFrom } from "../finding";
import type { Standing } from "../rows";
import type { Sim } from "../sim";
import { later, send } from "../sim";
import type { Told } from "../told";
import { counted, LANE, objectOf } from "../told";
import { beginLookup } from "./on-lookup";
import { disturb } from "./on-fault";
import { planWorkers } from "./on-node";
import { planRollout } from "./on-proxy-restart";
import { planTraffic } from "./on-request";

const YOU = { by: { who: "you" }, component: "you" } as const;

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
      return void send(sim, patch(command.kind, command.name, { spec: { replicas: command.replicas } }), YOU);
    case "roll-out":
    case "roll-back":
    case "pause-rollout":
    case "resume-rollout":
    case "strategy": {
      const plan = planRolloutCommand(sim.state, command);
      return plan.ok ? void send(sim, plan.value.write, YOU) : undefined;
    }
    case "delete": {
      const grace = command.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: command.gracePeriodSeconds };
      return void send(sim, { verb: "delete", ref: refFrom(command.kind, command.name), ...grace }, YOU);
    }
    case "relabel":
      return void send(sim, relabelled(sim, command), YOU);
    case "select":
      return void send(sim, reselected(sim, command), YOU);
    case "create":
      return later(sim, micros(0), { kind: "api-stage", stage: "authentication", object: command.object });
    case "apply":
      return applyAll(sim, command.objects);
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

function patch(kind: Parameters<typeof refFrom>[0], name: string, body: Extract<ApiWrite, { verb: "patch" }>["patch"]): ApiWrite {
  return { verb: "patch", ref: refFrom(kind, name), patch: body };
}

/** The whole set is given; what is not in it goes. */
function replacing(old: Labels, wanted: Labels): Readonly<Record<string, string | null>> {
  const gone = Object.keys(old).filter((key) => !(key in wanted));
  return { ...Object.fromEntries(gone.map((key) => [key, null])), ...wanted };
}

function relabelled(sim: Sim, { kind, name, labels }: Extract<Command, { do: "relabel" }>): ApiWrite {
  const ref = refFrom(kind, name);
  const old = sim.state.store.latest().get(kind, ref.namespace, ref.name)?.metadata.labels ?? {};
  return patch(kind, name, { metadata: { labels: replacing(old, labels) } });
}

function reselected(sim: Sim, { name, selector }: Extract<Command, { do: "select" }>): ApiWrite {
  const ref = refFrom("Service", name);
  const old = sim.state.store.latest().get("Service", ref.namespace, ref.name)?.spec.selector ?? {};
  return patch("Service", name, { spec: { selector: replacing(old, selector) } });
}

function applyAll(sim: Sim, objects: readonly KubeObject[]): void {
  let wait = micros(0);
  for (const object of objects) {
    const { kind, namespace, name } = refOf(object);
    const old = sim.state.store.latest().get(kind, namespace, name);
    wait = send(sim, old === undefined ? { verb: "create", object } : { verb: "patch", ref: refOf(object), patch: patchOf(object) }, {
      ...YOU,
      wait,
    });
  }
}

/** What an applied object says, as a patch of the one that stands: fields that it does not name stay. */
function patchOf(object: KubeObject): Extract<ApiWrite, { verb: "patch" }>["patch"] {
  const { labels, annotations } = object.metadata;
  const metadata = { ...(labels === undefined ? {} : { labels }), ...(annotations === undefined ? {} : { annotations }) };
  const { apiVersion: _, kind: __, metadata: ___, ...rest } = object;
  return { ...rest, metadata };
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

function setStanding(sim: Sim, change: Partial<Pick<Standing, "perSecond" | "client" | "proxyMode">>): void {
  const standing = ensure(sim.state.standing.get("world"), "the world's row");
  sim.state.standing.set("world", { ...standing, ...change });
  if (change.perSecond !== undefined) planTraffic(sim);
}

/** A POST passes one stage of the API server, and goes on to the next; the last one writes. */
export function onApiStage(sim: Sim, { stage, object }: { readonly stage: ApiStage; readonly object: KubeObject }): Told {
  const { state } = sim;
  const done = runStage(stage, object, {
    view: state.store.latest(),
    serviceCIDRs: state.setup.config.serviceCIDRs,
    user: { name: "kubernetes-admin", mayWrite: true },
    draw: (component, purpose) => state.draws.next(component, purpose),
  });
  const head = { kind: "api", lane: LANE.api, object: objectOf(refOf(object)) };
  if (!done.ok) return { ...head, sentence: `The API server refuses ${object.metadata.name} at ${stage}: ${done.problem.message}.` };
  const next = API_STAGES[API_STAGES.indexOf(stage) + 1];
  const share = micros(state.draws.span("you", "api", DELAYS.apiServer) / API_STAGES.length);
  if (next !== undefined) later(sim, share, { kind: "api-stage", stage: next, object: done.value });
  else
    later(sim, state.draws.span("you", "etcd", DELAYS.etcdCommit), {
      kind: "write",
      write: { verb: "create", object: done.value },
      by: { who: "you" },
    });
  return { ...head, sentence: stageSentence(stage, done.value) };
}

function stageSentence(stage: ApiStage, object: KubeObject): string {
  const name = `${object.kind} ${object.metadata.name}`;
  switch (stage) {
    case "authentication":
      return `POST of ${name}: the API server knows who asks.`;
    case "authorization":
      return `POST of ${name}: the asker may create it here.`;
    case "admission":
      return `POST of ${name}: admission fills in defaults and lets it pass.`;
    case "allocation":
      return object.kind === "Service" && object.spec.clusterIP !== undefined
        ? `${name} is given the ClusterIP ${object.spec.clusterIP}.`
        : `POST of ${name}: nothing needs to be allocated.`;
    case "validation":
      return `POST of ${name}: its fields are valid.`;
    case "persistence":
      return `POST of ${name}: its name is free, and it goes to the store.`;
  }
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
    case "nodes":
      return "workers";
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
    case "nodes":
      return `You ask for ${counted(command.count, "worker")}.`;
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
