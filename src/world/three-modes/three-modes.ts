/**
 * The same first packet in each mode of kube-proxy, over copies of the cluster as it stands: live traffic stops, the mode
 * is changed as a person would, and when every node has its rules one request is sent. All modes are led to the endpoint
 * that the first one drew, so that what differs is the way. Nothing of it happens in the run.
 */
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import type { Micros, SimTime } from "../../engine/time";
import { after, micros } from "../../engine/time";
import type { Command } from "../command";
import { modeOf, modeOfNode } from "../proxy-mode";
import { choicesToward } from "../questions/trace/steering";
import type { ProxyMode } from "../settings";
import type { WorldState } from "../state";
import type { HopView, JourneyView, ModeColumn, ThreeModesQuestion, ThreeModesView } from "../view-types";
import type { World } from "../world";

type Work<T> = Generator<{ readonly done: number; readonly total: number }, T, void>;

const MODES: readonly ProxyMode[] = ["iptables", "nftables", "ipvs"];

/** How long a rollout of all kube-proxies may take, and a request. */
const PATIENCE: Readonly<Record<"settling" | "request", Micros>> = { settling: micros(300_000_000), request: micros(15_000_000) };

/** Events between two turns. */
const PIECE = 64;

/** Answers. The world is used up. */
export function* compareModes(world: World, question: ThreeModesQuestion): Work<Result<ThreeModesView>> {
  const front = frontOf(world.inside.state, question);
  if (!front.ok) return front;
  const start = world.checkpoint();
  const columns: ModeColumn[] = [];
  for (const mode of MODES) {
    world.restore(start);
    const settled = yield* settleIn(world, mode);
    if (!settled.ok) return settled;
    const sent = yield* send(world, question, { to: `http://${front.value}`, toward: columns[0]?.endpoint ?? "" });
    if (!sent.ok) return sent;
    columns.push({ mode, settledAfter: settled.value, ...columnOf(sent.value) });
    yield { done: columns.length, total: MODES.length };
  }
  return ok({ from: columns[0] === undefined ? "" : (question.from ?? clientIn(columns[0].hops)), to: front.value, columns });
}

/** `address:port`. */
function frontOf(state: WorldState, { service, port }: ThreeModesQuestion): Result<string> {
  const [namespace = "", name = ""] = service.split("/");
  const found = state.store.latest().get("Service", namespace, name);
  const address = found?.spec.clusterIP ?? "";
  if (found === undefined) return failAt(`there is no Service "${service}"`, "service");
  if (address === "" || address === "None") return failAt(`${service} has no ClusterIP: it is the same packet in every mode`, "service");
  const isKnown = found.spec.ports?.some((one) => one.port === port && (one.protocol ?? "TCP") === "TCP") ?? false;
  return isKnown ? ok(`${address}:${port}`) : failAt(`${service} has no TCP port ${port}; a request needs one`, "port");
}

/** How long it took until every node had the rules of a mode; a Problem where that may not be, or does not come to pass. */
function* settleIn(world: World, mode: ProxyMode): Work<Result<number>> {
  const { state } = world.inside;
  const from = world.now;
  if (modeOf(state) !== mode) {
    const allowed = world.check({ do: "proxy-mode", mode });
    if (!allowed.ok) return allowed;
  }
  give(world, { do: "traffic", perSecond: 0 });
  if (modeOf(state) !== mode) give(world, { do: "proxy-mode", mode });
  const until = after(from, PATIENCE.settling);
  const isSettled = yield* stepUntil(world, until, () => hasRulesOf(state, mode));
  if (!isSettled) return failAt(`after ${PATIENCE.settling / 1_000_000} s not every node has the rules of ${mode} mode`);
  return ok(world.now - from);
}

/** Every node has the rules of a mode, of the newest Services and slices. */
function hasRulesOf(state: WorldState, mode: ProxyMode): boolean {
  const last = (kind: "Service" | "EndpointSlice"): number => state.store.writesOf(kind).at(-1)?.revision ?? 0;
  return state.proxies
    .all()
    .every(
      ({ node, running, isDue, synced }) =>
        running === null &&
        !isDue &&
        modeOfNode(state, node) === mode &&
        synced.Service >= last("Service") &&
        synced.EndpointSlice >= last("EndpointSlice"),
    );
}

function give(world: World, command: Command): void {
  world.runTo(world.now);
  world.give(world.now, command);
}

/** Handles events until something holds. False where it does not hold by a moment. */
function* stepUntil(world: World, until: SimTime, holds: () => boolean): Work<boolean> {
  for (let events = 1; !holds(); events += 1) {
    if ((world.nextAt ?? Number.POSITIVE_INFINITY) > until || !world.step()) return false;
    if (events % PIECE === 0) yield { done: 0, total: MODES.length };
  }
  return true;
}

/** Sends one request and follows it to its end. */
function* send(
  world: World,
  { from }: ThreeModesQuestion,
  { to, toward }: { readonly to: string; readonly toward: string },
): Work<Result<JourneyView>> {
  const { state } = world.inside;
  const command: Command = { do: "request", to, client: "curl-like", ...(from === undefined ? {} : { from }) };
  world.runTo(world.now);
  const allowed = world.check(command);
  if (!allowed.ok) return allowed;
  const number = state.standing.get("world")?.nextRequest ?? 1;
  world.observe(number);
  world.choose(toward === "" ? {} : choicesToward(() => toward));
  give(world, command);
  const until = after(world.now, PATIENCE.request);
  yield* stepUntil(world, until, () => state.requests.get(`${number}`)?.endedAt != null);
  const journey = world.journey(number);
  world.choose({});
  world.observe(null);
  return journey === null ? failAt(`no Pod of the client is ready to send a request`) : ok(journey);
}

function columnOf(journey: JourneyView): Omit<ModeColumn, "mode" | "settledAfter"> {
  const first = journey.packets.find(({ kind }) => kind === "syn");
  const hops = journey.hops.filter(({ packet }) => packet === first?.index);
  return {
    hops: hops.map(withMatchesOnly),
    rules: hops.reduce((sum, { walks }) => sum + walks.reduce((more, { passed }) => more + passed, 0), 0),
    endpoint: endpointOf(hops),
    sentence: journey.sentence,
  };
}

function withMatchesOnly(hop: HopView): HopView {
  return { ...hop, walks: hop.walks.map((walk) => ({ ...walk, lines: walk.lines.filter(({ state }) => state === "matched") })) };
}

/** Where the packet's destination was rewritten to. */
function endpointOf(hops: readonly HopView[]): string {
  const rewritten = hops.findLast(({ changes }) => changes.some(({ field }) => field === "destination"));
  return rewritten === undefined ? "" : `${rewritten.after.dst}:${rewritten.after.dstPort}`;
}

function clientIn(hops: readonly HopView[]): string {
  return hops.find(({ pod }) => pod !== "")?.pod ?? "";
}
