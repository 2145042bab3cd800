/** What a first packet costs in rules, over generated rule sets; and that the line beyond them is where larger ones are. */
import { describe, expect, test } from "vitest";
import { costCurves, GENERATED, generatedPoint, pointBeyond } from "../../../src/world/cost/cost";
import { generate, rulesMet } from "../../../src/world/cost/rules-met";
import { visitsOf } from "../../../src/diagrams/netfilter/visits";
import { finish } from "../../../src/recording/recording";
import { simTime } from "../../../src/engine/time";
import { twoAppsRecording } from "../../fixtures/world";

const MODES = ["iptables", "nftables", "ipvs"] as const;

/** Services of the larger rule set: as many as the limit of a cluster where there is time. */
const LARGER = Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50") > 100 ? 10_000 : 3500;

function curve() {
  const work = costCurves();
  for (;;) {
    const turn = work.next();
    if (turn.done === true) return turn.value;
  }
}

describe("rules that a first packet meets", () => {
  test("grow by one with each Service before its own in iptables mode, and stay the same in the others", () => {
    const iptables = generate("iptables", 500);
    expect([1, 10, 250, 499].map((index) => rulesMet(iptables, index) - rulesMet(iptables, 0))).toEqual([1, 10, 250, 499]);
    for (const mode of ["nftables", "ipvs"] as const) {
      const rules = generate(mode, 500);
      expect(new Set([0, 1, 250, 499].map((index) => rulesMet(rules, index))).size, mode).toBe(1);
    }
  });

  test("lie on the line through two smaller rule sets also where larger ones are generated", () => {
    for (const mode of MODES) {
      const [a, b] = GENERATED.slice(-2).map((services) => generatedPoint(mode, services));
      if (a === undefined || b === undefined) throw new Error("two sizes are generated");
      expect({ ...pointBeyond(a, b, LARGER), isGenerated: true }).toEqual(generatedPoint(mode, LARGER));
    }
  }, 120_000);

  test("are as many on the node of a real journey in nftables mode as in the sample", () => {
    const recording = twoAppsRecording({ config: { mode: "nftables" } });
    finish(recording.advance(simTime(9_000_000)));
    const met = [1, 2, 3, 4, 5, 6].flatMap((request) => {
      const journey = finish(recording.journey(request));
      const syn = journey?.packets.find(({ kind }) => kind === "syn");
      const hops = journey?.hops.filter(({ packet, pod, host }) => packet === syn?.index && pod === "" && host.startsWith("node-")) ?? [];
      const hosts = [...new Set(hops.map(({ host }) => host))];
      if (hosts.length < 2) return [];
      const here = visitsOf(hops.filter(({ host }) => host === hosts[0])).filter(({ pass }) => pass === 0);
      return [here.flatMap(({ asked }) => asked).reduce((sum, { rules }) => sum + rules, 0)];
    });
    expect(met.length).toBeGreaterThan(0);
    expect(new Set(met)).toEqual(new Set([rulesMet(generate("nftables", 4), 0)]));
  });
});

test("the curves hold every mode at every size, the generated ones first", () => {
  const { points, endpointsEach } = curve();
  expect(endpointsEach).toBe(3);
  const last = (mode: (typeof MODES)[number]) => points.findLast((point) => point.mode === mode);
  expect(last("iptables")).toMatchObject({ services: 30_000, isGenerated: false });
  expect((last("iptables")?.last ?? 0) - (last("iptables")?.first ?? 0)).toBe(29_999);
  expect(last("nftables")?.last).toBe(last("nftables")?.first);
  expect(points.filter(({ mode }) => mode === "ipvs").map(({ services }) => services)).toEqual([
    1, 10, 100, 1000, 2000, 5000, 10_000, 20_000, 30_000,
  ]);
}, 60_000);
