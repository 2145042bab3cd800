/** A look-up by hand begins: a process in the Pod asks over the simulated network, and is told like a request. */
import { draw } from "../../base/draw";
import { usedServers } from "../../dns/resolver/options";
import type { ResolverFiles } from "../../dns/resolver/conf-file";
import { makeDig } from "../../workloads/dig-like";
import { makeNameLookup } from "../../workloads/name-lookup";
import type { Command } from "../command";
import type { PlannedLookup } from "../lookups";
import { planLookup } from "../lookups";
import { resolverFilesOf } from "../machines";
import type { Program } from "../programs";
import { flightOf, takeRequestNumber } from "../requests";
import type { LookupAsked } from "../rows";
import { startProcess } from "../run-process";
import type { Sim } from "../sim";
import type { Told } from "../told";
import { LANE, nameOf } from "../told";
import { newRequest } from "./on-request";

type LookupCommand = Extract<Command, { do: "lookup" }>;

/** dig's queries at most: three tries of three servers, and TCP. */
const MOST_QUERIES = 12;

/** Begins a look-up in its Pod. */
export function beginLookup(sim: Sim, command: LookupCommand): Told {
  const { state } = sim;
  const planned = planLookup(state, command);
  const head = { kind: "command", lane: LANE.you, object: command.from ?? "client" };
  const row = planned.ok ? state.pods.get(planned.value.pod.metadata.uid ?? "") : undefined;
  if (!planned.ok || row === undefined || row.host === "") return { ...head, sentence: "Nothing is looked up: the Pod has no network." };
  const { pod, title } = planned.value;
  const id = takeRequestNumber(state);
  const conf = resolverFilesOf(state, pod);
  const request = newRequest(sim, row, { id, to: title, client: "curl-like", host: "", conf });
  const lookup = lookupOf(command, planned.value);
  state.requests.set(`${id}`, {
    ...request,
    lookup,
    service: serviceAsked(sim, planned.value, conf),
    sentence: "The look-up is under way.",
  });
  const program = programFor(command, planned.value, { request: id, conf, seed: state.draws.next("resolver", "look-up by hand") });
  startProcess(sim, { id: `${row.host} [lookup ${id}]`, host: row.host, pod: row.uid, program });
  sim.flight(flightOf(state.requests.get(`${id}`) ?? request));
  return { ...head, object: nameOf(row), request: id, sentence: `You run ${title} in ${row.name}.` };
}

function lookupOf({ name, server, libc = "glibc" }: LookupCommand, { type }: PlannedLookup): LookupAsked {
  return { name, type: type ?? "", resolver: type === null ? libc : "dig", server: server ?? "" };
}

/** The Service that is asked: kube-dns, where its address is the first server. */
function serviceAsked({ state }: Sim, { server }: PlannedLookup, conf: ResolverFiles): string {
  const address = server ?? usedServers(conf)[0];
  const dns = state.store.latest().get("Service", "kube-system", "kube-dns");
  return dns !== undefined && dns.spec.clusterIP === address ? "kube-system/kube-dns" : "";
}

function programFor(
  { name, libc = "glibc" }: LookupCommand,
  { type, server }: PlannedLookup,
  { request, conf, seed }: { readonly request: number; readonly conf: ResolverFiles; readonly seed: number },
): Program {
  if (type === null) return makeNameLookup({ request, name, conf, libc, seed });
  const ids = Array.from({ length: MOST_QUERIES }, (_, n) => draw(seed, "dig", "id", n) & 0xffff);
  return makeDig({ request, name, type, servers: server === null ? usedServers(conf) : [server], ids });
}
