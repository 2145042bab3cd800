/** The Rules tab as it is used: what the packet walked, find, names, hooks, cost, and a link that shows the same part again. */
import { expect, test } from "@playwright/test";
import { Kubewalk } from "./kubewalk";
import { followOne, goToHop, openPart, openTab } from "./states";

test("from the packet's rules to their names, their hooks and their cost, by keyboard, and back by a link", async ({ page, browser }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_000_000);
  await followOne(kubewalk);
  await goToHop(kubewalk, /^SYN to/, /PREROUTING, nat.*rewrites the destination/);
  await openTab(kubewalk, "Rules");
  const walked = page.getByRole("region", { name: "Walked by the packet" });
  await expect(walked.locator("code").last()).toHaveText(/-j DNAT --to-destination 10\.244\.\d+\.\d+:8080$/);

  const name = walked.getByRole("button", { name: /^Go to KUBE-SVC-/ }).first();
  const chain = (await name.textContent()) ?? "";
  await name.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("group", { name: `chain ${chain}` }).getByRole("button", { expanded: true })).toBeFocused();
  await page.getByRole("button", { name: /^‹ Back to/ }).click();

  const find = page.getByRole("searchbox", { name: "Find in the rules" });
  await find.fill("--probability");
  await find.press("Enter");
  await expect(page.getByRole("status", { name: "Found" })).toHaveText(/^2 of \d+$/);
  await expect(page.locator("[data-found]")).toBeInViewport();

  await openPart(kubewalk, "Hooks");
  const hooks = page.getByRole("group", { name: /^Netfilter hooks of node-/ });
  await hooks.getByRole("button", { name: /^POSTROUTING/ }).focus();
  await page.keyboard.press("Enter");
  await expect(hooks.getByRole("button", { name: /^POSTROUTING/ })).toHaveAttribute("aria-current", "step");

  await openPart(kubewalk, "Cost");
  await expect(page.getByRole("img", { name: /iptables climbs to 2\d\d for a Service in the middle/ })).toBeVisible();
  await expect(
    page.getByRole("table", { name: /^Rules that a first packet meets/ }).getByRole("row", { name: /^30,000 15,0/ }),
  ).toBeVisible();

  await kubewalk.press("Share");
  const box = page.getByRole("dialog").getByRole("textbox", { name: "Link" });
  await expect(box).toHaveValue(/#v1\./);
  const link = await box.inputValue();
  const context = await browser.newContext();
  const other = new Kubewalk(await context.newPage());
  await other.open(link);
  await expect(other.page.getByRole("radio", { name: "Cost", exact: true })).toBeChecked();
  await context.close();
});
