/** Reads DNS wire form. The first fault is kept in `failure`; after it every read gives zeros, so that callers stay straight. */
import { labelText } from "./name";

/** A cursor over a message. */
export class WireReader {
  /** What was wrong first, with its byte offset; undefined while all is well. */
  failure: string | undefined;
  /** Offset of the next byte. */
  at = 0;
  private readonly bytes: Uint8Array;

  /** Starts at the first byte. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Records a fault (the first one stands) and moves to the end. */
  fail(what: string): void {
    this.failure ??= `DNS message, byte ${this.at}: ${what}`;
    this.at = this.bytes.length;
  }

  /** Reads eight bits. */
  byte(): number {
    const value = this.bytes[this.at];
    if (value === undefined) {
      this.fail("the message ends here, more was expected");
      return 0;
    }
    this.at += 1;
    return value;
  }

  /** Reads sixteen bits. */
  word(): number {
    return this.byte() * 256 + this.byte();
  }

  /** Reads thirty-two bits, unsigned. */
  long(): number {
    return this.word() * 0x1_0000 + this.word();
  }

  /** Reads `length` bytes. */
  raw(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) this.fail(`${length} bytes were announced and fewer are left`);
    const part = this.bytes.slice(this.at, this.at + length);
    this.at += part.length;
    return part;
  }

  /** Reads a name, following pointers; a pointer must go backwards, so that no loop can be built. */
  name(): string {
    const labels: string[] = [];
    let after = -1;
    let lowest = this.at;
    for (;;) {
      const length = this.byte();
      if (length === 0) break;
      if (length >= 0xc0) {
        const target = (length & 0x3f) * 256 + this.byte();
        if (after < 0) after = this.at;
        if (target >= lowest) {
          this.fail("a compression pointer does not point backwards");
          break;
        }
        lowest = target;
        this.at = target;
      } else if (length > 63) {
        this.fail("a label is longer than 63 bytes");
        break;
      } else labels.push(labelText(this.raw(length)));
    }
    if (after >= 0 && this.failure === undefined) this.at = after;
    return labels.length === 0 ? "." : `${labels.join(".")}.`;
  }
}
