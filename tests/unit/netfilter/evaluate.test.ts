import { describe, expect, test } from "vitest";
import { evaluateTable } from "../../../src/node/kernel/netfilter/evaluate";
import type { Evaluation, PacketFacts, RecentLists } from "../../../src/node/kernel/netfilter/evaluation";
import { parseRuleset } from "../../../src/node/kernel/netfilter/parse";
import type { Hook, TableName } from "../../../src/node/kernel/netfilter/rules";
import { factsFrom, TestHost } from "./packets";

const HALF = 0x4000_0000;

function filter(rules: string, facts: PacketFacts, host = new TestHost(), hook: Hook = "INPUT"): Evaluation {
  return run("filter", rules, facts, host, hook);
}

function run(table: TableName, rules: string, facts: PacketFacts, host: TestHost, hook: Hook): Evaluation {
  const ruleset = parseRuleset(`*${table}\n${rules.replace(/^ +/gm, "")}\nCOMMIT`);
  return evaluateTable({ ruleset, table, hook, facts, host, recordWalk: true });
}

/** `accept, decided by INPUT 2, passed 3`. */
function show({ verdict, decidedBy, rulesPassed }: Evaluation): string {
  const by = decidedBy === undefined ? "policy" : `${decidedBy.chain} ${decidedBy.number}`;
  return `${verdict.kind} by ${by}, passed ${rulesPassed}`;
}

describe("a packet goes through chains as the kernel sends it", () => {
  test("a chain without an answer leads back to the rule after the jump", () => {
    const rules = `:INPUT ACCEPT [0:0]
      :A - [0:0]
      -A INPUT -j A
      -A INPUT -j DROP
      -A A -d 10.0.0.9/32 -j ACCEPT`;
    expect(show(filter(rules, factsFrom("tcp 10.0.0.1 > 10.0.0.2:80")))).toBe("drop by INPUT 2, passed 3");
    expect(show(filter(rules, factsFrom("tcp 10.0.0.1 > 10.0.0.9:80")))).toBe("accept by A 1, passed 2");
  });

  test("RETURN leaves its chain only", () => {
    const rules = `:INPUT ACCEPT [0:0]
      :A - [0:0]
      -A INPUT -j A
      -A INPUT -j REJECT --reject-with icmp-port-unreachable
      -A A -p tcp -j RETURN
      -A A -j ACCEPT`;
    expect(show(filter(rules, factsFrom("tcp 10.0.0.1 > 10.0.0.2:80")))).toBe("reject by INPUT 2, passed 3");
    expect(show(filter(rules, factsFrom("udp 10.0.0.1 > 10.0.0.2:80")))).toBe("accept by A 2, passed 3");
  });

  test("RETURN in a built-in chain, and its end, leave the packet to the policy", () => {
    const rules = `:INPUT DROP [0:0]
      -A INPUT -p tcp -j RETURN
      -A INPUT -p udp -j ACCEPT`;
    expect(show(filter(rules, factsFrom("tcp 10.0.0.1 > 10.0.0.2:80")))).toBe("drop by policy, passed 1");
    expect(show(filter(rules, factsFrom("icmp 10.0.0.1 > 10.0.0.2")))).toBe("drop by policy, passed 2");
  });

  test("a hook without a chain, or a table that is not there, accepts", () => {
    expect(show(filter(":INPUT DROP [0:0]", factsFrom("tcp 1.1.1.1 > 2.2.2.2:1"), new TestHost(), "FORWARD"))).toBe(
      "accept by policy, passed 0",
    );
  });

  test("MARK sets and clears bits and goes on; later rules see the new mark", () => {
    const rules = `:POSTROUTING ACCEPT [0:0]
      -A POSTROUTING -j MARK --set-xmark 0x4000/0x4000
      -A POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
      -A POSTROUTING -j MARK --set-xmark 0x4000/0x0
      -A POSTROUTING -j MASQUERADE --random-fully`;
    const found = run("nat", rules, factsFrom("tcp 10.0.0.1 > 10.0.0.2:80", { mark: 3 }), new TestHost(), "POSTROUTING");
    expect(found.mark).toBe(3);
    expect(found.verdict).toEqual({ kind: "masquerade", randomFully: true });
  });

  test("DNAT names its endpoint", () => {
    const rules = `:PREROUTING ACCEPT [0:0]
      -A PREROUTING -d 10.96.0.10/32 -p udp -m udp --dport 53 -j DNAT --to-destination 10.244.0.3:5353`;
    const found = run("nat", rules, factsFrom("udp 10.244.1.2 > 10.96.0.10:53"), new TestHost(), "PREROUTING");
    expect(found.verdict).toEqual({ kind: "dnat", address: "10.244.0.3", port: 5353 });
  });

  test("a jump to a chain that is not there is our mistake and throws", () => {
    expect(() => filter(":INPUT ACCEPT [0:0]\n-A INPUT -j NOWHERE", factsFrom("tcp 1.1.1.1 > 2.2.2.2:1"))).toThrow("chain NOWHERE");
  });
});

