/** What the client sees in the end. Source: headless.md (`verdict`). */
import type { Packet } from "../../../network/packet";
import type { SocketEvent } from "../../../node/kernel/api";
import { unwrap } from "../../views/header";
import type { PacketHops } from "../../views/packets";
import type { TraceVerdict } from "../types";
import type { Asked } from "./hops";
import { directionOf } from "./hops";

/** What a verdict is decided from. */
export interface Seen {
  /** Packets of the journey, the first one first. */
  readonly packets: readonly PacketHops[];
  readonly asked: Asked;
  readonly heard: readonly SocketEvent[];
  /** MAC of the node network's router. */
  readonly routerMac: string;
}

/** The verdict. */
export function verdictOf(seen: Seen): TraceVerdict {
  if (seen.heard.some(({ kind }) => kind === "connected" || kind === "datagram")) return "delivered";
  const answer = seen.packets.slice(1).flatMap((one) => arrived(one, seen.asked))[0];
  if (answer === undefined) return leftByDefaultRoute(seen) ? "unrouted" : "dropped";
  const { transport } = answer;
  if (transport.kind === "ICMP" && transport.quoted !== undefined) return errorVerdict(seen, transport.code);
  if (answer.src !== seen.asked.address) return "mismatched";
  return transport.kind === "TCP" && transport.flags.includes("R") ? "refused" : "delivered";
}

/** The packet as the client got it; nothing where it is the client's own, or never got there. */
function arrived(one: PacketHops, asked: Asked): readonly Packet[] {
  const last = one.hops.findLast(({ hop }) => hop.host === asked.client)?.hop;
  const came = one.hops.some(({ hop }) => hop.host === asked.client && hop.kind === "tap" && hop.way === "in");
  if (last === undefined || !came || directionOf(one, asked) === "request") return [];
  return [last.kind === "tap" ? last.packet : unwrap(last.after).inner];
}

/** Rules and routers reject; a host where nobody listens refuses. */
function errorVerdict({ packets }: Seen, code: number): TraceVerdict {
  const byRule = packets[0]?.hops.some(({ hop }) => hop.kind === "step" && (hop.ipvs?.kind === "refused" || rejects(hop.rule ?? "")));
  return byRule === true || (code !== 2 && code !== 3) ? "rejected" : "refused";
}

function rejects(rule: string): boolean {
  return rule.includes("-j REJECT") || /(^| )reject( comment ".*")?$/.test(rule);
}

function leftByDefaultRoute({ packets, routerMac }: Seen): boolean {
  const [first] = packets;
  return (
    first?.hops.some(
      ({ hop }) => hop.kind === "tap" && hop.role === "nic" && hop.way === "out" && hop.outer === undefined && hop.dstMac === routerMac,
    ) === true
  );
}
