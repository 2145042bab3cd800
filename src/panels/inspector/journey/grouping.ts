/** The hops of one packet as the panel lists them: grouped by host, in order. */
import type { HopView, JourneyPacket, JourneyView } from "../../../bridge/protocol";

/** A run of hops on one host. */
export interface HostGroup {
  readonly key: string;
  /** `my-app-kx2vq`, `node-a`, `gateway`. */
  readonly name: string;
  readonly isPod: boolean;
  /** The address that names the host, "" where the hops do not tell. */
  readonly address: string;
  readonly hops: readonly HopView[];
}

/** The last part of `NS/NAME`. */
export function bareName(name: string): string {
  return name.slice(name.indexOf("/") + 1);
}

/** The hops of a packet, grouped by the host that they happen on. */
export function hostGroups(journey: JourneyView, packet: JourneyPacket): readonly HostGroup[] {
  const groups: { key: string; name: string; isPod: boolean; address: string; hops: HopView[] }[] = [];
  for (const hop of journey.hops.slice(packet.firstHop, packet.firstHop + packet.hops)) {
    const last = groups.at(-1);
    if (last !== undefined && last.key.endsWith(` ${hop.host}`)) {
      last.hops.push(hop);
      continue;
    }
    const isPod = hop.pod !== "";
    groups.push({ key: `${hop.index} ${hop.host}`, name: isPod ? bareName(hop.pod) : hop.host, isPod, address: "", hops: [hop] });
  }
  return groups;
}

/** The packet that a hop belongs to. */
export function packetOf(journey: JourneyView, hop: number): JourneyPacket | undefined {
  return journey.packets.find((packet) => hop >= packet.firstHop && hop < packet.firstHop + packet.hops);
}

/** `hop 4 of 27, request`. */
export function positionInWords(packet: JourneyPacket, hop: HopView): string {
  return `hop ${hop.index - packet.firstHop + 1} of ${packet.hops}, ${packet.direction}`;
}
