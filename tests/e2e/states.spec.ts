/** Every state that the tests reach, at three widths and in both themes: drawn without a fault, and open to everybody. */
import { createRequire } from "node:module";
import { expect, test, type Page } from "@playwright/test";
import type { AxeResults, RunOptions } from "axe-core";
import { drawingFaults } from "./drawing-check";
import { Kubewalk } from "./kubewalk";
import { STATES } from "./states";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** What axe looks at: a part of the page, with the text twin or without. */
interface Part {
  readonly root: string;
  readonly withTwin: boolean;
}

/**
 * Violations in words: the rule, and where it is broken. axe reads all of the page whatever it is asked for, so a text
 * twin that is not asked for is taken out meanwhile.
 */
async function violations(page: Page, options: RunOptions, part: Part): Promise<readonly string[]> {
  return page.evaluate(
    async ({ given, root, withTwin }) => {
      const twin = withTwin ? null : document.querySelector("#in-words");
      const place = document.createComment("");
      twin?.replaceWith(place);
      const axe: { run: (root: string, options: RunOptions) => Promise<AxeResults> } | undefined = Reflect.get(window, "axe");
      const results = await axe?.run(root, given);
      if (twin !== null) place.replaceWith(twin);
      return (results?.violations ?? []).map((one) => `${one.id} at ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
    },
    { given: options, ...part },
  );
}

/** The text twin has a row for each Pod and an item for each hop, all alike: it is looked through in two states, in one theme. */
const WITH_TWIN = ["start", "the SYN's trap"];

/** What of a state is new: in front of a dialog only the dialog, the page behind it has been looked at before. */
function newIn(name: string): Part {
  return { root: name.startsWith("dialog") ? "dialog[open]" : "html", withTwin: WITH_TWIN.includes(name) };
}

/** The page never scrolls sideways. */
const sideways = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth ? [`the page is ${scrollWidth - clientWidth} px too wide`] : [];
  });

/** What a thumb has to hit is 44 px high; an address within a sentence is as high as its line. */
const smallTargets = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const controls = [
      ...document.querySelectorAll("header button, footer button, [role=tab], .controls button, .controls input, dialog button"),
    ];
    return controls.flatMap((control) => {
      const box = (control.closest("label") ?? control).getBoundingClientRect();
      const isShown = box.width > 0 && box.height > 0;
      return isShown && box.height < 43.5
        ? [`"${control.textContent}${control.getAttribute("aria-label") ?? ""}" is ${box.height} px high`]
        : [];
    });
  });

/** Fades are over before colours are measured. */
async function turnTo(page: Page, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
}

test.describe.configure({ mode: "parallel" });

for (const { width, height } of [
  { width: 1440, height: 900 },
  { width: 820, height: 1180 },
  { width: 390, height: 844 },
]) {
  test(`at ${width} px no state has a fault of drawing or of access, in both themes`, async ({ page }) => {
    test.setTimeout(300_000);
    await page.setViewportSize({ width, height });
    await page.addInitScript({ path: AXE });
    const kubewalk = new Kubewalk(page);
    await kubewalk.open();
    const faults: string[] = [];
    for (const { name, reach } of STATES) {
      await test.step(name, async () => {
        await reach(kubewalk);
        await turnTo(page, "light");
        const found = [...(await drawingFaults(page)), ...(await sideways(page)), ...(width < 640 ? await smallTargets(page) : [])];
        found.push(...(await violations(page, { resultTypes: ["violations"] }, newIn(name))));
        await turnTo(page, "dark");
        found.push(...(await drawingFaults(page)).map((fault) => `in the dark: ${fault}`));
        found.push(
          ...(await violations(page, { runOnly: ["color-contrast"], resultTypes: ["violations"] }, { ...newIn(name), withTwin: false })),
        );
        faults.push(...found.map((fault) => `${name}: ${fault}`));
      });
    }
    expect(faults).toEqual([]);
  });
}
