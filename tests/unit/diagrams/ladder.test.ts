/** One look-up as a ladder, out of a run: names in the order of the search list, messages at their moments. */
import { describe, expect, test } from "vitest";
import type { LadderModel, LadderRow } from "../../../src/diagrams/ladder/rows";
import { ladderOf } from "../../../src/diagrams/ladder/rows";
import { ruleInWords, searchRuleOf } from "../../../src/diagrams/ladder/search";
import { messageInWords, outcomeInWords, rungInWords } from "../../../src/diagrams/ladder/words";
import { simTime } from "../../../src/engine/time";
import { parseRecord } from "../../../src/dns/message/zone-text";
import type { Command } from "../../../src/world/command";
import type { WorldConfig } from "../../../src/world/settings";
import type { LookupView } from "../../../src/world/view-types";
import { twoApps } from "../../fixtures/world";

const WITH_DOMAIN = "nameserver 192.168.0.1\nsearch corp.example\n";

function outside(): WorldConfig["upstream"] {
  const records = ["www.example.com. 300 IN A 192.0.2.80", "www.example.com. 300 IN AAAA 2001:db8::80"].map(parseRecord);
  return { records: records.flatMap((record) => (record.ok ? [record.value] : [])) };
}

type Lookup = Omit<Extract<Command, { do: "lookup" }>, "do">;

/** A look-up by hand in a run of two-apps, told some seconds later. */
function lookUp(lookup: Lookup, nodeResolvConf = WITH_DOMAIN, seconds = 2): LookupView {
  const world = twoApps({ perSecond: 0, config: { nodeResolvConf, upstream: outside() } });
  world.runTo(simTime(1_000_000));
  world.give(simTime(1_000_000), { do: "lookup", ...lookup });
  const at = simTime((1 + seconds) * 1_000_000);
  world.runTo(at);
  const told = world.view({ at, ahead: 0, follow: null, dns: true }).dns?.lookup;
  if (told === null || told === undefined) throw new Error("no look-up");
  return told;
}

function ladderTo(name: string, nodeResolvConf = WITH_DOMAIN): LadderModel {
  const lookup = lookUp({ name }, nodeResolvConf);
  return ladderOf(lookup, searchRuleOf(lookup.resolvConf).search);
}

function placesOf({ from, to }: { readonly from: number; readonly to: number }, { lanes }: LadderModel): string {
  return `${lanes[from]?.place} > ${lanes[to]?.place}`;
}

function rowText(row: LadderRow, ladder: LadderModel): string {
  switch (row.kind) {
    case "message": {
      const says = row.way === "query" ? "?" : ` ${outcomeInWords(row.query)}`;
      return `${row.query.type}${says} ${placesOf(row, ladder)}${row.isLost ? ", lost" : ""}`;
    }
    case "behind":
      return `${row.query.type} ${row.way} ${placesOf(row, ladder)}`;
    case "wait":
      return `wait ${row.span}`;
  }
}

/** The ladder in lines: a name, then its messages indented. */
function picture(ladder: LadderModel): readonly string[] {
  return ladder.rungs.flatMap((rung) => [`${rung.entry} ${rung.name}`, ...rung.rows.map((row) => `  ${rowText(row, ladder)}`)]);
}

const BOTH_ASKED = ["  A? pod > coredns", "  AAAA? pod > coredns"];
const MISSED = [...BOTH_ASKED, "  A NXDOMAIN coredns > pod", "  AAAA NXDOMAIN coredns > pod"];
const FORWARDED = (outcome: string): readonly string[] => [
  ...BOTH_ASKED,
  "  A query coredns > upstream",
  "  AAAA query coredns > upstream",
  "  A answer upstream > coredns",
  "  AAAA answer upstream > coredns",
  `  A ${outcome} coredns > pod`,
  `  AAAA ${outcome} coredns > pod`,
];

