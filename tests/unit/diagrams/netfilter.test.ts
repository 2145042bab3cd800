/** The netfilter diagram: stations in the order in which a real journey passed them, stages by priority, words beside lines. */
import { describe, expect, test } from "vitest";
import type { HopView } from "../../../src/bridge/protocol";
import { overlaps } from "../../../src/diagrams/layout/geometry";
import { netfilterLayout, railsOf, wayBetween } from "../../../src/diagrams/layout/netfilter-layout";
import { baseChainOf, HOOKS, IPVS_PLACES, linesOf, priorityText, stagesOf } from "../../../src/diagrams/netfilter/stages";
import { visitsOf } from "../../../src/diagrams/netfilter/visits";
import { rulesInWords, stageInWords, visitInWords } from "../../../src/diagrams/netfilter/words";
import { simTime } from "../../../src/engine/time";
import { IPTABLES_STAGES, IPVS_STAGES, type Stage } from "../../../src/node/kernel/nft-stages";
import { chainsOf } from "../../../src/panels/inspector/rules/rules-text";
import { finish } from "../../../src/recording/recording";
import { twoApps, twoAppsRecording } from "../../fixtures/world";

/** Hops of the first SYN that leaves its node, on its sender's node and on the other. */
function synAcross(mode: "iptables" | "nftables" | "ipvs"): { readonly here: readonly HopView[]; readonly there: readonly HopView[] } {
  const recording = twoAppsRecording({ config: { mode } });
  finish(recording.advance(simTime(9_000_000)));
  for (let request = 1; request < 9; request += 1) {
    const journey = finish(recording.journey(request));
    const syn = journey?.packets.find(({ kind }) => kind === "syn");
    const hops = journey?.hops.filter(({ packet, pod }) => packet === syn?.index && pod === "") ?? [];
    const hosts = [...new Set(hops.map(({ host }) => host))];
    if (hosts.length === 2)
      return { here: hops.filter(({ host }) => host === hosts[0]), there: hops.filter(({ host }) => host === hosts[1]) };
  }
  throw new Error("none of eight SYNs leaves its node");
}

function way(hops: readonly HopView[]): string {
  return visitsOf(hops)
    .map(({ station, pass }) => (pass === 0 ? station : `${station}'`))
    .join(" ");
}

describe("a SYN to another node", () => {
  test("is forwarded, wrapped by the VXLAN device, and goes out of the same hooks once more as the node's own packet", () => {
    const { here, there } = synAcross("iptables");
    expect(way(here)).toBe("in PREROUTING bridge routing FORWARD POSTROUTING out local' OUTPUT' POSTROUTING' out'");
    expect(way(there)).toBe("in PREROUTING INPUT local in' PREROUTING' routing' FORWARD' POSTROUTING' out'");
  });

  test("meets as many rules at each stage as the walk looked at", () => {
    const { here } = synAcross("iptables");
    const trap = visitsOf(here).find(({ station }) => station === "PREROUTING");
    if (trap === undefined) throw new Error("it passes PREROUTING");
    const passed = trap.hop.walks.reduce((sum, walk) => sum + walk.passed, 0);
    expect(trap.asked).toEqual([{ stage: "nat", rules: passed }]);
    expect(stageInWords("nat", trap)).toMatch(new RegExp(`^${passed} rules, to 10\\.244\\.\\d\\.\\d:8080$`));
    expect(stageInWords("conntrack", trap)).toBe("new");
    expect(visitInWords(trap)).toMatch(/^PREROUTING, called by the bridge: nat asked \d+ rules\. 10\./);
    expect(rulesInWords([])).toBe("no rule was asked");
  });

  test("asks in nftables mode the base chains that hang on its hooks, by their names", () => {
    const { here } = synAcross("nftables");
    const asked = visitsOf(here).flatMap(({ station, asked: stages }) => stages.map(({ stage }) => `${station} ${stage}`));
    expect(asked.slice(0, 4)).toEqual([
      "PREROUTING filter-prerouting-pre-dnat",
      "PREROUTING nat-prerouting",
      "FORWARD filter",
      "FORWARD filter-forward",
    ]);
  });
});

