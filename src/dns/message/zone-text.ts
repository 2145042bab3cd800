/** Reads records written as in a zone file: `name ttl IN TYPE data` (RFC 1035 §5), the form that `showRecord` writes. */
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import { readAddress } from "./ipv6";
import { absolute } from "./name";
import type { ResourceRecord } from "./types";

const LINE = /^(\S+)\s+(\d+)\s+(?:IN\s+)?([A-Za-z0-9]+)\s+(.+)$/;

/** One record; names are made absolute. */
export function parseRecord(text: string): Result<ResourceRecord> {
  const [, name, ttl, type, data] = LINE.exec(text.trim()) ?? [];
  if (name === undefined || ttl === undefined || type === undefined || data === undefined) {
    return failAt(`"${text}" is not a record; expected "name ttl IN TYPE data"`);
  }
  const record = readData({ name: absolute(name), ttl: Number(ttl) }, type.toUpperCase(), data.trim());
  return record === undefined ? failAt(`"${text}": "${data}" is not the data of a ${type} record that we can read`) : ok(record);
}

interface Head {
  readonly name: string;
  readonly ttl: number;
}

function readData(head: Head, type: string, data: string): ResourceRecord | undefined {
  switch (type) {
    case "A":
    case "AAAA": {
      const read = readAddress(data);
      return read?.type === type ? { ...head, ...read } : undefined;
    }
    case "CNAME":
    case "PTR":
    case "NS":
      return /^\S+$/.test(data) ? { ...head, type, target: absolute(data) } : undefined;
    case "TXT":
      return { ...head, type, texts: Array.from(data.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g), textOf) };
    case "MX":
    case "SRV":
    case "SOA":
      return readFields(head, type, data.split(/\s+/));
    default:
      return undefined;
  }
}

function textOf(match: RegExpExecArray): string {
  return match[1] === undefined ? (match[2] ?? "") : match[1].replaceAll(/\\(.)/g, "$1");
}

function readFields(head: Head, type: "MX" | "SRV" | "SOA", fields: readonly string[]): ResourceRecord | undefined {
  const number = (index: number): number => Number(fields[index]);
  const name = (index: number): string => absolute(fields[index] ?? "");
  const numeric = (from: number, to: number): boolean => fields.slice(from, to).every((field) => /^\d+$/.test(field));
  switch (type) {
    case "MX":
      return fields.length === 2 && numeric(0, 1) ? { ...head, type, preference: number(0), target: name(1) } : undefined;
    case "SRV":
      if (fields.length !== 4 || !numeric(0, 3)) return undefined;
      return { ...head, type, priority: number(0), weight: number(1), port: number(2), target: name(3) };
    case "SOA":
      if (fields.length !== 7 || !numeric(2, 7)) return undefined;
      return {
        ...head,
        type,
        mname: name(0),
        rname: name(1),
        serial: number(2),
        refresh: number(3),
        retry: number(4),
        expire: number(5),
        minimum: number(6),
      };
  }
}
