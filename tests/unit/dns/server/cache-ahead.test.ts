/** prefetch, serve_stale and what comes from outside later: what the cache does ahead of time and after it. */
import { describe, expect, it } from "vitest";
import { draw } from "../../../../src/base/draw";
import { makeQuery, makeReply } from "../../../../src/dns/message/types";
import { parseRecord } from "../../../../src/dns/message/zone-text";
import { DnsCache } from "../../../../src/dns/server/cache-store";
import type { Answer } from "../../../../src/dns/server/chain";
import { answerQuery } from "../../../../src/dns/server/chain";
import { parseCorefile } from "../../../../src/dns/server/corefile";
import type { AskUpstream } from "../../../../src/dns/server/request";
import { simTime } from "../../../../src/engine/time";
import { viewOf } from "../../../fixtures/view-of-objects";
import { linesOf } from "../../../dns/zone-fixture";

/** A forwarding CoreDNS with a cache of some lines. */
class Forwarder {
  private readonly cache = new DnsCache();
  private readonly config;
  private asked = 0;

  constructor(cacheLines: string) {
    const read = parseCorefile(`.:53 {\n forward . 10.1.1.1\n cache 30 {\n${cacheLines}\n}\n}`);
    if (!read.ok) throw new Error(read.problem.message);
    this.config = read.value.config;
  }

  ask(at: number, outside: AskUpstream, refreshes = false): Answer {
    const n = (this.asked += 1);
    return answerQuery({
      query: makeQuery(n, "www.example.com.", "A"),
      view: viewOf([]),
      config: this.config,
      cache: this.cache,
      now: simTime(at * 1_000_000),
      draw: (purpose) => draw(1, "coredns", purpose, n),
      outside,
      refreshes,
    });
  }

  line(at: number, outside: AskUpstream): string {
    const { reply, cache, refetch } = this.ask(at, outside);
    return `${at} ${cache}${refetch ? ", refetched" : ""}: ${linesOf(reply).join(", ")}`;
  }
}

const gives =
  (address: string): AskUpstream =>
  ({ question }) => {
    const record = parseRecord(`www.example.com. 300 IN A ${address}`);
    if (!record.ok) throw new Error(record.problem.message);
    return makeReply(makeQuery(1, question.name, question.type), { answers: [record.value] });
  };
const fails: AskUpstream = ({ question }) => makeReply(makeQuery(1, question.name, question.type), { rcode: "SERVFAIL" });
const later: AskUpstream = () => null;

describe("an answer that has yet to come from outside", () => {
  it("is waited for: nothing is kept, and the same query is answered once it is there", () => {
    const server = new Forwarder("");
    const first = server.ask(0, later);
    expect(first.waitsFor?.question).toEqual({ name: "www.example.com.", type: "A", class: "IN" });
    expect(first.waitsFor?.forward.to).toEqual(["10.1.1.1"]);
    expect(server.line(1, gives("192.0.2.1"))).toBe("1 miss: www.example.com. 30 IN A 192.0.2.1");
    expect(server.line(2, later)).toBe("2 hit: www.example.com. 29 IN A 192.0.2.1");
  });
});

describe("server blocks and forward lines", () => {
  const text = ".:53 {\n forward . 10.1.1.1\n}\ncorp.example:53 {\n forward lab.corp.example 10.3.3.3\n forward . 10.2.2.2\n}\n";
  it.each([
    ["www.example.com.", "10.1.1.1"],
    ["intranet.corp.example.", "10.2.2.2"],
    ["a.LAB.corp.example.", "10.3.3.3"],
    ["notcorp.example.", "10.1.1.1"],
  ])("%s goes to %s, by the block and the line whose zone fits", (name, server) => {
    const read = parseCorefile(text);
    if (!read.ok) throw new Error(read.problem.message);
    const { waitsFor } = answerQuery({
      query: makeQuery(1, name, "A"),
      view: viewOf([]),
      config: read.value.config,
      cache: new DnsCache(),
      now: simTime(0),
      draw: () => 0,
      outside: later,
    });
    expect(waitsFor?.forward.to).toEqual([server]);
  });
});

describe("prefetch", () => {
  it("fetches an entry anew once it is asked for often and a tenth of its time is left", () => {
    const server = new Forwarder("prefetch 3 1m 10%");
    expect([0, 5, 10, 26, 27].map((at) => server.line(at, gives("192.0.2.1")))).toEqual([
      "0 miss: www.example.com. 30 IN A 192.0.2.1",
      "5 hit: www.example.com. 25 IN A 192.0.2.1",
      "10 hit: www.example.com. 20 IN A 192.0.2.1",
      "26 hit: www.example.com. 4 IN A 192.0.2.1",
      "27 hit, refetched: www.example.com. 3 IN A 192.0.2.1",
    ]);
    server.ask(27, gives("192.0.2.2"), true);
    expect(server.line(28, later)).toBe("28 hit: www.example.com. 29 IN A 192.0.2.2");
  });

  it("leaves alone what is seldom asked for, and counts anew after a gap", () => {
    const server = new Forwarder("prefetch 3 5s 90%");
    expect([0, 1, 2, 10, 11].map((at) => server.line(at, gives("192.0.2.1")).includes("refetched"))).toEqual(Array(5).fill(false));
    expect(server.line(12, gives("192.0.2.1"))).toContain("refetched");
  });
});

describe("serve_stale", () => {
  it("gives what has run out with TTL 0 at once, and has it fetched anew", () => {
    const server = new Forwarder("serve_stale 1m");
    server.line(0, gives("192.0.2.1"));
    expect(server.line(40, later)).toBe("40 hit, refetched: www.example.com. 0 IN A 192.0.2.1");
    server.ask(40, gives("192.0.2.2"), true);
    expect(server.line(41, later)).toBe("41 hit: www.example.com. 29 IN A 192.0.2.2");
  });

  it("forgets it after its time", () => {
    const server = new Forwarder("serve_stale 1m");
    server.line(0, gives("192.0.2.1"));
    expect(server.line(91, gives("192.0.2.2"))).toBe("91 miss: www.example.com. 30 IN A 192.0.2.2");
  });

  it("with verify asks first, and falls back on the old answer only where that fails", () => {
    const server = new Forwarder("serve_stale 1h verify");
    server.line(0, gives("192.0.2.1"));
    expect(server.ask(40, later).waitsFor?.question.name).toBe("www.example.com.");
    expect(server.line(41, fails)).toBe("41 hit: www.example.com. 0 IN A 192.0.2.1");
    expect(server.line(42, gives("192.0.2.2"))).toBe("42 miss: www.example.com. 30 IN A 192.0.2.2");
  });
});
