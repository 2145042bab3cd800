import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { PodView } from "../../../src/bridge/protocol";
import { slotsOf } from "../../../src/diagrams/layout/slots";
import { makePod } from "../../fixtures/view/cluster";

const RUNS = { numRuns: Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50") };

function podAt(last: number, createdAt: number): PodView {
  const draft = { name: `my-app-${last}`, owner: "my-app", node: "node-a", address: `10.244.1.${last}`, veth: "" };
  return { ...makePod(draft, last), createdAt };
}

/** `.2→0 .3→1`, by address. */
function text(pods: readonly PodView[], capacity: number): string {
  const slots = slotsOf(pods, capacity);
  return pods.map((pod) => `.${pod.address.split(".")[3]}→${slots.get(pod.uid) ?? "none"}`).join(" ");
}

test("addresses that follow each other stand beside each other", () => {
  expect(text([podAt(2, 0), podAt(3, 0), podAt(4, 0)], 6)).toBe(".2→0 .3→1 .4→2");
});

test("the older Pod keeps the place that both would have", () => {
  expect(text([podAt(2, 5), podAt(8, 1)], 6)).toBe(".2→1 .8→0");
});

test("more Pods than places: the youngest have none", () => {
  expect(text([podAt(2, 0), podAt(3, 1), podAt(4, 2)], 2)).toBe(".2→0 .3→1 .4→none");
});

test("a newcomer moves nobody", () => {
  const addresses = fc.uniqueArray(fc.integer({ min: 2, max: 254 }), { minLength: 1, maxLength: 24 });
  fc.assert(
    fc.property(addresses, fc.integer({ min: 1, max: 48 }), (lasts, capacity) => {
      const pods = lasts.map((last, n) => podAt(last, n));
      const before = slotsOf(pods.slice(0, -1), capacity);
      const after = slotsOf(pods, capacity);
      for (const [uid, slot] of before) expect(after.get(uid)).toBe(slot);
      expect(new Set(after.values()).size).toBe(after.size);
    }),
    RUNS,
  );
});
