/** What the Rules panel makes of the texts: counters before the rules, what is found, what part a rule takes. */
import { describe, expect, test } from "vitest";
import { Counters } from "../../../src/node/kernel/netfilter/counters";
import { saveText } from "../../../src/node/kernel/netfilter/show";
import { documentsOf, fileNameOf, withCounters } from "../../../src/panels/inspector/rules/documents";
import { chainsOf, partsOf } from "../../../src/panels/inspector/rules/rules-text";
import { hitsIn, turned } from "../../../src/panels/inspector/rules/find";
import { percent, sharesOf } from "../../../src/panels/inspector/rules/shares";
import { othersInWords } from "../../../src/panels/inspector/rules/walked-hops";
import type { RuleLineView, RulesView } from "../../../src/bridge/protocol";
import { simTime } from "../../../src/engine/time";
import { twoApps } from "../../fixtures/world";

type ProxyMode = RulesView["mode"];

function rulesOf(mode: ProxyMode, seconds = 0): { readonly rules: RulesView; readonly world: ReturnType<typeof twoApps> } {
  const world = twoApps({ config: { mode } });
  world.runTo(simTime(seconds * 1_000_000));
  const { rules } = world.view({ at: seconds * 1_000_000, ahead: 0, follow: null, rulesOf: "node-a" });
  if (rules === undefined) throw new Error("node-a has rules");
  return { rules, world };
}

function chainOf(text: string): Parameters<typeof sharesOf>[0] {
  return { lines: text.split("\n").map((line, index) => ({ number: index + 1, text: line })) };
}

function line(number: number, state: RuleLineView["state"]): RuleLineView {
  return { number, state, text: "", condition: "", target: "", reason: "" };
}

describe("the texts of a node", () => {
  test("with counters are what iptables-save -c prints", () => {
    const { rules, world } = rulesOf("iptables", 4);
    const counters = world.inside.state.counters.get("node-a") ?? new Counters();
    expect(counters.isEmpty).toBe(false);
    expect(withCounters(rules.text, rules)).toBe(saveText(world.inside.rulesets.of("node-a") ?? (null as never), { counters }));
  });

  test("are what each mode's own commands print, with what else stands in iptables beside it", () => {
    const commands = (mode: ProxyMode): readonly string[] => documentsOf(rulesOf(mode).rules).map(({ command }) => command);
    expect(commands("iptables")).toEqual(["iptables-save"]);
    expect(commands("nftables")).toEqual(["nft list ruleset", "iptables-save"]);
    expect(commands("ipvs")).toEqual(["ipvsadm-save -n", "ipset save", "iptables-save"]);
    expect(fileNameOf("node-b", "nft list ruleset")).toBe("node-b.nft-list-ruleset.txt");
  });
});

test("virtual servers and IP sets fold as chains do, and lose no line", () => {
  const { rules } = rulesOf("ipvs");
  for (const text of [rules.text, rules.sets]) {
    const blocks = chainsOf(text);
    const lines = blocks.flatMap(({ heading, lines: inside }) => [heading, ...inside.map((one) => one.text)]);
    expect(lines.map((one) => `${one}\n`).join("")).toBe(text);
  }
  expect(chainsOf(rules.text)[0]).toMatchObject({ table: "ipvs", kind: "server", chain: "TCP 10.96.0.1:443" });
  const parts = partsOf("-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT", new Set(["KUBE-CLUSTER-IP"]));
  expect(parts.filter(({ to }) => to !== "").map(({ to }) => to)).toEqual(["KUBE-CLUSTER-IP"]);
});

describe("finding", () => {
  test("counts every line and every chain name that holds the text, whatever its capitals, and goes round", () => {
    const documents = documentsOf({
      mode: "iptables",
      sets: "",
      beside: "",
      text: "*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SVC-A - [0:0]\n-A PREROUTING -j KUBE-SVC-A\n-A KUBE-SVC-A -j DROP\nCOMMIT\n",
    });
    const hits = hitsIn(documents, " kube-svc ");
    expect(hits.map(({ chain, line: at }) => `${chain} ${at}`)).toEqual(["PREROUTING 0", "KUBE-SVC-A -1", "KUBE-SVC-A 0"]);
    expect([turned(2, 1, 3), turned(0, -1, 3), turned(0, 1, 0)]).toEqual([0, 2, 0]);
    expect(hitsIn(documents, "  ")).toEqual([]);
  });
});

describe("the running product", () => {
  test("of 1/3, 1/2 and what is left is a third for each, within what 31 bits can say", () => {
    const shares = sharesOf(
      chainOf(
        [
          "-A KUBE-SVC-X ! -s 10.244.0.0/16 -d 10.96.0.20/32 -j KUBE-MARK-MASQ",
          '-A KUBE-SVC-X -m comment --comment "a -> b" -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-A',
          '-A KUBE-SVC-X -m comment --comment "a -> c" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-B',
          '-A KUBE-SVC-X -m comment --comment "a -> d" -j KUBE-SEP-C',
        ].join("\n"),
      ),
    );
    expect([...shares].map(([number, { reaches, takes }]) => `${number}: ${percent(takes)} of ${percent(reaches)}`)).toEqual([
      "2: 33.3 % of 100.0 %",
      "3: 33.3 % of 66.7 %",
      "4: 33.3 % of 33.3 %",
    ]);
    expect([...shares.values()].reduce((sum, { takes }) => sum + takes, 0)).toBeCloseTo(1, 9);
  });

  test("of a map that chance looks up in is the same for each of its elements", () => {
    const shares = sharesOf(chainOf("ip daddr 10.96.0.20 jump mark\nnumgen random mod 4 vmap { 0 : goto a, 1 : goto b }"));
    expect([...shares]).toEqual([[2, { reaches: 1, takes: 0.25 }]]);
  });
});

test("rules that did not match are told by their numbers", () => {
  const walk = { table: "nat", chain: "KUBE-SERVICES", length: 7, passed: 6, lines: [line(5, "unmatched"), line(6, "matched")] };
  expect(othersInWords(walk)).toBe("Rules 1 to 5 did not match; rule 7 was not reached.");
  expect(othersInWords({ ...walk, length: 2, passed: 2, lines: [line(2, "matched")] })).toBe("Rule 1 did not match.");
  expect(othersInWords({ ...walk, length: 2, passed: 2, lines: [] })).toBe("Rules 1 and 2 did not match.");
  expect(othersInWords({ ...walk, length: 0, passed: 0, lines: [] })).toBe("The chain is empty.");
  const real = [{ ...line(1, "matched"), reason: "its turn, by rr" }, line(2, "unmatched")];
  expect(othersInWords({ ...walk, table: "ipvs", length: 2, passed: 0, lines: real })).toBe("Its turn, by rr. 1 other real server.");
});
