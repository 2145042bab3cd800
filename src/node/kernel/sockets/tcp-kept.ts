/** Segments that are kept until the peer has acknowledged them. */
import type { SimTime } from "../../../engine/time";
import type { Payload } from "../../../network/packet";
import { payloadLength } from "../../../network/payload";
import type { KernelContext } from "../api";
import type { Host } from "../state";
import type { TcpSocket } from "./state";
import { putTcp } from "./state";
import { segmentOf, transmitSegment } from "./tcp-send";
import { startRetransmission } from "./tcp-timers";

/** Sends data or a FIN and keeps it until it is acknowledged. `next` is what else changes in the socket. */
export function sendKept(
  host: Host,
  socket: TcpSocket,
  spec: { readonly flags: "PA" | "FA"; readonly payload?: Payload; readonly journey: string },
  at: SimTime,
  ctx: KernelContext,
): void {
  const payload: Payload = spec.payload ?? { kind: "none" };
  const segment = segmentOf(host, socket, { flags: spec.flags, seq: socket.sendNext, ack: socket.receiveNext, payload });
  const end = (socket.sendNext + payloadLength(payload) + (spec.flags === "FA" ? 1 : 0)) >>> 0;
  const kept = [...socket.unacknowledged, { segment, end, journey: spec.journey }];
  const isFirst = socket.unacknowledged.length === 0;
  const changed = { ...socket, sendNext: end, unacknowledged: kept, ...(isFirst ? { sentAt: at, resent: 0 } : {}) };
  // State first: on the loopback the answer comes before this call returns.
  putTcp(host.sockets, startRetransmission(host, changed, at, ctx));
  transmitSegment(host, socket, segment, spec.journey, at, ctx);
}
