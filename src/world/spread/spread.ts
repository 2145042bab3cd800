/**
 * A Service's endpoints as the rules of a node choose them: what each gets by the probabilities, found by letting chance
 * fall out every way; and what each got of so many connections, drawn with a seed of their own. The run knows nothing of it.
 */
import { draw } from "../../base/draw";
import { compareText } from "../../base/order";
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import type { ServicePort } from "../../cluster/objects";
import { ip } from "../../network/address";
import type { Packet, Transport } from "../../network/packet";
import { ownsAddress } from "../../node/kernel/host";
import { drawFor } from "../../node/kernel/nftables/evaluation";
import type { Sim } from "../sim";
import type { WorldState } from "../state";
import type { SpreadEndpoint, SpreadQuestion, SpreadView } from "../view-types/spread";
import type { Choose, Draw, Memory } from "./chooser";
import { chooserOf } from "./chooser";

/** Connections between two turns. */
const PIECE = 250;

/** Answers; a Problem where there is no such node, or no such port of a Service with a ClusterIP. */
export function* spreadOf(
  { state, rulesets }: Sim,
  question: SpreadQuestion,
): Generator<{ readonly done: number; readonly total: number }, Result<SpreadView>, void> {
  const rules = rulesets.all(question.node);
  const host = state.hosts.get(question.node);
  if (rules === null || host === undefined) return failAt(`there is no node "${question.node}"; the nodes are ${nodesOf(state)}`, "node");
  const front = frontOf(state, question);
  if (!front.ok) return front;
  const choose = chooserOf(rules, (address) => ownsAddress(host, address));
  const clients = clientsOf(state, question.node);
  const endpoints = waysOf(choose, clients[0] ?? NODE_ITSELF, front.value);
  const spread = yield* triedOut({ choose, clients, front: front.value, question });
  const got = new Map(spread.got);
  return ok({
    connections: question.connections,
    clients: clients.length,
    elsewhere: got.get("") ?? 0,
    remembered: spread.remembered,
    rules: spread.rules,
    endpoints: endpoints.map((one) => ({ ...one, pod: podAt(state, one.endpoint), got: got.get(one.endpoint) ?? 0 })),
  });
}

interface Front {
  readonly address: string;
  readonly port: number;
  readonly protocol: NonNullable<ServicePort["protocol"]>;
}

function frontOf(state: WorldState, { service, port, protocol }: SpreadQuestion): Result<Front> {
  const [namespace = "", name = ""] = service.split("/");
  const found = state.store.latest().get("Service", namespace, name);
  if (found === undefined) return failAt(`there is no Service "${service}"`, "service");
  const address = found.spec.clusterIP;
  if (address === undefined || address === "" || address === "None")
    return failAt(`${service} has no ClusterIP: no rule chooses for it`, "service");
  const known = found.spec.ports?.find((one) => one.port === port && (one.protocol ?? "TCP") === protocol);
  if (known === undefined) return failAt(`${service} has no port ${port}/${protocol}`, "port");
  return ok({ address, port, protocol: known.protocol ?? "TCP" });
}

function nodesOf(state: WorldState): string {
  return state.agents
    .all()
    .map(({ name }) => name)
    .join(", ");
}

interface Client {
  readonly address: string;
  readonly isPod: boolean;
}

const NODE_ITSELF: Client = { address: "127.0.0.1", isPod: false };

/** The node's Pods by address; the node itself where it has none. */
function clientsOf(state: WorldState, node: string): readonly Client[] {
  const addresses = state.pods.all().flatMap((pod) => (pod.node === node && pod.links !== null ? [pod.links.address] : []));
  if (addresses.length > 0) return addresses.toSorted(compareText).map((address) => ({ address, isPod: true }));
  const own = state.agents.get(node)?.links.address;
  return own === undefined ? [] : [{ address: own, isPod: false }];
}

const FIRST_PORT = 32_768;
const PORTS = 28_232;

/** The first packet of the n-th connection. */
function packetOf({ address, port, protocol }: Front, client: Client, n: number): Packet {
  const ports = { srcPort: FIRST_PORT + (n % PORTS), dstPort: port };
  const transport: Transport =
    protocol === "TCP"
      ? { kind: "TCP", ...ports, flags: "S", seq: 0, ack: 0, window: 64_240, payload: { kind: "none" } }
      : { kind: protocol, ...ports, payload: { kind: "data", length: 20 } };
  return { src: ip(client.address), dst: ip(address), ttl: 64, id: 0, dontFragment: true, transport, journey: "" };
}

