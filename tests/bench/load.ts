/** What the built app weighs, and how soon it can be used from this machine's own server. */
import { SIZE_BOUNDS, sizeOfBuild } from "../e2e/size-of-build";
import { buildApp, hasBrowser, withPage } from "./browser";
import type { Figure } from "./harness";

const VISITS = 5;

/** Milliseconds from the request of the page until Pods are on it and a control can be used. */
async function firstUse(folder: string): Promise<number> {
  const times: number[] = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    // Each visit has a browser of its own, so that nothing is in a cache.
    times.push(
      await withPage(folder, async (page, address) => {
        const from = performance.now();
        await page.goto(address, { waitUntil: "commit" });
        await page.waitForFunction(
          () => document.querySelectorAll("table tbody tr").length > 3 && document.querySelector("button:enabled") !== null,
        );
        return performance.now() - from;
      }),
    );
  }
  return Math.min(...times);
}

export async function loadFigures(): Promise<readonly Figure[]> {
  const folder = await buildApp();
  const { beforePaint, worker, all } = sizeOfBuild(folder);
  const sizes: readonly (readonly [string, number, number])[] = [
    ["page JavaScript before first paint", beforePaint, SIZE_BOUNDS.beforePaint],
    ["worker", worker, SIZE_BOUNDS.worker],
    ["all JavaScript and CSS", all, SIZE_BOUNDS.all],
  ];
  const figures: Figure[] = sizes.map(([name, value, target]) => ({ name, value, unit: "kB gzip", bound: "at most", target }));
  if (!hasBrowser()) return figures;
  return [
    ...figures,
    { name: "usable from localhost, best of five", value: await firstUse(folder), unit: "ms", bound: "at most", target: 1000 },
  ];
}