describe("a rule counts when all its conditions hold", () => {
  test("rules without a target count and decide nothing", () => {
    const host = new TestHost();
    const rules = `:INPUT ACCEPT [0:0]
      -A INPUT -m comment --comment "only counts"
      -A INPUT -p udp
      -A INPUT -j ACCEPT`;
    expect(show(filter(rules, factsFrom("tcp 10.0.0.1 > 10.0.0.2:80"), host))).toBe("accept by INPUT 3, passed 3");
    expect(host.counted).toEqual(["filter INPUT 1", "filter INPUT 3"]);
  });

  test("the walk names each rule's first condition that failed, and the draw where chance decided", () => {
    const rules = `:INPUT ACCEPT [0:0]
      -A INPUT -p tcp -m comment --comment x -d 10.0.0.9 -j DROP
      -A INPUT -m statistic --mode random --probability 0.5 -j DROP
      -A INPUT -m statistic --mode random --probability 0.5 -j ACCEPT`;
    const found = filter(rules, factsFrom("tcp 10.0.0.1 > 10.0.0.2:80"), new TestHost([], [HALF, HALF - 1]));
    expect(found.walk).toEqual([
      {
        table: "filter",
        chain: "INPUT",
        length: 3,
        tries: [
          { chain: "INPUT", number: 1, matched: false, failed: 2 },
          { chain: "INPUT", number: 2, matched: false, failed: 0, draw: { value: HALF, limit: HALF } },
          { chain: "INPUT", number: 3, matched: true, draw: { value: HALF - 1, limit: HALF } },
        ],
      },
    ]);
  });

  test("a chain entered twice stands in the walk twice, in the order of entry", () => {
    const rules = `:INPUT ACCEPT [0:0]
      :A - [0:0]
      -A INPUT -j A
      -A INPUT -j A`;
    const walk = filter(rules, factsFrom("tcp 10.0.0.1 > 10.0.0.2:80")).walk ?? [];
    expect(walk.map(({ chain, tries }) => `${chain} ${tries.length}`)).toEqual(["INPUT 2", "A 0", "A 0"]);
  });
});

