/** Our 32-bit arithmetic beside a library's: prefixes, membership, text. */
import * as fc from "fast-check";
import ipaddr from "ipaddr.js";
import { expect, test } from "vitest";
import { addressAt, contains, ipv4Number, ipv4Text, prefix } from "../../../src/network/address";

const RUNS = { numRuns: Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50") * 10 };
const address = fc.nat(0xffff_ffff).map(ipv4Text);

test("an address lies in a prefix exactly where the library says so", () => {
  fc.assert(
    fc.property(address, address, fc.nat(32), (one, other, length) => {
      const expected = ipaddr.IPv4.parse(other).match(ipaddr.IPv4.parse(one), length);
      expect(contains(prefix(`${one}/${length}`), other)).toBe(expected);
    }),
    RUNS,
  );
});

test("the network address and its n-th address are the library's", () => {
  fc.assert(
    fc.property(address, fc.integer({ min: 8, max: 32 }), fc.nat(200), (one, length, n) => {
      const network = ipaddr.IPv4.networkAddressFromCIDR(`${one}/${length}`).toString();
      expect(addressAt(prefix(`${one}/${length}`), 0)).toBe(network);
      fc.pre(ipv4Number(network) + n <= 0xffff_ffff);
      expect(ipv4Number(addressAt(prefix(`${one}/${length}`), n)) - ipv4Number(network)).toBe(n);
    }),
    RUNS,
  );
});

test("text that the library does not take as four decimal parts is no address", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9.]{1,16}$/), (text) => {
      expect(Number.isNaN(ipv4Number(text))).toBe(!(ipaddr.IPv4.isValidFourPartDecimal(text) && !/(^|\.)0\d/.test(text)));
    }),
    RUNS,
  );
});
