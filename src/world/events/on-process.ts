/** Sockets and timers speak to programs; Services make them listen where they lead to. */
import type { Write } from "../../cluster/store-types";
import type { SocketEvent } from "../../node/kernel/api";
import { makeServer } from "../../workloads/server";
import { podsMatching } from "../../control-plane/view-index";
import type { Message } from "../../dns/message/types";
import { showData } from "../../dns/message/show";
import { decodeMessage } from "../../dns/message/wire";
import { noteAnswer } from "../queries";
import { requestOf } from "../requests";
import { portsOf, terminationOf } from "../programs";
import type { ProcessRow } from "../rows";
import type { Ran } from "../run-process";
import { processesOf, runProcess, startProcess } from "../run-process";
import type { Sim } from "../sim";
import type { Told } from "../told";
import { podExited } from "./pod-life";

/** A socket's event reaches its owner. */
export function onSocket(sim: Sim, { owner, event }: { readonly owner: string; readonly event: SocketEvent }): Told {
  const row = sim.state.processes.get(owner);
  const ran = runProcess(sim, owner, { kind: "socket", event });
  if (ran.answered !== null && row?.program.program === "coredns") noteAnswer(sim.state, row.program, ran.answered, row.pod);
  const sentence = sim.isListened() ? socketSentence(sim, owner, row, event, ran) : "";
  return afterRun(sim, row, ran, owner, sentence, requestOfEvent(row, event, ran));
}

/** A program's timer runs out. */
export function onProcessTimer(
  sim: Sim,
  { process, timer, generation }: { readonly process: string; readonly timer: string; readonly generation: number },
): Told {
  const row = sim.state.processes.get(process);
  const ran = runProcess(sim, process, { kind: "timer", timer, generation });
  const name = nameOfProcess(sim, row, process);
  const isVoid = row === undefined || ran.actions.length === 0;
  const sentence = isVoid
    ? `A timer (${timer}) of ${name} runs out; nothing depends on it any more.`
    : `${name} wakes by its timer (${timer})${doing(ran)}.`;
  return afterRun(sim, row, ran, process, sentence, requestOfRan(ran));
}

function afterRun(sim: Sim, row: ProcessRow | undefined, ran: Ran, id: string, sentence: string, request: number | null): Told {
  if (row !== undefined && ran.exited && row.pod !== "" && isMain(row) && !processesOf(sim, row.pod).some(isMain)) podExited(sim, row.pod);
  const pod = row === undefined ? undefined : sim.state.pods.get(row.pod);
  const lane = row?.program.program === "coredns" && row.program.role === "replica" ? row.program.pod : (pod?.node ?? row?.host ?? "");
  const read = ran.answered === null ? {} : { read: ran.answered.answer.read };
  return { kind: "program", lane, object: nameOfProcess(sim, row, id), sentence, ...read, ...(request === null ? {} : { request }) };
}

function isMain({ program }: ProcessRow): boolean {
  return program.program === "server" || program.program === "coredns" || program.program === "echo";
}

