/** The hops of one packet of a journey, and what those do that both beats and chapters ask about. */
import type { HopView, JourneyPacket, JourneyView } from "../bridge/protocol";

/** A packet's hops in their order. */
export function hopsOfPacket(journey: JourneyView, packet: JourneyPacket): readonly HopView[] {
  return journey.hops.slice(packet.firstHop, packet.firstHop + packet.hops);
}

/** Whether the packet goes elsewhere from here: the trap of a ClusterIP. */
export function rewritesDestination(hop: HopView): boolean {
  return hop.changes.some((change) => change.field === "destination");
}

/** Hops in runs that stand at one station. */
export function byStation(hops: readonly HopView[]): readonly (readonly HopView[])[] {
  const stations: HopView[][] = [];
  for (const hop of hops) {
    const last = stations.at(-1);
    if (last !== undefined && last[0]?.station === hop.station) last.push(hop);
    else stations.push([hop]);
  }
  return stations;
}
