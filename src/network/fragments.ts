/** Cutting datagrams into fragments and putting them together. Source: RFC 791 §2.3, §3.2; RFC 815. */
import type { Fragment, Packet } from "./packet";
import { packetLength } from "./payload";

const HEADER = 20;

/** The packets of at most `mtu` bytes that carry a datagram. Every part but the last is a multiple of eight bytes long. */
export function fragmentsOf(packet: Packet, mtu: number): readonly Packet[] {
  const whole = packetLength(packet) - HEADER;
  const most = (mtu - HEADER) & ~7;
  const first = packet.fragment?.offset ?? 0;
  const pieces: Packet[] = [];
  for (let at = 0; at < whole; at += most) {
    const length = Math.min(most, whole - at);
    const more = at + length < whole || packet.fragment?.more === true;
    pieces.push({ ...packet, fragment: { offset: first + at, length, more } });
  }
  return pieces;
}

/** Whether these parts leave no gap from the first byte to the last. */
export function isComplete(parts: readonly Fragment[]): boolean {
  let next = 0;
  let ended = false;
  for (const { offset, length, more } of parts.toSorted((a, b) => a.offset - b.offset)) {
    if (offset > next) return false;
    next = Math.max(next, offset + length);
    ended ||= !more;
  }
  return ended;
}

/** The datagram that a fragment is of. */
export function wholeOf({ src, dst, ttl, id, dontFragment, transport, journey }: Packet): Packet {
  return { src, dst, ttl, id, dontFragment, transport, journey };
}
