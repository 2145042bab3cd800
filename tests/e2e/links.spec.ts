/** A link opens at the very moment; acting in the past keeps what was. */
import { expect, test } from "@playwright/test";
import { Kubewalk } from "./kubewalk";

async function copyLink(kubewalk: Kubewalk): Promise<string> {
  await kubewalk.press("Share");
  const box = kubewalk.page.getByRole("dialog").getByRole("textbox", { name: "Link" });
  await expect(box).toHaveValue(/#v1\./);
  const link = await box.inputValue();
  await kubewalk.page.keyboard.press("Escape");
  return link;
}

test("a link opens in a new browser profile at the same event with the same state hash", async ({ page, browser }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_200_000);
  await kubewalk.slide("Replicas of your-app", 5);
  await kubewalk.goTo(3_400_000);
  await kubewalk.press("Next event");
  const [event, hash] = [await kubewalk.event(), await kubewalk.hash()];
  const link = await copyLink(kubewalk);
  expect(link.length).toBeLessThan(2000);
  const context = await browser.newContext();
  const other = new Kubewalk(await context.newPage());
  await other.open(link);
  await expect.poll(() => other.event()).toBe(event);
  expect(await other.hash()).toBe(hash);
  await context.close();
});

test("a damaged link opens the start page and says what was wrong", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open("./#v1.this-is-no-link");
  await expect(page.getByRole("alert").or(page.getByRole("status")).filter({ hasText: /link/i }).first()).toBeVisible();
  await expect.poll(async () => (await kubewalk.pods("your-app")).length).toBe(3);
});

test("acting in the past keeps the old branch by name, and one can go back to it", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_000_000);
  await kubewalk.slide("Replicas of your-app", 5);
  await kubewalk.goTo(6_000_000);
  const hash = await kubewalk.hash();
  expect(await kubewalk.pods("your-app")).toHaveLength(5);
  await kubewalk.goTo(2_500_000);
  await kubewalk.slide("Replicas of your-app", 1);
  await expect(page.getByText(/kept as/).first()).toBeVisible();
  const branches = page.getByRole("combobox", { name: "Branch" });
  const names = await branches.getByRole("option").allTextContents();
  await branches.selectOption(names.find((name) => name.startsWith("before ")) ?? "");
  await kubewalk.goTo(6_000_000);
  expect(await kubewalk.hash()).toBe(hash);
  expect(await kubewalk.pods("your-app")).toHaveLength(5);
});
