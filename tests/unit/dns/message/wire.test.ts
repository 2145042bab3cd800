import * as oracle from "@leichtgewicht/dns-packet";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { negativeSizes, showData, showRecord } from "../../../../src/dns/message/show";
import { makeQuery, makeReply } from "../../../../src/dns/message/types";
import type { Message, ResourceRecord } from "../../../../src/dns/message/types";
import { decodeMessage, encodeMessage } from "../../../../src/dns/message/wire";
import { parseRecord } from "../../../../src/dns/message/zone-text";
import { anyMessage, RUNS } from "./arbitraries";

function record(text: string): ResourceRecord {
  const read = parseRecord(text);
  if (!read.ok) throw new Error(read.problem.message);
  return read.value;
}

function decoded(bytes: Uint8Array): Message {
  const read = decodeMessage(bytes);
  if (!read.ok) throw new Error(read.problem.message);
  return read.value;
}

/** `count` addresses of a headless Service. */
function headless(name: string, count: number): Message {
  const answers = Array.from({ length: count }, (_, index) => record(`${name} 30 IN A 10.244.1.${index + 1}`));
  return makeReply(makeQuery(7, name, "A"), { authoritative: true, answers });
}

/** Data of the library's record in our zone-file words. */
function wordsOfOracle(answer: oracle.Answer): string {
  switch (answer.type) {
    case "A":
      return answer.data;
    case "CNAME":
    case "PTR":
    case "NS":
      return `${answer.data}.`;
    case "SRV":
      return `${answer.data.priority} ${answer.data.weight} ${answer.data.port} ${answer.data.target}.`;
    case "MX":
      return `${answer.data.preference} ${answer.data.exchange}.`;
    default:
      return "";
  }
}

describe("the wire form", () => {
  it("gives back every message that went in", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(decoded(encodeMessage(message))).toEqual(message);
      }),
      RUNS,
    );
  });

  it("gives back every message that went in compressed", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(decoded(encodeMessage(message, { compressAbove: 0 }))).toEqual(message);
      }),
      RUNS,
    );
  });

  it("is read by another library, compressed or not", () => {
    fc.assert(
      fc.property(anyMessage, fc.boolean(), (message, compress) => {
        const read = oracle.decode(encodeMessage(message, compress ? { compressAbove: 0 } : {}));
        const ours = [...message.answers].filter((item) => ["A", "CNAME", "PTR", "NS", "SRV", "MX"].includes(item.type));
        const theirs = (read.answers ?? []).filter((item) => wordsOfOracle(item) !== "");
        expect(theirs.map((item) => `${item.name}. ${item.type} ${wordsOfOracle(item)}`)).toEqual(
          ours.map((item) => `${item.name} ${item.type} ${showData(item)}`),
        );
        expect(read.id).toBe(message.id);
      }),
      RUNS,
    );
  });

  it("reads what another library writes", () => {
    const bytes = oracle.encode({
      type: "response",
      id: 4242,
      flags: oracle.AUTHORITATIVE_ANSWER,
      questions: [{ type: "SRV", name: "_http._tcp.web.shop.svc.cluster.local" }],
      answers: [
        {
          type: "SRV",
          name: "_http._tcp.web.shop.svc.cluster.local",
          ttl: 30,
          data: { priority: 0, weight: 100, port: 80, target: "web.shop.svc.cluster.local" },
        },
      ],
      additionals: [
        { type: "A", name: "web.shop.svc.cluster.local", ttl: 30, data: "10.96.0.50" },
        { type: "AAAA", name: "web.shop.svc.cluster.local", ttl: 30, data: "fd00::50" },
        { type: "TXT", name: "t.cluster.local", ttl: 5, data: ["1.1.0"] },
        {
          type: "SOA",
          name: "cluster.local",
          ttl: 5,
          data: {
            mname: "ns.dns.cluster.local",
            rname: "hostmaster.cluster.local",
            serial: 9,
            refresh: 7200,
            retry: 1800,
            expire: 86400,
            minimum: 5,
          },
        },
      ],
    });
    const message = decoded(bytes);
    expect(message.flags.authoritative).toBe(true);
    expect([...message.answers, ...message.additional].map(showRecord)).toEqual([
      "_http._tcp.web.shop.svc.cluster.local. 30 IN SRV 0 100 80 web.shop.svc.cluster.local.",
      "web.shop.svc.cluster.local. 30 IN A 10.96.0.50",
      "web.shop.svc.cluster.local. 30 IN AAAA fd00::50",
      't.cluster.local. 5 IN TXT "1.1.0"',
      "cluster.local. 5 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. 9 7200 1800 86400 5",
    ]);
  });

  it("keeps EDNS0's OPT as a field of its own", () => {
    const edns = { udpSize: 1232, version: 0, dnssecOk: true, options: new Uint8Array() };
    const bytes = encodeMessage(makeQuery(1, "web.", "A", edns));
    expect(oracle.decode(bytes).additionals?.map((item) => item.type)).toEqual(["OPT"]);
    expect(decoded(bytes)).toMatchObject({ edns, additional: [] });
  });
});

