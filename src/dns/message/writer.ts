/** Writes DNS wire form: numbers in network order, names with or without compression (RFC 1035 §4.1.4). */
import { labelBytes, labelsOf } from "./name";

const MAX_POINTER = 0x3fff;

/** A growing message. */
export class WireWriter {
  private readonly buffer: number[] = [];
  private readonly places = new Map<string, number>();
  private readonly compress: boolean;

  /** With `compress`, names that the format allows to be compressed point at earlier ones. */
  constructor(compress: boolean) {
    this.compress = compress;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.buffer.length;
  }

  /** Writes the low eight bits. */
  byte(value: number): void {
    this.buffer.push(value & 255);
  }

  /** Writes sixteen bits. */
  word(value: number): void {
    this.buffer.push((value >>> 8) & 255, value & 255);
  }

  /** Writes thirty-two bits. */
  long(value: number): void {
    this.word(value >>> 16);
    this.word(value & 0xffff);
  }

  /** Writes bytes as they are. */
  raw(bytes: ArrayLike<number>): void {
    for (let index = 0; index < bytes.length; index += 1) this.buffer.push(bytes[index] ?? 0);
  }

  /**
   * Writes a name. `mayPoint` is false in the data of types whose names must stay whole (SRV, RFC 2782);
   * such a name can still be pointed at. Suffixes match by exact case, so that no spelling is lost.
   */
  name(name: string, mayPoint: boolean): void {
    const labels = labelsOf(name);
    for (let index = 0; index < labels.length; index += 1) {
      const suffix = labels.slice(index).join(".");
      const place = this.compress ? this.places.get(suffix) : undefined;
      if (place !== undefined && mayPoint) return this.word(0xc000 | place);
      if (place === undefined && this.buffer.length <= MAX_POINTER) this.places.set(suffix, this.buffer.length);
      const bytes = labelBytes(labels[index] ?? "");
      this.byte(bytes.length);
      this.raw(bytes);
    }
    this.byte(0);
  }

  /** Writes a 16-bit length and then what `write` writes. */
  sized(write: () => void): void {
    const at = this.buffer.length;
    this.word(0);
    write();
    const size = this.buffer.length - at - 2;
    this.buffer[at] = size >>> 8;
    this.buffer[at + 1] = size & 255;
  }

  /** The message. */
  bytes(): Uint8Array {
    return Uint8Array.from(this.buffer);
  }
}
