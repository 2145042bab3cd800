/** The DNS panel: one name, ten queries, as a ladder; messages byte by byte; a denial that outlives what it denied. */
import { createRequire } from "node:module";
import { expect, test, type Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { Kubewalk } from "./kubewalk";
import { openTab } from "./states";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

async function violations(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const axe: { run: (root: string) => Promise<AxeResults> } | undefined = Reflect.get(window, "axe");
    const results = await axe?.run(".inspector");
    return (results?.violations ?? []).map((one) => `${one.id} at ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
  });
}

/** Opens the scenario whose machines have a search list of their own. */
async function openNames(page: Page): Promise<Kubewalk> {
  await page.addInitScript({ path: AXE });
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Command" }).pressSequentially("one name");
  await expect(page.getByRole("option", { name: /^Open the scenario “One name/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByText("One name, ten queries").first()).toBeVisible();
  await openTab(kubewalk, "DNS");
  return kubewalk;
}

async function lookUp(kubewalk: Kubewalk, name: string): Promise<void> {
  await openTab(kubewalk, "DNS");
  await kubewalk.page.getByRole("combobox", { name: "Name" }).fill(name);
  await kubewalk.press("Look it up");
  await expect.poll(async () => (await kubewalk.rows("Queries")).at(-1)?.["Name"] ?? "", { timeout: 20_000 }).toContain(name);
}

test("www.example.com costs ten queries, in the order of the search list; each message opens and leads to its packet", async ({ page }) => {
  const kubewalk = await openNames(page);
  await lookUp(kubewalk, "www.example.com");
  await kubewalk.pause();
  await expect(page.getByRole("region", { name: "Look-up" })).toContainText("10 queries for this look-up");
  const domains = (await kubewalk.rows("Queries")).map((row) => `${row["Type"]} ${row["Search entry"]}`);
  expect(domains).toEqual(
    ["shop.svc.cluster.local", "svc.cluster.local", "cluster.local", "corp.example", "as it was typed"].flatMap((domain) => [
      `A ${domain}`,
      `AAAA ${domain}`,
    ]),
  );
  await page.getByRole("button", { name: /Answer to A www\.example\.com: NOERROR/ }).click();
  await expect(page.getByLabel("The answer as dig prints it")).toContainText("status: NOERROR");
  const fields = page.getByRole("listbox", { name: "Fields of the answer, byte by byte" });
  await fields.focus();
  await page.keyboard.press("End");
  await expect(fields.getByRole("option", { selected: true })).toHaveAccessibleName(/address: 192\.0\.2\.80$/);
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
    expect(await violations(page)).toEqual([]);
  }
  await kubewalk.press("Go along with this packet");
  await expect(kubewalk.currentHop()).toContainText("Answer: www A is 192.0.2.80");
});

test("a denial outlives what it denied: the record and what a replica has cached stand side by side", async ({ page }) => {
  const kubewalk = await openNames(page);
  await lookUp(kubewalk, "late-svc");
  await openTab(kubewalk, "Controls");
  await kubewalk.press("Stop following");
  await kubewalk.pause();
  await openTab(kubewalk, "Controls");
  await kubewalk.press("New Service");
  await page
    .getByRole("dialog")
    .getByRole("textbox", { name: "YAML" })
    .fill("apiVersion: v1\nkind: Service\nmetadata:\n  name: late-svc\n  namespace: shop\nspec:\n  ports:\n  - port: 80\n");
  await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  await openTab(kubewalk, "DNS");
  await page.getByRole("radio", { name: "Records" }).check({ force: true });
  await page.getByRole("searchbox", { name: "Find in the records" }).fill("late-svc");
  await kubewalk.playUntil(async () => (await page.getByRole("list", { name: "Records" }).getByRole("listitem").count()) === 1);
  await expect(page.getByRole("list", { name: "Records" })).toContainText(
    /30 A 10\.\S+ but coredns-\S+ has cached NXDOMAIN, for \d+ s more/,
  );
  expect(await violations(page)).toEqual([]);
});
