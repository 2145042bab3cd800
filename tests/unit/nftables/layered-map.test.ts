import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { changeMap, layeredMap } from "../../../src/node/kernel/nftables/layered-map";

const RUNS = Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50");

const names = fc.integer({ min: 0, max: 200 }).map((n) => `k${n}`);
const step = fc.record({ put: fc.array(fc.tuple(names, fc.nat()), { maxLength: 40 }), drop: fc.array(names, { maxLength: 20 }) });

describe("a layered map", () => {
  test("holds after any changes what a plain map would, in the same order, and no earlier map changes", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.nat())), fc.array(step, { maxLength: 12 }), (first, steps) => {
        let map = layeredMap(first);
        const plain = new Map(first);
        for (const { put, drop } of steps) {
          const before = map;
          const held = [...before];
          map = changeMap(before, { drop, put });
          for (const key of drop) plain.delete(key);
          for (const [key, value] of put) plain.set(key, value);
          expect([...before]).toEqual(held);
          expect([...map]).toEqual([...plain]);
          expect(map.size).toBe(plain.size);
          for (const [key] of put) expect(map.has(key)).toBe(true);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test("puts what comes back at the end, as a kernel does that made it anew", () => {
    const map = layeredMap([
      ["a", 1],
      ["b", 2],
      ["c", 3],
    ]);
    expect([...changeMap(changeMap(map, { drop: ["a"] }), { put: [["a", 4]] }).keys()]).toEqual(["b", "c", "a"]);
    expect([...changeMap(map, { put: [["a", 4]] })]).toEqual([
      ["a", 4],
      ["b", 2],
      ["c", 3],
    ]);
  });

  test("changes a plain map without touching it; keys, values, entries and forEach agree", () => {
    const plain = new Map([["a", 1]]);
    const map = changeMap(plain, { put: [["b", 2]] });
    const seen: string[] = [];
    map.forEach((value, key) => seen.push(`${key}${value}`));
    expect(seen).toEqual(["a1", "b2"]);
    expect([...map.values()]).toEqual([1, 2]);
    expect([...map.entries()]).toEqual([...map]);
    expect([...plain.keys()]).toEqual(["a"]);
  });
});
