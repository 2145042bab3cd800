import { describe, expect, test } from "vitest";
import { Fingerprint } from "../../../src/base/hash";
import { seconds, simTime, type SimTime } from "../../../src/engine/time";
import { DynamicSets } from "../../../src/node/kernel/nftables/dynamic-sets";

function at(whole: number): SimTime {
  return simTime(seconds(whole));
}

function hashOf(sets: DynamicSets): string {
  const into = new Fingerprint();
  sets.hash(into);
  return into.hex();
}

describe("dynamic sets", () => {
  test("hold an address until its time is up, and an update gives it all of its time again", () => {
    const sets = new DynamicSets();
    sets.update({ set: "s", address: "10.0.0.1", timeout: 60, now: at(0) });
    expect([59, 60].map((now) => sets.holds("s", "10.0.0.1", at(now)))).toEqual([true, false]);
    sets.update({ set: "s", address: "10.0.0.1", timeout: 60, now: at(50) });
    expect([60, 109, 110].map((now) => sets.holds("s", "10.0.0.1", at(now)))).toEqual([true, true, false]);
    expect(sets.holds("other", "10.0.0.1", at(60))).toBe(false);
  });

  test("list what is held, in the order in which it came", () => {
    const sets = new DynamicSets();
    sets.update({ set: "s", address: "10.0.0.9", timeout: 10, now: at(0) });
    sets.update({ set: "s", address: "10.0.0.1", timeout: 60, now: at(1) });
    expect(sets.elements("s", at(5)).map(({ address }) => address)).toEqual(["10.0.0.9", "10.0.0.1"]);
    expect(sets.elements("s", at(10))).toEqual([{ address: "10.0.0.1", expires: at(61) }]);
  });

  test("forget sets that are gone", () => {
    const sets = new DynamicSets();
    sets.update({ set: "a", address: "10.0.0.1", timeout: 10, now: at(0) });
    sets.update({ set: "b", address: "10.0.0.1", timeout: 10, now: at(0) });
    sets.keepOnly((name) => name === "b");
    expect(["a", "b"].map((set) => sets.holds(set, "10.0.0.1", at(1)))).toEqual([false, true]);
  });

  test("go back to a checkpoint, which later updates do not change; every field counts in the hash", () => {
    const sets = new DynamicSets();
    sets.update({ set: "s", address: "10.0.0.1", timeout: 10, now: at(0) });
    const checkpoint = sets.checkpoint();
    const hash = hashOf(sets);
    sets.update({ set: "s", address: "10.0.0.1", timeout: 10, now: at(1) });
    expect(hashOf(sets)).not.toBe(hash);
    sets.restore(checkpoint);
    expect(hashOf(sets)).toBe(hash);
    sets.update({ set: "s", address: "10.0.0.2", timeout: 10, now: at(0) });
    expect(hashOf(sets)).not.toBe(hash);
    expect(hashOf(new DynamicSets(checkpoint))).toBe(hash);
  });
});
