import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { moment, momentOf } from "../../fixtures/view/moment";
import { journey, PICTURE_HOP, sameNodeJourney } from "../../fixtures/view/journey";
import { MARGIN } from "../../../src/diagrams/layout/control-layout";
import { overlaps, right, type Box, type Point } from "../../../src/diagrams/layout/geometry";
import type { HostLayout } from "../../../src/diagrams/layout/host-layout";
import { overviewLane } from "../../../src/diagrams/layout/host-routes";
import { widthOf } from "../../../src/diagrams/layout/text-width";
import { overlapsIn, picture, podPlacesOf, stageOf } from "./stage-of";

const RUNS = { numRuns: Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50") };
const FLIGHT_HALF = 7;
const PACKET_HALF = 13;

/** Box of a text at 11 px, from its baseline. */
const textBox = (words: string, at: Point): Box => ({ x: at.x, y: at.y - 9, width: widthOf(words, 11), height: 11 });

/** Whether something `half` wide on each side meets the box on its way along straight lines. */
function passes(way: readonly Point[], box: Box, half: number): boolean {
  return way.slice(1).some((b, n) => {
    const a = way[n] ?? b;
    const [x, y] = [Math.min(a.x, b.x) - half, Math.min(a.y, b.y) - half];
    return overlaps({ x, y, width: Math.abs(a.x - b.x) + 2 * half, height: Math.abs(a.y - b.y) + 2 * half }, box);
  });
}

/** Names that a mark on another Pod's veth would hide. */
function namesUnderVeths(host: HostLayout, half: number): readonly string[] {
  return host.pods.flatMap((pod) => {
    const others = host.pods.filter((other) => other !== pod && passes(other.veth.slice(-2), textBox(pod.name, pod.nameAt), half));
    return others.map((other) => `${pod.name} under the veth of ${other.pod.name}`);
  });
}

const workers = fc.integer({ min: 1, max: 5 });
const replicas = fc.integer({ min: 0, max: 20 });

describe("the stage's layout", () => {
  test("nothing followed: all hosts alike, the control plane first", () => {
    expect(picture(stageOf(moment))).toEqual([
      "control-plane overview 24,194 244×316: coredns-4tzpq coredns-9mwxk",
      "node-a overview 288,194 244×316: my-app-kx2vq your-app-q8zrt",
      "node-b overview 552,194 244×316: my-app-w7zd5 your-app-h4wnd your-app-m2jcl",
    ]);
  });

  test("followed: the client's node is opened, hosts on the way stand beside it", () => {
    expect(picture(stageOf(moment, journey, PICTURE_HOP))).toEqual([
      "node-a open 24,170 520×616: my-app-kx2vq your-app-q8zrt",
      "control-plane closed 560,170 236×302: coredns-4tzpq coredns-9mwxk",
      "node-b closed 560,484 236×302: my-app-w7zd5 your-app-h4wnd your-app-m2jcl",
    ]);
  });

  test("hosts that no packet touches fold to their name and their Pods in words", () => {
    const forms = stageOf(momentOf({ workers: 5 }), sameNodeJourney).hosts.map((host) => `${host.key} ${host.form}`);
    expect(forms).toEqual(["node-a open", "control-plane folded", "node-b folded", "node-c folded", "node-d folded", "node-e folded"]);
  });

  test("from seven Pods on a node they become cells, counted by app in words", () => {
    const [, worker] = picture(stageOf(momentOf({ workers: 1, myApp: 2, yourApp: 5 })));
    expect(worker).toMatch(/\[my-app: 2 ready\] \[your-app: 5 ready\]$/u);
    expect(picture(stageOf(momentOf({ workers: 1, myApp: 2, yourApp: 4 })))[1]).not.toContain("[");
  });

  test("no two boxes overlap, for 1 to 5 workers and 0 to 20 replicas of each app, followed or not", () => {
    fc.assert(
      fc.property(workers, replicas, replicas, fc.boolean(), (count, myApp, yourApp, followed) => {
        const shown = momentOf({ workers: count, myApp, yourApp });
        expect(overlapsIn(stageOf(shown, followed ? journey : null, PICTURE_HOP))).toEqual([]);
      }),
      RUNS,
    );
  });

  test("a flight's mark passes no name and no label of cells, whichever Pod it leaves", () => {
    fc.assert(
      fc.property(workers, replicas, replicas, (count, myApp, yourApp) => {
        const { hosts } = stageOf(momentOf({ workers: count, myApp, yourApp }));
        for (const host of hosts) {
          const labels = host.cells.map((group) => textBox(group.words, group.at));
          for (const { key } of host.cells.flatMap((group) => group.cells)) {
            expect(labels.filter((label) => passes(overviewLane(host, key), label, FLIGHT_HALF))).toEqual([]);
          }
          expect(namesUnderVeths(host, FLIGHT_HALF)).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  test("the followed packet's mark hides no name beside a veth that comes down", () => {
    fc.assert(
      fc.property(workers, replicas, replicas, (count, myApp, yourApp) => {
        const { hosts } = stageOf(momentOf({ workers: count, myApp, yourApp }), journey, PICTURE_HOP);
        for (const host of hosts) expect(namesUnderVeths(host, PACKET_HALF)).toEqual([]);
      }),
      RUNS,
    );
  });

  test("cells of all groups above one another start at one x, without gaps", () => {
    const [, host] = stageOf(momentOf({ workers: 2, myApp: 20, yourApp: 20 })).hosts;
    const starts = host?.cells.map((group) => group.cells[0]?.box.x) ?? [];
    expect(new Set(starts).size).toBe(1);
    expect(host?.cells.map((group) => group.cells.slice(0, 3).map((cell) => cell.box.x - (starts[0] ?? 0)))).toEqual([
      [0, 12, 24],
      [0, 12, 24],
    ]);
  });

  test("no wire and no host leaves the stage's margins", () => {
    for (const count of [1, 2, 3, 4, 5]) {
      const { hosts, network, width } = stageOf(momentOf({ workers: count }));
      const across = [...network.wires.flat().map((point) => point.x), ...hosts.flatMap(({ box }) => [box.x, right(box)])];
      expect([Math.min(...across) >= MARGIN, Math.max(...across) <= width - MARGIN]).toEqual([true, true]);
    }
  });

  test("the same moment gives the same drawing", () => {
    fc.assert(
      fc.property(workers, replicas, (count, yourApp) => {
        expect(stageOf(momentOf({ workers: count, yourApp }))).toEqual(stageOf(momentOf({ workers: count, yourApp })));
      }),
      RUNS,
    );
  });

  test("a Pod that comes moves no other Pod, no host and no Service, as long as its node names its Pods", () => {
    for (const yourApp of [0, 1, 2, 3, 4, 5]) {
      const [before, after] = [stageOf(momentOf({ yourApp })), stageOf(momentOf({ yourApp: yourApp + 1 }))];
      for (const [uid, place] of podPlacesOf(before)) {
        const name = before.hosts.flatMap((host) => host.pods).find((pod) => pod.key === uid)?.pod.name;
        const later = after.hosts.flatMap((host) => host.pods).find((pod) => pod.pod.name === name);
        expect(later?.pill).toEqual(place);
      }
      expect(after.hosts.map((host) => host.box)).toEqual(before.hosts.map((host) => host.box));
      expect(after.services).toEqual(before.services);
    }
  });

  test("hosts stay where they are at every hop of a journey", () => {
    const boxes = journey.hops.map((hop) => stageOf(moment, journey, hop.index).hosts.map((host) => host.box));
    for (const each of boxes) expect(each).toEqual(boxes[0]);
  });
});
