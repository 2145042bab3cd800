import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocateClusterIP, bandsOf, checkRequested } from "../../../src/cluster/allocation";
import { parseIpv4Range, showIpv4 } from "../../../src/cluster/ip-text";

const RUNS = { numRuns: Number(process.env.KUBEWALK_PROPERTY_RUNS ?? "50") };

function shown({ first, last }: { first: number; last: number }): string {
  return last < first ? "none" : `${showIpv4(first)}–${showIpv4(last)}`;
}

function asked(address: string): string {
  const got = checkRequested(address, { serviceCIDRs: ["10.96.0.0/12"], taken: (text) => text === "10.96.0.10" });
  return got.ok ? "yes" : got.problem.message;
}

function bands(cidr: string): string {
  const range = parseIpv4Range(cidr);
  if (range === undefined) return "no range";
  const { lower, upper } = bandsOf(range);
  return `static ${shown(lower)}, dynamic ${shown(upper)}`;
}

function allocate(cidrs: readonly string[], taken: readonly string[], bits = 0): string {
  const got = allocateClusterIP({ serviceCIDRs: cidrs, taken: (address) => taken.includes(address), draw: () => bits });
  return got.ok ? got.value : got.problem.message;
}

describe("the bands of a Service range", () => {
  it.each([
    ["10.96.0.0/12", "static 10.96.0.1–10.96.1.0, dynamic 10.96.1.1–10.111.255.254"],
    ["10.96.0.0/20", "static 10.96.0.1–10.96.1.0, dynamic 10.96.1.1–10.96.15.254"],
    ["10.96.0.0/24", "static 10.96.0.1–10.96.0.16, dynamic 10.96.0.17–10.96.0.254"],
    ["10.96.0.0/28", "static none, dynamic 10.96.0.1–10.96.0.14"],
    ["10.96.0.0/33", "no range"],
  ])("of %s are %s", (cidr, shown) => {
    expect(bands(cidr)).toBe(shown);
  });
});

describe("allocating", () => {
  it("takes the drawn address, else the next free one, round the upper band", () => {
    expect(allocate(["10.96.0.0/24"], [])).toBe("10.96.0.17");
    expect(allocate(["10.96.0.0/24"], ["10.96.0.17", "10.96.0.18"])).toBe("10.96.0.19");
    expect(allocate(["10.96.0.0/24"], [], 0xffff_ffff)).toBe("10.96.0.254");
    expect(allocate(["10.96.0.0/24"], ["10.96.0.254"], 0xffff_ffff)).toBe("10.96.0.17");
  });

  it("uses the lower band and the next range only when it must", () => {
    const upper = Array.from({ length: 238 }, (_, index) => `10.96.0.${17 + index}`);
    expect(allocate(["10.96.0.0/24"], upper)).toBe("10.96.0.1");
    expect(allocate(["10.96.0.0/30", "10.97.0.0/30"], ["10.96.0.1", "10.96.0.2"])).toBe("10.97.0.1");
    expect(allocate(["10.96.0.0/30"], ["10.96.0.1", "10.96.0.2"])).toBe("range is full");
  });

  it("never hands out network, broadcast or taken addresses, and fills a range to the last one", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff_ffff), { minLength: 30, maxLength: 30 }), (draws) => {
        const held: string[] = [];
        for (const bits of draws) held.push(allocate(["10.96.0.0/27"], held, bits));
        const all = Array.from({ length: 30 }, (_, index) => `10.96.0.${index + 1}`);
        expect(held.toSorted()).toEqual(all.toSorted());
        expect(allocate(["10.96.0.0/27"], held, 5)).toBe("range is full");
      }),
      RUNS,
    );
  });

  it("gives an address that is asked for from either band", () => {
    expect(["10.96.0.1", "10.96.0.10", "10.111.255.254", "10.111.255.255", "10.112.0.1", "no address"].map(asked)).toEqual([
      "yes",
      "provided IP is already allocated",
      "yes",
      "the provided network does not match the current range",
      "the provided network does not match the current range",
      "the provided network does not match the current range",
    ]);
  });
});
