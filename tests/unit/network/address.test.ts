import { expect, test } from "vitest";
import { addressAt, contains, endpointIn, ipv4Number, ipv4Text, parseAddress, prefix, showEndpoint } from "../../../src/network/address";

test("an address is its number and back", () => {
  expect(ipv4Number("10.244.1.2")).toBe(0x0af40102);
  expect(ipv4Text(0xc0a80001)).toBe("192.168.0.1");
});

test.each(["10.0.0", "10.0.0.256", "010.0.0.1", "a.b.c.d", ""])("%j is no address", (text) => {
  expect(parseAddress(text).ok).toBe(false);
});

test("a prefix holds its own and nothing beside it", () => {
  const range = prefix("10.244.1.7/24");
  expect([range.length, ipv4Text(range.base)]).toEqual([24, "10.244.1.0"]);
  expect(["10.244.1.255", "10.244.2.0"].map((address) => contains(range, address))).toEqual([true, false]);
  expect(contains(prefix("0.0.0.0/0"), "255.255.255.255")).toBe(true);
  expect(addressAt(range, 2)).toBe("10.244.1.2");
});

test("an IPv6 address stands in brackets before its port", () => {
  expect(showEndpoint("fd00::1", 80)).toBe("[fd00::1]:80");
});

test("an endpoint's text gives its address and port back, in both families", () => {
  expect(endpointIn("10.244.1.2:8080")).toEqual({ address: "10.244.1.2", port: 8080 });
  expect(endpointIn("[fd00:10::2:1]:80")).toEqual({ address: "fd00:10::2:1", port: 80 });
});
