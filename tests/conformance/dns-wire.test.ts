/** Every answer to the DNS cases in its wire form: read by a library that we did not write, with the sizes of RFC 1035's arithmetic. */
import * as oracle from "@leichtgewicht/dns-packet";
import { describe, expect, it } from "vitest";
import type { Message, ResourceRecord } from "../../src/dns/message/types";
import { decodeMessage, encodeMessage } from "../../src/dns/message/wire";
import { readDnsCases } from "./dns-cases";
import { answerOf } from "./dns-outcomes";

const cases = readDnsCases();
if (cases === null) console.log("DNS cases: ../shared/vectors/dns.json is absent, no answer is encoded");

const answers: readonly Message[] = (cases?.vectors ?? []).flatMap((vector) =>
  vector.queries.flatMap((query) => {
    const answer = answerOf(vector, query);
    return answer === "next" ? [] : [answer];
  }),
);

/** Owner, type and TTL: what the library reads of every record, whatever its data. */
function heads(records: readonly ResourceRecord[]): readonly string[] {
  return records.map(({ name, type, ttl }) => `${name} ${type} ${ttl}`);
}

function theirs(records: readonly oracle.Answer[] | undefined): readonly string[] {
  return (records ?? []).map((record) => `${record.name === "." ? "" : record.name}. ${record.type} ${"ttl" in record ? record.ttl : 0}`);
}

/** Bytes of a name in full: a length before each label, a zero at the end. */
function nameLength(name: string): number {
  return name === "." ? 1 : name.length + 1;
}

/** Bytes of a record's data, names in full. */
function dataLength(record: ResourceRecord): number {
  switch (record.type) {
    case "A":
      return 4;
    case "AAAA":
      return 16;
    case "CNAME":
    case "PTR":
    case "NS":
      return nameLength(record.target);
    case "SRV":
      return 6 + nameLength(record.target);
    case "MX":
      return 2 + nameLength(record.target);
    case "SOA":
      return nameLength(record.mname) + nameLength(record.rname) + 20;
    case "TXT":
      return record.texts.reduce((sum, text) => sum + text.length + 1, 0);
    default:
      return record.data.length;
  }
}

function length({ questions, answers: found, authority, additional }: Message): number {
  const asked = questions.reduce((sum, { name }) => sum + nameLength(name) + 4, 0);
  return [...found, ...authority, ...additional].reduce(
    (sum, record) => sum + nameLength(record.name) + 10 + dataLength(record),
    12 + asked,
  );
}

describe.skipIf(cases === null)("every answer to the DNS cases", () => {
  it("is there to be encoded", () => {
    expect(answers.length).toBeGreaterThan(150);
  });

  it.each([
    ["in full", {}],
    ["compressed", { compressAbove: 0 }],
  ] as const)("%s is read back by us, and by another library with the same records", (_, options) => {
    for (const message of answers) {
      const wire = encodeMessage(message, options);
      const own = decodeMessage(wire);
      expect(own.ok && own.value).toEqual(message);
      const read = oracle.decode(wire);
      expect([theirs(read.answers), theirs(read.authorities), theirs(read.additionals)]).toEqual([
        heads(message.answers),
        heads(message.authority),
        heads(message.additional),
      ]);
      expect(read.questions?.map(({ name, type }) => `${name}. ${type}`)).toEqual(
        message.questions.map(({ name, type }) => `${name} ${type}`),
      );
    }
  });

  it("has the length that RFC 1035's arithmetic gives, uncompressed", () => {
    for (const message of answers) expect(encodeMessage(message).length).toBe(length(message));
  });
});
