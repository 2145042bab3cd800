/**
 * Leases of nodes, as they would be found: a renewal that comes in time changes nothing and is no event, so the last one
 * is computed. Source: component-helpers/apimachinery/lease; kubelet nodeLeaseDurationSeconds 40 × renewInterval 0.25.
 */
import { below, draw } from "../base/draw";
import type { SimTime } from "../engine/time";
import { seconds, simTime } from "../engine/time";
import { watcherOf } from "./sim";
import type { WorldState } from "./state";

/** From one renewal to the next. */
const RENEWAL = seconds(10);

/** When a node's lease was last renewed, as seen at a moment. Each node has a phase of its own. */
export function lastRenewal({ agents, setup }: WorldState, node: string, at: SimTime): SimTime {
  const row = agents.get(node);
  const until = Math.min(at, row?.silentSince ?? at);
  const phase = below(draw(setup.seed, watcherOf.kubelet(node), "lease", 0), RENEWAL);
  const renewed = phase + Math.floor((until - phase) / RENEWAL) * RENEWAL;
  return simTime(Math.max(renewed, row?.aliveSince ?? renewed));
}
