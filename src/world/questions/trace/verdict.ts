/** What the client sees in the end. Source: headless.md (`verdict`). */
import type { Packet } from "../../../network/packet";
import type { SocketEvent } from "../../../node/kernel/api";
import type { Hop } from "../../../node/kernel/hop";
import { unwrap } from "../../views/header";
import type { PacketHops } from "../../views/packets";
import type { TraceVerdict } from "../types";

/** What a verdict is decided from. */
export interface Seen {
  /** Packets of the journey, the first one first. */
  readonly packets: readonly PacketHops[];
  /** Namespace of the client. */
  readonly client: string;
  /** The address that was asked. */
  readonly asked: string;
  readonly heard: readonly SocketEvent[];
  /** MAC of the node network's router. */
  readonly routerMac: string;
}

/** The verdict. */
export function verdictOf(seen: Seen): TraceVerdict {
  if (seen.heard.some(({ kind }) => kind === "connected" || kind === "datagram")) return "delivered";
  const answer = seen.packets.slice(1).flatMap((one) => arrived(one, seen.client))[0];
  if (answer === undefined) return leftByDefaultRoute(seen) ? "unrouted" : "dropped";
  const { transport } = answer;
  if (transport.kind === "ICMP" && transport.quoted !== undefined) return errorVerdict(seen, transport.code);
  if (answer.src !== seen.asked) return "mismatched";
  return transport.kind === "TCP" && transport.flags.includes("R") ? "refused" : "delivered";
}

/** The packet as the client got it; nothing where it never got there. */
function arrived({ sender, hops }: PacketHops, client: string): readonly Packet[] {
  const last = hops.findLast(({ hop }) => hop.host === client)?.hop;
  const came = hops.some(({ hop }) => hop.host === client && hop.kind === "tap" && hop.way === "in");
  if (last === undefined || !came || (sender === client && !isLooped(hops.map(({ hop }) => hop)))) return [];
  return [last.kind === "tap" ? last.packet : unwrap(last.after).inner];
}

/** An error that a node makes about its own packet never leaves it. */
function isLooped(hops: readonly Hop[]): boolean {
  return hops.some((hop) => hop.kind === "tap" && hop.role === "lo");
}

/** Rules and routers reject; a host where nobody listens refuses. */
function errorVerdict({ packets }: Seen, code: number): TraceVerdict {
  const byRule = packets[0]?.hops.some(({ hop }) => hop.kind === "step" && hop.rule?.includes("-j REJECT") === true);
  return byRule === true || (code !== 2 && code !== 3) ? "rejected" : "refused";
}

function leftByDefaultRoute({ packets, routerMac }: Seen): boolean {
  const [first] = packets;
  return (
    first?.hops.some(
      ({ hop }) => hop.kind === "tap" && hop.role === "nic" && hop.way === "out" && hop.outer === undefined && hop.dstMac === routerMac,
    ) === true
  );
}
