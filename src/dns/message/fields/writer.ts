/** Collects fields while a reader moves over the bytes: what a step of the reader passed is the field. */
import type { WireReader } from "../reader";
import type { FieldPart, WireField } from "./types";

/** The fields of one message. */
export class FieldWriter {
  private readonly found: WireField[] = [];
  private place: { readonly part: FieldPart; readonly index: number } = { part: "header", index: -1 };
  private readonly reader: WireReader;

  /** Begins in the header. */
  constructor(reader: WireReader) {
    this.reader = reader;
  }

  /** What comes belongs to this question or record. */
  at(part: FieldPart, index: number): void {
    this.place = { part, index };
  }

  /** Adds a field of the present place. */
  add(field: Omit<WireField, "part" | "index">): void {
    if (field.to > field.from) this.found.push({ ...field, ...this.place });
  }

  /** The bytes that `read` passes are one field; it gives the value. */
  field(name: string, read: () => string, says: string): void {
    const from = this.reader.at;
    const value = read();
    this.add({ from, to: this.reader.at, name, value, says });
  }

  /** All fields in the order of their bytes. */
  get fields(): readonly WireField[] {
    return this.found;
  }
}
