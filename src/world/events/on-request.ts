/** Requests begin: live traffic's, and those that a person asks for. */
import type { Pod } from "../../cluster/objects";
import { isReady } from "../../cluster/pods";
import { unreachable } from "../../base/assert";
import type { ClientKind } from "../command";
import { CLIENT_WORDS } from "../command";
import type { Program } from "../programs";
import { parseUrl } from "../../workloads/http-text";
import { PATIENCE, makeCurl } from "../../workloads/curl-like";
import type { BrowserRequest } from "../../workloads/browser-like";
import { KEEP_ALIVE, makeBrowser } from "../../workloads/browser-like";
import { makeJvm } from "../../workloads/jvm-like";
import type { ResolvConf } from "../../dns/resolver/resolv-conf";
import { micros } from "../../engine/time";
import { resolverFilesOf } from "../machines";
import { clientPods, flightOf, serviceOf, takeRequestNumber } from "../requests";
import type { PodRow, RequestRow } from "../rows";
import { runProcess, startProcess } from "../run-process";
import type { Sim } from "../sim";
import { later } from "../sim";
import type { WorldState } from "../state";
import type { Told } from "../told";

/** Plans live traffic anew, from now on, at the rate in force. */
export function planTraffic(sim: Sim, firstAfter?: number): void {
  const standing = sim.state.standing.get("world");
  if (standing === undefined) return;
  const generation = standing.trafficGeneration + 1;
  sim.state.standing.set("world", { ...standing, trafficGeneration: generation });
  if (standing.perSecond > 0) later(sim, micros(firstAfter ?? 1_000_000 / standing.perSecond), { kind: "traffic", generation });
}

/** Live traffic begins its next request. */
export function onTraffic(sim: Sim, { generation }: { readonly generation: number }): Told {
  const standing = sim.state.standing.get("world");
  const head = { kind: "traffic", lane: "", object: "traffic" };
  if (standing === undefined || standing.trafficGeneration !== generation)
    return { ...head, sentence: "Live traffic goes at another rate since." };
  if (standing.perSecond > 0) later(sim, micros(1_000_000 / standing.perSecond), { kind: "traffic", generation });
  const pods = clientPods(sim.state);
  const pod = pods[sim.state.draws.below("traffic", "client", Math.max(1, pods.length))];
  if (pod === undefined) return { ...head, sentence: nobodyInWords(sim.state.setup.traffic.from) };
  return beginRequest(sim, pod, sim.state.setup.traffic.to, standing.client);
}

function nobodyInWords(from: string): string {
  return from === "" ? "Nobody sends: nobody asks anybody in this cluster." : `Nobody sends: no Pod of ${from} is ready.`;
}

/** A request that a person asked for begins. */
export function onRequest(
  sim: Sim,
  { from, to, client }: { readonly from: string | null; readonly to: string; readonly client: ClientKind },
): Told {
  const pod = from === null ? clientPods(sim.state)[0] : sendingPod(sim.state, from);
  if (pod === undefined)
    return {
      kind: "request",
      lane: "",
      object: "request",
      sentence: `No request is sent: ${from ?? `no Pod of ${sim.state.setup.traffic.from}`} is ready.`,
    };
  return beginRequest(sim, pod, to, client);
}

/** The Pod of a name, if it can send. */
export function sendingPod(state: WorldState, name: string): Pod | undefined {
  const [namespace = "", pod = ""] = name.split("/");
  const found = state.store.latest().get("Pod", namespace, pod);
  return found !== undefined && isReady(found) && state.pods.has(found.metadata.uid ?? "") ? found : undefined;
}

function beginRequest(sim: Sim, pod: Pod, to: string, client: ClientKind): Told {
  const { state } = sim;
  const row = state.pods.get(pod.metadata.uid ?? "");
  const url = parseUrl(to);
  const head = { kind: "request", lane: row?.node ?? "", object: `${pod.metadata.namespace ?? "default"}/${pod.metadata.name}` };
  if (row === undefined || row.host === "" || !url.ok)
    return { ...head, sentence: `No request is sent: ${url.ok ? "the Pod has no network yet" : url.problem.message}.` };
  const id = takeRequestNumber(state);
  const conf = resolverFilesOf(state, pod);
  const request = newRequest(sim, row, { id, to, client, host: url.value.host, conf });
  state.requests.set(`${id}`, request);
  const seed = state.draws.next("resolver", "lookup");
  const patience = { ...PATIENCE, connect: state.setup.config.connectTimeout };
  const asked = { request: id, url: url.value, seed };
  switch (client) {
    case "curl-like":
      startProcess(sim, {
        id: `${row.host} [request ${id}]`,
        host: row.host,
        pod: row.uid,
        program: makeCurl({ ...asked, conf, patience }),
      });
      break;
    case "browser-like": {
      const program = makeBrowser({ url: url.value, conf, patience, keepAlive: KEEP_ALIVE });
      askLasting(sim, row, { name: `browser ${url.value.host}:${url.value.port}`, program, asked });
      break;
    }
    case "jvm-like":
      askLasting(sim, row, { name: "jvm", program: makeJvm({ conf, patience }), asked });
      break;
    default:
      unreachable(client);
  }
  sim.flight(flightOf(state.requests.get(`${id}`) ?? request));
  return {
    ...head,
    request: id,
    sentence: `${row.name} on ${row.node} begins request ${id}: ${CLIENT_WORDS[client][0]} asks for ${to}.`,
  };
}

/** Gives a request to a program that lives on; it is started where it does not run yet. */
function askLasting(
  sim: Sim,
  row: PodRow,
  { name, program, asked }: { readonly name: string; readonly program: Program; readonly asked: BrowserRequest },
): void {
  const process = `${row.host} [${name}]`;
  if (!sim.state.processes.has(process)) startProcess(sim, { id: process, host: row.host, pod: row.uid, program });
  runProcess(sim, process, { kind: "request", request: asked });
}

/** A request that has yet to begin. */
export function newRequest(
  sim: Sim,
  pod: PodRow,
  asked: {
    readonly id: number;
    readonly to: string;
    readonly client: ClientKind;
    readonly host: string;
    readonly conf: ResolvConf;
  },
): RequestRow {
  return {
    id: asked.id,
    startedAt: sim.state.loop.now,
    endedAt: null,
    client: `${pod.namespace}/${pod.name}`,
    clientUid: pod.uid,
    clientNode: pod.node,
    clientKind: asked.client,
    to: asked.to,
    service: serviceOf(sim.state.store.latest(), asked.host, pod.namespace),
    backend: null,
    queries: [],
    answeredBy: "",
    verdict: "under way",
    sentence: "The request is under way.",
    rejected: false,
    decision: null,
    missed: null,
    resolvConf: asked.conf,
  };
}
