import { describe, expect, test } from "vitest";
import { simTime } from "../../../src/engine/time";
import { DynamicSets } from "../../../src/node/kernel/nftables/dynamic-sets";
import { evaluateBaseChain } from "../../../src/node/kernel/nftables/evaluate";
import { drawFor, type NftEvaluation } from "../../../src/node/kernel/nftables/evaluation";
import { parseTable } from "../../../src/node/kernel/nftables/parse";
import type { PacketFacts } from "../../../src/node/kernel/netfilter/evaluation";
import { factsOf } from "../../packet-flow/kube-proxy/outcome";
import { SMALL } from "./tables";

interface Options {
  readonly chain?: string;
  readonly choice?: number;
  readonly facts?: Partial<PacketFacts>;
  readonly seen?: DynamicSets;
}

/** `PROTOCOL SOURCE → DESTINATION:PORT` through a base chain of the small table. */
function evaluate(line: string, { chain = "nat", choice = 0, facts = {}, seen = new DynamicSets() }: Options = {}): NftEvaluation {
  const [, protocol = "", source = "", destination = "", port = ""] = /^(\w+) (\S+) → ([^:]+):(\d+)$/.exec(line) ?? [];
  return evaluateBaseChain({
    table: SMALL,
    chain,
    facts: { ...factsOf({ protocol, source, destination, port: Number(port) }), ...facts },
    host: {
      isLocal: (address) => address === "192.168.0.11",
      drawNumgen: () => drawFor(choice, 2),
      dynamic: {
        holds: (set, address) => seen.holds(set, address, simTime(0)),
        update: (entry) => seen.update({ ...entry, now: simTime(0) }),
      },
    },
    recordWalk: true,
  });
}

/** Forwarded, in by an interface. */
function through(inInterface: string): Options {
  return { chain: "through", facts: { inInterface } };
}

/** The verdict and what gave it. */
function fate(line: string, options: Options = {}): string {
  const { verdict, decidedBy, mark } = evaluate(line, options);
  const target = verdict.kind === "dnat" ? ` to ${verdict.address}:${verdict.port}` : "";
  const by = decidedBy === undefined ? "policy" : `${decidedBy.chain} ${decidedBy.number}`;
  return `${verdict.kind}${target} by ${by}${mark === 0 ? "" : ", marked"}`;
}

