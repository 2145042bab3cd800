/** Frames as a classic capture file (libpcap format, Ethernet), for reading by other people's tools. */
const MAGIC = 0xa1b2c3d4;
const ETHERNET = 1;
const SNAPLEN = 65_535;

export interface Captured {
  /** Whole microseconds. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

export function pcapBytes(frames: readonly Captured[]): Uint8Array {
  const size = 24 + frames.reduce((sum, { bytes }) => sum + 16 + bytes.length, 0);
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  view.setUint32(0, MAGIC);
  view.setUint16(4, 2);
  view.setUint16(6, 4);
  view.setUint32(16, SNAPLEN);
  view.setUint32(20, ETHERNET);
  let offset = 24;
  for (const { at, bytes } of frames) {
    view.setUint32(offset, Math.trunc(at / 1_000_000));
    view.setUint32(offset + 4, at % 1_000_000);
    view.setUint32(offset + 8, bytes.length);
    view.setUint32(offset + 12, bytes.length);
    out.set(bytes, offset + 16);
    offset += 16 + bytes.length;
  }
  return out;
}