/** Nobody was here before. */
function newMemory(): Memory & { readonly size: number } {
  const seen = new Set<string>();
  return {
    has: (list, source) => seen.has(`${list} ${source}`),
    put: (list, source) => void seen.add(`${list} ${source}`),
    get size() {
      return seen.size;
    },
  };
}

/** Every way in which chance can fall out for a client that nobody remembers, in the order of the rules. */
function waysOf(choose: Choose, client: Client, front: Front): readonly Omit<SpreadEndpoint, "pod" | "got">[] {
  const ways: Omit<SpreadEndpoint, "pod" | "got">[] = [];
  for (let wanted = 0; ; wanted += 1) {
    const asked: Draw[] = [];
    const chosen = choose({
      packet: packetOf(front, client, 0),
      isPod: client.isPod,
      memory: newMemory(),
      where: true,
      draw: (one) => {
        asked.push(one);
        return fallingOut(one, { wanted, asked: asked.length });
      },
    });
    if (chosen.endpoint !== "") ways.push({ ...wayOf(asked, wanted), endpoint: chosen.endpoint, countedAt: chosen.countedAt });
    if (isLast(asked, wanted)) return ways;
  }
}

/** iptables: the draws before the wanted one miss, that one hits. nftables: one draw says which. */
function fallingOut({ engine, chance }: Draw, { wanted, asked }: { readonly wanted: number; readonly asked: number }): number {
  if (engine === "nftables") return drawFor(wanted, Math.round(1 / chance));
  return asked > wanted ? 0 : 0xffff_ffff;
}

function isLast(asked: readonly Draw[], wanted: number): boolean {
  const [first] = asked;
  if (first?.engine === "nftables") return wanted + 1 >= Math.round(1 / first.chance);
  return asked.length <= wanted;
}

function wayOf(asked: readonly Draw[], wanted: number): Pick<SpreadEndpoint, "probability" | "reaches" | "gets"> {
  const [first] = asked;
  if (first === undefined) return { probability: "", reaches: 1, gets: 1 };
  if (first.engine === "nftables") return { probability: first.text, reaches: 1, gets: first.chance };
  const reaches = asked.slice(0, wanted).reduce((left, { chance }) => left * (1 - chance), 1);
  const own = asked[wanted];
  return own === undefined ? { probability: "", reaches, gets: reaches } : { probability: own.text, reaches, gets: reaches * own.chance };
}

interface Tries {
  readonly choose: Choose;
  readonly clients: readonly Client[];
  readonly front: Front;
  readonly question: SpreadQuestion;
}

interface TriedOut {
  /** Connections by endpoint; "" for those that no rule sent to one. */
  readonly got: readonly (readonly [string, number])[];
  readonly remembered: number;
  readonly rules: number;
}

/** So many connections, each with draws of its own: the client by turns, a fresh port for each. */
function* triedOut({
  choose,
  clients,
  front,
  question,
}: Tries): Generator<{ readonly done: number; readonly total: number }, TriedOut, void> {
  const { connections, seed } = question;
  const got = new Map<string, number>();
  const memory = newMemory();
  let rules = 0;
  let remembered = 0;
  for (let n = 0; n < connections; n += 1) {
    const client = clients[n % clients.length] ?? NODE_ITSELF;
    let drawn = 0;
    const before = memory.size;
    const chosen = choose({
      packet: packetOf(front, client, n),
      isPod: client.isPod,
      memory,
      where: false,
      draw: () => {
        drawn += 1;
        return draw(seed, `${question.node} ${question.service}`, `draw ${drawn}`, n);
      },
    });
    got.set(chosen.endpoint, (got.get(chosen.endpoint) ?? 0) + 1);
    rules += chosen.rules;
    if (drawn === 0 && before > 0 && memory.size === before) remembered += 1;
    if (n % PIECE === PIECE - 1) yield { done: n + 1, total: connections };
  }
  return { got: [...got], remembered, rules };
}

function podAt(state: WorldState, endpoint: string): string {
  const address = endpoint.slice(0, endpoint.lastIndexOf(":"));
  const row = state.pods.all().find((pod) => pod.links?.address === address);
  return row === undefined ? "" : `${row.namespace}/${row.name}`;
}
