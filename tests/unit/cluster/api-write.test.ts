import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergePatch, sameJson } from "../../../src/cluster/api-write";

const RUNS = { numRuns: Number(process.env.KUBEWALK_PROPERTY_RUNS ?? "50") };

describe("a merge patch (RFC 7386)", () => {
  it.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ["[1,2]", '{"a":"b","c":null}', '{"a":"b"}'],
    ["{}", '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ])("of %s by %s gives %s", (target, patch, result) => {
    expect(mergePatch(JSON.parse(target), JSON.parse(patch))).toEqual(JSON.parse(result));
  });

  it("gives the very same value back where nothing changes, and shares what it does not touch", () => {
    const target = { metadata: { labels: { app: "web" } }, spec: { ports: [{ port: 80 }] } };
    expect(mergePatch(target, { metadata: { labels: { app: "web", old: null } }, spec: undefined })).toBe(target);
    expect(mergePatch(target, { metadata: { labels: { app: "api" } } })).toHaveProperty("spec", target.spec);
  });

  it("applied twice is applied once", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
        const once = mergePatch(target, patch);
        expect(mergePatch(once, patch)).toEqual(once);
        expect(sameJson(mergePatch(once, patch), once)).toBe(true);
      }),
      RUNS,
    );
  });
});
