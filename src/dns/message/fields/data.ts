/** The data of records, field by field. Sources: RFC 1035 §3.3, RFC 2782 (SRV), RFC 3596 (AAAA), RFC 6891 (OPT). */
import { ipv4Text } from "../../../network/address";
import { ipv6Text } from "../ipv6";
import type { WireReader } from "../reader";
import type { RecordType } from "../types";
import { nameFields } from "./name";
import type { FieldWriter } from "./writer";

/** Where a record's data is read. */
export interface DataPlace {
  readonly bytes: Uint8Array;
  readonly reader: WireReader;
  readonly write: FieldWriter;
  /** Bytes that the data has. */
  readonly length: number;
}

type Numbers = readonly (readonly [name: string, size: 2 | 4, says: string])[];

const SRV: Numbers = [
  ["priority", 2, "The lowest number is tried first."],
  ["weight", 2, "Among equals of a priority, the share of the traffic."],
  ["port", 2, "The port that the service listens on: the Service's, or a headless endpoint's own."],
];

const SOA: Numbers = [
  ["serial", 4, "CoreDNS puts the Unix time of the last change here."],
  ["refresh", 4, "Seconds until a secondary server looks again. Nobody transfers this zone."],
  ["retry", 4, "Seconds until it tries once more."],
  ["expire", 4, "Seconds until a secondary server gives up."],
  ["minimum", 4, "Seconds that a denial may be kept, no longer than the SOA's own TTL (RFC 2308)."],
];

function numberFields({ reader, write }: DataPlace, numbers: Numbers): void {
  for (const [name, size, says] of numbers) write.field(name, () => `${size === 2 ? reader.word() : reader.long()}`, says);
}

/** Reads the data of a record of a type; what has no form of its own is one field. */
export function dataFields(type: RecordType, place: DataPlace): void {
  const { bytes, reader, write, length } = place;
  const name = (what: string): void => nameFields(bytes, reader, write, what);
  switch (type) {
    case "A":
      return write.field("address", () => ipv4Text(reader.long()), "The IPv4 address, four bytes. There is no port in it.");
    case "AAAA":
      return write.field("address", () => ipv6Text(Array.from({ length: 8 }, () => reader.word())), "The IPv6 address, sixteen bytes.");
    case "CNAME":
    case "PTR":
    case "NS":
      return name("target");
    case "MX":
      numberFields(place, [["preference", 2, "The lowest is tried first."]]);
      return name("target");
    case "SRV":
      numberFields(place, SRV);
      return name("target");
    case "SOA":
      name("primary server");
      name("mailbox");
      return numberFields(place, SOA);
    case "TXT":
      return textFields(place);
    default:
      return write.field("data", () => hex(reader.raw(length)), "Data of a type that is carried and not read here.");
  }
}

function textFields({ reader, write, length }: DataPlace): void {
  const end = reader.at + length;
  while (reader.at < end && reader.failure === undefined) {
    write.field("text", () => `"${String.fromCharCode(...reader.raw(reader.byte()))}"`, "A length byte and so many bytes of text.");
  }
}

function hex(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
