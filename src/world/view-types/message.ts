/** A DNS message as the page shows it: in dig's form, and byte by byte. */
import type { WireField } from "../../dns/message/fields/types";

export type { BitField, FieldPart, WireField } from "../../dns/message/fields/types";

/** One message, read from its bytes. */
export interface MessageView {
  /** As `dig` prints it. */
  readonly text: string;
  /** Bytes. */
  readonly size: number;
  /** Every byte belongs to exactly one, in order. */
  readonly fields: readonly WireField[];
}
