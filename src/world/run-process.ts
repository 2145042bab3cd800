/** Runs programs: hands them their inputs, carries their actions out in order, and keeps what they became. */
import { unreachable } from "../base/assert";
import type { KernelContext } from "../node/kernel/api";
import type { Host } from "../node/kernel/host";
import {
  abortTcp,
  closeListener,
  closeTcp,
  closeUdp,
  connectTcp,
  killSockets,
  listenTcp,
  openUdp,
  sendTcp,
  sendUdp,
} from "../node/kernel/sockets/index";
import type { Action, ProcessInput, Reaction } from "../workloads/actions";
import type { BrowserInput } from "../workloads/browser-like";
import { browserStep } from "../workloads/browser-like";
import type { Answered, CorednsState } from "../workloads/coredns";
import { corednsStep } from "../workloads/coredns";
import { curlStep } from "../workloads/curl-like";
import { digStep } from "../workloads/dig-like";
import { echoStep } from "../workloads/echo";
import { jvmStep } from "../workloads/jvm-like";
import { healthCheckStep } from "../workloads/health-check";
import { nameLookupStep } from "../workloads/name-lookup";
import { outsideDnsStep } from "../workloads/outside-dns";
import { serverStep } from "../workloads/server";
import { DnsCache } from "../dns/server/cache-store";
import type { Program } from "./programs";
import { tearDownNodeCache } from "./node-cache";
import { noteAsked, noteHeard, noteOnTheWay } from "./queries";
import { abandonRequest, endRequest, noteConnect } from "./requests";
import type { ProcessRow } from "./rows";
import type { Sim } from "./sim";
import { hostOf, later, watcherOf } from "./sim";

/** What a program was told and did, for the event's record. */
export interface Ran {
  readonly actions: readonly Action[];
  readonly answered: Answered | null;
  readonly exited: boolean;
}

interface Run {
  readonly sim: Sim;
  readonly id: string;
  readonly host: Host;
  readonly actions: Action[];
  answered: Answered | null;
  exited: boolean;
}

/** Puts a new process in and starts it. */
export function startProcess(sim: Sim, row: ProcessRow): void {
  sim.state.processes.set(row.id, row);
  if (row.program.program === "coredns") sim.state.dnsCaches.set(row.id, new DnsCache());
  runProcess(sim, row.id, { kind: "start" });
}

const NOTHING: Ran = { actions: [], answered: null, exited: false };

/** Makes a process stand still: what comes from now on waits. */
export function freezeProcess(sim: Sim, id: string): void {
  const row = sim.state.processes.get(id);
  if (row !== undefined && row.held === undefined) sim.state.processes.set(id, { ...row, held: [] });
}

/** Lets a process go on: it takes up what has waited, in order. */
export function resumeProcess(sim: Sim, id: string): void {
  const row = sim.state.processes.get(id);
  if (row?.held === undefined) return;
  const { held, ...rest } = row;
  sim.state.processes.set(id, rest);
  for (const input of held) runProcess(sim, id, input);
}

/** Gives a process an input; one that stands still takes it up later. */
export function runProcess(sim: Sim, id: string, input: ProcessInput | BrowserInput): Ran {
  const row = sim.state.processes.get(id);
  const host = row === undefined ? undefined : hostOf(sim, row.host);
  if (row === undefined || host === undefined) return NOTHING;
  if (row.held !== undefined) {
    sim.state.processes.set(id, { ...row, held: [...row.held, input] });
    return NOTHING;
  }
  const run: Run = { sim, id, host, actions: [], answered: null, exited: false };
  feed(run, input);
  return { actions: run.actions, answered: run.answered, exited: run.exited };
}

function feed(run: Run, input: ProcessInput | BrowserInput): void {
  const row = run.sim.state.processes.get(run.id);
  if (row === undefined) return;
  const { state, actions } = step(run, row, input);
  run.sim.state.processes.set(run.id, { ...row, program: state });
  for (const action of actions) perform(run, action);
}

function step(run: Run, row: ProcessRow, input: ProcessInput | BrowserInput): Reaction<Program> {
  const { program } = row;
  if (program.program === "browser-like") return browserStep(program, input);
  if (program.program === "jvm-like") return jvmStep(program, input);
  if (input.kind === "request") return { state: program, actions: [] };
  switch (program.program) {
    case "server":
      return serverStep(program, input);
    case "echo":
      return echoStep(program, input);
    case "curl-like":
      return curlStep(program, input);
    case "name-lookup":
      return nameLookupStep(program, input);
    case "dig-like":
      return digStep(program, input);
    case "outside-dns":
      return outsideDnsStep(program, input, run.sim.state.setup.config.upstream);
    case "health-check":
      return healthCheckStep(program, input);
    case "coredns":
      return answerDns(run, row, program, input);
    default:
      return unreachable(program);
  }
}

