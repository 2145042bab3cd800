/**
 * What IPVS remembers: connections in both directions, which client belongs to which real server, where its schedulers
 * stand, and real servers that take no new connections. Hot state of one host; what stands in the maps is replaced on write.
 * Source: include/net/ip_vs.h, net/netfilter/ipvs/ip_vs_conn.c.
 */
import type { Fingerprint } from "../../../base/hash";
import { fingerprintOnce } from "../../../base/hash";
import { CowMap, partOfText } from "../../../base/cow-map";
import type { SimTime } from "../../../engine/time";
import type { IpAddress } from "../../../network/address";
import type { IpvsConnectionState } from "./tcp-states";
import type { RealServer } from "./table";

/** One connection: client to virtual server, and the real server that it was given to. */
export interface IpvsConnection {
  /** Of the client's packets: `tcp 10.244.1.2:40000 10.96.0.10:80`. */
  readonly key: string;
  /** Of the real server's packets: `tcp 10.244.2.3:8080 10.244.1.2:40000`. */
  readonly replyKey: string;
  /** Names the virtual server (`virtualKey`) and the real one (`realKey`). */
  readonly virtual: string;
  readonly real: string;
  readonly protocol: "tcp" | "udp" | "sctp";
  readonly client: IpAddress;
  readonly clientPort: number;
  readonly virtualAddress: IpAddress;
  readonly virtualPort: number;
  readonly realAddress: IpAddress;
  readonly realPort: number;
  readonly state: IpvsConnectionState;
  readonly expires: SimTime;
  /** The client's place that it came by, for persistent virtual servers. */
  readonly template: string | null;
}

/** Where a client of a persistent virtual server goes. It lives as long as it is used, and while its connections do. */
export interface IpvsTemplate {
  readonly real: string;
  readonly expires: SimTime;
}

/** Where a scheduler that goes round stands. `among` names the servers that it knew. */
export interface SchedulerPlace {
  readonly last: string;
  /** wrr: the weight that is asked for now; 0 elsewhere. */
  readonly weight: number;
  readonly among: string;
}

/** Everything. */
export interface IpvsState {
  readonly connections: CowMap<string, IpvsConnection>;
  /** Keys of connections by `replyKey`. */
  readonly replies: CowMap<string, string>;
  /** By virtual server and client. */
  readonly templates: Map<string, IpvsTemplate>;
  readonly places: Map<string, SchedulerPlace>;
  /** Real servers of weight 0 beside those of the table, by virtual server: they are gone from it and still have connections. */
  readonly drained: Map<string, readonly RealServer[]>;
  /** The number of connections at which the expired ones are looked for. */
  sweepAt: number;
}

const SMALLEST_SWEEP = 1024;

/** A state with nothing in it. */
export function makeIpvsState(): IpvsState {
  return {
    connections: new CowMap(partOfText),
    replies: new CowMap(partOfText),
    templates: new Map(),
    places: new Map(),
    drained: new Map(),
    sweepAt: SMALLEST_SWEEP,
  };
}

/** A copy; what stands in its maps is shared. */
export function copyIpvsState(state: IpvsState): IpvsState {
  return {
    connections: state.connections.copy(),
    replies: state.replies.copy(),
    templates: new Map(state.templates),
    places: new Map(state.places),
    drained: new Map(state.drained),
    sweepAt: state.sweepAt,
  };
}

/** Mixes all of it into a fingerprint; keys of replies follow from the connections. */
export function hashIpvsState(state: IpvsState, into: Fingerprint): void {
  into.number(state.sweepAt);
  for (const connection of state.connections.values()) into.text(fingerprintOnce(connection));
  for (const map of [state.templates, state.places, state.drained]) {
    into.number(map.size);
    for (const [key, value] of map) {
      into.text(key);
      into.text(fingerprintOnce(value));
    }
  }
}

/** Puts a connection in, or a changed one in its place. */
export function writeConnection(state: IpvsState, connection: IpvsConnection, now: SimTime): void {
  if (state.connections.size >= state.sweepAt) sweep(state, now);
  state.connections.set(connection.key, connection);
  state.replies.set(connection.replyKey, connection.key);
}

/** Takes a connection out. */
export function removeConnection(state: IpvsState, { key, replyKey }: IpvsConnection): void {
  state.connections.delete(key);
  if (state.replies.get(replyKey) === key) state.replies.delete(replyKey);
}

function sweep(state: IpvsState, now: SimTime): void {
  const expired = [...state.connections.values()].filter(({ expires }) => expires <= now);
  for (const connection of expired) removeConnection(state, connection);
  for (const [key, { expires }] of state.templates) if (expires <= now) state.templates.delete(key);
  state.sweepAt = Math.max(SMALLEST_SWEEP, state.connections.size * 2);
}

/** Connections of one real server. Only established TCP connections count as active. */
export interface ConnectionCount {
  readonly active: number;
  readonly inactive: number;
}

const NOBODY: ConnectionCount = { active: 0, inactive: 0 };

/** Counts those that live, by virtual and by real server. */
export function countAll(state: IpvsState, now: SimTime): ReadonlyMap<string, ReadonlyMap<string, ConnectionCount>> {
  const all = new Map<string, Map<string, ConnectionCount>>();
  for (const one of state.connections.values()) {
    if (one.expires <= now) continue;
    const counts = all.get(one.virtual) ?? new Map<string, ConnectionCount>();
    const { active, inactive } = counts.get(one.real) ?? NOBODY;
    counts.set(one.real, one.state === "ESTABLISHED" ? { active: active + 1, inactive } : { active, inactive: inactive + 1 });
    all.set(one.virtual, counts);
  }
  return all;
}

/** Those of one virtual server, by real server. */
export function countConnections(state: IpvsState, virtual: string, now: SimTime): ReadonlyMap<string, ConnectionCount> {
  return countAll(state, now).get(virtual) ?? new Map();
}
