/** Questions and records into wire form (RFC 1035 §3.3, §4.1; RFC 2782; RFC 3596; RFC 6891). */
import { ipv4Number } from "../../network/address";
import { ensure } from "../../base/assert";
import { classCode, rcodeNumber, typeCode } from "./codes";
import { ipv6Groups } from "./ipv6";
import type { Edns, Question, Rcode, ResourceRecord, SoaRecord } from "./types";
import type { WireWriter } from "./writer";

/** Writes one question. */
export function writeQuestion(writer: WireWriter, question: Question): void {
  writer.name(question.name, true);
  writer.word(typeCode(question.type));
  writer.word(classCode(question.class));
}

/** Writes one record of class IN. */
export function writeRecord(writer: WireWriter, record: ResourceRecord): void {
  writer.name(record.name, true);
  writer.word(typeCode(record.type));
  writer.word(classCode("IN"));
  writer.long(record.ttl);
  writer.sized(() => writeData(writer, record));
}

function writeData(writer: WireWriter, record: ResourceRecord): void {
  switch (record.type) {
    case "A":
      return writer.long(ipv4Number(record.address));
    case "AAAA":
      return ensure(ipv6Groups(record.address), `IPv6 address of ${record.name}`).forEach((group) => writer.word(group));
    case "CNAME":
    case "PTR":
    case "NS":
      return writer.name(record.target, true);
    case "MX":
      writer.word(record.preference);
      return writer.name(record.target, true);
    case "SRV":
      for (const value of [record.priority, record.weight, record.port]) writer.word(value);
      return writer.name(record.target, false);
    case "SOA":
      return writeSoa(writer, record);
    case "TXT":
      return record.texts.forEach((text) => writeText(writer, text));
    default:
      return writer.raw(record.data);
  }
}

function writeText(writer: WireWriter, text: string): void {
  writer.byte(text.length);
  for (let index = 0; index < text.length; index += 1) writer.byte(text.charCodeAt(index));
}

function writeSoa(writer: WireWriter, soa: SoaRecord): void {
  writer.name(soa.mname, true);
  writer.name(soa.rname, true);
  for (const value of [soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum]) writer.long(value);
}

/** Writes the OPT pseudo-record; the high bits of the rcode stand in its TTL field. */
export function writeOpt(writer: WireWriter, edns: Edns, rcode: Rcode): void {
  writer.byte(0);
  writer.word(typeCode("OPT"));
  writer.word(edns.udpSize);
  writer.byte(rcodeNumber(rcode) >>> 4);
  writer.byte(edns.version);
  writer.word(edns.dnssecOk ? 0x8000 : 0);
  writer.sized(() => writer.raw(edns.options));
}
