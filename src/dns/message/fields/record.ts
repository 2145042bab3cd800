/** Questions and records, field by field, OPT among them. Sources: RFC 1035 §4.1.2, §4.1.3; RFC 6891 §6.1. */
import { className, typeCode, typeName } from "../codes";
import type { WireReader } from "../reader";
import type { RecordType } from "../types";
import { dataFields } from "./data";
import { nameFields } from "./name";
import type { FieldWriter } from "./writer";

const CLASS_SAYS = "IN, the Internet: other classes are of no use here.";

/** Where fields are read from and kept. */
export interface FieldPlace {
  readonly bytes: Uint8Array;
  readonly reader: WireReader;
  readonly write: FieldWriter;
}

/** Reads one question. */
export function questionFields({ bytes, reader, write }: FieldPlace): void {
  nameFields(bytes, reader, write, "name asked for");
  write.field("type asked for", () => typeName(reader.word()), "Which kind of record is wanted.");
  write.field("class", () => className(reader.word()), CLASS_SAYS);
}

/** Reads one record. */
export function recordFields(place: FieldPlace): void {
  const { bytes, reader, write } = place;
  const root = reader.at;
  if (bytes[root] === 0 && (bytes[root + 1] ?? 0) * 256 + (bytes[root + 2] ?? 0) === typeCode("OPT")) return optFields(place);
  nameFields(bytes, reader, write, "owner name");
  let type: RecordType = "A";
  write.field("type", () => (type = typeName(reader.word())), "Which kind of record this is.");
  write.field("class", () => className(reader.word()), CLASS_SAYS);
  write.field("TTL", () => `${reader.long()} s`, "For so many seconds whoever got it may keep it.");
  dataWithLength(place, (length) => dataFields(type, { ...place, length }));
}

/** The length of the data, and the data; a wrong length is a fault. */
function dataWithLength({ reader, write }: FieldPlace, data: (length: number) => void): void {
  let length = 0;
  write.field("RDLENGTH", () => `${(length = reader.word())} bytes`, "How long the data is that follows.");
  const end = reader.at + length;
  data(length);
  if (reader.failure === undefined && reader.at !== end) reader.fail("a record's data does not have the length it announces");
}

function optFields(place: FieldPlace): void {
  const { reader, write } = place;
  write.field(
    "owner name, end",
    () => (reader.byte() === 0 ? "." : ""),
    "OPT belongs to no name: it says something of the message (EDNS0).",
  );
  write.field("type", () => typeName(reader.word()), "OPT, a record that is none.");
  write.field("UDP size", () => `${reader.word()} bytes`, "The largest UDP answer that the sender takes. Without OPT it is 512.");
  write.field("extended RCODE", () => `${reader.byte()}`, "The upper eight bits of the RCODE.");
  write.field("EDNS version", () => `${reader.byte()}`, "0 is the only one.");
  write.field("EDNS flags", () => ((reader.word() & 0x8000) === 0 ? "none" : "do"), "Its first bit, DO, asks for DNSSEC's records.");
  dataWithLength(place, (length) => {
    write.field("options", () => `${reader.raw(length).length} bytes`, "Options of EDNS0.");
  });
}
