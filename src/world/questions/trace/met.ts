/** A packet at the rules that choose an endpoint for it, and how the choice can fall out. */
import type { Packet } from "../../../network/packet";
import type { PacketFacts } from "../../../node/kernel/netfilter/evaluation";
import type { Hook } from "../../../node/kernel/netfilter/rules";
import type { Host } from "../../../node/kernel/host";
import type { HostRules } from "../../rulesets";

/** A packet as it met the nat rules of the first node. */
export interface Met {
  readonly host: Host;
  readonly rules: HostRules;
  readonly hook: Hook;
  readonly packet: Packet;
  readonly inInterface: string;
  readonly bridged: boolean;
}

/** One way the choice can fall out. */
export interface Candidate {
  /** `address:port`. */
  readonly endpoint: string;
  /** The endpoint's own rule marked the packet (it is the endpoint itself that asks). */
  readonly hairpin: boolean;
}

/** All ways. */
export interface Choice {
  readonly candidates: readonly Candidate[];
  /** A rule before the choice marked the packet. */
  readonly masqueraded: boolean;
}

/** The packet as the first of a new connection. */
export function factsOf({ packet, inInterface, bridged }: Met): PacketFacts {
  return {
    packet,
    mark: 0,
    inInterface,
    outInterface: "",
    physicalIn: bridged,
    state: "NEW",
    translated: { destination: false, source: false },
  };
}
