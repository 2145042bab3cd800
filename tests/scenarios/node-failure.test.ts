/** A machine goes down and comes back: who notices when, told with causes and reviewed like code. */
import { describe, expect, test } from "vitest";
import { simTime } from "../../src/engine/time";
import type { TraceEvent } from "../../src/world/view-types";
import { causedLines } from "../fixtures/caused";
import { twoApps } from "../fixtures/world";

const SECOND = 1_000_000;
const OFF = 10;
const ON = 370;

/** node-b goes down at 10 s and is turned on at 370 s. */
function played(seed = 1): readonly TraceEvent[] {
  const world = twoApps({ seed, perSecond: 0 });
  const events: TraceEvent[] = [];
  world.listen({ event: (event) => void events.push(event), flight: () => {} });
  world.runTo(simTime(OFF * SECOND));
  world.give(simTime(OFF * SECOND), { do: "power", node: "node-b", on: false });
  world.runTo(simTime(ON * SECOND));
  world.give(simTime(ON * SECOND), { do: "power", node: "node-b", on: true });
  world.runTo(simTime(400 * SECOND));
  return events;
}

interface Moments {
  /** When the last slice forgot the addresses of node-b. */
  readonly left: number;
  /** When the first Pod was made in place of one of its. */
  readonly replaced: number;
  readonly back: number;
}

function momentsOf(events: readonly TraceEvent[]): Moments {
  const at = (matching: RegExp, from = 0): number => {
    const found = events.find((event) => event.at > from * SECOND && matching.test(event.sentence));
    if (found === undefined) throw new Error(`nothing says ${matching.source}`);
    return found.at / SECOND;
  };
  const left = events.filter((event) => event.at < 100 * SECOND && /^EndpointSlice .* now has /.test(event.sentence)).at(-1);
  return { left: (left?.at ?? 0) / SECOND, replaced: at(/^Pod .* is stored as revision/), back: at(/loses the taint/) };
}

describe("a node that fails", { timeout: 60_000 }, () => {
  const events = played();

  test("is told by its golden transcript, cause by cause", async () => {
    await expect(`${causedLines(events).join("\n")}\n`).toMatchFileSnapshot("../golden/node-failure.txt");
  });

  test("has no event without a cause but what a person did", () => {
    expect(events.filter(({ trigger, kind }) => trigger < 0 && kind !== "command").map(({ sentence }) => sentence)).toEqual([]);
  });

  test("leaves the endpoints 40 to 55 s later, is replaced after 300 s more, and is back within a look of its return", () => {
    const all = Array.from({ length: 20 }, (_, index) => momentsOf(played(index + 1)));
    const left = all.map((one) => one.left - OFF);
    expect([Math.min(...left) >= 40, Math.max(...left) <= 55.5]).toEqual([true, true]);
    expect(new Set(left.map((one) => Math.floor(one / 5))).size).toBeGreaterThan(2);
    for (const { left: gone, replaced, back } of all) {
      expect(Math.round(replaced - gone)).toBe(300);
      expect(back - ON).toBeGreaterThan(10);
      expect(back - ON).toBeLessThan(16);
    }
  });
});
