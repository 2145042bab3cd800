/** A page asks for the frames of what it follows, over the in-process twin. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { Line } from "../../fixtures/line";

let line = new Line();
beforeEach(() => {
  line = new Line();
});
afterEach(() => line.close());

async function captureOf(request: number) {
  const { answer } = { answer: await line.ask({ ask: "capture", request }) };
  if (answer.to !== "capture") throw new Error("a capture was asked for");
  return answer.capture;
}

interface Seen {
  readonly at: number;
  readonly iface: string;
  readonly way: string;
}

const placeOf = ({ iface, way }: Seen): string => `${iface} ${way}`;

function byPlace<T extends Seen>(seen: readonly T[]): readonly T[] {
  return seen.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : placeOf(a) > placeOf(b) ? 1 : a.at - b.at));
}

test("a request's frames are the taps of its journey, hop by hop, and asking changes nothing", { timeout: 30_000 }, async () => {
  await line.open();
  const { journey, moment } = await line.look({ at: 3_000_000, follow: 1 });
  const capture = await captureOf(1);
  const taps = byPlace(journey?.hops.filter(({ kind }) => kind === "tap") ?? []);
  const frames = byPlace(capture?.frames ?? []);
  expect(taps.length).toBeGreaterThan(50);
  expect(frames.map(placeOf)).toEqual(taps.map(placeOf));
  // A capture has each frame's own time; the page shows none later than the run's next event.
  for (const [index, frame] of frames.entries()) {
    expect(frame.at - (taps[index]?.at ?? 0)).toBeGreaterThanOrEqual(0);
    expect(frame.at - (taps[index]?.at ?? 0)).toBeLessThan(200);
  }
  expect(capture?.title).toMatch(/^Request 1, curl your-app-svc from shop\/my-app-\w+-\w+: /);
  // On a NIC the outer packet is on the wire: IPv4, UDP to port 8472 (0x2118).
  const onWire = capture?.frames.filter(({ iface, host }) => iface === "eth0" && !host.startsWith("Pod ")) ?? [];
  expect(onWire.length).toBeGreaterThan(0);
  expect(onWire.map(({ bytes }) => [bytes.slice(24, 28), bytes.slice(46, 48), bytes.slice(72, 76)])).toEqual(
    onWire.map(() => ["0800", "11", "2118"]),
  );
  expect((await line.look({ at: 3_000_000, follow: 1 })).moment.stateHash).toBe(moment.stateHash);
});

test("a request that is not there has no capture", async () => {
  await line.open();
  await line.look({ at: 1_000_000 });
  expect(await captureOf(99)).toBe(null);
});
