/** SCTP, as far as a first packet and its answer: ports only, no association. Source: RFC 9260. */
import type { SctpPacket } from "../../../network/packet";
import type { KernelContext, SocketOwner } from "../api";
import { sendError } from "../icmp";
import { sendLocal } from "../ip-output";
import { recordStep } from "../record";
import type { SocketBuffer } from "../socket-buffer";
import { makeBuffer } from "../socket-buffer";
import type { Host } from "../state";
import { takeIpId } from "../state";

/** Declares a port open for SCTP. */
export function listenSctp(host: Host, { owner, port }: { readonly owner: SocketOwner; readonly port: number }): void {
  host.sockets.sctp.set(port, owner);
}

/** Owner of a port from which this host has sent SCTP itself: answers to it end there. */
const ASSOCIATION = "association";

/** Notes that this host has sent from a port, so that the answer finds somebody. */
export function rememberSctp(host: Host, port: number): void {
  if (!host.sockets.sctp.has(port)) host.sockets.sctp.set(port, ASSOCIATION);
}

/** An open port answers from where the packet went to; an answer to us ends here; anything else gets ICMP 3/2. */
export function receiveSctp(host: Host, skb: SocketBuffer, sctp: SctpPacket, ctx: KernelContext): void {
  const { packet } = skb;
  const owner = host.sockets.sctp.get(sctp.dstPort);
  if (owner === ASSOCIATION) return;
  if (owner === undefined) {
    if (ctx.record !== undefined) recordStep(host, skb, ctx, "socket", "Nobody speaks SCTP here: ICMP protocol unreachable goes back.");
    return sendError(host, skb, 3, 2, ctx);
  }
  if (ctx.record !== undefined) recordStep(host, skb, ctx, "socket", `SCTP port ${sctp.dstPort} is open and answers.`);
  const transport: SctpPacket = { kind: "SCTP", srcPort: sctp.dstPort, dstPort: sctp.srcPort, payload: { kind: "none" } };
  sendLocal(host, makeBuffer({ ...packet, src: packet.dst, dst: packet.src, ttl: 64, id: takeIpId(host), transport }, skb.at), ctx);
}
