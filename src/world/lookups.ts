/** Look-ups by hand: what one needs to be possible, and whom it asks. */
import { nearestName } from "../base/nearest";
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";
import type { Pod } from "../cluster/objects";
import { parseType } from "../dns/message/codes";
import { parseName } from "../dns/message/name";
import type { RecordType } from "../dns/message/types";
import { ipv4Number } from "../network/address";
import type { Command } from "./command";
import { sendingPod } from "./events/on-request";
import { clientPods } from "./requests";
import type { WorldState } from "./state";

type LookupCommand = Extract<Command, { do: "lookup" }>;

/** A look-up as it can be begun. `type` null: as getaddrinfo asks. */
export interface PlannedLookup {
  readonly pod: Pod;
  readonly type: RecordType | null;
  /** null: the servers of the Pod's resolv.conf. */
  readonly server: string | null;
  readonly title: string;
}

/** Whether a look-up can be given now, and the notice that it was. */
export function checkLookup(state: WorldState, command: LookupCommand): Result<string> {
  const planned = planLookup(state, command);
  return planned.ok ? ok(`${planned.value.pod.metadata.name} runs ${planned.value.title}`) : planned;
}

/** Who asks what of whom; the problem says what is missing and what to do. */
export function planLookup(state: WorldState, command: LookupCommand): Result<PlannedLookup> {
  const pod = askingPod(state, command.from);
  if (!pod.ok) return pod;
  const name = parseName(command.name);
  if (!name.ok || command.name === "") return failAt(`"${command.name}" is no name that can be asked for: ${nameProblem(name)}`);
  const asked = command.type ?? (command.server === undefined ? undefined : "A");
  const type = asked === undefined ? null : parseType(asked);
  if (type === undefined)
    return failAt(`"${command.type ?? ""}" is no record type; A, AAAA, SRV, PTR, CNAME, TXT, SOA, NS or ANY was expected`);
  const server = addressOfServer(state, command.server);
  if (!server.ok) return server;
  return ok({ pod: pod.value, type, server: server.value, title: titleOf(command, type, server.value) });
}

function nameProblem(name: ReturnType<typeof parseName>): string {
  return name.ok ? "it is empty" : name.problem.message;
}

function askingPod(state: WorldState, from: string | undefined): Result<Pod> {
  if (from !== undefined) {
    const pod = sendingPod(state, from);
    return pod === undefined ? failAt(`there is no ready Pod ${from}${nearestPod(state, from)}`) : ok(pod);
  }
  const [first] = clientPods(state);
  return first === undefined ? failAt("no client Pod is ready to ask; name a Pod") : ok(first);
}

function nearestPod(state: WorldState, name: string): string {
  const names = state.store
    .latest()
    .list("Pod")
    .map(({ metadata }) => `${metadata.namespace ?? "default"}/${metadata.name}`);
  const nearest = nearestName(name, names);
  return nearest === undefined ? "" : `; the nearest is ${nearest}`;
}

/** An address as it is, or that of a Pod. A Pod that ended keeps nothing to ask. */
function addressOfServer(state: WorldState, server: string | undefined): Result<string | null> {
  if (server === undefined) return ok(null);
  if (!Number.isNaN(ipv4Number(server))) return ok(server);
  const [namespace = "", name = ""] = server.split("/");
  const row = state.pods.all().find((pod) => pod.namespace === namespace && pod.name === name);
  if (row?.links != null) return ok(row.links.address);
  return failAt(`the server "${server}" is neither an IPv4 address nor a Pod with one${nearestPod(state, server)}`);
}

function titleOf({ name, server }: LookupCommand, type: RecordType | null, address: string | null): string {
  if (type === null) return `getent ahosts ${name}`;
  return `dig ${address === null ? "" : `@${server ?? address} `}${name} ${type}`;
}
