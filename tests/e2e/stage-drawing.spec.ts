/** The stage and the strip over fixtures, every state in both themes: nothing touches what it should not. */
import { expect, test, type Page } from "@playwright/test";
import { createServer, type ViteDevServer } from "vite";
import { drawingFaults } from "./drawing-check";

const PAGE = "tests/e2e/fixture-pages/stage.html";
let server: ViteDevServer;
let base = "";

test.beforeAll(async () => {
  server = await createServer({ logLevel: "error", server: { port: 4391, host: "127.0.0.1", hmr: false } });
  await server.listen();
  base = server.resolvedUrls?.local[0] ?? "";
});

test.afterAll(() => server.close());

/** How many pixels the canvas has painted over the tunnel's name. */
const inkInTubes = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const canvas = document.querySelector("canvas");
    const pen = canvas?.getContext("2d");
    if (canvas === null || pen === null || pen === undefined) throw new Error("the stage has a canvas");
    const own = canvas.getBoundingClientRect();
    const scale = canvas.width / own.width;
    return [...document.querySelectorAll("[data-mark=tube]")].reduce((sum, tube) => {
      const box = tube.getBoundingClientRect();
      const [x, y] = [(box.left - own.left + 3) * scale, (box.top - own.top + 3) * scale];
      const { data } = pen.getImageData(x, y, (box.width - 6) * scale, (box.height - 6) * scale);
      return sum + data.filter((value, n) => n % 4 === 3 && value > 0).length;
    }, 0);
  });

test("no trail strikes through the tunnel's name, before, within and after its beat", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  for (const state of ["picture", "tunnel", "arrived", "reply-home"]) {
    await page.goto(`${base}${PAGE}?state=${state}&theme=light&view=stage`);
    await page.waitForSelector("main svg [data-mark=tube]");
    expect(await inkInTubes(page), state).toBe(0);
  }
});

for (const theme of ["light", "dark"] as const) {
  for (const { width, view } of [
    { width: 1440, view: "stage" },
    { width: 820, view: "stage" },
    { width: 390, view: "strip" },
  ]) {
    test(`${view} at ${width} px, ${theme}: no text touches text, line, pill or edge`, async ({ page }) => {
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      await page.setViewportSize({ width, height: 900 });
      const open = async (state: string): Promise<void> => {
        await page.goto(`${base}${PAGE}?state=${state}&theme=${theme}&view=${view}`);
        await page.waitForSelector("main svg");
        await page.evaluate(() => document.fonts.ready);
      };
      await open("picture");
      const states = (await page.locator("html").getAttribute("data-states"))?.split(" ") ?? [];
      expect(states.length).toBeGreaterThan(20);
      for (const state of states) {
        await open(state);
        for (const fault of await drawingFaults(page)) problems.push(`${state}: ${fault}`);
      }
      expect(problems).toEqual([]);
    });
  }
}
