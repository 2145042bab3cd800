/**
 * Which real server gets a new connection. Source: net/netfilter/ipvs/ip_vs_{rr,wrr,lc,wlc,sed,nq}.c; those that hash
 * are in hashing.ts. The kernel's list of servers has the newest first; here it is in the order of their addresses, as
 * kube-proxy adds them in Go's random one. No real server is ever overloaded: kube-proxy sets no thresholds.
 */
import { unreachable } from "../../../base/assert";
import { hashedServer } from "./hashing";
import type { ConnectionCount, SchedulerPlace } from "./state";
import { realKey, type RealServer, type VirtualServer } from "./table";

/** What a scheduler looks at. */
export interface Scheduling {
  readonly virtual: VirtualServer;
  /** All real servers, drained ones too. */
  readonly servers: readonly RealServer[];
  readonly client: string;
  readonly clientPort: number;
  readonly place: SchedulerPlace | undefined;
  /** Living connections by real server; asked only by those that heed them. */
  counts(): ReadonlyMap<string, ConnectionCount>;
}

/** The choice, and where the scheduler then stands. */
export interface Scheduled {
  /** Null: no server takes new connections. */
  readonly server: RealServer | null;
  readonly place?: SchedulerPlace;
}

/** Chooses. */
export function schedule(asked: Scheduling): Scheduled {
  const { scheduler } = asked.virtual;
  switch (scheduler) {
    case "rr":
      return roundRobin(asked);
    case "wrr":
      return weightedRoundRobin(asked);
    case "lc":
      return { server: least(asked, ({ active, inactive }) => active * 256 + inactive, false) };
    case "wlc":
      return { server: least(asked, ({ active, inactive }) => active * 256 + inactive, true) };
    case "sed":
      return { server: least(asked, ({ active }) => active + 1, true) };
    case "nq":
      return { server: idle(asked) ?? least(asked, ({ active }) => active + 1, true) };
    case "sh":
    case "dh":
    case "mh":
      return { server: hashedServer(asked) };
    default:
      return unreachable(scheduler);
  }
}

/** The next behind the last one that takes connections, round the list. Where the last one is gone, behind those before it. */
function roundRobin({ servers, place }: Scheduling): Scheduled {
  const from = place === undefined ? -1 : positionOf(servers, place.last);
  for (let step = 1; step <= servers.length; step += 1) {
    const server = servers[(from + step + servers.length) % servers.length];
    if (server !== undefined && server.weight > 0) return { server, place: { last: realKey(server), weight: 0, among: "" } };
  }
  return { server: null };
}

/** Where a server stands, or the last one whose text comes before its own. */
function positionOf(servers: readonly RealServer[], last: string): number {
  const at = servers.findIndex((server) => realKey(server) === last);
  return at >= 0 ? at : servers.findLastIndex((server) => realKey(server) < last);
}

/**
 * Round after round for a lower weight: a server takes part in every round whose weight it has. A change of servers
 * sends it to the head of the list.
 */
function weightedRoundRobin({ servers, place }: Scheduling): Scheduled {
  const step = servers.reduce((divisor, { weight }) => (weight > 0 ? greatestDivisor(weight, divisor) : divisor), 0) || 1;
  const most = Math.max(0, ...servers.map(({ weight }) => weight)) - (step - 1);
  if (most <= 0) return { server: null };
  const among = servers.map((server) => `${realKey(server)} ${server.weight}`).join(" ");
  const isSame = place?.among === among;
  let weight = place === undefined ? most : isSame ? place.weight : weightAfterChange(place.weight, most, step);
  let at = isSame ? servers.findIndex((server) => realKey(server) === place.last) : -1;
  // Every server has the weight of some round, so two whole turns through all rounds find one.
  for (let turn = 0; turn <= 2 * (most + 1); turn += 1) {
    for (at += 1; at < servers.length; at += 1) {
      const server = servers[at];
      if (server !== undefined && server.weight >= weight) return { server, place: { last: realKey(server), weight, among } };
    }
    at = -1;
    weight = weight - step <= 0 ? most : weight - step;
  }
  return { server: null };
}

function weightAfterChange(weight: number, most: number, step: number): number {
  if (weight > most || weight === 0) return most;
  return step > 1 ? Math.floor(weight / step) * step + 1 : weight;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

const NOBODY: ConnectionCount = { active: 0, inactive: 0 };

/** The server with the smallest load, the first of equals; `weighted` divides the load by its weight. */
function least({ servers, counts }: Scheduling, loadOf: (count: ConnectionCount) => number, weighted: boolean): RealServer | null {
  const counted = counts();
  let best: { readonly server: RealServer; readonly load: number } | null = null;
  for (const server of servers) {
    if (server.weight <= 0) continue;
    const load = loadOf(counted.get(realKey(server)) ?? NOBODY);
    if (best === null || best.load * (weighted ? server.weight : 1) > load * (weighted ? best.server.weight : 1)) best = { server, load };
  }
  return best?.server ?? null;
}

/** nq: a server without active connections is taken at once. */
function idle({ servers, counts }: Scheduling): RealServer | undefined {
  const counted = counts();
  return servers.find((server) => server.weight > 0 && (counted.get(realKey(server)) ?? NOBODY).active === 0);
}
