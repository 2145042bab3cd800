/** What the world gives the kernels of its hosts: time, chance, links, rules, and somebody who listens. */
import type { SimTime } from "../engine/time";
import { receivers } from "../network/links";
import type { KernelContext, KernelNote } from "../node/kernel/api";
import type { Hop } from "../node/kernel/hop";
import { noteLost, noteTranslated } from "./queries";
import { noteBackend, noteRejected } from "./requests";
import type { HostRules, Rulesets } from "./rulesets";
import type { WorldState } from "./state";
import type { FlightView } from "./view-types";

/** Choices given from outside in place of draws (a trace that is replayed). */
export type Choices = Pick<KernelContext, "choose" | "chooseServer" | "chooseStatistic" | "chooseNumgen">;

/** Somebody who watches packets: gets every hop of journeys that it wants. */
export interface Observer {
  wants(journey: string): boolean;
  see(hop: Hop, journey: string, rules: HostRules | null): void;
}

/** The context of one world. One object for all events: `now` is the loop's. */
export function makeKernelContext({
  state,
  rulesets,
  choices,
  observer,
  flight,
}: {
  readonly state: WorldState;
  readonly rulesets: Rulesets;
  readonly choices: Choices;
  readonly observer: () => Observer | null;
  readonly flight: (flight: FlightView) => void;
}): { readonly silent: KernelContext; readonly watched: KernelContext } {
  const silent: KernelContext = {
    get now(): SimTime {
      return state.loop.now;
    },
    rulesetOf: (host) => rulesets.of(host),
    nftTableOf: (host) => rulesets.nftOf(host),
    ipvsTableOf: (host) => rulesets.ipvsOf(host),
    draw: (host, purpose) => state.draws.next(`kernel ${host}`, purpose),
    countRule: (host, table, chain, ruleIndex, bytes) => state.counters.get(host)?.count(table, chain, ruleIndex, bytes),
    transmit: (host, iface, frame, at) => {
      for (const to of receivers(state.links, { host, iface }, frame)) state.loop.schedule(at, { kind: "frame", to, frame });
    },
    schedule: (host, timer, at) => state.loop.schedule(at, { kind: "kernel-timer", host, timer }),
    notify: (host, owner, event, at) => state.loop.schedule(at, { kind: "socket", host, owner, event }),
    note: (note) => noted(state, note, flight),
    ...choices,
  };
  const record = (hop: Hop, journey: string): void => {
    const watching = observer();
    if (watching?.wants(journey) === true) watching.see(hop, journey, rulesets.all(hop.host));
  };
  return { silent, watched: Object.create(silent, { record: { value: record, enumerable: true } }) };
}

/** The kernel says in passing where a request's connection went; that is how a flight knows its Pod. */
function noted(state: WorldState, note: KernelNote, flight: (flight: FlightView) => void): void {
  switch (note.kind) {
    case "translated": {
      const { host: node, before, after, entryIsNew } = note;
      if (before.transport.kind === "UDP") return noteTranslated(state, node, before, after);
      if (before.transport.kind !== "TCP" || before.dst === after.dst) return;
      const changed = noteBackend(state, { node, before, after, isNew: entryIsNew });
      if (changed !== null) flight(changed);
      return;
    }
    case "rejected":
      noteLost(state, note.host, note.packet, note.why);
      return noteRejected(state, { node: note.host, packet: note.packet });
    case "dropped":
      return noteLost(state, note.host, note.packet, note.why);
    case "delivered":
      return;
  }
}