describe("malformed bytes", () => {
  it.each([
    ["nothing at all", [], "byte 0: the message ends here"],
    ["a header that announces a question that is not there", [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], "byte 12: the message ends here"],
    [
      "a pointer at itself",
      [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1],
      "byte 14: a compression pointer does not point backwards",
    ],
    ["a label of 64 bytes", [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 64], "byte 13: a label is longer than 63 bytes"],
  ])("%s are a problem with a place", (_, bytes, problem) => {
    const read = decodeMessage(Uint8Array.from(bytes));
    expect(read.ok ? "read" : read.problem.message).toContain(problem);
  });

  it("never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void decodeMessage(bytes)),
      RUNS,
    );
  });
});

describe("sizes", () => {
  it.each([
    // Both pairs of figures stand in logs of CoreDNS.
    [`${"a".repeat(40)}.cluster.local.`, 72, 165],
    [`${"a".repeat(52)}.cluster.local.`, 84, 177],
  ])("of a query and a negative reply follow the arithmetic: %s", (name, query, reply) => {
    const sizes = negativeSizes(name, "cluster.local.");
    const soa = record("cluster.local. 5 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. 1767225600 7200 1800 86400 5");
    const asked = makeQuery(1, name, "A");
    expect(encodeMessage(asked).length).toBe(sizes.query);
    expect(encodeMessage(makeReply(asked, { rcode: "NXDOMAIN", authority: [soa] })).length).toBe(sizes.reply);
    expect(sizes.reply - sizes.query).toBe(93);
    expect(sizes).toEqual({ query, reply });
  });

  it("of an address are W + 14 uncompressed", () => {
    const name = "web.default.svc.cluster.local.";
    const W = name.length + 1;
    expect(encodeMessage(headless(name, 2)).length - encodeMessage(headless(name, 1)).length).toBe(W + 14);
  });

  it("stay uncompressed where that fits, are compressed where not", () => {
    const name = "web.default.svc.cluster.local.";
    const W = name.length + 1;
    const compressed = (count: number): number => 12 + W + 4 + 16 * count;
    expect(encodeMessage(headless(name, 10), { limit: 512 }).length).toBe(12 + W + 4 + 10 * (W + 14));
    expect(encodeMessage(headless(name, 29), { limit: 512 }).length).toBe(compressed(29));
  });

  it("of 29 addresses are the most that 512 bytes hold; the 30th is cut and TC set", () => {
    const name = "web.default.svc.cluster.local.";
    const whole = decoded(encodeMessage(headless(name, 29), { limit: 512 }));
    const cut = decoded(encodeMessage(headless(name, 30), { limit: 512 }));
    expect([whole.answers.length, whole.flags.truncated]).toEqual([29, false]);
    expect([cut.answers.length, cut.flags.truncated]).toEqual([29, true]);
  });

  it("never pass the limit, and what is left is a beginning of what was there", () => {
    fc.assert(
      fc.property(anyMessage, fc.integer({ min: 512, max: 1400 }), (message, limit) => {
        const bytes = encodeMessage(message, { limit });
        const left = decoded(bytes);
        expect(bytes.length).toBeLessThanOrEqual(limit);
        const all = [...message.answers, ...message.authority, ...message.additional];
        const kept = [...left.answers, ...left.authority, ...left.additional];
        expect(kept).toEqual(all.slice(0, kept.length));
        if (kept.length < all.length) expect(left.flags.truncated).toBe(true);
      }),
      RUNS,
    );
  });
});