/** A replica answers from its own page of the store. */
function answerDns(run: Run, row: ProcessRow, program: CorednsState, input: ProcessInput): Reaction<Program> {
  const { sim } = run;
  const { store, watches, loop, dnsCaches, draws, setup } = sim.state;
  const cache = dnsCaches.get(row.id) ?? new DnsCache();
  dnsCaches.set(row.id, cache);
  const reaction = corednsStep(program, input, {
    view: program.role === "replica" ? store.view(watches.revisionsAt(watcherOf.dns(program.pod), loop.now)) : store.latest(),
    cache,
    runtime: setup.config.runtime,
    now: loop.now,
    draw: (purpose) => draws.next(row.id, purpose),
  });
  run.answered = reaction.answered ?? run.answered;
  return reaction;
}

function perform(run: Run, action: Action): void {
  const { sim, host, id } = run;
  run.actions.push(action);
  const quiet = sim.kernelFor("");
  switch (action.kind) {
    case "listenTcp":
      return feed(run, { kind: "opened", handle: action.handle, socket: listenTcp(host, { owner: id, port: action.port }) });
    case "closeListener":
      return closeListener(host, action.socket);
    case "connectTcp":
      return feed(run, { kind: "opened", handle: action.handle, socket: connect(run, action, sim.kernelFor(action.journey)) });
    case "sendTcp":
      return void sendTcp(host, action.socket, action.payload, action.journey, sim.kernelFor(action.journey));
    case "closeTcp":
      return closeTcp(host, action.socket, action.journey, sim.kernelFor(action.journey));
    case "abortTcp":
      return abortTcp(host, action.socket, quiet);
    case "openUdp":
      return feed(run, { kind: "opened", handle: action.handle, socket: open(run, action, quiet) });
    case "sendUdp": {
      const { from, to, port, payload, journey } = action;
      const datagram = { to, port, payload, journey, ...(from === undefined ? {} : { from }) };
      return sendUdp(host, action.socket, datagram, sim.kernelFor(journey));
    }
    case "closeUdp":
      return closeUdp(host, action.socket);
    case "timer":
      return later(sim, action.after, { kind: "process-timer", process: id, timer: action.timer, generation: action.generation });
    case "asked":
      return noteAsked(sim.state, action);
    case "heard":
      return noteHeard(sim.state, action);
    case "note":
      return noteOnTheWay(sim.state, id, action);
    case "finished":
      return void endRequest(sim, action.request, action.outcome);
    case "exit":
      return exit(run);
    default:
      return unreachable(action);
  }
}

function connect(
  { sim, host, id }: Run,
  { dst, port, journey, timeout }: Extract<Action, { kind: "connectTcp" }>,
  kernel: KernelContext,
): number {
  noteConnect(sim.state, { journey, dst, port });
  return connectTcp(host, { owner: id, dst, port, journey, ...(timeout === undefined ? {} : { timeout }) }, kernel);
}

function open({ host, id }: Run, { port, connected }: Extract<Action, { kind: "openUdp" }>, kernel: KernelContext): number {
  return openUdp(host, { owner: id, ...(port === undefined ? {} : { port }), ...(connected === undefined ? {} : { connected }) }, kernel);
}

function exit(run: Run): void {
  run.exited = true;
  const row = run.sim.state.processes.get(run.id);
  if (row?.program.program === "coredns" && row.program.role === "node cache") tearDownNodeCache(run.sim, row.host);
  run.sim.state.processes.delete(run.id);
  run.sim.state.dnsCaches.delete(run.id);
}

/** Ends a process from outside: its connections are reset, its requests are lost. */
export function killProcess(sim: Sim, id: string): void {
  const row = sim.state.processes.get(id);
  if (row === undefined) return;
  const host = hostOf(sim, row.host);
  if (host !== undefined) killSockets(host, id, sim.kernelFor(""));
  dropProcess(sim, id);
}

/** A process is gone with its machine: nobody is told. */
export function dropProcess(sim: Sim, id: string): void {
  const row = sim.state.processes.get(id);
  if (row === undefined) return;
  for (const request of requestsOf(row.program)) abandonRequest(sim, request);
  sim.state.processes.delete(id);
  sim.state.dnsCaches.delete(id);
}

function requestsOf(program: Program): readonly number[] {
  if (program.program === "curl-like") return program.phase.at === "done" ? [] : [program.spec.request];
  if (program.program === "name-lookup" || program.program === "dig-like") return program.done ? [] : [program.spec.request];
  if (program.program === "jvm-like") return [...program.calls.keys()];
  if (program.program !== "browser-like") return [];
  return [...(program.current === null ? [] : [program.current]), ...program.queue].map(({ request }) => request);
}

/** Processes of a Pod, in the order in which they were started. */
export function processesOf(sim: Sim, pod: string): readonly ProcessRow[] {
  return sim.state.processes.all().filter((row) => row.pod === pod);
}
