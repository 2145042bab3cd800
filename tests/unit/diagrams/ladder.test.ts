/** One look-up as a ladder, out of a run: names in the order of the search list, messages at their moments. */
import { describe, expect, test } from "vitest";
import type { LadderModel, LadderRow } from "../../../src/diagrams/ladder/rows";
import { ladderOf } from "../../../src/diagrams/ladder/rows";
import { entryTried, orderOf, ruleInWords, searchRuleOf } from "../../../src/diagrams/ladder/search";
import { messageInWords, outcomeInWords, rungInWords } from "../../../src/diagrams/ladder/words";
import { simTime } from "../../../src/engine/time";
import { parseRecord } from "../../../src/dns/message/zone-text";
import { finish } from "../../../src/recording/recording";
import type { WorldConfig } from "../../../src/world/settings";
import type { JourneyView } from "../../../src/world/view-types";
import { twoAppsRecording } from "../../fixtures/world";

const WITH_DOMAIN = "nameserver 192.168.0.1\nsearch corp.example\n";

function outside(): WorldConfig["upstream"] {
  const records = ["www.example.com. 300 IN A 192.0.2.80", "www.example.com. 300 IN AAAA 2001:db8::80"].map(parseRecord);
  return { records: records.flatMap((record) => (record.ok ? [record.value] : [])) };
}

/** A journey of a request to a name, sent in a run of two-apps. */
function journeyTo(name: string, nodeResolvConf: string): JourneyView {
  const recording = twoAppsRecording({ perSecond: 0, config: { nodeResolvConf, upstream: outside() } });
  finish(recording.act({ at: simTime(1_000_000), shownUntil: simTime(1_000_000), command: { do: "request", to: `http://${name}` } }));
  finish(recording.seekTime(simTime(2_000_000)));
  const journey = finish(recording.journey(recording.moment({ at: 2_000_000, ahead: 0, follow: null }).requests[0]?.id ?? 0));
  if (journey === null) throw new Error("no journey");
  return journey;
}

function ladderTo(name: string, nodeResolvConf = WITH_DOMAIN): LadderModel {
  const journey = journeyTo(name, nodeResolvConf);
  return ladderOf(journey, name, searchRuleOf(journey.resolvConf));
}

function rowText(row: LadderRow, { lanes }: LadderModel): string {
  switch (row.kind) {
    case "message":
      return `${row.query.type}${row.way === "query" ? "?" : ` ${outcomeInWords(row.query)}`} ${lanes[row.from]?.role} > ${lanes[row.to]?.role}`;
    case "forward":
      return `${lanes[row.from]?.role} asks ${lanes[row.to]?.role} for ${row.type}`;
    case "wait":
      return `wait ${row.span}`;
  }
}

/** The ladder in lines: a name, then its messages indented. */
function picture(ladder: LadderModel): readonly string[] {
  return ladder.rungs.flatMap((rung) => [`${rung.entry} ${rung.name}`, ...rung.rows.map((row) => `  ${rowText(row, ladder)}`)]);
}

const BOTH_ASKED = ["  A? Pod > CoreDNS", "  AAAA? Pod > CoreDNS"];
const MISSED = [...BOTH_ASKED, "  A NXDOMAIN CoreDNS > Pod", "  AAAA NXDOMAIN CoreDNS > Pod"];
const FORWARDED = (outcome: string): readonly string[] => [
  ...BOTH_ASKED,
  "  CoreDNS asks upstream for A",
  "  CoreDNS asks upstream for AAAA",
  `  A ${outcome} CoreDNS > Pod`,
  `  AAAA ${outcome} CoreDNS > Pod`,
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
      "  A NOERROR CoreDNS > Pod",
      "  AAAA NODATA CoreDNS > Pod",
      "2 your-app-svc.svc.cluster.local.",
      "3 your-app-svc.cluster.local.",
      "4 your-app-svc.corp.example.",
      "0 your-app-svc.",
    ]);
    expect(rungInWords(ladder.rungs[3] ?? { entry: 0, domain: "", name: "", rows: [] }, 4)).toBe(
      "search entry 4 of 4, corp.example; not asked for",
    );
  });

  test("says of each query where its destination was changed, and leads to its packet", () => {
    const [query, , answer] = ladder.rungs[0]?.rows ?? [];
    if (query?.kind !== "message" || answer?.kind !== "message") throw new Error("no messages");
    expect(messageInWords(query, ladder.lanes)).toMatch(
      /^A query for your-app-svc\.shop\.svc\.cluster\.local leaves my-app-\S+ at 00:01\.\d{3} \d{3} and reaches coredns-\S+ \d+ µs later; node-\w changes the destination from 10\.96\.0\.10 to 10\.244\.\d\.\d\.$/,
    );
    expect(messageInWords(answer, ladder.lanes)).toMatch(/^Answer to A your-app-svc\S+local: NOERROR, A 10\.\S+\. It leaves .* changes the source /);
    expect(query.hop).toBe(0);
    expect(answer.hop).toBeGreaterThan(query.hop);
    expect(query.query.wire.length / 2).toBe(53);
  });
});

describe("the search list", () => {
  const rule = searchRuleOf("search a.b c.d\nnameserver 10.0.0.1\nsearch shop.svc.cluster.local svc.cluster.local\noptions ndots:2\n");

  test("is the last search line, and ndots stands among the options", () => {
    expect(rule).toEqual({ search: ["shop.svc.cluster.local", "svc.cluster.local"], ndots: 2 });
    expect(searchRuleOf("nameserver 10.0.0.1\n")).toEqual({ search: [], ndots: 1 });
  });

  test("counts entries from 1; 0 is the name as it is", () => {
    expect(entryTried("web.svc.cluster.local.", "web", rule.search)).toBe(2);
    expect(entryTried("web.", "web.", rule.search)).toBe(0);
  });

  test("comes before the name or after it by ndots; musl leaves it out where the name has dots enough", () => {
    expect(orderOf("web", rule, "glibc")).toEqual([1, 2, 0]);
    expect(orderOf("web.", rule, "glibc")).toEqual([0]);
    expect(orderOf("www.example.com", rule, "glibc")).toEqual([0, 1, 2]);
    expect(orderOf("www.example.com", rule, "musl")).toEqual([0]);
  });

  test("is told in words", () => {
    expect(ruleInWords("web.shop", rule)).toBe(
      "web.shop has 1 dot, fewer than ndots:2: each of 2 search entries is tried first, for A and AAAA. Where none has the name, that makes 6 queries.",
    );
    expect(ruleInWords("www.example.com", rule)).toBe("www.example.com has 2 dots, no fewer than ndots:2: it is asked as it is first.");
    expect(ruleInWords("web.", rule)).toBe("web. ends with a dot: it is asked as it is, and the search list is left out.");
  });
});
