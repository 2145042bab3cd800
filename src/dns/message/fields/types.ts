/** A message's bytes as named fields: plain data for whoever shows them. */

/** One header bit, or a few that are one number (RFC 1035 §4.1.1; RFC 4035 §3.1.6 for AD and CD). */
export interface BitField {
  /** `QR`, `OPCODE`, `AA` … as the RFCs have it. */
  readonly name: string;
  readonly bits: number;
  readonly value: number;
  /** What the value says, in a few words. */
  readonly says: string;
}

/** The section that a field belongs to; EDNS0's OPT stands in the additional section. */
export type FieldPart = "header" | "question" | "answer" | "authority" | "additional";

/** A run of bytes that is one thing. */
export interface WireField {
  /** Offset of the first byte, and of the byte after the last. */
  readonly from: number;
  readonly to: number;
  readonly part: FieldPart;
  /** Which question or record of its section, from 0; -1 in the header. */
  readonly index: number;
  /** `ID`, `owner name`, `TTL`, `address` … */
  readonly name: string;
  /** The value as dig or the zone file writes it. */
  readonly value: string;
  /** What it is for, in a sentence. */
  readonly says: string;
  /** The bits of the header's flags, else absent. */
  readonly bits?: readonly BitField[];
}
