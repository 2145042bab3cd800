/** A journey that is followed leaves the page as a capture file. */
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { readCapture } from "../fixtures/pcapng-reader";
import { Kubewalk } from "./kubewalk";
import { focusPage } from "./states";

const CAPTURE = "Capture of this journey (pcapng)";

for (const width of [1440, 390]) {
  test(`at ${width} px Export saves the frames of what is followed, and nothing before`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    const kubewalk = new Kubewalk(page);
    await kubewalk.open();
    await kubewalk.press("Export");
    await expect(kubewalk.button(CAPTURE)).toBeDisabled();
    await page.keyboard.press("Escape");
    if (width < 1100) await page.getByRole("tab", { name: "Controls" }).click();
    await kubewalk.press("Follow this request");
    await expect.poll(async () => (await kubewalk.journey()).some((hop) => /FIN back/.test(hop)), { timeout: 30_000 }).toBe(true);
    await kubewalk.pause();
    await focusPage(page);
    await page.keyboard.press("End");
    await expect(kubewalk.button("Next hop")).toBeDisabled();
    await kubewalk.press("Export");
    const [download] = await Promise.all([page.waitForEvent("download"), kubewalk.press(CAPTURE)]);
    expect(download.suggestedFilename()).toMatch(/^kubewalk-request-\d+\.pcapng$/);
    const { comment, interfaces, frames } = readCapture(readFileSync(await download.path()));
    expect(comment).toContain("Scenario Two apps, seed 1");
    expect(interfaces.length).toBeGreaterThan(3);
    expect(frames.map((one) => one.comment).join("\n")).toMatch(/SYN to your-app-svc[\s\S]*FIN back/);
    await expect(page.getByRole("dialog").getByRole("status")).toHaveText(/has \d+ frames\.$/);
    const [stretch] = await Promise.all([page.waitForEvent("download"), kubewalk.press("Capture of the last seconds (pcapng)")]);
    const { comment: title, frames: all } = readCapture(readFileSync(await stretch.path()));
    expect(title).toMatch(/^Everything from \d/);
    expect(all.length).toBeGreaterThan(20);
    const [script] = await Promise.all([page.waitForEvent("download"), kubewalk.press("Linux lab script (bash)")]);
    expect(script.suggestedFilename()).toBe("kubewalk-lab.sh");
    expect(readFileSync(await script.path(), "utf8")).toMatch(/^#!\/usr\/bin\/env bash\n# The network of Two apps at [\s\S]*KUBE-SVC-/);
    await expect(page.getByRole("dialog").getByRole("status")).toHaveText(/builds 12 network namespaces\.$/);
  });
}
