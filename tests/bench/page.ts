/** The built app in Chromium: from a step to its painted frame, from a slider to the first change, and what a paused page costs. */
import type { Browser, Page } from "playwright";
import { buildApp, hasBrowser, withPage } from "./browser";
import type { Figure } from "./harness";
import { percentile } from "./harness";

const STEPS = 60;
const SLIDES = 12;
const STILL = 10_000;

/**
 * Runs in the page: does something, waits until a value of "This moment" has changed, then for the end of the frame
 * that shows it (a task queued from an animation frame runs after that frame is painted). Milliseconds.
 */
function untilPainted(page: Page, act: { readonly press?: string; readonly slide?: readonly [string, number] }): Promise<number> {
  return page.evaluate(
    ({ press, slide }) =>
      new Promise<number>((done, fail) => {
        const region = [...document.querySelectorAll("section, [role=region]")].find(
          (one) => one.querySelector("dl dt")?.textContent?.trim() === "Event",
        );
        if (region === undefined) return fail(new Error("no region This moment"));
        const stage = document.querySelector('[aria-label="Stage"]');
        const from = performance.now();
        const observer = new MutationObserver(() => {
          observer.disconnect();
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.addEventListener("message", () => done(performance.now() - from));
            port1.start();
            port2.postMessage(0);
          });
        });
        for (const watched of [region, stage]) {
          if (watched !== null) observer.observe(watched, { subtree: true, childList: true, characterData: true, attributes: true });
        }
        setTimeout(() => fail(new Error(`nothing changed after ${press ?? slide?.[0] ?? ""}`)), 5000);
        const named = (selector: string, name: string): HTMLElement | undefined =>
          [...document.querySelectorAll<HTMLElement>(selector)].find(
            (one) => (one.getAttribute("aria-label") ?? one.textContent ?? "").trim() === name,
          );
        if (press !== undefined) named("button", press)?.click();
        if (slide === undefined) return;
        const labelled = [...document.querySelectorAll<HTMLInputElement>("input[type=range]")].find(
          (one) => one.getAttribute("aria-label") === slide[0] || one.labels?.[0]?.textContent?.includes(slide[0]) === true,
        );
        if (labelled === undefined) return fail(new Error(`no slider ${slide[0]}`));
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(labelled, `${slide[1]}`);
        labelled.dispatchEvent(new Event("input", { bubbles: true }));
      }),
    act,
  );
}

async function paused(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByRole("slider", { name: "Time", exact: true }).waitFor();
  await page.waitForTimeout(3000);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.waitForTimeout(1000);
}

async function stepTimes(page: Page): Promise<readonly number[]> {
  const times: number[] = [];
  for (let n = 0; n < STEPS; n += 1) {
    times.push(await untilPainted(page, { press: n < STEPS / 2 ? "Previous event" : "Next event" }));
    await page.waitForTimeout(60);
  }
  return times;
}

async function slideTimes(page: Page): Promise<readonly number[]> {
  const times: number[] = [];
  for (let n = 0; n < SLIDES; n += 1) {
    times.push(await untilPainted(page, { slide: ["Replicas of your-app", 4 + (n % 3)] }));
    // Some time goes by, so that each is a command of its own moment.
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await page.waitForTimeout(500);
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await page.waitForTimeout(300);
  }
  return times;
}

/** Processor time of all the page's own threads (page and worker), as a share of one core. */
async function restingShare(page: Page, browser: Browser): Promise<number> {
  const own = await page.context().newCDPSession(page);
  await own.send("Performance.enable");
  const session = await browser.newBrowserCDPSession();
  const spent = async (): Promise<number> => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo.filter(({ type }) => type === "renderer").reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  };
  await page.waitForTimeout(2000);
  const before = await spent();
  await page.waitForTimeout(STILL);
  return (100 * 1000 * ((await spent()) - before)) / STILL;
}

/** The baseline: a page with nothing but a button and a text, which answers by way of a worker as the app does. */
const BARE = `<section><dl><dt>Event</dt><dd>0</dd></dl></section><button>Next event</button><script>
  const worker = new Worker(URL.createObjectURL(new Blob(["onmessage = (event) => postMessage(event.data + 1)"])));
  const shown = document.querySelector("dd");
  worker.onmessage = (event) => (shown.textContent = event.data);
  document.querySelector("button").onclick = () => worker.postMessage(Number(shown.textContent));
</script>`;

async function bareTimes(page: Page, address: string): Promise<readonly number[]> {
  await page.goto(address);
  await page.setContent(BARE);
  await page.waitForTimeout(500);
  const times: number[] = [];
  for (let n = 0; n < STEPS; n += 1) {
    times.push(await untilPainted(page, { press: "Next event" }));
    await page.waitForTimeout(60);
  }
  return times;
}

export async function pageFigures(): Promise<readonly Figure[]> {
  if (!hasBrowser()) {
    console.log("page: no browser to measure in");
    return [];
  }
  const folder = await buildApp();
  return withPage(folder, async (page, address, browser) => {
    await paused(page, address);
    const still = await restingShare(page, browser);
    const steps = await stepTimes(page);
    const slides = await slideTimes(page);
    const bare = percentile(await bareTimes(page, address), 0.95);
    const baseline = { key: "bareSteps", what: "bare page by way of a worker, steps/s", value: 1000 / bare };
    return [
      { name: "step to painted frame, p95", value: percentile(steps, 0.95), unit: "ms", bound: "at most", target: 50, baseline },
      { name: "slider to first change, p95", value: percentile(slides, 0.95), unit: "ms", bound: "at most", target: 100, baseline },
      { name: "slider to first change, median", value: percentile(slides, 0.5), unit: "ms", bound: "at most", target: 100, baseline },
      { name: "paused page, of one core", value: still, unit: "%", bound: "at most", target: 1 },
    ];
  });
}