/** `shop/my-app-x`, or the name of a machine. */
function nameOfProcess(sim: Sim, row: ProcessRow | undefined, id: string): string {
  const pod = row === undefined ? undefined : sim.state.pods.get(row.pod);
  return pod === undefined ? id.replace(/^pod:/, "").replace(/ \[.*$/, "") : `${pod.namespace}/${pod.name}`;
}

function requestOfEvent(row: ProcessRow | undefined, event: SocketEvent, ran: Ran): number | null {
  const own = event.kind === "datagram" || event.kind === "data" ? requestOf(event.journey) : null;
  return own ?? requestOfRow(row) ?? requestOfRan(ran);
}

function requestOfRow(row: ProcessRow | undefined): number | null {
  if (row?.program.program === "curl-like" || row?.program.program === "name-lookup" || row?.program.program === "dig-like")
    return row.program.spec.request;
  return row?.program.program === "browser-like" ? (row.program.current?.request ?? null) : null;
}

function requestOfRan({ actions }: Ran): number | null {
  for (const action of actions) {
    const request = "journey" in action ? requestOf(action.journey) : null;
    if (request !== null) return request;
  }
  return null;
}

function socketSentence(sim: Sim, owner: string, row: ProcessRow | undefined, event: SocketEvent, ran: Ran): string {
  const name = nameOfProcess(sim, row, owner);
  if (row === undefined) return `A socket of ${name} is done with, whose program has ended before.`;
  switch (event.kind) {
    case "connected":
      return `${name} is connected${doing(ran)}.`;
    case "accepted":
      return `${name} accepts a connection from ${event.peer}:${event.peerPort}.`;
    case "data":
      return event.payload.kind === "http"
        ? `${name} reads ${firstLine(event.payload.text)}${doing(ran)}.`
        : `${name} reads data${doing(ran)}.`;
    case "eof":
      return `${name} sees that the other side has closed${doing(ran)}.`;
    case "closed":
      return `A connection of ${name} is closed.`;
    case "error":
      return `${name} gets ${event.error}${doing(ran)}.`;
    case "datagram":
      return datagramSentence(name, event, ran);
  }
}

function firstLine(text: string): string {
  return `"${text.split("\r\n")[0] ?? ""}"`;
}

function datagramSentence(name: string, event: Extract<SocketEvent, { kind: "datagram" }>, ran: Ran): string {
  const message = event.payload.kind === "dns" ? decodeMessage(event.payload.wire) : null;
  if (message === null || !message.ok) return `${name} gets a datagram from ${event.from}:${event.fromPort}.`;
  const question = message.value.questions[0];
  const what = question === undefined ? "a query" : `${question.name} ${question.type}`;
  const { response } = message.value.flags;
  if (ran.answered !== null) {
    const { reply, cache } = ran.answered.answer;
    if (response) return `${name} hears of ${what} and answers: ${answerWords(reply)}.`;
    return `${name} is asked for ${what} and answers: ${answerWords(reply)}${cache === "hit" ? " from its cache" : ""}.`;
  }
  if (!response) return `${name} is asked for ${what}${asking(ran)}.`;
  return `${name} hears of ${what}: ${answerWords(message.value)}${doing(ran)}.`;
}

/** Whom a server asks on. */
function asking({ actions }: Ran): string {
  for (const action of actions) if (action.kind === "note") return ` and ${action.did}`;
  return "";
}

/** The addresses, or the code that says why there are none. */
function answerWords({ rcode, answers }: Pick<Message, "rcode" | "answers">): string {
  if (rcode !== "NOERROR") return rcode;
  const addresses = answers.flatMap((record) => (record.type === "A" || record.type === "AAAA" ? [record.address] : []));
  if (addresses.length > 0) return addresses.join(", ");
  return answers.length === 0 ? "no such record (NODATA)" : answers.map((record) => `${record.type} ${showData(record)}`).join(", ");
}

function doing({ actions }: Ran): string {
  for (const action of actions) {
    switch (action.kind) {
      case "connectTcp":
        return ` and connects to ${action.dst}:${action.port}`;
      case "finished":
        return `, and its request ends: ${action.outcome.verdict}`;
      case "sendTcp":
        return action.payload.kind === "http" ? ` and sends ${firstLine(action.payload.text)}` : " and sends data";
      case "exit":
        return " and ends";
      default:
    }
  }
  return "";
}

/** A Service that leads to other ports, or a Pod with other labels, makes the Pods listen there. */
export function afterServiceWrite(sim: Sim, write: Write): void {
  const { object } = write;
  if (write.type === "DELETED" || sim.event() < 0) return;
  const { namespace = "default" } = object.metadata;
  const view = sim.state.store.latest();
  if (object.kind === "Service") {
    for (const pod of podsMatching(view, namespace, object.spec.selector ?? {})) listenAlso(sim, pod.metadata.uid ?? "");
  }
  if (object.kind === "Pod") listenAlso(sim, object.metadata.uid ?? "");
}

function listenAlso(sim: Sim, uid: string): void {
  const { state } = sim;
  const row = state.pods.get(uid);
  const host = row === undefined ? undefined : state.hosts.get(row.host);
  const pod = row === undefined ? undefined : state.store.latest().get("Pod", row.namespace, row.name);
  if (row === undefined || host === undefined || pod === undefined || !state.processes.has(`${row.host} [server]`)) return;
  const missing = portsOf(pod, state.store.latest()).tcp.filter((port) => !host.sockets.listeners.has(port));
  const isStopping = processesOf(sim, uid).some(({ program }) => program.program === "server" && program.stopping);
  if (isStopping) return;
  for (const port of missing)
    startProcess(sim, {
      id: `${row.host} [server ${port}]`,
      host: row.host,
      pod: uid,
      program: makeServer(row.name, [port], terminationOf(pod)),
    });
}
