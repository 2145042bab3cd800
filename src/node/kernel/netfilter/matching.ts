/**
 * Whether one condition of a rule holds for a packet. Pure but for the two conditions that chance or memory decides
 * (`statistic`, `recent`), which ask the host. Source: net/netfilter/xt_{mark,conntrack,addrtype,statistic,recent,physdev}.c.
 */
import { unreachable } from "../../../base/assert";
import { contains, prefix } from "../../../network/address";
import type { Packet } from "../../../network/packet";
import { PROTOCOL_NAMES } from "../../../network/packet";
import type { EvaluationHost, PacketFacts } from "./evaluation";
import type { SetSides } from "./ipsets";
import type { Match } from "./rules";

/** Everything outside the rule that a condition may look at. `mark` is the mark as it stands now. */
export interface MatchContext {
  readonly facts: PacketFacts;
  readonly mark: number;
  readonly host: EvaluationHost;
  /** Whether the packet is in an IP set of the host. */
  isInSet(name: string, sides: SetSides): boolean;
  /** A draw out of 2^31 for the rule at hand. */
  drawStatistic(limit: number): number;
}

/** 2^31: probabilities are whole parts of it. Source: xt_statistic.c compares with a 31-bit draw. */
export const STATISTIC_WHOLE = 0x8000_0000;

/** A `--probability` text as the kernel keeps it: round(p · 2^31). Source: libxt_statistic.c, lround. */
export function statisticLimit(probability: string): number {
  return Math.round(Number(probability) * STATISTIC_WHOLE);
}

const limits = new Map<string, number>();

/** The same, remembered: one probability is tried by every first packet. */
function limitOf(probability: string): number {
  const known = limits.get(probability);
  if (known !== undefined) return known;
  const limit = statisticLimit(probability);
  limits.set(probability, limit);
  return limit;
}

const numbers = new Map<string, number>();

/** A mark or mask as its author wrote it, as a number. Remembered: rule sets hold a handful of them and every packet asks. */
export function numberOf(text: string): number {
  const known = numbers.get(text);
  if (known !== undefined) return known;
  const value = Number(text);
  numbers.set(text, value);
  return value;
}

/** The destination port of a packet, -1 where its protocol has none. */
export function destinationPort(packet: Packet): number {
  return packet.transport.kind === "ICMP" ? -1 : packet.transport.dstPort;
}

/** The source port of a packet, -1 where its protocol has none. */
function sourcePort(packet: Packet): number {
  return packet.transport.kind === "ICMP" ? -1 : packet.transport.srcPort;
}

/** Whether the condition holds, inversion included. */
export function holds(match: Match, context: MatchContext): boolean {
  const inverted = "not" in match && match.not === true;
  return plainlyHolds(match, context) !== inverted;
}

function plainlyHolds(match: Match, context: MatchContext): boolean {
  const { facts } = context;
  switch (match.kind) {
    case "protocol":
      return PROTOCOL_NAMES[facts.packet.transport.kind] === match.protocol;
    case "source":
      return contains(prefix(match.text), facts.packet.src);
    case "destination":
      return contains(prefix(match.text), facts.packet.dst);
    case "in-interface":
      return namesInterface(match.name, facts.inInterface);
    case "out-interface":
      return namesInterface(match.name, facts.outInterface);
    case "destination-port":
      return destinationPort(facts.packet) === match.port;
    case "source-port":
      return sourcePort(facts.packet) === match.port;
    case "extension":
    case "comment":
    case "nfacct":
      return true;
    case "mark":
      return (context.mark & numberOf(match.mask)) >>> 0 === numberOf(match.value);
    case "conntrack":
      return hasState(match, facts);
    case "addrtype":
      return context.host.isLocal(match.side === "src" ? facts.packet.src : facts.packet.dst);
    case "statistic": {
      const limit = limitOf(match.probability);
      return context.drawStatistic(limit) < limit;
    }
    case "recent":
      return isRecent(match, context);
    case "physdev":
      return facts.physicalIn === match.isIn;
    case "set":
      return context.isInSet(match.name, match.sides);
    case "ipvs":
      return isVirtual(match, facts);
    default:
      return unreachable(match);
  }
}

function isVirtual({ address, protocol, port }: Match & { kind: "ipvs" }, { virtual }: PacketFacts): boolean {
  return virtual !== undefined && virtual.address === address && virtual.protocol === protocol && virtual.port === port;
}

/** `eth+` names every interface that begins with `eth`. */
function namesInterface(pattern: string, name: string): boolean {
  return pattern.endsWith("+") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function hasState(match: Match & { kind: "conntrack" }, facts: PacketFacts): boolean {
  if (match.states.includes(facts.state)) return true;
  if (facts.translated.destination && match.states.includes("DNAT")) return true;
  return facts.translated.source && match.states.includes("SNAT");
}

/** `--set` always holds and remembers the source; a host without lists has seen nobody. */
function isRecent(match: Match & { kind: "recent" }, { facts, host }: MatchContext): boolean {
  if (match.action === "rcheck") {
    const { name, seconds, reap } = match;
    return host.recent?.seen({ name, source: facts.packet.src, seconds, reap }) ?? false;
  }
  host.recent?.remember({ name: match.name, source: facts.packet.src });
  return true;
}
