/** The Conntrack panel over a cluster that runs: entries age, say who opened them, and lead there. */
import { act, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { ConntrackPanel } from "../../../src/panels/inspector/conntrack/conntrack-panel";
import { followTo, onCluster } from "./on-cluster";

function entries(): readonly HTMLElement[] {
  return within(screen.getByRole("list", { name: "Tracked connections" })).getAllByRole("listitem");
}

test("an entry's time runs down with the cluster's, and the entry of the followed packet is marked", async () => {
  const page = await onCluster(<ConntrackPanel />);
  await followTo(page, /^POSTROUTING: .*/);
  act(() => page.app.actions.setTab("conntrack"));
  await page.until(({ session }) => (session.moment?.conntrack?.entries.length ?? 0) > 0);
  expect(entries().filter((entry) => entry.getAttribute("aria-current") === "true")).toHaveLength(1);
  const left = (): number => Number(/(\d+) of 30 s left/.exec(entries().at(-1)?.textContent ?? "")?.[1]);
  const before = left();
  expect(before).toBeGreaterThan(28);
  const { at } = page.app.store.getState().playback;
  act(() => page.app.actions.seek(at + 10_000_000));
  await page.until(({ session }) => session.moment?.stamp.at === at + 10_000_000 && session.moment.conntrack !== undefined);
  expect(before - left()).toBeGreaterThanOrEqual(10);
  expect(before - left()).toBeLessThanOrEqual(11);
});

test("a connection names the request that opened it and leads there; find keeps what the text holds", async () => {
  const page = await onCluster(<ConntrackPanel />);
  await followTo(page, /^POSTROUTING: .*/);
  const followed = page.app.store.getState().selection.followed;
  act(() => {
    page.app.actions.stopFollowing();
    page.app.actions.setTab("conntrack");
    page.app.actions.seek(2_000_000);
  });
  await page.until(({ session }) => session.moment?.stamp.at === 2_000_000 && (session.moment.conntrack?.entries.length ?? 0) > 2);
  await page.user.type(screen.getByRole("searchbox", { name: "Find in conntrack" }), "TIME_WAIT");
  expect(entries().every((entry) => entry.textContent.includes("TIME_WAIT [ASSURED]"))).toBe(true);
  const openers = screen.getAllByRole("button", { name: /^Follow request \d+$/ }).map((button) => button.textContent);
  expect(openers).toContain(`request ${followed}`);
});
