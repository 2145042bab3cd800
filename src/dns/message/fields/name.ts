/** A name in wire form: labels with their lengths, a compression pointer or the root that ends it. Source: RFC 1035 §3.1, §4.1.4. */
import { labelText } from "../name";
import { WireReader } from "../reader";
import type { FieldWriter } from "./writer";

const LABEL_SAYS = "A length byte and so many letters.";
const ROOT_SAYS = "A label of length 0, the root: the name ends here.";

/** The name that begins at an offset, pointers followed. */
function nameAt(bytes: Uint8Array, offset: number): string {
  const reader = new WireReader(bytes);
  reader.at = offset;
  return reader.name();
}

/** Reads a name, a field a label; `what` is what the name is for. */
export function nameFields(bytes: Uint8Array, reader: WireReader, write: FieldWriter, what: string): void {
  const end = new WireReader(bytes);
  end.at = reader.at;
  end.name();
  if (end.failure !== undefined) return reader.fail(`the ${what} cannot be read`);
  while (reader.at < end.at) {
    const length = bytes[reader.at] ?? 0;
    if (length >= 0xc0) return pointerField(bytes, reader, write, what);
    if (length === 0) write.field(`${what}, end`, () => (reader.byte() === 0 ? "." : ""), ROOT_SAYS);
    else write.field(`${what}, label`, () => labelText(reader.raw(reader.byte())), LABEL_SAYS);
  }
}

function pointerField(bytes: Uint8Array, reader: WireReader, write: FieldWriter, what: string): void {
  const from = reader.at;
  const target = reader.word() & 0x3fff;
  const value = `byte ${target}, ${nameAt(bytes, target)}`;
  const says = "Two bits 11 and an offset: the rest of the name stands there already, so two bytes are enough.";
  write.add({ from, to: reader.at, name: `${what}, pointer`, value, says });
}
