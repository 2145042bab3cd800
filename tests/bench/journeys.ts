/**
 * Journeys through the real kernels in a cluster of 10,000 Services × 3 endpoints: a Pod opens a connection to a
 * ClusterIP, the SYN is trapped, rewritten and delivered, the SYN/ACK comes back and the connection stands.
 * The client stands on the node of one of the three endpoints, so that a third stays on its node and the others cross the
 * overlay. As in a settled cluster neighbours are known but STALE: what they cost (a probe after 5 s) is in the figure.
 */
import { ip } from "../../src/network/address";
import { after, micros, simTime } from "../../src/engine/time";
import type { Hop } from "../../src/node/kernel/hop";
import { connectTcp } from "../../src/node/kernel/sockets";
import type { Figure } from "./harness";
import { podPlace, serviceAddress, SIZE } from "./large-cluster";
import { LargeNetwork } from "./large-network";

const JOURNEYS = 6000;
const RUNS = 3;
/** Simulated microseconds between two starts. */
const SPACING = 100;
/** How long the last ones may take: timers of retransmission run out meanwhile. */
const DRAIN = 2_000_000;

/** A spread of numbers without chance, the same in every run. */
function nth(n: number, factor: number, size: number): number {
  return (n * factor + 13) % size;
}

interface Journey {
  readonly client: string;
  readonly service: number;
}

function journey(n: number): Journey {
  const service = nth(n, 4057, SIZE.services);
  const endpoint = service * SIZE.endpointsEach + (n % SIZE.endpointsEach);
  const client = (endpoint + SIZE.nodes * nth(n, 7919, SIZE.podsPerNode)) % (SIZE.nodes * SIZE.podsPerNode);
  return { client: podPlace(client).address, service };
}

function acquaint(network: LargeNetwork, { client, service }: Journey): void {
  for (let n = 0; n < SIZE.endpointsEach; n += 1) {
    const { address } = podPlace(service * SIZE.endpointsEach + n);
    network.acquaint(address, client);
    network.acquaint(client, address);
  }
}

function begin(network: LargeNetwork, n: number): void {
  const { client, service } = journey(n);
  const dst = ip(serviceAddress(service));
  connectTcp(network.podHost(client), { owner: "client", dst, port: 80, journey: `j${n}` }, network.ctx);
}

function run(network: LargeNetwork, from: number, count: number): number {
  for (let n = 0; n < count; n += 1) acquaint(network, journey(from + n));
  const start = network.loop.now;
  const began = performance.now();
  for (let n = 0; n < count; n += 1) {
    network.runTo(start + n * SPACING);
    network.loop.advanceTo(after(start, micros(n * SPACING)));
    begin(network, from + n);
  }
  network.runTo(start + count * SPACING + DRAIN);
  network.loop.advanceTo(simTime(start + count * SPACING + DRAIN));
  return (count * 1000) / (performance.now() - began);
}

interface Rates {
  readonly best: number;
  readonly hops: number;
}

function measure(withHops: boolean): Rates {
  let hops = 0;
  const kept = new Map<string, Hop[]>();
  const record = (hop: Hop, journey: string): void => {
    hops += 1;
    const own = kept.get(journey);
    if (own !== undefined) return void own.push(hop);
    kept.set(journey, [hop]);
    // A page looks at a few journeys at a time.
    if (kept.size > 200) for (const oldest of kept.keys()) return void kept.delete(oldest);
  };
  const network = new LargeNetwork(withHops ? record : null);
  let best = 0;
  for (let round = 0; round < RUNS; round += 1) best = Math.max(best, run(network, round * JOURNEYS, JOURNEYS));
  const { connected, failed, dropped } = network.tally;
  if (connected !== RUNS * JOURNEYS || failed + dropped > 0) {
    throw new Error(`of ${RUNS * JOURNEYS} connections ${connected} stand, ${failed} failed, ${dropped} packets were dropped`);
  }
  return { best, hops: hops / (RUNS * JOURNEYS) };
}

/** The baseline: for every journey three packets over twenty places, each a copied object and two look-ups by text. */
function barePackets(): number {
  const places = new Map<string, number>();
  const began = performance.now();
  for (let n = 0; n < JOURNEYS; n += 1) {
    for (let place = 0; place < 60; place += 1) {
      const packet = { src: podPlace(n).address, dst: serviceAddress(n), ttl: 64, id: n, place };
      const key = `tcp ${packet.src}:${n} ${packet.dst}:80`;
      places.set(key, (places.get(key) ?? 0) + place);
      places.set(`nat KUBE-${place}`, { ...packet, ttl: packet.ttl - 1 }.ttl);
    }
  }
  return (JOURNEYS * 1000) / (performance.now() - began);
}

export function journeyFigures(): readonly Figure[] {
  const bare = Math.max(...Array.from({ length: RUNS }, barePackets));
  const baseline = { key: "barePackets", what: "bare copies and look-ups, journeys/s", value: bare };
  const plain = measure(false);
  const full = measure(true);
  const name = `journeys, all ${full.hops.toFixed(1)} hop records`;
  return [
    { name: "journeys, no hop records", value: plain.best, unit: "journeys/s", bound: "at least", target: 10_000, baseline },
    { name, value: full.best, unit: "journeys/s", bound: "at least", target: 2000, baseline },
  ];
}
