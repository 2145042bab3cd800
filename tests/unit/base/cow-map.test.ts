import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CowMap, partOfNumber, partOfText } from "../../../src/base/cow-map";

const RUNS = Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50");

type Act = { readonly do: "set" | "delete"; readonly key: number; readonly value: number };
const acts = fc.array(fc.record<Act>({ do: fc.constantFrom("set", "delete"), key: fc.nat(200), value: fc.nat(9) }), { maxLength: 80 });

function apply(map: { set(key: number, value: number): unknown; delete(key: number): boolean }, list: readonly Act[]): void {
  for (const act of list) {
    if (act.do === "set") map.set(act.key, act.value);
    else map.delete(act.key);
  }
}

function contents(map: CowMap<number, number>): readonly (readonly [number, number])[] {
  return Array.from({ length: 201 }, (_, key) => key).flatMap((key) => (map.has(key) ? [[key, map.get(key) ?? -1] as const] : []));
}

function expected(map: ReadonlyMap<number, number>): readonly (readonly [number, number])[] {
  return [...map].toSorted(([a], [b]) => a - b);
}

describe("a copy-on-write map", () => {
  test("holds what an ordinary map holds, and a copy keeps what it held whatever happens to the other", () => {
    fc.assert(
      fc.property(acts, acts, acts, (before, onOriginal, onCopy) => {
        const map = new CowMap<number, number>(partOfNumber);
        const model = new Map<number, number>();
        apply(map, before);
        apply(model, before);
        const copy = map.copy();
        const modelOfCopy = new Map(model);
        apply(map, onOriginal);
        apply(model, onOriginal);
        apply(copy, onCopy);
        apply(modelOfCopy, onCopy);
        expect(contents(map)).toEqual(expected(model));
        expect(contents(copy)).toEqual(expected(modelOfCopy));
        expect([map.size, copy.size]).toEqual([model.size, modelOfCopy.size]);
        expect([...map.values()].toSorted()).toEqual([...model.values()].toSorted());
      }),
      { numRuns: RUNS },
    );
  });

  test("spreads the tuples of one client over all its parts", () => {
    const parts = new Set(Array.from({ length: 1000 }, (_, port) => partOfText(`tcp 10.244.1.2:${32_768 + port} 10.96.0.10:53`)));
    expect(parts.size).toBe(64);
  });
});
