/**
 * Which byte of a message means what: every byte belongs to exactly one field. Read from the bytes themselves and from
 * nothing else, so that what is shown is what was sent. Source: RFC 1035 §4.1.
 */
import type { Result } from "../../../base/result";
import { failAt, ok } from "../../../base/result";
import { WireReader } from "../reader";
import { headerFields } from "./header";
import { questionFields, recordFields } from "./record";
import type { FieldPart, WireField } from "./types";
import { FieldWriter } from "./writer";

const SECTIONS: readonly Exclude<FieldPart, "header">[] = ["question", "answer", "authority", "additional"];

/** The fields of a message in the order of its bytes; malformed bytes are a Problem that says at which byte. */
export function fieldsOf(bytes: Uint8Array): Result<readonly WireField[]> {
  const reader = new WireReader(bytes);
  const write = new FieldWriter(reader);
  const counts = headerFields(reader, write);
  for (const [section, part] of SECTIONS.entries()) {
    for (let index = 0; index < (counts[section] ?? 0) && reader.failure === undefined; index += 1) {
      write.at(part, index);
      if (part === "question") questionFields({ bytes, reader, write });
      else recordFields({ bytes, reader, write });
    }
  }
  return reader.failure === undefined ? ok(write.fields) : failAt(reader.failure);
}
