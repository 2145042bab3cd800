/** The states of the page that its look is checked in: one walk through them, by what a visitor does. */
import { expect, type Page } from "@playwright/test";
import type { Kubewalk } from "./kubewalk";

/** One state: how one comes to it from the state before. */
export interface State {
  readonly name: string;
  readonly reach: (kubewalk: Kubewalk) => Promise<void>;
}

/** Opens a tab of the inspector; where the controls have their own column there is none to open for them. */
export async function openTab({ page }: Kubewalk, name: string): Promise<void> {
  const tab = page.getByRole("tab", { name, exact: true });
  if ((await tab.count()) > 0) await tab.click();
}

/** Opens a part of the Rules tab. */
export async function openPart(kubewalk: Kubewalk, name: string): Promise<void> {
  await openTab(kubewalk, "Rules");
  await kubewalk.page.getByRole("radio", { name, exact: true }).check({ force: true });
}

async function slide(kubewalk: Kubewalk, name: string, value: number): Promise<void> {
  await openTab(kubewalk, "Controls");
  await kubewalk.slide(name, value);
}

async function press(kubewalk: Kubewalk, name: string): Promise<void> {
  await openTab(kubewalk, "Controls");
  await kubewalk.press(name);
}

/** Goes to a hop by the journey's panel: the first packet with such a title, and its first hop with such words. */
export async function goToHop(kubewalk: Kubewalk, packet: RegExp, hop: RegExp): Promise<void> {
  const { page } = kubewalk;
  await openTab(kubewalk, "Journey");
  const group = page.getByRole("tabpanel").getByRole("group", { name: packet }).first();
  const folded = group.locator(":scope > button");
  if ((await folded.count()) > 0) await folded.click();
  const row = group.getByRole("button", { name: hop }).first();
  if ((await row.count()) > 0) await row.click();
  await expect(kubewalk.currentHop()).toHaveText(hop);
  await kubewalk.hash();
}

/** Sends one request, follows it, and waits until all of its journey is there; the playhead stands at its start. */
export async function followOne(kubewalk: Kubewalk, isWhole = /FIN back/): Promise<void> {
  await press(kubewalk, "Send request");
  await expect.poll(async () => (await kubewalk.journey()).some((hop) => isWhole.test(hop)), { timeout: 30_000 }).toBe(true);
  await kubewalk.pause();
  await focusPage(kubewalk.page);
  await kubewalk.page.keyboard.press("Home");
  await kubewalk.hash();
}

/** Follows the first request, one sent in each second, whose SYN leaves its node; the same one in every run. */
export async function followAcross(kubewalk: Kubewalk): Promise<void> {
  for (let second = 1; second <= 8; second++) {
    await kubewalk.goTo(second * 1_000_000);
    await followOne(kubewalk);
    if ((await kubewalk.journey()).some((hop) => /SYN to.*VXLAN/.test(hop))) return;
    await press(kubewalk, "Stop following");
    await expect.poll(async () => (await kubewalk.journey()).length).toBe(0);
  }
  throw new Error("None of eight requests leaves its node");
}

/** Single keys go to the page and not to the control that was used last. */
export const focusPage = (page: Page): Promise<void> =>
  page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });

async function openDialog(kubewalk: Kubewalk, open: () => Promise<void>): Promise<void> {
  await closeDialog(kubewalk);
  await open();
  await expect(kubewalk.page.getByRole("dialog")).toBeVisible();
}

async function closeDialog({ page }: Kubewalk): Promise<void> {
  if ((await page.getByRole("dialog").count()) > 0) await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await focusPage(page);
}

const settled = async (kubewalk: Kubewalk, owner: string, count: number): Promise<boolean> => {
  const pods = await kubewalk.pods(owner);
  return pods.length === count && pods.every((pod) => pod["State"] === "Running");
};

async function scale(kubewalk: Kubewalk, replicas: number): Promise<void> {
  await slide(kubewalk, "Replicas of my-app", replicas);
  await slide(kubewalk, "Replicas of your-app", replicas);
  await kubewalk.playUntil(async () => (await settled(kubewalk, "my-app", replicas)) && (await settled(kubewalk, "your-app", replicas)));
}

