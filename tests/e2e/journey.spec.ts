/** Following a request: its name, its queries, its packets, hop by hop, forwards and backwards. */
import { execFileSync } from "node:child_process";
import { expect, test } from "@playwright/test";
import { Kubewalk, microsOf } from "./kubewalk";

test("a followed request shows the resolver's queries, the DNS packets, then its own", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_000_000);
  await kubewalk.press("Send request");
  await expect.poll(() => kubewalk.journey().then((hops) => hops.length), { timeout: 20_000 }).toBeGreaterThan(100);
  const hops = await kubewalk.journey();
  const first = (pattern: RegExp): number => hops.findIndex((hop) => pattern.test(hop));
  expect(first(/KUBE-SVC-TCOU7JCQXEZGVUNU|10\.96\.0\.10/)).toBeGreaterThanOrEqual(0);
  expect(first(/10\.96\.0\.10/)).toBeLessThan(first(/KUBE-SEP-\w+.*8080|:8080/));
  expect(hops.filter((hop) => hop.includes("PREROUTING")).length).toBeGreaterThan(3);
  expect(hops.some((hop) => /dst|destination/i.test(hop) && hop.includes("→"))).toBe(true);
});

test("every step backwards restores the state bit for bit", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_000_000);
  await kubewalk.press("Send request");
  await expect.poll(() => kubewalk.journey().then((hops) => hops.length), { timeout: 20_000 }).toBeGreaterThan(20);
  await kubewalk.pause();
  const seen: { readonly event: number; readonly hash: string; readonly hop: string }[] = [];
  const now = async (): Promise<{ event: number; hash: string; hop: string }> => ({
    hop: (await kubewalk.currentHop().textContent()) ?? "",
    hash: await kubewalk.hash(),
    event: await kubewalk.event(),
  });
  for (let step = 0; step < 12; step += 1) {
    seen.push(await now());
    const before = await kubewalk.currentHop().textContent();
    await kubewalk.press("Next hop");
    await expect(kubewalk.currentHop()).not.toHaveText(before ?? "");
  }
  for (const was of seen.toReversed()) {
    const before = await kubewalk.currentHop().textContent();
    await kubewalk.press("Previous hop");
    await expect(kubewalk.currentHop()).not.toHaveText(before ?? "");
    await expect.poll(now).toEqual(was);
  }
});

test("stepping by events of the whole cluster goes forwards and backwards over the same states", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_500_000);
  const from = await kubewalk.event();
  const hashes: string[] = [await kubewalk.hash()];
  for (let step = 1; step <= 6; step += 1) {
    await kubewalk.press("Next event");
    await expect.poll(() => kubewalk.event()).toBe(from + step);
    hashes.push(await kubewalk.hash());
  }
  expect(new Set(hashes).size).toBe(hashes.length);
  for (let step = 5; step >= 0; step -= 1) {
    await kubewalk.press("Previous event");
    await expect.poll(() => kubewalk.event()).toBe(from + step);
    expect(await kubewalk.hash()).toBe(hashes[step]);
  }
});

test("the worker computes what Node computes: the same transcript hash at the same event", async ({ page }) => {
  const printed = execFileSync("node", [".ci/run-ts.mjs", "headless", "run", "--scenario", "two-apps", "--until", "5s"], {
    encoding: "utf8",
  });
  const [, hash = "", events = ""] = /hash ([0-9a-f]+) events (\d+)/.exec(printed) ?? [];
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(5_000_000);
  expect(await kubewalk.hash()).toBe(hash);
  expect((await kubewalk.event()) + 1).toBe(Number(events));
});

test("the next event never lies before the hop that is shown, and a pause stands where a step would", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_000_000);
  await kubewalk.press("Send request");
  await expect.poll(() => kubewalk.journey().then((hops) => hops.length), { timeout: 20_000 }).toBeGreaterThan(20);
  await kubewalk.pause();
  const paused = [await kubewalk.event(), await kubewalk.hash(), await kubewalk.currentHop().textContent()];
  await kubewalk.press("Next hop");
  await expect(kubewalk.currentHop()).not.toHaveText(String(paused[2]));
  await kubewalk.press("Previous hop");
  await expect(kubewalk.currentHop()).toHaveText(String(paused[2]));
  await expect.poll(async () => [await kubewalk.event(), await kubewalk.hash(), await kubewalk.currentHop().textContent()]).toEqual(paused);
  let shown = microsOf(await kubewalk.moment("Cluster time"));
  for (let step = 0; step < 6; step += 1) {
    // The moment of the step before stands.
    await expect
      .poll(async () => {
        const before = await kubewalk.event();
        await page.waitForTimeout(200);
        return (await kubewalk.event()) === before;
      })
      .toBe(true);
    const event = await kubewalk.event();
    await kubewalk.press(step % 2 === 0 ? "Next hop" : "Next event");
    if (step % 2 === 1) await expect.poll(() => kubewalk.event()).toBe(event + 1);
    await kubewalk.hash();
    const now = microsOf(await kubewalk.moment("Cluster time"));
    expect(now).toBeGreaterThanOrEqual(shown);
    shown = now;
  }
});
