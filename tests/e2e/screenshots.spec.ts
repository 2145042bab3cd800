/** Six pictures of one frozen moment: the SYN is caught at PREROUTING and its destination is rewritten. */
import { expect, test } from "@playwright/test";
import { Kubewalk } from "./kubewalk";
import { followAcross, goToHop } from "./states";

const SIZES = [
  { width: 1440, height: 900 },
  { width: 820, height: 1180 },
  { width: 390, height: 844 },
];

for (const { width, height } of SIZES) {
  test(`the trap at ${width} px looks as it did, in light and dark`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: "reduce", colorScheme: "light" });
    await page.setViewportSize({ width, height });
    const kubewalk = new Kubewalk(page);
    await kubewalk.open();
    await followAcross(kubewalk);
    await goToHop(kubewalk, /^SYN to/, /PREROUTING, nat.*rewrites the destination/);
    await expect(page.getByRole("button", { name: "Dismiss" })).toHaveCount(0, { timeout: 12_000 });
    await page.mouse.move(0, 0);
    await page.evaluate(async () => {
      scrollTo(0, 0);
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      await document.fonts.ready;
    });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await expect(page).toHaveScreenshot(`trap-${colorScheme}-${width}.png`);
    }
  });
}
