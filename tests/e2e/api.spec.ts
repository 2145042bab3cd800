/** Asking the API server from the page: refusals in kubectl's words, users, stages, revisions, causes; and no axe violation in any of it. */
import { createRequire } from "node:module";
import { expect, test, type Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { Kubewalk } from "./kubewalk";
import { openTab } from "./states";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

async function violations(page: Page, root: string): Promise<readonly string[]> {
  await page.addScriptTag({ path: AXE });
  return page.evaluate(async (of) => {
    const axe: { run: (root: string) => Promise<AxeResults> } | undefined = Reflect.get(window, "axe");
    const results = await axe?.run(of);
    return (results?.violations ?? []).map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  }, root);
}

const SERVICE = (name: string, port: number): string =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n  namespace: shop\nspec:\n  type: NodePort\n  selector:\n    app: your-app\n  ports:\n    - port: ${port}\n      targetPort: 8080\n`;

test("a refusal reads as kubectl prints it, with the stages before it, and nothing typed is lost; then it is stored and explained", async ({
  page,
}) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.pause();
  await kubewalk.press("Ask the API server");
  await page.getByLabel("Ask as").selectOption("vera");
  await expect.poll(() => page.getByRole("region", { name: "This moment" }).textContent()).toContain("vera");

  await kubewalk.press("Apply YAML");
  const dialog = page.getByRole("dialog");
  const text = dialog.getByRole("textbox", { name: "YAML" });
  await text.fill(SERVICE("more", 80));
  await dialog.getByRole("button", { name: "Apply", exact: true }).click();
  await expect(dialog.getByRole("alert")).toHaveText(
    'Error from server (Forbidden): services is forbidden: User "vera" cannot create resource "services" in API group "" in the namespace "shop"',
  );
  await expect(text).toHaveValue(SERVICE("more", 80));
  await dialog.getByText("POST of Service shop/more: refused at authorization, after 3 stages").click();
  await expect(dialog.getByRole("listitem")).toHaveCount(4);
  expect(await violations(page, "dialog")).toEqual([]);
  await dialog.getByRole("button", { name: "Cancel", exact: true }).click();

  await page.getByLabel("Ask as").selectOption("jane");
  await expect.poll(() => page.getByRole("region", { name: "This moment" }).textContent()).toContain("jane");
  await kubewalk.press("Apply YAML");
  await text.fill(SERVICE("more", 70_000));
  await dialog.getByRole("button", { name: "Apply", exact: true }).click();
  await expect(dialog.getByRole("alert")).toHaveText(
    'The Service "more" is invalid: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
  );
  await text.fill(SERVICE("more", 80));
  await dialog.getByRole("button", { name: "Apply", exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByLabel("With kubectl")).toContainText("kubectl apply -f more.yaml");
  expect(await violations(page, ".controls")).toEqual([]);

  await kubewalk.playUntil(async () => (await kubewalk.rows("Services")).some((row) => row["Name"] === "more"));
  await kubewalk.pause();
  await openTab(kubewalk, "Object");
  await page.getByLabel("Object shown").selectOption("Service shop/more");
  await page.getByText("Last POST through the API server").click();
  const panel = page.getByRole("tabpanel");
  await expect(panel.getByText(/RoleBinding shop\/editors gives jane the ClusterRole edit/)).toBeVisible();
  await expect(
    panel.getByText(/it gets the ClusterIP 10\.[\d.]+ from the dynamic band of 10\.96\.0\.0\/12; its port 80 gets the node port 3\d+/),
  ).toBeVisible();
  expect(await violations(page, ".inspector")).toEqual([]);

  await page.getByRole("button", { name: /^Causes of revision/ }).click();
  await expect(panel.getByRole("listitem").first()).toContainText("You apply Service more.");
  await expect(
    page
      .getByRole("region", { name: /^Causes of event/ })
      .getByRole("listitem")
      .first(),
  ).toContainText("You apply Service more.");
  expect(await violations(page, ".inspector")).toEqual([]);
});
