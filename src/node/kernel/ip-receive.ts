/** Packets coming up to IP: PREROUTING, for us or not, INPUT. Source: net/ipv4/ip_input.c. */
import type { KernelContext } from "./api";
import { defragment } from "./fragments";
import { runHook } from "./hooks";
import { answerEcho, isIcmpError, sendError } from "./icmp";
import { forward } from "./ip-output";
import { decapsulate, tunnelOf } from "./overlay/vxlan";
import { receiveIcmpError } from "./sockets/errors";
import { receiveSctp } from "./sockets/sctp";
import { receiveTcp } from "./sockets/tcp-receive";
import { receiveUdp } from "./sockets/udp";
import type { SocketBuffer } from "./socket-buffer";
import type { Host, Interface } from "./state";
import { ownsAddress } from "./state";

/** A packet has reached IP by an interface. `prerouted`: its bridge port has already called PREROUTING. */
export function receivePacket(host: Host, iface: Interface, skb: SocketBuffer, ctx: KernelContext, prerouted: boolean): void {
  skb.inInterface = iface.name;
  // Connection tracking looks at whole datagrams only; elsewhere they are put together where they end.
  const isLookedInto = !prerouted && ctx.rulesetOf(host.name) !== null;
  if ((isLookedInto || ownsAddress(host, skb.packet.dst)) && !defragment(host, skb, ctx)) return;
  if (!prerouted && runHook(host, "PREROUTING", skb, ctx, { out: "" }) !== "accept") return;
  if (!ownsAddress(host, skb.packet.dst)) return forward(host, skb, ctx);
  const verdict = runHook(host, "INPUT", skb, ctx, { out: "" });
  if (verdict === "reject") return sendError(host, skb, 3, 3, ctx);
  if (verdict === "accept") deliver(host, skb, ctx);
}

function deliver(host: Host, skb: SocketBuffer, ctx: KernelContext): void {
  const { transport } = skb.packet;
  const tunnel = transport.kind === "UDP" ? tunnelOf(host, transport) : undefined;
  if (tunnel !== undefined) return decapsulate(host, tunnel, skb, ctx);
  ctx.note?.({ kind: "delivered", host: host.name, packet: skb.packet });
  switch (transport.kind) {
    case "TCP":
      return receiveTcp(host, skb, transport, ctx);
    case "UDP":
      return receiveUdp(host, skb, transport, ctx);
    case "SCTP":
      return receiveSctp(host, skb, transport, ctx);
    case "ICMP":
      if (isIcmpError(skb.packet)) return receiveIcmpError(host, skb, transport, ctx);
      if (transport.type === 8) answerEcho(host, skb, ctx);
  }
}
