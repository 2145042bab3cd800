/** Questions and records out of wire form. Records of a class other than IN are a failure: nothing here makes them. */
import { ipv4Text } from "../../network/address";
import { className, typeCode, typeName } from "./codes";
import { ipv6Text } from "./ipv6";
import type { WireReader } from "./reader";
import type { Edns, Question, ResourceRecord } from "./types";

/** Reads one question. */
export function readQuestion(reader: WireReader): Question {
  return { name: reader.name(), type: typeName(reader.word()), class: className(reader.word()) };
}

/** Reads an OPT pseudo-record where one stands next; otherwise moves nothing. */
export function readOpt(reader: WireReader): { readonly edns: Edns; readonly highRcode: number } | undefined {
  const start = reader.at;
  if (reader.byte() !== 0 || reader.word() !== typeCode("OPT")) {
    if (reader.failure === undefined) reader.at = start;
    return undefined;
  }
  const udpSize = reader.word();
  const highRcode = reader.byte();
  const version = reader.byte();
  const dnssecOk = (reader.word() & 0x8000) !== 0;
  return { edns: { udpSize, version, dnssecOk, options: reader.raw(reader.word()) }, highRcode };
}

/** Reads one record. */
export function readRecord(reader: WireReader): ResourceRecord {
  const name = reader.name();
  const type = reader.word();
  const recordClass = className(reader.word());
  if (recordClass !== "IN") reader.fail(`a record of class ${recordClass}, where only IN is read`);
  const head = { name, ttl: reader.long() };
  const length = reader.word();
  const end = reader.at + length;
  const record = readData(reader, head, type, length);
  if (reader.failure === undefined && reader.at !== end) reader.fail(`the data of ${name} does not have the length it announces`);
  return record;
}

interface Head {
  readonly name: string;
  readonly ttl: number;
}

function readData(reader: WireReader, head: Head, code: number, length: number): ResourceRecord {
  const type = typeName(code);
  switch (type) {
    case "A":
      return { ...head, type, address: ipv4Text(reader.long()) };
    case "AAAA":
      return { ...head, type, address: ipv6Text(Array.from({ length: 8 }, () => reader.word())) };
    case "CNAME":
    case "PTR":
    case "NS":
      return { ...head, type, target: reader.name() };
    case "MX":
      return { ...head, type, preference: reader.word(), target: reader.name() };
    case "SRV":
      return { ...head, type, priority: reader.word(), weight: reader.word(), port: reader.word(), target: reader.name() };
    case "SOA":
      return readSoa(reader, head);
    case "TXT":
      return { ...head, type, texts: readTexts(reader, length) };
    default:
      return { ...head, type: `TYPE${code}`, data: reader.raw(length) };
  }
}

function readSoa(reader: WireReader, head: Head): ResourceRecord {
  const mname = reader.name();
  const rname = reader.name();
  const times = { serial: reader.long(), refresh: reader.long(), retry: reader.long(), expire: reader.long(), minimum: reader.long() };
  return { ...head, type: "SOA", mname, rname, ...times };
}

function readTexts(reader: WireReader, length: number): readonly string[] {
  const end = reader.at + length;
  const texts: string[] = [];
  while (reader.at < end && reader.failure === undefined) texts.push(String.fromCharCode(...reader.raw(reader.byte())));
  return texts;
}