describe("www.example.com from a default Pod", () => {
  test("is ten queries on a node whose search list is corp.example: four domains, then the name itself", () => {
    expect(picture(ladderTo("www.example.com"))).toEqual([
      "1 www.example.com.shop.svc.cluster.local.",
      ...MISSED,
      "2 www.example.com.svc.cluster.local.",
      ...MISSED,
      "3 www.example.com.cluster.local.",
      ...MISSED,
      "4 www.example.com.corp.example.",
      ...FORWARDED("NXDOMAIN"),
      "0 www.example.com.",
      ...FORWARDED("NOERROR"),
    ]);
  });

  test("is eight on a node without one, and two with a trailing dot", () => {
    const eight = ladderTo("www.example.com", "nameserver 192.168.0.1\n");
    expect(eight.rungs.map(({ entry }) => entry)).toEqual([1, 2, 3, 0]);
    expect(eight.rungs.flatMap(({ rows }) => rows).filter((row) => row.kind === "message" && row.way === "query")).toHaveLength(8);
    expect(picture(ladderTo("www.example.com."))).toEqual(["0 www.example.com.", ...FORWARDED("NOERROR")]);
  });
});

describe("a Service's short name", () => {
  const ladder = ladderTo("your-app-svc");

  test("is found at the first entry; the others stand there untried", () => {
    expect(picture(ladder)).toEqual([
      "1 your-app-svc.shop.svc.cluster.local.",
      ...BOTH_ASKED,
      "  A NOERROR coredns > pod",
      "  AAAA NODATA coredns > pod",
      "2 your-app-svc.svc.cluster.local.",
      "3 your-app-svc.cluster.local.",
      "4 your-app-svc.corp.example.",
      "0 your-app-svc.",
    ]);
    expect(rungInWords(ladder.rungs[3] ?? { entry: 0, domain: "", name: "", rows: [] }, 4)).toBe(
      "search entry 4 of 4, corp.example; not asked for",
    );
  });

  test("says of each message who sent it to whom, and what the node did to it on the way", () => {
    const [query, , answer] = ladder.rungs[0]?.rows ?? [];
    if (query?.kind !== "message" || answer?.kind !== "message") throw new Error("no messages");
    expect(messageInWords(query, ladder.lanes)).toMatch(
      /^A query for your-app-svc\.shop\.svc\.cluster\.local leaves my-app-\S+ at 00:01\.\d{3} \d{3} and reaches coredns-\S+ \d+ µs later; node-\w sends it to 10\.244\.\d\.\d instead of 10\.96\.0\.10\.$/,
    );
    expect(messageInWords(answer, ladder.lanes)).toMatch(
      /^Answer to A your-app-svc\S+local: NOERROR, A 10\.\S+\. coredns-\S+ answers NOERROR from its page of the cluster\. It leaves coredns-\S+ at \S+ \d+ and reaches my-app-\S+ \d+ µs later\.$/,
    );
    expect(query.passed.map(({ lane }) => ladder.lanes[lane]?.place)).toEqual(["node"]);
  });
});

describe("a query that nobody answers", () => {
  test("is marked lost, and the silence until it is sent again is a row", () => {
    const lookup = lookUp({ name: "web.", type: "A", server: "192.168.0.200" }, WITH_DOMAIN, 20);
    const ladder = ladderOf(lookup, []);
    expect(picture(ladder)).toEqual([
      "0 web.",
      "  A? pod > coredns, lost",
      "  wait 5000000",
      "  A? pod > coredns, lost",
      "  wait 5000000",
      "  A? pod > coredns, lost",
    ]);
  });
});

describe("the search list", () => {
  const rule = searchRuleOf("search a.b c.d\nnameserver 10.0.0.1\nsearch shop.svc.cluster.local svc.cluster.local\noptions ndots:2\n");

  test("is the last search line, and ndots stands among the options", () => {
    expect(rule).toEqual({ search: ["shop.svc.cluster.local", "svc.cluster.local"], ndots: 2 });
    expect(searchRuleOf("nameserver 10.0.0.1\n")).toEqual({ search: [], ndots: 1 });
  });

  test("is told in words", () => {
    expect(ruleInWords("web.shop", rule, "glibc")).toBe(
      "web.shop has 1 dot, fewer than ndots:2: each of 2 search entries is tried first, for A and AAAA. Where none has the name, that makes 6 queries.",
    );
    expect(ruleInWords("www.example.com", rule, "glibc")).toBe(
      "www.example.com has 2 dots, no fewer than ndots:2: it is asked as it is first; the search list comes after it.",
    );
    expect(ruleInWords("www.example.com", rule, "musl")).toContain("it is asked as it is only, by musl.");
    expect(ruleInWords("web", rule, "dig")).toContain("no search list");
    expect(ruleInWords("web.", rule, "glibc")).toBe("web. ends with a dot: it is asked as it is, and the search list is left out.");
  });
});
