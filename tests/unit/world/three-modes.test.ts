/** One packet in the three modes: the same way through the cluster, other rules on it. */
import { describe, expect, test } from "vitest";
import { simTime } from "../../../src/engine/time";
import { compareModes } from "../../../src/world/three-modes/three-modes";
import type { ModeColumn, ThreeModesView } from "../../../src/world/view-types";
import { twoApps } from "../../fixtures/world";

function finish<T>(work: Generator<unknown, T, void>): T {
  for (;;) {
    const turn = work.next();
    if (turn.done === true) return turn.value;
  }
}

function compared(): ThreeModesView {
  const world = twoApps();
  world.runTo(simTime(2_000_000));
  const before = world.hash();
  const view = finish(compareModes(world.twin(), { service: "shop/your-app-svc", port: 80 }));
  expect(world.hash()).toBe(before);
  if (!view.ok) throw new Error(view.problem.message);
  return view.value;
}

/** Rewrites on the first node, in order. */
function rewrites({ hops }: ModeColumn): readonly string[] {
  return hops.flatMap(({ hook, changes }) =>
    changes.filter(({ field }) => field === "destination" || field === "source").map(({ field }) => `${hook} ${field}`),
  );
}

describe("one packet in three modes", () => {
  const view = compared();

  test("reaches the same endpoint in each, and every request is answered", () => {
    expect(view.columns.map(({ mode }) => mode)).toEqual(["iptables", "nftables", "ipvs"]);
    const [first] = view.columns;
    for (const { endpoint, sentence } of view.columns) {
      expect(endpoint).toBe(first?.endpoint);
      expect(sentence).toMatch(/answered/);
    }
  });

  test("is rewritten before routing where rules do it, and on its way in where a virtual server does", () => {
    expect(view.columns.map((column) => rewrites(column)[0])).toEqual([
      "PREROUTING destination",
      "PREROUTING destination",
      "INPUT destination",
    ]);
  });

  test("the copies took time to settle where the mode was another, and the rules looked at are those of the walks", () => {
    expect(view.columns.map(({ settledAfter }) => settledAfter > 0)).toEqual([false, true, true]);
    for (const { rules, hops } of view.columns) {
      expect(rules).toBe(hops.reduce((sum, { walks }) => sum + walks.reduce((more, { passed }) => more + passed, 0), 0));
      expect(rules).toBeGreaterThan(5);
    }
  });
});

test("what is no packet of a Service is refused with the reason", () => {
  const refusal = (service: string, port: number): string => {
    const view = finish(compareModes(twoApps(), { service, port }));
    return view.ok ? "" : view.problem.message;
  };
  expect(refusal("shop/nope", 80)).toBe('there is no Service "shop/nope"');
  expect(refusal("kube-system/kube-dns", 5353)).toBe("kube-system/kube-dns has no TCP port 5353; a request needs one");
});
