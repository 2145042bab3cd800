/** The main job by keyboard alone: follow, step, play, look back, run a command; the focus is seen, the steps are said. */
import { expect, test, type Page } from "@playwright/test";
import { Kubewalk } from "./kubewalk";
import { focusPage } from "./states";

/** Tabs on until a control has the focus; every stop on the way shows where it is. */
async function tabTo(page: Page, name: string): Promise<void> {
  const wanted = page.getByRole("button", { name, exact: true });
  for (let stop = 0; stop < 60; stop += 1) {
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement ?? document.body);
      return outlineStyle !== "none" && parseFloat(outlineWidth) > 0 ? "outline" : boxShadow;
    });
    expect(outline, "the focused control shows that it has the focus").not.toBe("none");
    if (await wanted.evaluate((button) => button === document.activeElement)) return;
  }
  throw new Error(`no stop of the Tab key is ${name}`);
}

/** Whatever the page's live region has said since it was watched. */
async function listen(page: Page): Promise<() => Promise<readonly string[]>> {
  const said: string[] = [];
  await page.exposeFunction("heard", (text: string) => said.push(text));
  await page.evaluate(() => {
    const voice = document.querySelector("p[aria-live=polite]");
    const heard: unknown = Reflect.get(window, "heard");
    if (voice === null || typeof heard !== "function") throw new Error("the page has no voice");
    new MutationObserver(() => voice.textContent !== "" && heard(voice.textContent)).observe(voice, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
  return async () => {
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0))));
    return said.splice(0);
  };
}

test("the main job needs no pointer, and each step is said in one sentence", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  const heard = await listen(page);
  await expect(kubewalk.button("Follow this request")).toBeEnabled();
  await tabTo(page, "Follow this request");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await kubewalk.journey()).length, { timeout: 20_000 }).toBeGreaterThan(20);
  await page.waitForTimeout(1_500);
  expect(await heard(), "silent while time runs").toEqual([]);

  await focusPage(page);
  await page.keyboard.press("Space");
  await expect(kubewalk.button("Play")).toBeVisible();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  const first = await kubewalk.currentHop().textContent();
  await heard();
  await page.keyboard.press("ArrowRight");
  await expect(kubewalk.currentHop()).not.toHaveText(first ?? "");
  const forwards = await heard();
  expect(forwards).toHaveLength(1);
  expect(await kubewalk.currentHop().textContent()).toContain(forwards[0]?.replace(/^[^:]+: /, "") ?? "nothing");
  await page.keyboard.press("ArrowLeft");
  await expect(kubewalk.currentHop()).toHaveText(first ?? "");
  expect(await heard()).toHaveLength(1);

  const event = await kubewalk.event();
  await page.keyboard.press(".");
  await expect.poll(() => kubewalk.event()).toBe(event + 1);
  await page.keyboard.press(",");
  await expect.poll(() => kubewalk.event()).toBe(event);

  await page.keyboard.press("End");
  await expect(kubewalk.button("Next hop")).toBeDisabled();
  await page.keyboard.press("Home");
  await expect(kubewalk.button("Previous hop")).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(kubewalk.button("Follow this request")).toBeVisible();
});

test("keys are listed, commands are found and run, and Escape gives the focus back", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_000_000);
  await focusPage(page);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toContainText("Ctrl");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await tabTo(page, "Share");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Share", exact: true })).toBeFocused();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Command" }).pressSequentially("send request");
  await page.keyboard.press("Enter");
  await expect(kubewalk.button("Stop following")).toBeVisible();
});
