import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ipv6Groups, ipv6Text, readAddress } from "../../../../src/dns/message/ipv6";
import { parseName } from "../../../../src/dns/message/name";
import { digText, showRecord } from "../../../../src/dns/message/show";
import { makeQuery, makeReply } from "../../../../src/dns/message/types";
import { parseRecord } from "../../../../src/dns/message/zone-text";
import { anyRecord, RUNS } from "./arbitraries";

describe("a message in dig's form", () => {
  it("shows header, flags, question, answer and size", () => {
    const query = makeQuery(4242, "web.shop.svc.cluster.local.", "A");
    const reply = makeReply(query, {
      authoritative: true,
      answers: [{ type: "A", name: "web.shop.svc.cluster.local.", ttl: 30, address: "10.96.0.50" }],
    });
    expect(digText(reply)).toBe(`;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4242
;; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 0

;; QUESTION SECTION:
;web.shop.svc.cluster.local.	IN	A

;; ANSWER SECTION:
web.shop.svc.cluster.local. 30	IN	A	10.96.0.50

;; MSG SIZE  rcvd: 86
`);
  });

  it("counts OPT among the additional records and shows it above the question", () => {
    const text = digText(makeQuery(1, "a.", "AAAA", { udpSize: 1232, version: 0, dnssecOk: true, options: new Uint8Array() }));
    expect(text).toContain("AUTHORITY: 0, ADDITIONAL: 1");
    expect(text).toContain(";; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags: do; udp: 1232");
  });
});

describe("a record as text", () => {
  it("is read back as the same record", () => {
    fc.assert(
      fc.property(
        anyRecord.filter((record) => !record.type.startsWith("TYPE")),
        (record) => {
          expect(parseRecord(showRecord(record))).toEqual({ ok: true, value: record });
        },
      ),
      RUNS,
    );
  });

  it.each(["web 30 IN", "web 30 IN A 1.2.3", "web 30 IN SRV 0 x 80 a.", "web 30 IN LOC 1"])("that is none is a problem: %s", (text) => {
    expect(parseRecord(text).ok).toBe(false);
  });
});

describe("IPv6 text", () => {
  it.each([
    ["2001:db8:0:0:0:0:0:1", "2001:db8::1"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
    ["::ffff:10.0.0.1", "::ffff:a00:1"],
    ["FD00::A", "fd00::a"],
  ])("%s is written %s", (text, canonical) => {
    expect(readAddress(text)).toEqual({ type: "AAAA", address: canonical });
  });

  it("has one form: writing and reading agree", () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const groups = ipv6Groups(text);
        expect(groups).toBeDefined();
        expect(ipv6Groups(ipv6Text(groups ?? []))).toEqual(groups);
      }),
      RUNS,
    );
  });

  it.each(["1:2:3", "1::2::3", "12345::", "::1.2.3", "", "g::"])("refuses %s", (text) => {
    expect(ipv6Groups(text)).toBeUndefined();
  });
});

describe("a name that a person wrote", () => {
  it.each([
    ["web", "web."],
    ["web.shop.", "web.shop."],
    [".", "."],
  ])("%s is %s", (text, name) => {
    expect(parseName(text)).toEqual({ ok: true, value: name });
  });

  it.each([
    ["a..b", "empty label"],
    ["", "empty label"],
    [`${"a".repeat(64)}.b`, "longer than 63 bytes"],
    [`${"a.".repeat(130)}`, "longer than 255 bytes"],
  ])("%s is refused", (text, why) => {
    const read = parseName(text);
    expect(read.ok ? "" : read.problem.message).toContain(why);
  });
});
