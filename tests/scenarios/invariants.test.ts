/** What must hold after every event, whatever people do: issue 4's invariants, in scenarios and in random sequences of acts. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { simTime } from "../../src/engine/time";
import type { Command } from "../../src/world/command";
import { SCENARIOS } from "../../src/scenarios/catalogue";
import { Checker } from "../fixtures/invariants/checker";
import type { Recording } from "../../src/recording/recording";
import { finish } from "../../src/recording/recording";
import type { Act } from "../fixtures/random-commands";
import { acts, commandOf } from "../fixtures/random-commands";
import { scenarioWorld, twoApps, twoAppsRecording } from "../fixtures/world";

/** A run plays a whole cluster: few by default, as many as are asked for in a long setting. */
const RUNS = Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "6");
const SECOND = 1_000_000;

function hashAt(recording: Recording, at: number): string {
  finish(recording.seekTime(simTime(at)));
  return recording.hash();
}

type Script = readonly (readonly [number, Command])[];

const YOUR_APP = { kind: "Deployment", name: "shop/your-app" } as const;

/** Ways through every scenario that have something of everything. */
const WAYS: Readonly<Record<string, Script>> = {
  "scaling up and down": [
    [1, { do: "scale", ...YOUR_APP, replicas: 6 }],
    [6, { do: "scale", ...YOUR_APP, replicas: 2 }],
  ],
  "a rollout, and back": [
    [1, { do: "roll-out", ...YOUR_APP, image: "your-app:2" }],
    [8, { do: "roll-back", ...YOUR_APP }],
  ],
  "nodes that come and go": [
    [1, { do: "nodes", count: 4 }],
    [6, { do: "nodes", count: 1 }],
  ],
  "a node that loses its power": [
    [1, { do: "power", node: "node-a", on: false }],
    [70, { do: "power", node: "node-a", on: true }],
  ],
  "another mode of kube-proxy": [
    [1, { do: "proxy-mode", mode: "nftables" }],
    [12, { do: "scale", ...YOUR_APP, replicas: 5 }],
    [15, { do: "proxy-mode", mode: "iptables" }],
  ],
};

function given([second, command]: Script[number]): { readonly at: number; readonly command: Command } {
  return { at: second * SECOND, command };
}

/** The commands that a list of acts comes to, each with its moment. */
function scriptOf(list: readonly Act[], seed: number): readonly { readonly at: number; readonly command: Command }[] {
  const world = twoApps({ seed, perSecond: 2 });
  return list.flatMap((act) => {
    world.runTo(simTime(act.at));
    const command = commandOf(world, act);
    if (command === null) return [];
    const at = simTime(Math.max(act.at, world.now));
    world.give(at, command);
    return [{ at, command }];
  });
}

describe("invariants", { timeout: 120_000 + RUNS * 10_000 }, () => {
  test.each(SCENARIOS.flatMap(({ id }) => Object.keys(WAYS).map((way) => ({ id, way }))))(
    "hold after every event of $id: $way",
    ({ id, way }) => {
      const script = (WAYS[way] ?? []).map(given);
      const world = scenarioWorld(id);
      const checker = new Checker(world);
      for (const { at, command } of script) {
        world.runTo(simTime(at));
        expect(world.check(command)).toMatchObject({ ok: true });
        world.give(simTime(at), command);
      }
      world.runTo(simTime((script.at(-1)?.at ?? 0) + 12 * SECOND));
      expect(checker.broken).toEqual([]);
      expect(checker.asked.endpoints).toBeGreaterThan(0);
      expect(checker.asked.rules).toBeGreaterThan(0);
    },
  );

  test("hold after every event of random sequences of acts", () => {
    const asked = { endpoints: 0, rules: 0, rollouts: 0, events: 0 };
    fc.assert(
      fc.property(acts(10, 10), fc.nat(1000), (list, seed) => {
        const world = twoApps({ seed, perSecond: 2 });
        const checker = new Checker(world);
        for (const act of list) {
          world.runTo(simTime(act.at));
          const command = commandOf(world, act);
          if (command !== null) world.give(simTime(Math.max(act.at, world.now)), command);
        }
        world.runTo(simTime(world.now + 6 * SECOND));
        expect(checker.broken).toEqual([]);
        for (const key of ["endpoints", "rules", "rollouts", "events"] as const) asked[key] += checker.asked[key];
      }),
      { numRuns: RUNS },
    );
    // A few sequences may hold no rollout; it has tests of its own.
    expect(Math.min(asked.endpoints, asked.rules, asked.events)).toBeGreaterThan(0);
  });

  test("replay equals run, seek equals run-to, and without checkpoints nothing changes, for random sequences of acts", () => {
    fc.assert(
      fc.property(
        acts(8, 8),
        fc.nat(1000),
        fc.array(fc.integer({ min: 0, max: 12 * SECOND }), { minLength: 2, maxLength: 4 }),
        (list, seed, moments) => {
          const journal = scriptOf(list, seed);
          const run = twoApps({ seed, perSecond: 2 });
          const wanted = new Map<number, string>();
          const stops = [...moments.map((at) => ({ at, command: null })), ...journal].toSorted((a, b) => a.at - b.at);
          for (const { at, command } of stops) {
            run.runTo(simTime(at));
            if (command !== null) run.give(simTime(at), command);
          }
          const fresh = (): Recording => twoAppsRecording({ seed, perSecond: 2 }, journal);
          const straight = fresh();
          for (const at of moments.toSorted((a, b) => a - b)) wanted.set(at, hashAt(straight, at));
          finish(straight.seekTime(simTime(13 * SECOND)));
          const back = fresh();
          finish(back.seekTime(simTime(13 * SECOND)));
          for (const at of moments) expect(hashAt(back, at)).toBe(wanted.get(at));
          back.dropCheckpoints();
          for (const at of moments) expect(hashAt(back, at)).toBe(wanted.get(at));
          run.runTo(simTime(13 * SECOND));
          finish(back.seekTime(simTime(13 * SECOND)));
          expect(back.hash()).toBe(run.hash());
        },
      ),
      { numRuns: Math.max(3, Math.floor(RUNS / 2)) },
    );
  });

  test("hold for a watch that was cut longer than the watch cache reaches back: 410 Gone, and a new list", () => {
    const world = twoApps({ perSecond: 0 });
    const checker = new Checker(world);
    const readers = ["kube-proxy, node-a", "garbage-collector"];
    for (const reader of readers) world.give(simTime(SECOND), { do: "watch", reader, connected: false });
    for (let turn = 0; turn < 8; turn += 1) {
      world.runTo(simTime((2 + turn * 12) * SECOND));
      world.give(simTime((2 + turn * 12) * SECOND), {
        do: "scale",
        kind: "Deployment",
        name: "shop/my-app",
        replicas: turn % 2 === 0 ? 14 : 1,
      });
    }
    world.runTo(simTime(180 * SECOND));
    for (const reader of readers) world.give(simTime(180 * SECOND), { do: "watch", reader, connected: true });
    world.runTo(simTime(200 * SECOND));
    expect(checker.broken).toEqual([]);
    expect(checker.clients.expired).toBeGreaterThan(0);
  });
});
