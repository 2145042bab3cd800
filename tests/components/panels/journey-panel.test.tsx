import { describe, expect, it } from "vitest";
import { JourneyPanel } from "../../../src/panels/inspector/journey/journey-panel";
import { journey, PICTURE_HOP } from "../../fixtures/view/journey";
import { setup } from "../setup";

async function followed() {
  const page = await setup(<JourneyPanel />);
  page.actions.followThis();
  await page.frames();
  const headings = (): readonly string[] => page.screen.getAllByRole("heading", { level: 3 }).map((one) => one.textContent);
  const marked = (): readonly (string | null)[] =>
    [...page.page.container.querySelectorAll('[aria-current="true"]')].map((one) => one.textContent.replace(/^ · /, ""));
  return { ...page, headings, marked };
}

describe("the journey's panel", () => {
  it("heads packets and hops by their chapters, marks the current one, and titles the opened packet in its own group", async () => {
    const { actions, frames, headings, marked, screen, within } = await followed();
    actions.goToHop(PICTURE_HOP);
    await frames();
    expect(headings()).toEqual([
      "find the name · ask the cluster DNS",
      "trapped and rewritten",
      `SYN to your-app-svchop ${PICTURE_HOP - (journey.packets[2]?.firstHop ?? 0) + 1} of ${journey.packets[2]?.hops}, request`,
      "across the overlay",
      "arrived",
      "the way back",
    ]);
    expect(marked()).toEqual(["trapped and rewritten"]);
    const group = within(screen.getByRole("group", { name: "SYN to your-app-svc" }));
    expect(group.getByRole("heading", { name: /^SYN to your-app-svc/ })).toBeTruthy();
  });

  it("folds to the chapters with a sentence each, and steps by them", async () => {
    const { actions, frames, user, press, state, marked, screen, within } = await followed();
    await user.click(screen.getByRole("radio", { name: "chapters" }));
    actions.goToStart();
    await frames();
    const items = within(screen.getByRole("list", { name: "Chapters" })).getAllByRole("listitem");
    expect(items.map((item) => within(item).getAllByRole("button")[0]?.textContent)).toEqual([
      "find the name",
      "ask the cluster DNS",
      "trapped and rewritten",
      "across the overlay",
      "arrived",
      "the way back",
    ]);
    expect(items[2]?.textContent).toContain("10.96.120.7:80 is your-app-svc.");
    expect(marked()).toEqual(["find the name"]);
    actions.stepHop(1);
    await frames();
    expect([marked(), state().playback.hop]).toEqual([["ask the cluster DNS"], (journey.packets[2]?.firstHop ?? 0) - 1]);
    await press("arrived");
    expect([marked(), state().playback.hop]).toEqual([["arrived"], (journey.packets[3]?.firstHop ?? 0) - 1]);
  });

  it("lists the opened packet by stations or by every hop, as one chooses", async () => {
    const { actions, frames, user, screen, within } = await followed();
    actions.goToHop(journey.packets[2]?.firstHop ?? 0);
    await frames();
    const rows = (): number => within(screen.getByRole("group", { name: "SYN to your-app-svc" })).getAllByRole("button").length;
    await user.click(screen.getByRole("radio", { name: "kernel" }));
    await frames();
    const byHop = rows();
    await user.click(screen.getByRole("radio", { name: "stations" }));
    await frames();
    const stations = new Set(journey.hops.filter((hop) => hop.packet === 2).map((hop) => `${hop.host} ${hop.station}`));
    expect(byHop - rows()).toBe((journey.packets[2]?.hops ?? 0) - stations.size);
    const lines = [...screen.getByRole("group", { name: "SYN to your-app-svc" }).querySelectorAll("h3, h4")].map((one) => one.textContent);
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/^my-app-kx2vq/),
      expect.stringMatching(/^node-a/),
      "across the overlay",
      expect.stringMatching(/^node-b/),
      "arrived",
      expect.stringMatching(/^your-app-h4wnd/),
    ]);
  });
});
