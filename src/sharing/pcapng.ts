/**
 * A journey's frames as a capture file that Wireshark and tcpdump read: one interface block per interface, one packet
 * block per frame with its direction and a comment. Source: draft-ietf-opsawg-pcapng (section header, interface
 * description and enhanced packet blocks). Left out: statistics, name resolution, decryption secrets.
 */
import type { CaptureView } from "../bridge/protocol";

/** Where a capture comes from, for the comment on the whole file. */
export interface CaptureOrigin {
  /** Name of the scenario or the cluster file. */
  readonly scenario: string;
  readonly seed: number;
}

type CaptureFrame = CaptureView["frames"][number];

const BLOCK = { section: 0x0a0d0d0a, interface: 1, packet: 6 } as const;
const OPTION = { end: 0, comment: 1, packetFlags: 2, name: 2, description: 3, application: 4, resolution: 9 } as const;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const ETHERNET = 1;
/** Timestamps count in units of 10^-6 s. */
const MICROSECONDS = 6;
const DIRECTION = { in: 1, out: 2 } as const;

/** What has to be said wherever a capture is offered: 8472 is Linux's port, the one that readers know is 4789. */
export const DECODE_HINT = "decode UDP 8472 as VXLAN";

/** The file. Little-endian. */
export function makePcapng(capture: CaptureView, origin: CaptureOrigin): Uint8Array<ArrayBuffer> {
  const interfaces = new Map<string, number>();
  const blocks = [sectionBlock(capture, origin)];
  for (const frame of capture.frames) {
    const name = `${frame.host} ${frame.iface}`;
    if (!interfaces.has(name)) {
      interfaces.set(name, interfaces.size);
      blocks.push(interfaceBlock(frame));
    }
    blocks.push(packetBlock(frame, interfaces.get(name) ?? 0, capture.unixTimeOfZero));
  }
  return join(blocks);
}

/** How many interfaces a capture has. */
export function interfaceCount({ frames }: CaptureView): number {
  return new Set(frames.map(({ host, iface }) => `${host} ${iface}`)).size;
}

function sectionBlock({ title, behaviour, unixTimeOfZero }: CaptureView, { scenario, seed }: CaptureOrigin): Uint8Array {
  const zero = new Date(unixTimeOfZero / 1000).toISOString();
  const comment = [
    title,
    `Scenario ${scenario}, seed ${seed}, version ${behaviour} of the model.`,
    `In Wireshark, ${DECODE_HINT} (Analyze, Decode As; or tshark -d udp.port==8472,vxlan).`,
    `Simulated: ${zero} is cluster time 0.`,
    "A packet stands here once for each interface that it passes; readers call the later sightings retransmissions. Filter by frame.interface_id to see one interface.",
  ].join("\n");
  // Version 1.0, length of the section not given.
  const body = join([word32(BYTE_ORDER_MAGIC), word16(1), word16(0), word32(0xffffffff), word32(0xffffffff)]);
  return block(BLOCK.section, [body, option(OPTION.comment, utf8(comment)), option(OPTION.application, utf8("Kubewalk"))]);
}

function interfaceBlock({ host, iface, role }: CaptureFrame): Uint8Array {
  const noLimit = word32(0);
  return block(BLOCK.interface, [
    join([word16(ETHERNET), word16(0), noLimit]),
    option(OPTION.name, utf8(iface)),
    option(OPTION.description, utf8(`${host}: ${role}`)),
    option(OPTION.resolution, Uint8Array.of(MICROSECONDS)),
  ]);
}

function packetBlock({ at, way, comment, bytes }: CaptureFrame, number: number, unixTimeOfZero: number): Uint8Array {
  const frame = fromHex(bytes);
  const time = unixTimeOfZero + at;
  const head = [number, Math.floor(time / 0x1_0000_0000), time % 0x1_0000_0000, frame.length, frame.length].map(word32);
  return block(BLOCK.packet, [
    ...head,
    padded(frame),
    option(OPTION.comment, utf8(comment)),
    option(OPTION.packetFlags, word32(DIRECTION[way])),
  ]);
}

/** A block with options at its end; its length stands before and after. */
function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const body = join([...parts, word16(OPTION.end), word16(0)]);
  const length = word32(body.length + 12);
  return join([word32(type), length, body, length]);
}

function option(code: number, value: Uint8Array): Uint8Array {
  return join([word16(code), word16(value.length), padded(value)]);
}

/** Filled up to whole 32-bit words. */
function padded(bytes: Uint8Array): Uint8Array {
  return join([bytes, new Uint8Array((4 - (bytes.length % 4)) % 4)]);
}

function word16(value: number): Uint8Array {
  return Uint8Array.of(value & 255, value >>> 8);
}

function word32(value: number): Uint8Array {
  return Uint8Array.of(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, index) => Number.parseInt(text.slice(index * 2, index * 2 + 2), 16));
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
