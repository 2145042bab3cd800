/** A thousand Pods come and go, headless: one Deployment on twelve workers, scaled up and down again until all stand and all are gone. */
import { simTime } from "../../src/engine/time";
import type { World } from "../../src/world/world";
import { twoApps } from "../fixtures/world";
import { bareQueue, EVENTS as BARE_EVENTS } from "./engine";
import type { Figure } from "./harness";
import { bestRate } from "./harness";
import { heap } from "./seek";

const PODS = 1000;
/** 110 Pods a node at most. */
const WORKERS = 12;
const SECOND = 1_000_000;
const RUNS = 3;

function cluster(): World {
  const world = twoApps({ perSecond: 0 });
  world.give(simTime(0), { do: "nodes", count: WORKERS });
  world.runTo(simTime(30 * SECOND));
  return world;
}

function isDone(world: World, replicas: number): boolean {
  const status = world.inside.state.store.latest().get("Deployment", "shop", "your-app")?.status;
  return status?.availableReplicas === replicas && status.replicas === replicas && status.terminatingReplicas === 0;
}

/** Scales, and runs on in steps of a second until the Deployment reports that it is so. */
function scaleTo(world: World, replicas: number): void {
  world.give(world.now, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas });
  for (let second = 0; second < 400 && !isDone(world, replicas); second += 1) world.runTo(simTime(world.now + SECOND));
  if (!isDone(world, replicas)) throw new Error(`${replicas} Pods are wanted, and do not stand after 400 s`);
}

function timed(work: () => void): number {
  const from = performance.now();
  work();
  return (performance.now() - from) / 1000;
}

interface Run {
  readonly seconds: number;
  readonly eventsASecond: number;
  /** By which the heap has grown when a thousand Pods stand: objects with their history, hosts, programs, sockets. */
  readonly megabytes: number;
}

function run(): Run {
  const world = cluster();
  const [before, empty] = [world.eventCount, heap()];
  const up = timed(() => scaleTo(world, PODS));
  const megabytes = heap() - empty;
  const seconds = up + timed(() => scaleTo(world, 3));
  return { seconds, eventsASecond: (world.eventCount - before) / seconds, megabytes };
}

export function churnFigures(): readonly Figure[] {
  const runs = Array.from({ length: RUNS }, run);
  const best = runs.toSorted((a, b) => a.seconds - b.seconds)[0] ?? run();
  const baseline = { key: "flatqueue", what: "bare flatqueue loop, events/s", value: bestRate(BARE_EVENTS, 3, bareQueue) };
  return [
    { name: "1,000 Pods scaled up and down again", value: best.seconds, unit: "s", bound: "at most", target: 2, baseline },
    { name: "events meanwhile", value: best.eventsASecond, unit: "events/s", bound: "at least", target: 30_000, baseline },
    { name: "heap that 1,000 Pods took", value: best.megabytes, unit: "MB", bound: "at most", target: 200 },
  ];
}
