import { describe, expect, test } from "vitest";
import { runTransaction } from "../../../src/node/kernel/nftables/operations";
import { parseScript, parseTable } from "../../../src/node/kernel/nftables/parse";
import { operationsOf, scriptText } from "../../../src/node/kernel/nftables/script";
import type { NftTable } from "../../../src/node/kernel/nftables/tables";
import { SMALL } from "./tables";

function run(table: NftTable, script: string): NftTable {
  return runTransaction(table, parseScript(script), "next");
}

/** Chains with how many rules they have. */
function chainsOf({ chains }: NftTable): readonly string[] {
  return [...chains.values()].map(({ name, rules }) => `${name} ${rules.length}`);
}

function dynamicSet(seconds: number): string {
  return `add set ip t d { type ipv4_addr ; flags dynamic,timeout ; timeout ${seconds}s ; }`;
}

const TWO = parseTable(`
  add set ip t s { type ipv4_addr ; }
  add element ip t s { 10.0.0.1 }
  add chain ip t a
  add chain ip t b { type filter hook input priority 10 ; }
  add rule ip t a drop
  add rule ip t b jump a`);

describe("a transaction", () => {
  test("flushes and refills a chain where it stands, and leaves the table before it as it was", () => {
    const next = run(TWO, "flush chain ip t a\nadd rule ip t a accept\nadd rule ip t a drop");
    expect(chainsOf(next)).toEqual(["a 2", "b 1"]);
    expect(chainsOf(TWO)).toEqual(["a 1", "b 1"]);
  });

  test("adds nothing that is there, and appends rules to a chain that it does not flush", () => {
    expect(chainsOf(run(TWO, "add chain ip t a\nadd rule ip t a accept"))).toEqual(["a 2", "b 1"]);
    expect(run(TWO, "add chain ip t a").chains).toBe(TWO.chains);
  });

  test("makes a deleted chain anew at the end, empty", () => {
    expect(chainsOf(run(TWO, "delete chain ip t a\nadd chain ip t a"))).toEqual(["b 1", "a 0"]);
  });

  test("adds, replaces and deletes elements; shares the sets that it does not touch", () => {
    const next = run(TWO, "add element ip t s { 10.0.0.2 }\ndelete element ip t s { 10.0.0.1 }");
    expect([...(next.sets.get("s")?.elements.keys() ?? [])]).toEqual(["10.0.0.2"]);
    expect(run(next, "flush set ip t s").sets.get("s")?.elements.size).toBe(0);
    expect(run(TWO, "add chain ip t c").sets).toBe(TWO.sets);
  });

  test("changes how long a set's elements live, and deletes sets", () => {
    const next = run(run(TWO, dynamicSet(60)), dynamicSet(90));
    expect(next.sets.get("d")?.timeout).toBe(90);
    expect([...run(next, "delete set ip t d").sets.keys()]).toEqual(["s"]);
  });

  test("fails where it names what is not there", () => {
    expect(() => run(TWO, "flush chain ip t none")).toThrow("chain none to flush");
    expect(() => run(TWO, "delete element ip t s { 10.0.0.9 }")).toThrow("element 10.0.0.9 of s");
    expect(() => run(TWO, "add rule ip t none drop")).toThrow("chain none of a rule");
    expect(() => run(TWO, "delete set ip t none")).toThrow("set none to delete");
  });
});

test("base chains of a hook come by priority, those of the same one in the order in which they were made", () => {
  const next = run(
    TWO,
    `add chain ip t early { type filter hook input priority -10 ; }
     add chain ip t late { type filter hook input priority 10 ; }
     add chain ip t other { type nat hook output priority -100 ; }`,
  );
  expect([...next.hooks]).toEqual([
    ["input", ["early", "b", "late"]],
    ["output", ["other"]],
  ]);
});

describe("scripts", () => {
  test("a table's own operations make the same table, and the text of them reads back as they are", () => {
    const operations = operationsOf(SMALL);
    const text = scriptText("kube-proxy", operations);
    expect(scriptText("kube-proxy", parseScript(text))).toBe(text);
    expect(scriptText("kube-proxy", operationsOf(parseTable(text)))).toBe(text);
  });

  test("flushing and deleting are written without what they hold", () => {
    const text = [
      "flush chain ip t a",
      "delete chain ip t a",
      "flush map ip t m",
      "delete set ip t s",
      "delete element ip t m { 10.0.0.1 . tcp . 80 }",
    ];
    expect(scriptText("t", parseScript(text.join("\n")))).toBe(text.map((line) => `${line}\n`).join(""));
  });

  test("what cannot be read is named with its line", () => {
    expect(() => parseScript("add chain ip t a\nadd rule ip t a counter drop")).toThrow('script line 2: "counter" is no verdict');
    expect(() => parseScript("create chain ip t a")).toThrow('script line 1: "create" is no operation');
    expect(() => parseScript("add flowtable ip t f")).toThrow('"flowtable" is nothing that is known here');
  });
});
