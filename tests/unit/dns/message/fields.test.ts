/** A message's bytes as named fields. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flagBits } from "../../../../src/dns/message/fields/header";
import { fieldsOf } from "../../../../src/dns/message/fields/fields";
import type { WireField } from "../../../../src/dns/message/fields/types";
import { decodeMessage, encodeMessage } from "../../../../src/dns/message/wire";
import { showData } from "../../../../src/dns/message/show";
import { anyMessage, RUNS } from "./arbitraries";

/** Bytes of a hexadecimal text, blanks between. */
function bytes(text: string): Uint8Array {
  return Uint8Array.from((text.match(/[0-9a-f]{2}/g) ?? []).map((byte) => Number.parseInt(byte, 16)));
}

function read(message: Uint8Array): readonly WireField[] {
  const fields = fieldsOf(message);
  if (!fields.ok) throw new Error(fields.problem.message);
  return fields.value;
}

/** A field a line: where, which part, what, the value. */
function picture(fields: readonly WireField[]): readonly string[] {
  return fields.map(
    ({ from, to, part, index, name, value }) => `${from}-${to - 1} ${part}${index < 0 ? "" : ` ${index}`}: ${name} = ${value}`,
  );
}

describe("the fields of a message", () => {
  it("name every byte of an answer with a compressed owner name", () => {
    // Written by hand after RFC 1035: web.shop. A, answered by one record whose owner is a pointer at byte 12.
    const answer = bytes("1234 8580 0001 0001 0000 0000 03 776562 04 73686f70 00 0001 0001 c00c 0001 0001 0000001e 0004 0a600032");
    expect(picture(read(answer))).toEqual([
      "0-1 header: ID = 4660",
      "2-3 header: flags = qr aa rd ra, NOERROR",
      "4-5 header: QDCOUNT = 1",
      "6-7 header: ANCOUNT = 1",
      "8-9 header: NSCOUNT = 0",
      "10-11 header: ARCOUNT = 0",
      "12-15 question 0: name asked for, label = web",
      "16-20 question 0: name asked for, label = shop",
      "21-21 question 0: name asked for, end = .",
      "22-23 question 0: type asked for = A",
      "24-25 question 0: class = IN",
      "26-27 answer 0: owner name, pointer = byte 12, web.shop.",
      "28-29 answer 0: type = A",
      "30-31 answer 0: class = IN",
      "32-35 answer 0: TTL = 30 s",
      "36-37 answer 0: RDLENGTH = 4 bytes",
      "38-41 answer 0: address = 10.96.0.50",
    ]);
  });

  it("name the SOA of a denial and the OPT of EDNS0", () => {
    const denial = bytes(
      `0001 8403 0001 0000 0001 0001 01 61 00 001c 0001
       01 62 00 0006 0001 00000005 0018 c00e c00e 00000009 00001c20 00000708 00015180 00000005
       00 0029 04d0 00 00 8000 0000`,
    );
    const names = picture(read(denial)).slice(6);
    expect(names).toEqual([
      "12-13 question 0: name asked for, label = a",
      "14-14 question 0: name asked for, end = .",
      "15-16 question 0: type asked for = AAAA",
      "17-18 question 0: class = IN",
      "19-20 authority 0: owner name, label = b",
      "21-21 authority 0: owner name, end = .",
      "22-23 authority 0: type = SOA",
      "24-25 authority 0: class = IN",
      "26-29 authority 0: TTL = 5 s",
      "30-31 authority 0: RDLENGTH = 24 bytes",
      "32-33 authority 0: primary server, pointer = byte 14, .",
      "34-35 authority 0: mailbox, pointer = byte 14, .",
      "36-39 authority 0: serial = 9",
      "40-43 authority 0: refresh = 7200",
      "44-47 authority 0: retry = 1800",
      "48-51 authority 0: expire = 86400",
      "52-55 authority 0: minimum = 5",
      "56-56 additional 0: owner name, end = .",
      "57-58 additional 0: type = OPT",
      "59-60 additional 0: UDP size = 1232 bytes",
      "61-61 additional 0: extended RCODE = 0",
      "62-62 additional 0: EDNS version = 0",
      "63-64 additional 0: EDNS flags = do",
      "65-66 additional 0: RDLENGTH = 0 bytes",
    ]);
  });

  it("lie edge to edge over any message, compressed or not", () => {
    fc.assert(
      fc.property(anyMessage, fc.boolean(), (message, compress) => {
        const wire = encodeMessage(message, compress ? { compressAbove: 0 } : {});
        let at = 0;
        for (const field of read(wire)) {
          expect(field.from).toBe(at);
          at = field.to;
        }
        expect(at).toBe(wire.length);
      }),
      RUNS,
    );
  });

  it("say what the decoder reads: the addresses and TTLs of all records, in order", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const wire = encodeMessage(message, { compressAbove: 0 });
        const decoded = decodeMessage(wire);
        if (!decoded.ok) throw new Error(decoded.problem.message);
        const { answers, authority, additional } = decoded.value;
        const records = [...answers, ...authority, ...additional];
        const fields = read(wire);
        const valuesOf = (name: string): readonly string[] => fields.filter((field) => field.name === name).map(({ value }) => value);
        expect(valuesOf("TTL")).toEqual(records.map(({ ttl }) => `${ttl} s`));
        expect(valuesOf("address")).toEqual(records.filter(({ type }) => type === "A" || type === "AAAA").map(showData));
      }),
      RUNS,
    );
  });

  it("say at which byte a message stops making sense", () => {
    const cut = fieldsOf(bytes("0001 0100 0001 0000 0000 0000 03 7765"));
    expect(cut.ok ? "" : cut.problem.message).toContain("byte 12: the name asked for cannot be read");
  });
});

describe("the flags", () => {
  it("are sixteen bits, each with its word", () => {
    const bits = flagBits(0x8583);
    expect(bits.map(({ name, value }) => `${name} ${value}`).join(", ")).toBe(
      "QR 1, OPCODE 0, AA 1, TC 0, RD 1, RA 1, Z 0, AD 0, CD 0, RCODE 3",
    );
    expect(bits.reduce((sum, { bits: width }) => sum + width, 0)).toBe(16);
    expect(bits.at(-1)?.says).toBe("NXDOMAIN, no such name");
  });
});
