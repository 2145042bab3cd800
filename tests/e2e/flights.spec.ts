/** Live traffic: what flies over the stage is what the trace holds, and everything is there long enough to be seen. */
import { expect, test, type Page } from "@playwright/test";
import { Kubewalk, microsOf } from "./kubewalk";

/** One painted frame: when, and how many trails begin at which place of the stage. */
interface PaintedFrame {
  readonly time: number;
  readonly starts: readonly string[];
}

/** Keeps what the page paints on its canvas, as the canvas is told it: each trail's first point, by frame. */
async function keepDrawLog(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const frames: { time: number; starts: string[] }[] = [];
    Reflect.set(window, "paintedFrames", frames);
    const pen = CanvasRenderingContext2D.prototype;
    const { clearRect, beginPath, moveTo, stroke } = pen;
    let from = "";
    let isTrail = false;
    pen.clearRect = function (x, y, width, height) {
      if (x === 0 && y === 0) frames.push({ time: performance.now(), starts: [] });
      clearRect.call(this, x, y, width, height);
    };
    pen.beginPath = function () {
      from = "";
      isTrail = true;
      beginPath.call(this);
    };
    pen.moveTo = function (x, y) {
      if (from === "") from = `${Math.round(x)} ${Math.round(y)}`;
      else isTrail = false;
      moveTo.call(this, x, y);
    };
    pen.stroke = function () {
      if (isTrail && from !== "" && this.lineWidth === 2) frames.at(-1)?.starts.push(from);
      Reflect.apply(stroke, this, []);
    };
  });
}

const paintedFrames = (page: Page): Promise<readonly PaintedFrame[]> => page.evaluate(() => Reflect.get(window, "paintedFrames"));

/** How long a flight and the mark of its verdict are on screen, milliseconds; the flight alone takes 700. */
const ON_SCREEN = 1_600;

test("with 20 requests a second the flights are those of the trace, each at least 700 ms on screen", async ({ page }) => {
  await keepDrawLog(page);
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_000_000);
  await kubewalk.slide("Requests per second", 20);
  await kubewalk.playUntil(async () => microsOf(await kubewalk.moment("Cluster time")) > 6_000_000);
  const clients = (await kubewalk.rows("Requests")).map((row) => ({ client: row["Client"], started: microsOf(row["Started"] ?? "") }));
  // Starts are told in milliseconds: one that is just then leaving the screen may be counted or not.
  const due = (at: number, within: number) => clients.filter(({ started }) => started <= at && at - started <= within * 1000);
  const one = clients.find(({ started }) => started > 3_000_000 && started < 4_000_000)?.started ?? 0;
  for (const at of [3_000_000, one, one + 700_000, 4_444_444, 5_000_000]) {
    await kubewalk.goTo(at);
    const [least, most] = [due(at - 1_000, ON_SCREEN - 2), due(at + 1_000, ON_SCREEN + 2)];
    expect(least.length).toBeGreaterThan(20);
    const starts = async (): Promise<readonly string[]> => (await paintedFrames(page)).at(-1)?.starts ?? [];
    await expect.poll(async () => (await starts()).length).toBeGreaterThanOrEqual(least.length);
    expect((await starts()).length).toBeLessThanOrEqual(most.length);
    expect(new Set(await starts()).size).toBe(new Set(least.map(({ client }) => client)).size);
  }
});
