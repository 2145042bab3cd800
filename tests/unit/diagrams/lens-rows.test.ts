import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HopView } from "../../../src/bridge/protocol";
import { lensRows, MOST_LENS_ROWS, type LensRow } from "../../../src/diagrams/layout/lens-rows";
import { revealAt } from "../../../src/diagrams/layout/reveal";
import { journey, PICTURE_HOP, rejectedJourney } from "../../fixtures/view/journey";
import { moment } from "../../fixtures/view/moment";
import { choiceWalk, endpointWalk, portals, serviceMatch } from "../../fixtures/view/walks";
import { stageOf } from "./stage-of";

const RUNS = { numRuns: Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50") };
const SIGN = { matched: "✓", unmatched: "–", "not reached": " " } as const;

function text(row: LensRow): string {
  switch (row.kind) {
    case "chain":
      return `${row.chain} (${row.note})`;
    case "rule":
      return `  ${row.line.number} ${SIGN[row.line.state]} ${row.line.condition} > ${row.target}`;
    case "folded":
      return `  ${row.text}`;
  }
}

function hopAt(index: number, of = journey): HopView {
  const hop = of.hops[index];
  if (hop === undefined) throw new Error(`the journey has a hop ${index}`);
  return hop;
}

/** The picture's hop for a Service of many endpoints. */
function hopWith(endpoints: number, taken: number): HopView {
  const names = Array.from({ length: endpoints }, (_, n) => `10.244.2.${n + 2}:8080`);
  const draws = names.map((_, n) => (n === taken ? 0 : 0.99));
  const spn = "shop/your-app-svc:http";
  const chain = "KUBE-SVC-4TM5K6ZXCPM4DEN7";
  const walks = [
    portals(),
    serviceMatch(spn, "10.96.120.7", "tcp", 80, chain),
    choiceWalk({ chain, spn, clusterIP: "10.96.120.7", endpoints: names, draws, taken }),
    endpointWalk(spn, "tcp", names[taken] ?? ""),
  ];
  return { ...hopAt(PICTURE_HOP), walks };
}

describe("the lens", () => {
  test("shows the chains that decided, with every draw", () => {
    expect(lensRows(hopAt(PICTURE_HOP)).map(text)).toEqual([
      "KUBE-SERVICES (rule 4 of 7)",
      "  4 ✓ -d 10.96.120.7/32 -p tcp --dport 80 > KUBE-SVC-4TM5K6ZXCPM4DEN7",
      "KUBE-SVC-4TM5K6ZXCPM4DEN7 (1 in 3 for each)",
      "  1 – ! -s 10.244.0.0/16 > KUBE-MARK-MASQ",
      "  2 – --probability 0.33333333349 > 10.244.1.3:8080",
      "  3 ✓ --probability 0.50000000000 > 10.244.2.3:8080",
      "  4   all that is left > 10.244.2.4:8080",
      "KUBE-SEP-JYGKJ24TGYW6PA73 (rule 2 of 2)",
      "  1 – -s 10.244.2.3/32 > KUBE-MARK-MASQ",
      "  2 ✓ -p tcp -j DNAT --to-destination 10.244.2.3:8080 > ",
    ]);
  });

  test("a refusal shows the rule that refused", () => {
    const forward = rejectedJourney.hops.findIndex((hop) => hop.hook === "FORWARD");
    expect(lensRows(hopAt(forward, rejectedJourney)).map(text)).toEqual([
      "KUBE-SERVICES (rule 1 of 1)",
      "  1 ✓ -d 10.96.120.7/32 -p tcp --dport 80 > REJECT",
    ]);
  });

  test("thirty endpoints fold to the room that there is, and what is folded is counted", () => {
    const rows = lensRows(hopWith(30, 20)).map(text);
    expect(rows.length).toBeLessThanOrEqual(MOST_LENS_ROWS);
    expect(rows.filter((row) => row.includes("more, not"))).toEqual(["  18 more, not matched; 9 more, not reached"]);
  });

  test("never grows over its room and never drops a rule that matched", () => {
    const sizes = fc
      .integer({ min: 1, max: 60 })
      .chain((endpoints) => fc.tuple(fc.constant(endpoints), fc.integer({ min: 0, max: endpoints - 1 })));
    fc.assert(
      fc.property(sizes, ([endpoints, taken]) => {
        const hop = hopWith(endpoints, taken);
        const rows = lensRows(hop);
        expect(rows.length).toBeLessThanOrEqual(MOST_LENS_ROWS);
        const shown = rows.filter((row) => row.kind === "rule" && row.line.state === "matched").length;
        const matched = hop.walks
          .slice(1)
          .flatMap((walk) => walk.lines)
          .filter((line) => line.state === "matched").length;
        expect(shown).toBe(matched);
      }),
      RUNS,
    );
  });

  test("tells one thing at a time: rows, then the old address struck, then the new one", () => {
    const { lens, told } = stageOf(moment, journey, PICTURE_HOP);
    if (lens === null || told === null) throw new Error("the picture has an opened kernel");
    const at = (progress: number): string => {
      const { begun, rows, struck, rewritten } = revealAt(lens, told, progress);
      return `${begun ? `${rows} rows` : "nothing"}${struck ? ", struck" : ""}${rewritten ? ", rewritten" : ""}`;
    };
    expect([0, 0.2, 0.45, 0.68, 0.72, 1].map(at)).toEqual([
      "nothing",
      "0 rows",
      "5 rows",
      "10 rows",
      "10 rows, struck",
      "10 rows, struck, rewritten",
    ]);
  });

  test("says nothing before the packet is there, and keeps what it has shown when it has gone on", () => {
    const before = stageOf(moment, journey, PICTURE_HOP - 1);
    const after = stageOf(moment, journey, PICTURE_HOP + 1);
    if (before.lens === null || before.told === null || after.lens === null || after.told === null)
      throw new Error("the lens is open for the whole packet");
    expect(revealAt(before.lens, before.told, 1).begun).toBe(false);
    expect(revealAt(after.lens, after.told, 0).rewritten).toBe(true);
  });
});