describe("a packet meets a table", () => {
  test("a map leads to a chain, chance to an endpoint", () => {
    expect(fate("TCP 10.244.1.9 → 10.96.0.1:80")).toBe("dnat to 10.244.1.2:8080 by pod-a 2");
    expect(fate("TCP 10.244.1.9 → 10.96.0.1:80", { choice: 1 })).toBe("dnat to 10.244.2.2:8080 by pod-b 2");
  });

  test("what the map does not hold passes: another port, another protocol, another address", () => {
    expect(fate("TCP 10.244.1.9 → 10.96.0.1:81")).toBe("accept by policy");
    expect(fate("UDP 10.244.1.9 → 10.96.0.1:80")).toBe("accept by policy");
    expect(fate("TCP 10.244.1.9 → 10.96.0.7:80")).toBe("accept by policy");
  });

  test("an element's own verdict decides, and says which element it was", () => {
    const dropped = evaluate("TCP 10.244.1.9 → 10.96.0.3:80");
    expect(dropped.verdict.kind).toBe("drop");
    expect(dropped.decidedBy).toMatchObject({ chain: "services", number: 1, element: { key: "10.96.0.3 . tcp . 80" } });
    expect(fate("UDP 10.244.1.9 → 10.96.0.2:53")).toBe("reject by refuse 1");
  });

  test("jump comes back with the mark set, goto does not come back", () => {
    expect(fate("TCP 192.0.2.1 → 10.96.0.1:80")).toBe("dnat to 10.244.1.2:8080 by pod-a 2, marked");
    expect(fate("TCP 10.244.1.2 → 10.96.0.1:80")).toBe("dnat to 10.244.1.2:8080 by pod-a 2, marked");
    const table = parseTable(`
      add chain ip t a { type filter hook input priority 0 ; }
      add chain ip t b
      add chain ip t c
      add rule ip t b goto c
      add rule ip t b drop
      add rule ip t a jump b
      add rule ip t a reject`);
    const facts = factsOf({ protocol: "TCP", source: "10.0.0.1", destination: "10.0.0.2", port: 80 });
    const found = evaluateBaseChain({ table, chain: "a", facts, host: { isLocal: () => false, drawNumgen: () => 0 }, recordWalk: false });
    expect(found.decidedBy).toMatchObject({ chain: "a", number: 2 });
  });

  test("an address of the host, but not of loopback, is told apart by its route", () => {
    expect(fate("TCP 10.244.1.9 → 192.168.0.11:30080")).toBe("accept by services 2");
    expect(fate("TCP 10.244.1.9 → 127.0.0.1:30080")).toBe("accept by policy");
  });

  test("a source that an endpoint has seen goes back to it, whatever chance says", () => {
    const seen = new DynamicSets();
    expect(fate("TCP 10.244.1.9 → 10.96.0.1:80", { seen, choice: 1 })).toContain("pod-b");
    expect(fate("TCP 10.244.1.9 → 10.96.0.1:80", { seen, choice: 0 })).toContain("pod-b");
    expect(fate("TCP 10.244.1.8 → 10.96.0.1:80", { seen, choice: 0 })).toContain("pod-a");
    expect(seen.elements("seen", simTime(0)).map(({ address }) => address)).toEqual(["10.244.1.9"]);
  });

  test("a set of ranges without names holds what lies in one of them; only new connections are asked", () => {
    expect(fate("TCP 203.0.113.7 → 10.96.0.1:80", { chain: "early" })).toBe("drop by early 1");
    expect(fate("TCP 192.168.0.5 → 10.96.0.1:80", { chain: "early" })).toBe("accept by policy");
    expect(fate("TCP 203.0.113.7 → 10.96.0.1:80", { chain: "early", facts: { state: "ESTABLISHED" } })).toBe("accept by policy");
  });

  test("a marked packet is masqueraded and loses its mark, another returns", () => {
    expect(fate("TCP 10.244.1.9 → 10.244.2.2:8080", { chain: "out" })).toBe("accept by policy");
    expect(fate("TCP 10.244.1.9 → 10.244.2.2:8080", { chain: "out", facts: { mark: 0x4000 } })).toBe("masquerade by out 3");
  });

  test("interfaces are known by name, by the beginning of a name, and a policy may drop", () => {
    expect(fate("TCP 10.0.0.1 → 10.96.0.9:80", through("veth12ab"))).toBe("accept by through 1");
    expect(fate("TCP 10.0.0.1 → 10.96.0.9:80", through("eth0"))).toBe("reject by through 2");
    expect(fate("TCP 10.0.0.1 → 10.96.0.9:80", through("eth1"))).toBe("drop by policy");
  });
});

describe("what an evaluation tells", () => {
  test("rules, look-ups, and the walk with what was looked up, what failed and what was drawn", () => {
    const { rulesPassed, lookups, walk } = evaluate("TCP 10.244.1.9 → 10.96.0.1:80", { choice: 1 });
    expect({ rulesPassed, lookups }).toEqual({ rulesPassed: 7, lookups: 3 });
    expect(walk?.map(({ chain, tries }) => `${chain}: ${tries.map(({ matched }) => (matched ? "yes" : "no")).join(" ")}`)).toEqual([
      "nat: yes",
      "services: yes",
      "web: no no yes",
      "pod-b: yes yes",
    ]);
    const [, services, web] = walk ?? [];
    expect(services?.tries[0]?.lookup).toEqual({ set: "services", key: "10.96.0.1 . tcp . 80", found: true });
    expect(web?.tries[0]?.failed).toBe(0);
    expect(web?.tries[1]?.lookup).toEqual({ set: "seen", key: "10.244.1.9", found: false });
    expect(web?.tries[2]?.draw).toEqual({ value: 1, limit: 2 });
  });

  test("every choice has the draws that lead to it, the smallest of them is the one for replays", () => {
    for (const limit of [1, 2, 3, 7, 100]) {
      for (let value = 0; value < limit; value += 1) {
        expect(Math.floor((drawFor(value, limit) * limit) / 2 ** 32)).toBe(value);
        if (value > 0) expect(Math.floor(((drawFor(value, limit) - 1) * limit) / 2 ** 32)).toBe(value - 1);
      }
    }
  });

  test("hits are told rule by rule, for rules that matched only", () => {
    const hits: string[] = [];
    const facts = factsOf({ protocol: "TCP", source: "10.244.1.9", destination: "10.96.0.1", port: 80 });
    const host = {
      isLocal: () => false,
      drawNumgen: () => 0,
      count: (table: string, chain: string, index: number) => hits.push(`${table} ${chain} ${index}`),
    };
    evaluateBaseChain({ table: SMALL, chain: "nat", facts, host, recordWalk: false });
    expect(hits).toEqual(["kube-proxy nat 0", "kube-proxy services 0", "kube-proxy web 2", "kube-proxy pod-a 1"]);
  });
});