async function workers(kubewalk: Kubewalk, count: number): Promise<void> {
  await slide(kubewalk, "Nodes", count);
  // Draining waits for the grace of what is evicted, a worker after another.
  await slide(kubewalk, "Speed", 10);
  await kubewalk.playUntil(async () => {
    const nodes = await kubewalk.rows("Nodes");
    return nodes.length === count + 1 && nodes.every((node) => /^Ready(, |$)/u.test(node["State"] ?? ""));
  }, 40_000);
  await slide(kubewalk, "Speed", 1);
}

const TABS = ["Service", "Rules", "DNS", "Conntrack", "Node", "Object"] as const;

/** In the order in which they are walked. */
export const STATES: readonly State[] = [
  { name: "start", reach: (kubewalk) => kubewalk.goTo(1_000_000) },
  {
    name: "following, by stations",
    async reach(kubewalk) {
      await followAcross(kubewalk);
      await goToHop(kubewalk, /^A query/, /socket/);
    },
  },
  { name: "the DNS query's trap", reach: (kubewalk) => goToHop(kubewalk, /^A query/, /PREROUTING, nat.*rewrites the destination/) },
  { name: "the SYN's trap", reach: (kubewalk) => goToHop(kubewalk, /^SYN to/, /PREROUTING, nat.*rewrites the destination/) },
  ...TABS.map((name): State => ({ name: `tab ${name}`, reach: (kubewalk) => openTab(kubewalk, name) })),
  { name: "rules, hooks", reach: (kubewalk) => openPart(kubewalk, "Hooks") },
  {
    name: "rules, chances",
    async reach(kubewalk) {
      await openPart(kubewalk, "Chances");
      await kubewalk.press("Fast-forward 10,000 connections");
      await expect(kubewalk.page.getByText(/^χ² is /)).toBeVisible();
    },
  },
  {
    name: "rules, modes",
    async reach(kubewalk) {
      await openPart(kubewalk, "Modes");
      await kubewalk.press("Send it in all three modes");
      await expect(kubewalk.page.getByRole("table", { name: "One packet in three modes" })).toBeVisible();
    },
  },
  { name: "the SYN in the overlay", reach: (kubewalk) => goToHop(kubewalk, /^SYN to/, /inside a VXLAN packet/) },
  { name: "the reply's source turned back", reach: (kubewalk) => goToHop(kubewalk, /^SYN, ACK back/, /conntrack rewrites the source/) },
  {
    name: "the end of the request",
    async reach(kubewalk) {
      await focusPage(kubewalk.page);
      await kubewalk.page.keyboard.press("End");
      await expect(kubewalk.button("Next hop")).toBeDisabled();
      await kubewalk.hash();
    },
  },
  {
    name: "a story told by kernel",
    async reach(kubewalk) {
      await kubewalk.page.getByRole("radio", { name: "kernel" }).check({ force: true });
      await goToHop(kubewalk, /^200 OK/, /conntrack rewrites the source/);
    },
  },
  { name: "dialog Share", reach: (kubewalk) => openDialog(kubewalk, () => kubewalk.press("Share")) },
  { name: "dialog of keys", reach: (kubewalk) => openDialog(kubewalk, () => kubewalk.page.keyboard.press("?")) },
  { name: "dialog of commands", reach: (kubewalk) => openDialog(kubewalk, () => kubewalk.page.keyboard.press("Control+k")) },
  { name: "dialog New Service", reach: (kubewalk) => openDialog(kubewalk, () => press(kubewalk, "New Service")) },
  { name: "dialog Open YAML", reach: (kubewalk) => openDialog(kubewalk, () => press(kubewalk, "Open YAML")) },
  {
    name: "dialog Edit labels",
    reach: (kubewalk) =>
      openDialog(kubewalk, () =>
        kubewalk.page
          .getByRole("button", { name: /^Edit labels of/ })
          .first()
          .click(),
      ),
  },
  {
    name: "the text twin in sight",
    async reach(kubewalk) {
      await closeDialog(kubewalk);
      await kubewalk.page.getByRole("region", { name: "In words" }).scrollIntoViewIfNeeded();
      await kubewalk.page.evaluate(() => document.querySelector("#in-words")?.scrollIntoView());
    },
  },
  {
    name: "6 of each app",
    async reach(kubewalk) {
      await kubewalk.page.evaluate(() => scrollTo(0, 0));
      await press(kubewalk, "Stop following");
      await scale(kubewalk, 6);
    },
  },
  {
    name: "a Pod on its way out",
    async reach(kubewalk) {
      await kubewalk.page
        .getByRole("button", { name: /^Delete Pod your-app-/ })
        .first()
        .click();
      await kubewalk.playUntil(async () => (await kubewalk.pods("your-app")).some((pod) => pod["State"] === "Terminating"));
      await kubewalk.page.evaluate(() => scrollTo(0, 0));
    },
  },
  {
    name: "6 of each app, followed to the trap",
    async reach(kubewalk) {
      // A request to the Pod that goes would end with an RST.
      await kubewalk.playUntil(async () => (await settled(kubewalk, "your-app", 6)) && (await caughtUp(kubewalk)));
      await followOne(kubewalk);
      await goToHop(kubewalk, /^SYN to/, /PREROUTING, nat.*rewrites the destination/);
    },
  },
  {
    name: "20 of each app",
    async reach(kubewalk) {
      await press(kubewalk, "Stop following");
      await scale(kubewalk, 20);
    },
  },
  {
    name: "20 of each app, followed to the trap",
    async reach(kubewalk) {
      await followOne(kubewalk);
      await goToHop(kubewalk, /^SYN to/, /PREROUTING, nat.*rewrites the destination/);
    },
  },
  {
    name: "five workers",
    async reach(kubewalk) {
      await press(kubewalk, "Stop following");
      await scale(kubewalk, 4);
      await workers(kubewalk, 5);
    },
  },
  {
    name: "one worker",
    async reach(kubewalk) {
      await workers(kubewalk, 1);
      await followOne(kubewalk);
      await goToHop(kubewalk, /^SYN to/, /PREROUTING, nat.*rewrites the destination/);
      await press(kubewalk, "Stop following");
    },
  },
  {
    name: "a rejected request",
    async reach(kubewalk) {
      await slide(kubewalk, "Replicas of your-app", 0);
      await kubewalk.playUntil(async () => (await kubewalk.pods("your-app")).length === 0 && (await caughtUp(kubewalk)));
      await followOne(kubewalk, /refused|reset|reject/i);
      await goToHop(kubewalk, /^SYN to/, /reject|refuse/i);
    },
  },
  {
    name: "20 requests a second",
    async reach(kubewalk) {
      await press(kubewalk, "Stop following");
      await slide(kubewalk, "Replicas of your-app", 3);
      await slide(kubewalk, "Requests per second", 20);
      await kubewalk.playUntil(async () => (await kubewalk.rows("Requests")).filter((row) => row["Verdict"] === "answered").length > 30);
    },
  },
  {
    name: "a rollout in the middle",
    async reach(kubewalk) {
      await slide(kubewalk, "Requests per second", 1);
      const table = kubewalk.page.getByRole("table", { name: "Workloads" });
      await table.getByRole("button", { name: "your-app", exact: true }).click();
      await table.getByRole("button", { name: "Roll out your-app" }).click();
      await kubewalk.playUntil(async () => (await kubewalk.rows("Rollout of your-app, Pods")).some((row) => row["Ending"] !== ""));
      await kubewalk.page.evaluate(() => scrollTo(0, 0));
    },
  },
  {
    name: "broken things",
    async reach(kubewalk) {
      await press(kubewalk, "Break things");
      await press(kubewalk, "Stop kube-proxy of node-a");
      await press(kubewalk, "How an app ends");
      await expect(kubewalk.page.getByRole("slider", { name: "preStop" })).toBeVisible();
      await kubewalk.page.evaluate(() => scrollTo(0, 0));
    },
  },
];

async function caughtUp(kubewalk: Kubewalk): Promise<boolean> {
  return (await kubewalk.rows("Nodes")).every((row) => row["Behind"] === "0 s");
}
