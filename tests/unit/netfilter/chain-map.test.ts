import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chain } from "../../../src/node/kernel/netfilter/build";
import { chainMap, changeChains } from "../../../src/node/kernel/netfilter/chain-map";
import type { Chain } from "../../../src/node/kernel/netfilter/rules";

const RUNS = Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50");

const names = fc.integer({ min: 0, max: 200 }).map((n) => `C${n}`);
const changes = fc.array(fc.record({ put: fc.array(names, { maxLength: 40 }), drop: fc.array(names, { maxLength: 20 }) }), {
  maxLength: 12,
});

describe("chains by name", () => {
  test("any number of changes leaves what a plain map would hold, and no earlier map changes", () => {
    fc.assert(
      fc.property(fc.array(names), changes, (first, steps) => {
        let map = chainMap(first.map((name) => chain(name, [])));
        const plain = new Map(first.map((name) => [name, map.get(name)]));
        for (const { put, drop } of steps) {
          const before = map;
          const held = [...before];
          const made = put.map((name) => chain(name, []));
          map = changeChains(before, { put: made, drop });
          for (const name of drop) plain.delete(name);
          for (const one of made) plain.set(one.name, one);
          expect([...before]).toEqual(held);
          expect(sorted(map)).toEqual(sorted(plain));
          expect(map.size).toBe(plain.size);
          expect(put.every((name) => map.has(name))).toBe(true);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test("keys, values, entries and forEach agree", () => {
    const map = changeChains(chainMap([chain("A", []), chain("B", [])]), { put: [chain("C", [])], drop: ["A"] });
    const seen: string[] = [];
    map.forEach((one, name) => seen.push(`${name}=${one.name}`));
    expect(seen).toEqual(["B=B", "C=C"]);
    expect([...map.keys()]).toEqual(["B", "C"]);
    expect([...map.values()].map(({ name }) => name)).toEqual(["B", "C"]);
    expect([...map.entries()]).toEqual([...map]);
  });
});

function sorted(map: Iterable<readonly [string, Chain | undefined]>): readonly (readonly [string, Chain | undefined])[] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
