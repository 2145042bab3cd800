/** What people type wrong is told in one line, and nothing of it is lost. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { Kubewalk } from "./kubewalk";

const SERVICE = (port: number, extra = ""): string =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  selector:\n    app: web\n${extra}  ports:\n    - port: ${port}\n`;

const BAD: Readonly<Record<string, { readonly text: string; readonly says: RegExp }>> = {
  "a tab": { text: "apiVersion: v1\nkind: Service\nmetadata:\n\tname: web\n", says: /:4:\d+: .*tab/i },
  "port 70000": { text: SERVICE(70_000), says: /70000.*between 1 and 65535|must be between 1 and 65535/ },
  "a duplicate name": { text: `${SERVICE(80)}---\n${SERVICE(81)}`, says: /web/ },
  "a ClusterIP out of range": { text: SERVICE(80, "  clusterIP: 192.168.7.7\n"), says: /192\.168\.7\.7/ },
  "an empty file": { text: "", says: /no Kubernetes object/ },
  "a truncated file": { text: "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports: [{port: 80", says: /:\d+:\d+: / },
};

for (const [name, { text, says }] of Object.entries(BAD)) {
  test(`${name}: one clear line, and what was typed stays`, async ({ page }) => {
    const kubewalk = new Kubewalk(page);
    await kubewalk.open();
    await kubewalk.press("Open YAML");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "YAML" }).fill(text);
    await dialog.getByRole("button", { name: "Open", exact: true }).click();
    await expect(dialog.getByRole("alert")).toHaveText(says);
    await expect(dialog.getByRole("textbox", { name: "YAML" })).toHaveValue(text);
    expect((await dialog.getByRole("alert").textContent())?.trim()).not.toContain("\n");
  });
}

test("an unknown kind is a warning that names it, and the rest opens", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.press("Open YAML");
  const dialog = page.getByRole("dialog");
  await dialog
    .getByRole("textbox", { name: "YAML" })
    .fill(`${SERVICE(80)}---\napiVersion: example.org/v1\nkind: Widget\nmetadata:\n  name: w\n`);
  await dialog.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: "Widget" }).first()).toBeVisible();
  await expect.poll(async () => (await kubewalk.rows("Services")).map((row) => row["Name"])).toContain("web");
});

test("a selector that matches nothing is no error: the Service says so in words", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_000_000);
  await kubewalk.press("New Service");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "YAML" }).fill(SERVICE(80));
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  await kubewalk.playUntil(async () => (await kubewalk.rows("Services")).some((row) => row["Name"] === "web"));
  const web = (await kubewalk.rows("Services")).find((row) => row["Name"] === "web");
  expect(web?.["Remark"]).toMatch(/match/);
  expect(web?.["ClusterIP"]).toMatch(/^10\.(9[6-9]|10\d|11[01])\./);
});

test("a Service that the API server refuses keeps its text and shows the API's own words", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_000_000);
  await kubewalk.press("New Service");
  const dialog = page.getByRole("dialog");
  const text = SERVICE(80).replace("name: web", "name: your-app-svc");
  await dialog.getByRole("textbox", { name: "YAML" }).fill(text);
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: 'services "your-app-svc" already exists' }).first()).toBeVisible({
    timeout: 20_000,
  });
});

test("a file above 64 MB is refused before it is read; one of 20 MB opens with progress and can be cancelled", async ({ page }) => {
  test.setTimeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "kubewalk-input-"));
  const huge = join(folder, "huge.yaml");
  const big = join(folder, "big.yaml");
  const one = (n: number): string =>
    `---\napiVersion: v1\nkind: Service\nmetadata:\n  name: svc-${n}\n  namespace: big\n  annotations:\n    note: ${"x".repeat(1500)}\nspec:\n  selector: {app: a}\n  ports: [{port: 80}]\n`;
  writeFileSync(huge, Buffer.alloc(64 * 1024 * 1024 + 1, "#"));
  writeFileSync(big, Array.from({ length: 12_000 }, (_, n) => one(n)).join(""));
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.press("Open YAML");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("File").setInputFiles(huge);
  const open = dialog.getByRole("button", { name: "Open", exact: true });
  await open.click();
  await expect(dialog.getByRole("alert")).toHaveText(/64 MB/);
  await dialog.getByLabel("File").setInputFiles(big);
  await expect(dialog.getByRole("textbox", { name: "YAML" })).toHaveAttribute("placeholder", /big\.yaml is ready/);
  await open.click();
  await expect(page.getByRole("progressbar").first()).toBeVisible({ timeout: 30_000 });
  await page.getByRole("button", { name: "Cancel", exact: true }).first().click();
  await expect.poll(async () => (await kubewalk.rows("Services")).map((row) => row["Name"])).toContain("your-app-svc");
  rmSync(folder, { recursive: true });
});
