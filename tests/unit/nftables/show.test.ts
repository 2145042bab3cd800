import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { simTime } from "../../../src/engine/time";
import { contains, ipv4Number, ipv4Text, prefix } from "../../../src/network/address";
import type { DynamicElement } from "../../../src/node/kernel/nftables/dynamic-sets";
import { listedPrefixes } from "../../../src/node/kernel/nftables/intervals";
import { parseTable } from "../../../src/node/kernel/nftables/parse";
import { listText } from "../../../src/node/kernel/nftables/show";
import { durationText } from "../../../src/node/kernel/nftables/show-elements";
import { SMALL } from "./tables";

const RUNS = Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50");

test("a table is listed as nft lists it: marks as masks, names quoted, priorities by name, one-element sets bare", () => {
  expect(listText(SMALL, { elementsOf: elementsOfSeen, now: simTime(2_000_000) })).toBe(`table ip kube-proxy {
	comment "rules for kube-proxy"
	map services {
		type ipv4_addr . inet_proto . inet_service : verdict
		comment "who is where"
		elements = { 10.96.0.2 . udp . 53 comment "nobody" : goto refuse,
			     10.96.0.1 . tcp . 80 : goto web,
			     10.96.0.3 . tcp . 80 : drop }
	}

	set seen {
		type ipv4_addr
		size 65535
		flags dynamic,timeout
		timeout 1m
		elements = { 10.244.1.9 expires 59s500ms }
	}

	set known {
		type ipv4_addr
		elements = { 10.96.0.9 }
	}

	chain mark {
		meta mark set meta mark | 0x00004000
	}

	chain web {
		ip saddr != 10.244.0.0/16 jump mark
		ip saddr @seen goto pod-b
		numgen random mod 2 vmap { 0 : goto pod-a, 1 : goto pod-b }
	}

	chain pod-a {
		ip saddr 10.244.1.2 jump mark
		meta l4proto tcp dnat to 10.244.1.2:8080
	}

	chain pod-b {
		update @seen { ip saddr }
		meta l4proto tcp dnat to 10.244.2.2:8080
	}

	chain refuse {
		comment "says no"
		reject
	}

	chain services {
		ip daddr . meta l4proto . th dport vmap @services
		fib daddr type local ip daddr != 127.0.0.0/8 accept comment "for the host itself"
	}

	chain early {
		type filter hook prerouting priority dstnat - 10; policy accept;
		ct state new ip saddr != { 10.244.0.0/16, 192.168.0.0/24 } drop
	}

	chain nat {
		type nat hook prerouting priority dstnat; policy accept;
		jump services
	}

	chain out {
		type nat hook postrouting priority srcnat; policy accept;
		meta mark & 0x00004000 == 0x00000000 return
		meta mark set meta mark ^ 0x00004000
		masquerade fully-random
	}

	chain through {
		type filter hook forward priority filter; policy drop;
		iifname "veth*" accept
		iif "eth0" ip daddr @known reject comment "known"
	}
}
`);
});

describe("elements", () => {
  test("concatenated keys come by their last byte first, as a little-endian machine reads them", () => {
    const keys = [
      "1.2.3.4 . tcp . 80",
      "1.2.3.4 . udp . 80",
      "1.2.3.4 . sctp . 443",
      "200.2.3.4 . tcp . 256",
      "10.200.3.4 . tcp . 30000",
      "10.200.3.5 . tcp . 53",
    ];
    const text = listText(
      parseTable(`add map ip t m { type ipv4_addr . inet_proto . inet_service : verdict ; }
        ${keys.map((key) => `add element ip t m { ${key} : drop }`).join("\n")}`),
    );
    expect([...text.matchAll(/(\S+ \. \w+ \. \d+) : drop/g)].map((match) => match[1])).toEqual([
      "200.2.3.4 . tcp . 256",
      "10.200.3.4 . tcp . 30000",
      "10.200.3.5 . tcp . 53",
      "1.2.3.4 . tcp . 80",
      "1.2.3.4 . udp . 80",
      "1.2.3.4 . sctp . 443",
    ]);
  });

  test("addresses come in order, two on a line", () => {
    const text = listText(
      parseTable(`add set ip t s { type ipv4_addr ; }
        ${["10.0.0.10", "9.9.9.9", "10.0.0.9"].map((address) => `add element ip t s { ${address} }`).join("\n")}`),
    );
    expect(text).toContain("elements = { 9.9.9.9, 10.0.0.9,\n\t\t\t     10.0.0.10 }");
  });

  test("times have days, hours, minutes, seconds and thousandths, those that are not zero", () => {
    const shown = [10_800_000, 90_000, 86_400_000, 90_061_000, 3_601_000, 59_984, 0].map(durationText);
    expect(shown).toEqual(["3h", "1m30s", "1d", "1d1h1m1s", "1h1s", "59s984ms", "0s"]);
  });

  test("priorities near a named one are said by their distance, where the name is known at that hook", () => {
    expect(baseText("prerouting", -95)).toContain("priority dstnat + 5;");
    expect(baseText("output", -100)).toContain("priority -100;");
    expect(baseText("input", -10)).toContain("priority filter - 10;");
    expect(baseText("input", 11)).toContain("priority 11;");
    expect(baseText("input", 100)).toContain("priority 100;");
  });
});

describe("sets of ranges", () => {
  test("are sorted and merged where they touch, said as a prefix where they are one", () => {
    expect(listedPrefixes(["203.0.113.0/25", "203.0.113.128/25", "10.0.0.1", "1.2.3.4", "10.0.0.0/24"])).toEqual([
      "1.2.3.4",
      "10.0.0.0/24",
      "203.0.113.0/24",
    ]);
    expect(listedPrefixes(["1.2.3.4/32", "1.2.3.5"])).toEqual(["1.2.3.4/31"]);
    expect(listedPrefixes(["1.2.3.0/24", "1.2.4.0/24", "1.2.5.0/24"])).toEqual(["1.2.3.0-1.2.5.255"]);
    expect(listedPrefixes(["0.0.0.0/0", "1.2.3.4"])).toEqual(["0.0.0.0/0"]);
    expect(listedPrefixes(["1.2.3.5", "1.2.3.4", "1.2.3.5"])).toEqual(["1.2.3.4", "1.2.3.5"]);
  });

  test("hold after merging just what they held before", () => {
    const range = fc
      .tuple(fc.nat(0xffff), fc.integer({ min: 16, max: 32 }))
      .map(([low, length]) => `${ipv4Text(0x0a000000 + low)}/${length}`);
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 6 }), fc.nat(0xffff), (ranges, probe) => {
        const address = ipv4Text(0x0a000000 + probe);
        const before = ranges.some((one) => contains(prefix(one), address));
        expect(listedPrefixes(ranges).some((one) => holds(one, address))).toBe(before);
      }),
      { numRuns: RUNS },
    );
  });
});

function holds(text: string, address: string): boolean {
  const [first = "", last] = text.split("-");
  if (last === undefined) return contains(prefix(first), address);
  return ipv4Number(first) <= ipv4Number(address) && ipv4Number(address) <= ipv4Number(last);
}

function elementsOfSeen(set: string): readonly DynamicElement[] {
  return set === "seen" ? [{ address: "10.244.1.9", expires: simTime(61_500_000) }] : [];
}

function baseText(hook: string, priority: number): string {
  return listText(parseTable(`add chain ip t c { type filter hook ${hook} priority ${priority} ; }`));
}
