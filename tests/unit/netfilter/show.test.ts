import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { authorLine } from "../../../src/node/kernel/netfilter/author-text";
import { emptyRuleset, rule } from "../../../src/node/kernel/netfilter/build";
import { Counters } from "../../../src/node/kernel/netfilter/counters";
import { parseRule, parseRuleset } from "../../../src/node/kernel/netfilter/parse";
import { saveLine, saveText } from "../../../src/node/kernel/netfilter/show";

const RUNS = Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50");

/** What an author writes, and what `iptables-save` 1.8.9 prints of it (seen on a real kernel, legacy and nft alike). */
const PAIRS: readonly (readonly [author: string, saved: string])[] = [
  [
    '-m comment --comment "ns6/svc6:p80 has no endpoints" -m tcp -p tcp -d 172.30.0.46 --dport 80 -j REJECT',
    '-d 172.30.0.46/32 -p tcp -m comment --comment "ns6/svc6:p80 has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable',
  ],
  [
    '-m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
    '! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
  ],
  ["-j MARK --or-mark 0x00004000", "-j MARK --set-xmark 0x4000/0x4000"],
  ["-j MARK --xor-mark 0x00004000", "-j MARK --set-xmark 0x4000/0x0"],
  ["-m mark ! --mark 0x00004000/0x00004000 -j RETURN", "-m mark ! --mark 0x4000/0x4000 -j RETURN"],
  [
    "-m comment --comment ns4/svc4:p80 -s 10.180.0.5 -j KUBE-MARK-MASQ",
    '-s 10.180.0.5/32 -m comment --comment "ns4/svc4:p80" -j KUBE-MARK-MASQ',
  ],
  ["-m comment --comment plain_name-1 -j RETURN", "-m comment --comment plain_name-1 -j RETURN"],
  [
    "-m recent --name KUBE-SEP-A --set -m tcp -p tcp -j DNAT --to-destination 10.180.0.3:80",
    "-p tcp -m recent --set --name KUBE-SEP-A --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.180.0.3:80",
  ],
  [
    "-m recent --name KUBE-SEP-A --rcheck --seconds 10800 --reap -j KUBE-SEP-A",
    "-m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-A --mask 255.255.255.255 --rsource -j KUBE-SEP-A",
  ],
  ["-m statistic --mode random --probability 0.3333333333 -j A", "-m statistic --mode random --probability 0.33333333349 -j A"],
  ["-m addrtype --dst-type LOCAL ! -d 127.0.0.0/8 -j KUBE-NODEPORTS", "! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS"],
  [
    "! -i eth+ -m addrtype ! --src-type LOCAL -m physdev --physdev-is-in -j RETURN",
    "! -i eth+ -m addrtype ! --src-type LOCAL -m physdev --physdev-is-in -j RETURN",
  ],
  [
    "-m conntrack --ctstate INVALID -m nfacct --nfacct-name dropped -j DROP",
    "-m conntrack --ctstate INVALID -m nfacct --nfacct-name dropped -j DROP",
  ],
  ["-j MASQUERADE --random-fully", "-j MASQUERADE --random-fully"],
];

function shown(probability: string): string | undefined {
  return saveLine("A", rule([{ kind: "statistic", probability }]))
    .split(" ")
    .at(-1);
}

describe("a rule prints as iptables-save prints it", () => {
  test.each(PAIRS)("%s", (author, saved) => {
    expect(saveLine("A", parseRule(`-A A ${author}`).rule)).toBe(`-A A ${saved}`);
  });

  test("probabilities are 31-bit fractions with eleven decimals, exact halves to the even digit", () => {
    expect(
      [
        "0.5000000000",
        "0.3333333333",
        "0.2500000000",
        "0.2000000000",
        "0.1666666667",
        "0.1428571429",
        "0.0004882812",
        "0.0002441406",
        "1.0",
      ].map(shown),
    ).toEqual([
      "0.50000000000",
      "0.33333333349",
      "0.25000000000",
      "0.20000000019",
      "0.16666666651",
      "0.14285714272",
      "0.00048828125",
      "0.00024414062",
      "1.00000000000",
    ]);
  });

  test("a comment's quotes and backslashes are escaped", () => {
    expect(saveLine("A", rule([{ kind: "comment", text: `say "hi" \\ 'there'` }]))).toBe(
      String.raw`-A A -m comment --comment "say \"hi\" \\ \'there\'"`,
    );
  });

  test("a port without its extension gains it", () => {
    expect(saveLine("A", parseRule("-A A -p udp --dport 53 -j ACCEPT").rule)).toBe("-A A -p udp -m udp --dport 53 -j ACCEPT");
  });
});

describe("tables", () => {
  test("untouched tables print their built-in chains", () => {
    expect(saveText(emptyRuleset())).toBe(`*mangle
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
COMMIT
`);
  });

  test("user chains come by name after the built-in ones, whatever order they were made in, and counters stand before rules", () => {
    const made = parseRuleset(`*filter
:ZED - [0:0]
:FORWARD DROP [0:0]
:ABLE - [0:0]
:INPUT ACCEPT [7:420]
[5:300] -A FORWARD -j ABLE
-A FORWARD -j ZED
COMMIT`);
    const counters = new Counters();
    counters.count("filter", "FORWARD", 1, 60);
    counters.count("filter", "FORWARD", 1, 40);
    expect(saveText(made, { counters })).toBe(`*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:ABLE - [0:0]
:ZED - [0:0]
[0:0] -A FORWARD -j ABLE
[2:100] -A FORWARD -j ZED
COMMIT
`);
  });
});

describe("text is read back", () => {
  test("an author's line comes back as it was", () => {
    for (const [author] of PAIRS) {
      const read = parseRule(`-A A ${author}`).rule;
      expect(authorLine("A", read)).toBe(`-A A ${author}`);
    }
  });

  test("a saved line comes back as it was, for any probability of 31 bits", () => {
    for (const [, saved] of PAIRS) expect(saveLine("A", parseRule(`-A A ${saved}`).rule)).toBe(`-A A ${saved}`);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x8000_0000 }), (limit) => {
        const saved = saveLine("A", rule([{ kind: "statistic", probability: `${limit / 0x8000_0000}` }]));
        expect(saveLine("A", parseRule(saved).rule)).toBe(saved);
      }),
      { numRuns: RUNS },
    );
  });

  test("what cannot be read is named with its line", () => {
    expect(() => parseRuleset("*nat\n:A - [0:0]\n-A A --ttl 3 -j ACCEPT")).toThrow(
      "rules line 3: option --ttl is not one that rules here have",
    );
    expect(() => parseRuleset("*nat\n-A B -j ACCEPT")).toThrow("rules line 2");
    expect(() => parseRuleset("*broute")).toThrow("rules line 1: table broute");
  });
});