test("in IPVS mode a virtual server takes the SYN on its way in and sends it on, and its stage says to where", () => {
  const { here } = synAcross("ipvs");
  expect(way(here)).toBe("in PREROUTING bridge INPUT OUTPUT POSTROUTING out local' OUTPUT' POSTROUTING' out'");
  const taken = visitsOf(here).find(({ station }) => station === "INPUT");
  if (taken === undefined) throw new Error("it passes INPUT");
  expect(stageInWords("ipvs", taken)).toMatch(/^to 10\.244\.\d\.\d:8080$/);
  expect(stageInWords("nat", taken)).toBe("");
  expect(stagesOf("INPUT", IPVS_PLACES).map(({ name, priority }) => `${name} ${priorityText(priority)}`)).toEqual([
    "mangle −150",
    "filter 0",
    "ipvs 99",
    "nat 100",
    "confirm last",
  ]);
});

describe("stages", () => {
  test("of a hook come by priority, nftables' base chains among iptables' tables", () => {
    const world = twoApps({ config: { mode: "nftables" } });
    const { text = "" } = world.view({ at: 0, ahead: 0, follow: null, rulesOf: "node-a" }).rules ?? {};
    const bases = chainsOf(text).flatMap(({ chain, heading }) => baseChainOf(chain, heading) ?? []);
    expect(stagesOf("PREROUTING", bases).map(({ name, priority }) => `${name} ${priorityText(priority)}`)).toEqual([
      "raw −300",
      "conntrack −200",
      "mangle −150",
      "filter-prerouting-pre-dnat −110",
      "nat −100",
      "nat-prerouting −100",
    ]);
    expect(stagesOf("POSTROUTING", []).map(({ name, priority }) => `${name} ${priorityText(priority)}`)).toEqual([
      "mangle −150",
      "nat 100",
      "confirm last",
    ]);
    expect(baseChainOf("services", 'comment "x"')).toBeNull();
  });
});

describe("places", () => {
  const layout = netfilterLayout({ PREROUTING: 6, INPUT: 4, FORWARD: 3, OUTPUT: 7, POSTROUTING: 4 });

  test("no station's words stand on another's", () => {
    const boxes = Object.values(layout.places).map(({ box }) => box);
    for (const [index, box] of boxes.entries()) for (const other of boxes.slice(index + 1)) expect(overlaps(box, other)).toBe(false);
  });

  test("no line crosses a station's words, in either pass", () => {
    const lines = [
      ...railsOf(layout),
      ...[0, 1].flatMap((pass) => [
        wayBetween(layout, "routing", "INPUT", pass),
        wayBetween(layout, "OUTPUT", "POSTROUTING", pass),
        wayBetween(layout, "in", "PREROUTING", pass),
      ]),
    ];
    for (const points of lines)
      for (const [index, point] of points.entries()) {
        const before = points[index - 1] ?? point;
        const line = {
          x: Math.min(before.x, point.x),
          y: Math.min(before.y, point.y),
          width: Math.abs(before.x - point.x),
          height: Math.abs(before.y - point.y),
        };
        for (const { box } of Object.values(layout.places))
          expect(overlaps(line, { ...box, y: box.y + 3, height: box.height - 6 })).toBe(false);
      }
  });
});

test("a stage in half the width that may rewrite, or has a long name, has a second line for it", () => {
  const stage = (name: string) => ({ name, priority: 0, engine: "nftables" }) as const;
  expect(linesOf("PREROUTING", stage("filter-prerouting-pre-dnat"))).toBe(1);
  expect([linesOf("OUTPUT", stage("filter")), linesOf("OUTPUT", stage("nat")), linesOf("INPUT", stage("ipvs"))]).toEqual([1, 2, 2]);
  expect(linesOf("FORWARD", stage("filter-forward"))).toBe(2);
});

describe("the stages that are drawn", () => {
  /** The kernel's own stages, without what is no place of its own: routing again after nat, and IPVS's two turns as one. */
  const drawn = (stages: readonly Stage[]): readonly string[] => [
    ...new Set(
      stages.flatMap((stage) => (typeof stage !== "string" || stage === "reroute" ? [] : [stage.startsWith("ipvs") ? "ipvs" : stage])),
    ),
  ];
  const shown = (hook: (typeof HOOKS)[number], bases: typeof IPVS_PLACES): readonly string[] =>
    stagesOf(hook, bases).map(({ name }) => name);

  test.each(HOOKS)("of %s are those that the kernel goes through, in its order", (hook) => {
    expect(shown(hook, [])).toEqual(drawn(IPTABLES_STAGES[hook]));
    expect(shown(hook, IPVS_PLACES)).toEqual(drawn(IPVS_STAGES[hook]));
  });
});
