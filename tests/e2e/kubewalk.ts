/** The page as its tests use it: by roles and names, and by the text twin, which carries everything that the picture does. */
import { expect, type Locator, type Page } from "@playwright/test";

/** A table of the text twin as rows of cells by column name. */
export type Row = Readonly<Record<string, string>>;

export class Kubewalk {
  constructor(readonly page: Page) {}

  async open(address = "./"): Promise<void> {
    await this.page.goto(address);
    await expect(this.page.getByRole("slider", { name: "Time" })).toBeVisible();
    await expect.poll(() => this.rows("Pods").then((rows) => rows.length)).toBeGreaterThan(0);
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  async press(name: string): Promise<void> {
    await this.button(name).first().click();
  }

  async slide(name: string, value: number): Promise<void> {
    await this.page.getByRole("slider", { name, exact: true }).fill(`${value}`);
  }

  async pause(): Promise<void> {
    if ((await this.button("Pause").count()) > 0) await this.press("Pause");
  }

  async play(): Promise<void> {
    if ((await this.button("Play").count()) > 0) await this.press("Play");
  }

  /** A field of "This moment". */
  async moment(name: "Event" | "Cluster time" | "Revision" | "State hash"): Promise<string> {
    const region = this.page.getByRole("region", { name: "This moment" });
    const terms = await region.locator("dt").allTextContents();
    const values = await region.locator("dd").allTextContents();
    return values[terms.findIndex((term) => term.trim() === name)]?.trim() ?? "";
  }

  /** The state's fingerprint; it stands there whenever the page is paused. */
  async hash(): Promise<string> {
    await expect.poll(() => this.moment("State hash")).toMatch(/^[0-9a-f]{16}$/);
    return this.moment("State hash");
  }

  async event(): Promise<number> {
    return Number(await this.moment("Event"));
  }

  /** A table of the text twin, read in one go. */
  async rows(name: string): Promise<readonly Row[]> {
    return this.page.evaluate((caption) => {
      const table = [...document.querySelectorAll("table")].find((one) => one.caption?.textContent?.trim() === caption);
      const columns = [...(table?.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.textContent?.trim() ?? "");
      return [...(table?.tBodies[0]?.rows ?? [])].map((row) =>
        Object.fromEntries([...row.cells].map((cell, index) => [columns[index] ?? "", cell.textContent?.trim() ?? ""])),
      );
    }, name);
  }

  async pods(owner: string): Promise<readonly Row[]> {
    return (await this.rows("Pods")).filter((row) => (row["Name"] ?? "").startsWith(`${owner}-`));
  }

  /** Items of the list "Journey", in order. */
  async journey(): Promise<readonly string[]> {
    return this.page
      .getByRole("region", { name: "In words" })
      .getByRole("list", { name: "Journey" })
      .getByRole("listitem")
      .allTextContents();
  }

  currentHop(): Locator {
    return this.page.getByRole("region", { name: "In words" }).locator('[aria-current="step"]');
  }

  /** Moves the playhead to a moment of cluster time and waits until it is shown. */
  async goTo(micros: number): Promise<void> {
    await this.pause();
    const time = this.page.getByRole("slider", { name: "Time" });
    // The axis ends at the head, which moves on as the playhead comes near it.
    await expect(async () => {
      const head = Number(await time.getAttribute("max"));
      await time.fill(`${Math.min(head, micros)}`);
      await expect(time).toHaveValue(`${micros}`, { timeout: 100 });
    }).toPass({ timeout: 20_000, intervals: [20] });
    await this.hash();
  }

  /** Plays on until something holds, then pauses. */
  async playUntil(what: () => Promise<boolean>, timeout = 30_000): Promise<void> {
    await this.play();
    await expect.poll(what, { timeout, intervals: [100] }).toBe(true);
    await this.pause();
    await this.hash();
  }
}

/** A moment such as `00:03.783 200` as whole microseconds. */
export function microsOf(text: string): number {
  const [, minutes = "0", seconds = "0", millis = "0", micros = "0"] = /(\d+):(\d+)\.(\d{3})(?: (\d{3}))?/.exec(text) ?? [];
  return ((Number(minutes) * 60 + Number(seconds)) * 1000 + Number(millis)) * 1000 + Number(micros);
}
