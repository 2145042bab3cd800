import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { builtIn, chain, jump, rule, ruleset, table } from "../../../src/node/kernel/netfilter/build";
import { evaluateTable, evaluateTableLinearly } from "../../../src/node/kernel/netfilter/evaluate";
import type { Match, Rule, Ruleset, Target } from "../../../src/node/kernel/netfilter/rules";
import { factsFrom, TestHost } from "./packets";

const RUNS = Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50");

const ADDRESSES = ["10.96.0.1", "10.96.0.2", "10.96.0.3", "192.168.0.11"];
const PORTS = [53, 80, 443];

const matches = fc.oneof<fc.Arbitrary<Match>[]>(
  fc.record({
    kind: fc.constant("destination" as const),
    text: fc.constantFrom(...ADDRESSES, "10.96.0.1/32", "10.96.0.0/30"),
    not: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("destination" as const), text: fc.constantFrom(...ADDRESSES) }),
  fc.record({ kind: fc.constant("destination-port" as const), port: fc.constantFrom(...PORTS) }),
  fc.record({ kind: fc.constant("destination-port" as const), port: fc.constantFrom(...PORTS), not: fc.boolean() }),
  fc.record({ kind: fc.constant("protocol" as const), protocol: fc.constantFrom("tcp" as const, "udp" as const) }),
  fc.record({ kind: fc.constant("statistic" as const), probability: fc.constantFrom("0.5", "0.3333333333") }),
  fc.record({ kind: fc.constant("addrtype" as const), side: fc.constant("dst" as const), type: fc.constant("LOCAL" as const) }),
  fc.constant({ kind: "mark", value: "0x4000", mask: "0x4000" } as const),
  fc.constant({ kind: "recent", name: "A", action: "set" } as const),
);

function rules(targets: readonly Target[], length: number): fc.Arbitrary<Rule[]> {
  const one = fc.record({ matches: fc.array(matches, { maxLength: 4 }), target: fc.constantFrom(...targets) });
  return fc.array(
    one.map((made) => rule(made.matches, made.target)),
    { minLength: length, maxLength: length * 2 },
  );
}

const MARK: Target = { kind: "MARK", operation: "or", value: "0x4000" };
const rulesets: fc.Arbitrary<Ruleset> = fc
  .record({
    hook: rules([jump("A"), jump("B"), { kind: "none" }, { kind: "ACCEPT" }, { kind: "RETURN" }], 20),
    a: rules([jump("B"), { kind: "none" }, { kind: "RETURN" }, MARK, { kind: "DROP" }], 20),
    b: rules([{ kind: "none" }, { kind: "DNAT", address: "10.244.1.2", port: 8080 }, MARK], 3),
  })
  .map(({ hook, a, b }) => ruleset([table("nat", [builtIn("PREROUTING", hook), chain("A", a), chain("B", b)])]));

const packets = fc
  .tuple(fc.constantFrom("tcp", "udp", "icmp"), fc.constantFrom(...ADDRESSES, "10.244.1.9"), fc.constantFrom(...PORTS, 99))
  .map(([protocol, address, port]) => (protocol === "icmp" ? `icmp 10.0.0.1 > ${address}` : `${protocol} 10.0.0.1 > ${address}:${port}`));

describe("an index changes nothing but speed", () => {
  test("verdict, mark, rules passed, counts, draws and every try that matched or drew are those of the linear walk", () => {
    const draws = fc.array(fc.integer({ min: 0, max: 0x7fff_ffff }), { minLength: 100, maxLength: 100 });
    fc.assert(
      fc.property(rulesets, packets, draws, (made, packet, chances) => {
        const run = (evaluate: typeof evaluateTable) => {
          const host = new TestHost(["192.168.0.11"], chances);
          const found = evaluate({ ruleset: made, table: "nat", hook: "PREROUTING", facts: factsFrom(packet), host, recordWalk: true });
          return { ...found, counted: host.counted, drawn: host.drawn };
        };
        const { walk = [], ...indexed } = run(evaluateTable);
        const { walk: linearWalk = [], ...linear } = run(evaluateTableLinearly);
        expect(indexed).toEqual(linear);
        expect(walk.map(({ chain: name }) => name)).toEqual(linearWalk.map(({ chain: name }) => name));
        for (const [at, one] of walk.entries()) {
          const whole = linearWalk[at]?.tries ?? [];
          const numbers = new Set(one.tries.map(({ number }) => number));
          expect(one.tries).toEqual(whole.filter(({ number }) => numbers.has(number)));
          const left = whole.filter(({ number }) => !numbers.has(number));
          expect(left.filter(({ matched, draw }) => matched || draw !== undefined)).toEqual([]);
          expect(one.skipped ?? 0).toBe(left.length);
        }
      }),
      { numRuns: RUNS * 4 },
    );
  });

  test("in a chain of a thousand addresses a packet meets its own rule and nothing else, and passes as many as ever", () => {
    const many = Array.from({ length: 1000 }, (_, at) =>
      rule([{ kind: "destination", text: `10.96.${at >> 8}.${at & 255}` }], { kind: "ACCEPT" }),
    );
    const made = ruleset([table("filter", [builtIn("INPUT", many)])]);
    const found = evaluateTable({
      ruleset: made,
      table: "filter",
      hook: "INPUT",
      facts: factsFrom("tcp 10.0.0.1 > 10.96.3.0:80"),
      host: new TestHost(),
      recordWalk: true,
    });
    expect(found.rulesPassed).toBe(769);
    expect(found.walk).toEqual([
      { table: "filter", chain: "INPUT", length: 1000, skipped: 768, tries: [{ chain: "INPUT", number: 769, matched: true }] },
    ]);
  });
});
