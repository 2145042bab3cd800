/** A rolling update on the page: ordered by a press, told as it goes, paused, resumed and rolled back. */
import { expect, test } from "@playwright/test";
import { Kubewalk } from "./kubewalk";

const SECOND = 1_000_000;

async function workload(kubewalk: Kubewalk): Promise<Readonly<Record<string, string>>> {
  return (await kubewalk.rows("Workloads")).find((row) => row["Name"] === "your-app") ?? {};
}

test("a new image is rolled out, paused, resumed and rolled back; the bounds hold, and rules follow the slice", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(SECOND);
  await page.getByRole("table", { name: "Workloads" }).getByRole("button", { name: "your-app", exact: true }).click();
  const section = page.getByRole("region", { name: "Rollout of your-app" });
  await section.getByRole("button", { name: "Roll out your-app" }).click();
  await kubewalk.goTo(1.2 * SECOND);
  await section.getByRole("button", { name: "Pause rollout of your-app" }).click();
  await kubewalk.goTo(4 * SECOND);
  await expect.poll(() => workload(kubewalk)).toMatchObject({ "Up to date": "1", Available: "4", Rollout: "paused" });
  await section.getByRole("button", { name: "Resume rollout of your-app" }).click();
  await kubewalk.goTo(11 * SECOND);
  await expect.poll(() => workload(kubewalk)).toMatchObject({ "Up to date": "3", Available: "3", Rollout: "done", Revision: "2" });
  const counts = new Map((await kubewalk.rows("Rollout of your-app, counts")).map((row) => [row["Count"], row["From when"] ?? ""]));
  const available = (counts.get("Pods available") ?? "").match(/\d+(?= from)/g) ?? [];
  expect(available.length).toBeGreaterThan(3);
  expect(available.every((count) => Number(count) >= 3 && Number(count) <= 4)).toBe(true);
  const fresh = (await kubewalk.rows("Rollout of your-app, Pods")).filter((row) => row["Template"] === "new");
  expect(fresh).toHaveLength(3);
  for (const row of fresh) expect((row["Ready"] ?? "") < (row["In slice"] ?? "")).toBe(true);
  await section.getByRole("button", { name: "Roll back your-app", exact: true }).click();
  await kubewalk.goTo(19 * SECOND);
  await expect.poll(() => workload(kubewalk)).toMatchObject({ Revision: "3", Rollout: "done", Image: "registry.example/your-app:1.0" });
});
