/**
 * ICMP errors that this host makes, and echo. Source: RFC 792, RFC 1812 §4.3.2, net/ipv4/icmp.c (icmp_send).
 * Rate limiting (net.ipv4.icmp_ratelimit) is off, as on the lab's nodes.
 */
import { sourceFor } from "./routing/routes";
import type { Packet } from "../../network/packet";
import type { KernelContext } from "./api";
import { opposite } from "./conntrack/track";
import { sendLocal } from "./ip-output";
import type { SocketBuffer } from "./socket-buffer";
import { makeBuffer } from "./socket-buffer";
import type { Host } from "./state";
import { ownsAddress, takeIpId } from "./state";

/** Whether a packet is itself an ICMP error: none is ever sent about one. */
export function isIcmpError({ transport }: Packet): boolean {
  return transport.kind === "ICMP" && transport.type !== 8 && transport.type !== 0;
}

/**
 * Sends an error about a packet to its sender, quoting the packet as it stands here. The error belongs to the packet's
 * connection, so that NAT puts quoted and outer addresses right on the way out (fact A1).
 */
export function sendError(host: Host, about: SocketBuffer, type: number, code: number, ctx: KernelContext, mtu?: number): void {
  const quoted = about.packet;
  if (isIcmpError(quoted)) return;
  const src = ownsAddress(host, quoted.dst) ? quoted.dst : sourceFor(host, quoted.src);
  if (src === undefined) return;
  const skb = makeBuffer(
    {
      src,
      dst: quoted.src,
      ttl: 64,
      id: takeIpId(host),
      dontFragment: false,
      transport: { kind: "ICMP", type, code, quoted, ...(mtu === undefined ? {} : { mtu }) },
      journey: quoted.journey,
    },
    about.at,
  );
  if (about.flow !== null) {
    skb.flow = about.flow;
    skb.direction = opposite(about.direction);
    skb.state = "RELATED";
  }
  sendLocal(host, skb, ctx);
}

/** Answers an echo request. */
export function answerEcho(host: Host, request: SocketBuffer, ctx: KernelContext): void {
  const { packet } = request;
  const { transport } = packet;
  if (transport.kind !== "ICMP") return;
  const answer: Packet = {
    ...packet,
    src: packet.dst,
    dst: packet.src,
    ttl: 64,
    id: takeIpId(host),
    dontFragment: false,
    transport: { ...transport, type: 0 },
  };
  sendLocal(host, makeBuffer(answer, request.at), ctx);
}
