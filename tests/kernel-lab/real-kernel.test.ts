/** Our packets beside a real kernel's: the same journeys in both laboratories, compared packet by packet and hop by hop. */
import { beforeAll, describe, expect, test } from "vitest";
import { Choices } from "./choices";
import { picture, lifetimesOf } from "./compare";
import type { Observation, World } from "./description";
import { FLAVOURS, journeysOf, printedText, rulesOf, type Flavour } from "./node-rules";
import type { WorldReport } from "./real";
import { observe, whyNot } from "./real";
import { SimulatedLaboratory } from "./simulated";
import { WORLDS } from "./worlds";

const reason = whyNot();
if (reason !== null) console.log(`SKIPPED: packets beside a real kernel: ${reason}`);

/** Seconds by which moments and remaining lifetimes may differ: the real clock has jitter. */
const JITTER = 0.4;
const LIFETIME_JITTER = 2;

function plain(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.startsWith("#") && line.trim() !== "")
    .join("\n");
}

function simulate(flavour: Flavour, world: World, observed: Observation): Observation {
  const journey = journeysOf(world, flavour).find(({ name }) => name === observed.name);
  if (journey === undefined) throw new Error(`no journey ${observed.name}`);
  const lab = new SimulatedLaboratory(world, (which) => rulesOf(flavour, world, which), new Choices(journey, observed));
  return lab.travel(journey, observed.sourcePort);
}

const reports = new Map<Flavour, readonly WorldReport[]>();

/** Most of the time is waiting, for answers that do not come and for timers: the long world, the dead ones and the rest run at once. */
const SHARES = [WORLDS.slice(0, 1), WORLDS.slice(1).filter((world) => isAlive(world)), WORLDS.slice(1).filter((world) => !isAlive(world))];

/** Journeys that no hook of a node sees: bridged without bridge-nf between two Pods of a node, or ended in the Pod or at its port. */
const HOOKLESS: Readonly<Record<string, readonly string[]>> = {
  "bridge-nf on, hairpin on": ["Pod to an address of its own range that nobody has"],
  "bridge-nf off, hairpin on": ["Pod to Pod on its node"],
  "datagrams larger than the Pods' MTU": ["UDP larger than the MTU that may not be cut: refused by the Pod's own kernel"],
  "a Pod of MTU 1500 on a port of 1450": ["UDP of 1500 bytes: lost at the port"],
};

function isAlive({ killed, gone }: World): boolean {
  return killed.length === 0 && gone.length === 0;
}

beforeAll(async () => {
  if (reason !== null) return;
  await Promise.all(
    FLAVOURS.map(async (flavour) => {
      const shares = await Promise.all(SHARES.map((worlds) => observe(flavour, worlds)));
      reports.set(flavour, shares.flat());
    }),
  );
}, 180_000);

function reportOf(flavour: Flavour, world: World): WorldReport {
  const found = reports.get(flavour)?.find(({ name }) => name === world.name);
  if (found === undefined) throw new Error(`no report of ${world.name}`);
  return found;
}

for (const flavour of FLAVOURS) {
  describe.skipIf(reason !== null)(flavour, () => {
    describe.each(WORLDS)("$name", (world) => {
      test("prints back our text", () => {
        for (const [node, rules] of rulesOf(flavour, world))
          expect(plain(reportOf(flavour, world).printed[node] ?? "")).toBe(plain(printedText(flavour, rules)));
      });

      if (flavour === "nftables")
        test("every journey over a node with hooks left a trace in nftables' rules", () => {
          const silent = reportOf(flavour, world).journeys.filter(({ rules }) => Object.values(rules).flat().length === 0);
          expect(silent.map(({ name }) => name)).toEqual(HOOKLESS[world.name] ?? []);
        });

      test.each(journeysOf(world, flavour))("$name", (journey) => {
        const observed = reportOf(flavour, world).journeys.find(({ name }) => name === journey.name);
        if (observed === undefined) throw new Error("not observed");
        const simulated = simulate(flavour, world, observed);
        expect(picture(simulated)).toBe(picture(observed));
        expect(Math.abs(simulated.seconds - observed.seconds)).toBeLessThan(JITTER);
        const left = lifetimesOf(observed);
        for (const [index, seconds] of lifetimesOf(simulated).entries())
          expect(Math.abs(seconds - (left[index] ?? 0)), `lifetime of conntrack line ${index}`).toBeLessThanOrEqual(LIFETIME_JITTER);
      });
    });
  });
}
