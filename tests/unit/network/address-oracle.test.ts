/** Our arithmetic beside a library's: prefixes, membership, text. */
import * as fc from "fast-check";
import ipaddr from "ipaddr.js";
import { expect, test } from "vitest";
import { addressAt, contains, ipv4Number, ipv4Text, networkText, prefix } from "../../../src/network/address";

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

/** Few different groups, so that prefixes often hold. */
const six = fc
  .array(fc.constantFrom("0", "0", "1", "8000", "8001", "ffff", "fd00"), { minLength: 8, maxLength: 8 })
  .map((groups) => ipaddr.IPv6.parse(groups.join(":")).toRFC5952String());

test("an IPv6 address lies in a prefix exactly where the library says so, and the network prints as the library's", () => {
  fc.assert(
    fc.property(six, six, fc.nat(128), (one, other, length) => {
      const range = prefix(`${one}/${length}`);
      expect(contains(range, other)).toBe(ipaddr.IPv6.parse(other).match(ipaddr.IPv6.parse(one), length));
      const network = ipaddr.IPv6.networkAddressFromCIDR(`${one}/${length}`).toRFC5952String();
      expect(networkText(range)).toBe(`${network}/${length}`);
    }),
    RUNS,
  );
});

test("no address lies in a prefix of the other family", () => {
  expect(contains(prefix("::/0"), "10.0.0.1")).toBe(false);
  expect(contains(prefix("0.0.0.0/0"), "fd00::1")).toBe(false);
});
