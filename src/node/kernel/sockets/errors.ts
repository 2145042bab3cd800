/** What an ICMP error does to the socket whose packet it quotes. Source: tcp(7), udp(7); observed: dead-endpoints lab, A8. */
import type { IcmpMessage } from "../../../network/packet";
import type { KernelContext, SocketError } from "../api";
import { recordStep } from "../record";
import type { SocketBuffer } from "../socket-buffer";
import { learnPathMtu } from "../fragments";
import type { Host } from "../state";
import { ownsAddress } from "../state";
import { putTcp, tcpKey } from "./state";
import { end } from "./tcp-receive";

/** The error number of a destination-unreachable code; null for those that sockets here do not hear of (11/0). */
function errorOf({ type, code }: IcmpMessage): SocketError | null {
  if (type !== 3) return null;
  switch (code) {
    case 0:
      return "ENETUNREACH";
    case 1:
      return "EHOSTUNREACH";
    case 2:
    case 3:
      return "ECONNREFUSED";
    case 4:
      return "EMSGSIZE";
    default:
      return null;
  }
}

/** An error arrives: connecting sockets fail at once, established ones remember it, connected UDP hears only of closed ports. */
export function receiveIcmpError(host: Host, skb: SocketBuffer, icmp: IcmpMessage, ctx: KernelContext): void {
  const { quoted } = icmp;
  if (quoted === undefined) return;
  if (icmp.mtu !== undefined && ownsAddress(host, quoted.src)) {
    if (ctx.record !== undefined)
      recordStep(host, skb, ctx, "socket", `${host.name} remembers that packets of ${icmp.mtu} bytes reach ${quoted.dst} uncut.`);
    learnPathMtu(host, quoted.dst, icmp.mtu, skb.at);
  }
  const error = errorOf(icmp);
  if (error === null) return;
  const { transport } = quoted;
  if (transport.kind === "TCP") {
    if (error === "EMSGSIZE") return;
    const id = host.sockets.tcpByTuple.get(tcpKey(quoted.src, transport.srcPort, quoted.dst, transport.dstPort));
    const socket = id === undefined ? undefined : host.sockets.tcp.get(id);
    if (socket === undefined) return;
    if (socket.state === "SYN_SENT") return end(host, socket, error, skb, ctx);
    return putTcp(host.sockets, { ...socket, softError: error });
  }
  if (transport.kind !== "UDP" || (error !== "ECONNREFUSED" && error !== "EMSGSIZE")) return;
  const socket = host.sockets.udp.get(host.sockets.udpByPort.get(transport.srcPort) ?? 0);
  const peer = socket?.connected ?? null;
  if (socket === undefined || peer === null || peer.address !== quoted.dst || peer.port !== transport.dstPort) return;
  if (error === "EMSGSIZE" && socket.discovery === "dont") return;
  if (ctx.record !== undefined) recordStep(host, skb, ctx, "socket", `The program sees ${error}.`);
  ctx.notify(host.name, socket.owner, { kind: "error", socket: socket.id, error }, skb.at);
}
