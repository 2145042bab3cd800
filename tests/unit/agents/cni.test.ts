import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ip } from "../../../src/network/address";
import type { HostLocal } from "../../../src/node/agents/cni";
import { gatewayOf, makeHostLocal, rangeView, release, reserve, reserveGiven } from "../../../src/node/agents/cni";
import { macOf, vethName } from "../../../src/node/agents/link-names";

const RUNS = Number(process.env.KUBEWALK_PROPERTY_RUNS ?? "50");

/** `+a` reserves for a, `-10.0.0.2` gives back; what came out, joined. */
function play(range: string, moves: readonly string[]): string {
  let ipam = makeHostLocal(range);
  return moves
    .map((move) => {
      if (move.startsWith("-")) {
        ipam = release(ipam, ip(move.slice(1)));
        return "freed";
      }
      const made = reserve(ipam, move.slice(1));
      if (made.ok) ipam = made.value.ipam;
      return made.ok ? made.value.ip : made.problem.message;
    })
    .join(" ");
}

describe("host-local", () => {
  it("gives the first Pod .2, because .1 is the bridge's", () => {
    expect(play("10.244.1.0/24", ["+a", "+b", "+c"])).toBe("10.244.1.2 10.244.1.3 10.244.1.4");
    expect(gatewayOf("10.244.1.0/24")).toBe("10.244.1.1");
  });

  it("does not give a released address again until it has been once around", () => {
    expect(play("10.0.0.0/29", ["+a", "+b", "-10.0.0.2", "-10.0.0.3", "+c", "+d", "+e", "+f"])).toBe(
      "10.0.0.2 10.0.0.3 freed freed 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.2",
    );
  });

  it("says so in its own words when nothing is left", () => {
    expect(play("10.0.0.0/30", ["+a", "+b"])).toBe("10.0.0.2 no IP addresses available in range set: 10.0.0.1-10.0.0.2");
  });

  it("has 253 addresses in a /24", () => {
    expect(rangeView(makeHostLocal("10.244.1.0/24")).free).toBe(253);
  });

  it("takes an address that a cluster file names, and goes on after it", () => {
    const taken = reserveGiven(makeHostLocal("10.244.1.0/24"), ip("10.244.1.9"), "shop/a");
    expect(taken.ok && rangeView(taken.value)).toEqual({
      range: "10.244.1.0/24",
      gateway: "10.244.1.1",
      used: [{ address: "10.244.1.9", by: "shop/a" }],
      free: 252,
      lastReserved: "10.244.1.9",
    });
    const next = taken.ok ? reserve(taken.value, "shop/b") : taken;
    expect(next.ok && next.value.ip).toBe("10.244.1.10");
  });

  it.each([
    ["10.244.1.1", "requested IP address 10.244.1.1 is not available in range set 10.244.1.1-10.244.1.254"],
    ["10.244.2.5", "requested IP address 10.244.2.5 is not available in range set 10.244.1.1-10.244.1.254"],
    ["10.244.1.2", "requested IP address 10.244.1.2 is already allocated to shop/a"],
  ])("refuses %s", (address, message) => {
    const first = reserve(makeHostLocal("10.244.1.0/24"), "shop/a");
    const made = first.ok ? reserveGiven(first.value.ipam, ip(address), "shop/b") : first;
    expect(made.ok ? "" : made.problem.message).toBe(message);
  });

  it("never gives one address to two at once, whatever comes and goes", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -14, max: 14 }), { maxLength: 60 }), (moves) => {
        let ipam: HostLocal = makeHostLocal("10.0.0.0/28");
        for (const move of moves) {
          const before = ipam.used;
          if (move < 0) ipam = release(ipam, ip(`10.0.0.${-move}`));
          else {
            const made = reserve(ipam, `pod ${move}`);
            expect(made.ok).toBe(before.size < 13);
            if (made.ok) expect(before.has(made.value.ip)).toBe(false);
            if (made.ok) ipam = made.value.ipam;
          }
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe("links", () => {
  it("are named veth and eight hexadecimal digits, always the same for the same Pod and seed", () => {
    expect(vethName(1, "uid-a")).toMatch(/^veth[0-9a-f]{8}$/);
    expect(vethName(1, "uid-a")).toBe(vethName(1, "uid-a"));
    expect(new Set(["uid-a", "uid-b"].flatMap((uid) => [vethName(1, uid), vethName(2, uid)])).size).toBe(4);
  });

  it("have locally administered unicast MACs, each its own", () => {
    const macs = Array.from({ length: 2000 }, (_, index) => macOf(7, `pod ${index}`));
    for (const address of macs) expect(address).toMatch(/^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/);
    expect(new Set(macs).size).toBe(2000);
  });
});