describe("conditions", () => {
  const own = ["192.168.0.11"];
  const rows: readonly (readonly [condition: string, packet: string, more: Partial<PacketFacts>, holds: boolean])[] = [
    ["-p tcp", "tcp 1.1.1.1 > 2.2.2.2:80", {}, true],
    ["! -p tcp", "tcp 1.1.1.1 > 2.2.2.2:80", {}, false],
    ["-s 10.244.0.0/16", "tcp 10.244.255.255 > 2.2.2.2:80", {}, true],
    ["! -s 10.244.0.0/16", "tcp 10.245.0.0 > 2.2.2.2:80", {}, true],
    ["-d 10.96.0.1", "tcp 10.244.1.2 > 10.96.0.1:80", {}, true],
    ["-d 0.0.0.0/0", "tcp 10.244.1.2 > 10.96.0.1:80", {}, true],
    ["-p tcp -m tcp --dport 80", "tcp 1.1.1.1 > 2.2.2.2:80", {}, true],
    ["-p udp -m udp --dport 80", "tcp 1.1.1.1 > 2.2.2.2:80", {}, false],
    ["-p sctp -m sctp --dport 99", "sctp 1.1.1.1 > 2.2.2.2:99", {}, true],
    ["-p icmp", "icmp 1.1.1.1 > 2.2.2.2", {}, true],
    ["--dport 80", "icmp 1.1.1.1 > 2.2.2.2", {}, false],
    ["-i cni0", "tcp 1.1.1.1 > 2.2.2.2:80", { inInterface: "cni0" }, true],
    ["-i veth+", "tcp 1.1.1.1 > 2.2.2.2:80", { inInterface: "veth1a2b" }, true],
    ["! -o eth0", "tcp 1.1.1.1 > 2.2.2.2:80", {}, true],
    ["-m mark --mark 0x4000/0x4000", "tcp 1.1.1.1 > 2.2.2.2:80", { mark: 0xc000 }, true],
    ["-m mark --mark 0x4000/0x4000", "tcp 1.1.1.1 > 2.2.2.2:80", { mark: 0x8000 }, false],
    ["-m mark --mark 0x80000000/0x80000000", "tcp 1.1.1.1 > 2.2.2.2:80", { mark: 0x8000_0000 }, true],
    ["-m conntrack --ctstate RELATED,ESTABLISHED", "tcp 1.1.1.1 > 2.2.2.2:80", { state: "ESTABLISHED" }, true],
    ["-m conntrack --ctstate RELATED,ESTABLISHED", "tcp 1.1.1.1 > 2.2.2.2:80", {}, false],
    ["-m conntrack --ctstate DNAT", "tcp 1.1.1.1 > 2.2.2.2:80", { translated: { destination: true, source: false } }, true],
    [
      "-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT",
      "tcp 1.1.1.1 > 2.2.2.2:80",
      { translated: { destination: true, source: false } },
      false,
    ],
    ["-m conntrack --ctstate SNAT", "tcp 1.1.1.1 > 2.2.2.2:80", { translated: { destination: true, source: false } }, false],
    ["-m addrtype --dst-type LOCAL", "tcp 1.1.1.1 > 192.168.0.11:80", {}, true],
    ["-m addrtype --src-type LOCAL", "tcp 1.1.1.1 > 192.168.0.11:80", {}, false],
    ["-m addrtype ! --src-type LOCAL", "tcp 1.1.1.1 > 192.168.0.11:80", {}, true],
    ["-m physdev --physdev-is-in", "tcp 1.1.1.1 > 2.2.2.2:80", { physicalIn: true }, true],
    ["-m physdev ! --physdev-is-in", "tcp 1.1.1.1 > 2.2.2.2:80", { physicalIn: true }, false],
    ["-m nfacct --nfacct-name x", "tcp 1.1.1.1 > 2.2.2.2:80", {}, true],
    ["-m recent --name A --rcheck --seconds 60 --reap", "tcp 1.1.1.1 > 2.2.2.2:80", {}, false],
    ["-m recent --name A --set", "tcp 1.1.1.1 > 2.2.2.2:80", {}, true],
  ];
  test.each(rows)("%s on %s %o: %s", (condition, packet, more, expected) => {
    const found = filter(`:INPUT DROP [0:0]\n-A INPUT ${condition} -j ACCEPT`, factsFrom(packet, more), new TestHost(own));
    expect(found.verdict.kind).toBe(expected ? "accept" : "drop");
  });

  test("a probability of one always matches, whatever is drawn", () => {
    const found = filter(
      ":INPUT DROP [0:0]\n-A INPUT -m statistic --mode random --probability 1.0 -j ACCEPT",
      factsFrom("tcp 1.1.1.1 > 2.2.2.2:1"),
      new TestHost([], [0x7fff_ffff]),
    );
    expect(found.verdict.kind).toBe("accept");
  });

  test("recent asks and tells the host's lists, by list name and source", () => {
    const said: string[] = [];
    const recent: RecentLists = {
      seen: ({ name, source, seconds, reap }) => said.push(`seen? ${name} ${source} ${seconds} ${reap}`) > 0 && name === "B",
      remember: ({ name, source }) => void said.push(`saw ${name} ${source}`),
    };
    const rules = `:INPUT DROP [0:0]
      -A INPUT -m recent --name A --rcheck --seconds 60 --reap -j ACCEPT
      -A INPUT -m recent --name B --rcheck --seconds 60 --reap -m recent --name B --set -j ACCEPT`;
    expect(show(filter(rules, factsFrom("tcp 1.1.1.1 > 2.2.2.2:1"), Object.assign(new TestHost(), { recent })))).toBe(
      "accept by INPUT 2, passed 2",
    );
    expect(said).toEqual(["seen? A 1.1.1.1 60 true", "seen? B 1.1.1.1 60 true", "saw B 1.1.1.1"]);
  });
});
