/** The kernel's choice is fair: over 10,000 connections the endpoints pass a chi-square test at 1 %. */
import { expect, test } from "vitest";
import { simTime } from "../../src/engine/time";
import { ip } from "../../src/network/address";
import { connectTcp } from "../../src/node/kernel/sockets/index";
import { twoApps } from "../fixtures/world";

/** Five runs, so that one lucky or unlucky seed decides nothing. */
const SEEDS = [1, 2, 3, 4, 5];
const CONNECTIONS = 2000;
/** 99 % quantile of chi-square with ten degrees of freedom: two a run (three endpoints). */
const LIMIT = 23.21;

/** Connections that a client on node-a opens to your-app-svc, counted by the endpoint that the kernel chose. */
function countsOf(seed: number): readonly number[] {
  const world = twoApps({ seed, perSecond: 0 });
  const { state, kernelFor } = world.inside;
  const pod = state.pods.all().find(({ name, node }) => name.startsWith("my-app") && node === "node-a");
  const host = state.hosts.get(pod?.host ?? "");
  const service = state.store.latest().get("Service", "shop", "your-app-svc")?.spec.clusterIP ?? "";
  if (host === undefined) throw new Error("no client");
  for (let n = 0; n < CONNECTIONS; n += 1) {
    connectTcp(host, { owner: "test", dst: ip(service), port: 80, journey: "" }, kernelFor(""));
    if (n % 100 === 99) world.runTo(simTime(world.now + 5_000));
  }
  world.runTo(simTime(world.now + 100_000));
  const counts = new Map<string, number>();
  for (const { original, reply } of state.hosts.get("node-a")?.conntrack.entries.values() ?? []) {
    if (original.dst === service) counts.set(reply.src, (counts.get(reply.src) ?? 0) + 1);
  }
  return [...counts.values()];
}

test("10,000 connections to a ClusterIP spread evenly over its three endpoints", () => {
  const wanted = CONNECTIONS / 3;
  const runs = SEEDS.map(countsOf);
  for (const counts of runs) expect([counts.length, counts.reduce((sum, count) => sum + count, 0)]).toEqual([3, CONNECTIONS]);
  const chiSquare = runs.flat().reduce((sum, count) => sum + (count - wanted) ** 2 / wanted, 0);
  expect(chiSquare).toBeLessThan(LIMIT);
}, 60_000);
