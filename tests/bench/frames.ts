/** Moving packets over 200 Pods on 20 nodes in Chromium without a GPU: the program's canvas beside a bare canvas and bare SVG of the same scene. */
import type { Page } from "playwright";
import { buildPages, hasBrowser, withPage } from "./browser";
import type { Figure } from "./harness";
import { percentile } from "./harness";

const WARM_UP = 1500;
const MEASURED = 5000;

interface Run {
  readonly fps: number;
  /** Percent of frames under 20 ms. */
  readonly smooth: number;
}

async function measure(page: Page, address: string, way: string, count: number): Promise<Run> {
  await page.goto(`${address}tests/bench/pages/frames.html?way=${way}&count=${count}`);
  await page.waitForTimeout(WARM_UP);
  await page.evaluate(() => void (window.frameLengths.length = 0));
  await page.waitForTimeout(MEASURED);
  const { lengths, moving } = await page.evaluate(() => ({ lengths: window.frameLengths.slice(), moving: window.moving }));
  if (lengths.length < 10 || Math.abs(moving - count) > count / 50 + 2) {
    throw new Error(`${way}: ${lengths.length} frames, ${moving} of ${count} packets moving`);
  }
  return { fps: 1000 / percentile(lengths, 0.5), smooth: (100 * lengths.filter((length) => length < 20).length) / lengths.length };
}

export async function frameFigures(): Promise<readonly Figure[]> {
  if (!hasBrowser()) {
    console.log("frames: no browser to measure in");
    return [];
  }
  const folder = await buildPages();
  return withPage(folder, async (page, address) => {
    const figures: Figure[] = [];
    for (const [count, target] of [
      [500, 58],
      [2000, 50],
    ] as const) {
      const canvas = await measure(page, address, "canvas", count);
      const svg = await measure(page, address, "svg", count);
      const own = await measure(page, address, "painter", count);
      const baseline = { key: `canvas${count}`, what: `bare canvas, fps (bare SVG ${svg.fps.toFixed(1)})`, value: canvas.fps };
      figures.push({ name: `${count} packets, median`, value: own.fps, unit: "fps", bound: "at least", target, baseline });
      if (count !== 500) continue;
      const smooth = { key: "smooth500", what: `bare canvas, % (bare SVG ${svg.smooth.toFixed(0)})`, value: canvas.smooth };
      figures.push({
        name: "500 packets, frames under 20 ms",
        value: own.smooth,
        unit: "%",
        bound: "at least",
        target: 95,
        baseline: smooth,
      });
    }
    return figures;
  });
}
