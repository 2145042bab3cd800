import { describe, expect, test } from "vitest";
import { Fingerprint } from "../../../src/base/hash";
import { Counters } from "../../../src/node/kernel/netfilter/counters";

function hashOf(counters: Counters): string {
  const into = new Fingerprint();
  counters.hash(into);
  return into.hex();
}

describe("rule counters", () => {
  test("count packets and bytes by place and start at zero", () => {
    const counters = new Counters();
    counters.count("nat", "KUBE-SERVICES", 3, 60);
    counters.count("nat", "KUBE-SERVICES", 3, 60);
    expect(counters.of("nat", "KUBE-SERVICES", 3)).toEqual({ packets: 2, bytes: 120 });
    expect(counters.of("filter", "KUBE-SERVICES", 3)).toEqual({ packets: 0, bytes: 0 });
  });

  test("rewriting a chain zeroes its rules and no others", () => {
    const counters = new Counters();
    counters.count("nat", "KUBE-SERVICES", 0, 60);
    counters.count("nat", "KUBE-SERVICES-X", 0, 60);
    counters.count("filter", "KUBE-SERVICES", 0, 60);
    counters.resetChains("nat", new Set(["KUBE-SERVICES"]));
    expect(counters.of("nat", "KUBE-SERVICES", 0).packets).toBe(0);
    expect(counters.of("nat", "KUBE-SERVICES-X", 0).packets).toBe(1);
    expect(counters.of("filter", "KUBE-SERVICES", 0).packets).toBe(1);
  });

  test("a checkpoint keeps its counts while counting goes on, and restores them and the hash", () => {
    const counters = new Counters();
    counters.count("nat", "A", 0, 60);
    const before = hashOf(counters);
    const checkpoint = counters.checkpoint();
    counters.count("nat", "A", 0, 60);
    expect(hashOf(counters)).not.toBe(before);
    counters.restore(checkpoint);
    expect(counters.of("nat", "A", 0)).toEqual({ packets: 1, bytes: 60 });
    expect(hashOf(counters)).toBe(before);
  });

  test("two that go on from one checkpoint do not count for each other", () => {
    const origin = new Counters();
    origin.count("nat", "A", 0, 60);
    const checkpoint = origin.checkpoint();
    const [one, other] = [new Counters(checkpoint), new Counters(checkpoint)];
    one.count("nat", "A", 0, 60);
    one.resetChains("filter", new Set(["A"]));
    other.resetChains("nat", new Set(["A"]));
    origin.count("nat", "A", 1, 60);
    expect([one, other, origin, new Counters(checkpoint)].map((counters) => counters.of("nat", "A", 0).packets)).toEqual([2, 0, 1, 1]);
  });

  test("the hash does not depend on the order in which places were first counted", () => {
    const [one, other] = [new Counters(), new Counters()];
    one.count("nat", "A", 0, 60);
    one.count("nat", "B", 0, 60);
    other.count("nat", "B", 0, 60);
    other.count("nat", "A", 0, 60);
    expect(hashOf(one)).toBe(hashOf(other));
    one.reset();
    expect(hashOf(one)).toBe(hashOf(new Counters()));
  });
});
