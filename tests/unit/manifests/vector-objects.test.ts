import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { problemLine } from "../../../src/base/result";
import { isRecord } from "../../../src/cluster/shape";
import { loadObjects } from "../../../src/manifests/load";

const FILES = ["kube-proxy", "dns"].map((name) => `../shared/vectors/${name}.json`);
const arePresent = FILES.every((file) => existsSync(file));
if (!arePresent) console.log("vector objects: ../shared/vectors is not here, so this suite is left out");

/** Every Kubernetes object anywhere in a value. */
function objectsIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => objectsIn(item));
  if (!isRecord(value)) return [];
  const own = typeof value.kind === "string" && isRecord(value.metadata) ? [value] : [];
  return [...own, ...Object.values(value).flatMap((field) => objectsIn(field))];
}

describe.skipIf(!arePresent)("objects of upstream's own tests", () => {
  it.each(FILES)("of %s all load as they stand", (file) => {
    const objects = objectsIn(JSON.parse(readFileSync(file, "utf8")));
    expect(objects.length).toBeGreaterThan(200);
    const problems = objects.flatMap((object) => {
      const loaded = loadObjects([object]);
      return loaded.ok ? loaded.value.warnings : [problemLine(loaded.problem)];
    });
    expect(problems).toEqual([]);
  });
});
