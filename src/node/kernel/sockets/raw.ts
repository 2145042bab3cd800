/** Packets without a program's socket, and the end of a program. */
import type { Packet } from "../../../network/packet";
import type { KernelContext } from "../api";
import type { SendResult } from "../ip-output";
import { sendLocal } from "../ip-output";
import { makeBuffer } from "../socket-buffer";
import type { Host } from "../state";
import { rememberSctp } from "./sctp";
import { abortTcp, closeListener } from "./tcp";
import { closeUdp } from "./udp";

/** Sends a ready packet as this host's own (raw socket): echo requests, SCTP, a single SYN for a trace. */
export function sendRaw(host: Host, packet: Packet, ctx: KernelContext): SendResult {
  if (packet.transport.kind === "SCTP") rememberSctp(host, packet.transport.srcPort);
  const skb = makeBuffer(packet, ctx.now);
  skb.discovery = "want";
  return sendLocal(host, skb, ctx);
}

/** A process has died: its listeners and UDP sockets vanish, its connections are reset. Owners are matched by prefix. */
export function killSockets(host: Host, ownerPrefix: string, ctx: KernelContext): void {
  const { listeners, tcp, udp, sctp } = host.sockets;
  for (const { id, owner } of listeners.values()) if (owner.startsWith(ownerPrefix)) closeListener(host, id);
  for (const { id, owner } of udp.values()) if (owner.startsWith(ownerPrefix)) closeUdp(host, id);
  for (const [port, owner] of sctp) if (owner.startsWith(ownerPrefix)) sctp.delete(port);
  for (const { id, owner } of tcp.values()) if (owner.startsWith(ownerPrefix)) abortTcp(host, id, ctx);
}
