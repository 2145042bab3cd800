/** The pace of the story: soon enough to be watched, slow enough to be seen. */
import { expect, test } from "@playwright/test";
import { Kubewalk } from "./kubewalk";

test("from Follow this request the first trap shows within 10 s and the request ends within 45 s at 1×", async ({ page }) => {
  test.setTimeout(120_000);
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await expect(kubewalk.button("Follow this request")).toBeEnabled();
  const from = Date.now();
  await kubewalk.press("Follow this request");
  await expect.poll(() => kubewalk.currentHop().textContent(), { timeout: 11_000, intervals: [50] }).toContain("KUBE-SERVICES");
  expect(Date.now() - from).toBeLessThan(10_000);
  await expect(kubewalk.button("Play")).toBeVisible({ timeout: 50_000 });
  expect(Date.now() - from).toBeLessThan(45_000);
  await expect(page.getByText(/answered/).first()).toBeVisible();
});
