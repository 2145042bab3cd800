import { act } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { Shell } from "../../../src/app/shell";
import { setup } from "../setup";

const branch = (id: string, current: boolean) => ({ id, name: `branch ${id}`, head: 1, events: 1, current });

describe("the shell", () => {
  it("has controls, stage, inspector, text and timeline side by side where there is room", async () => {
    const { screen } = await setup(<Shell />, { width: 1440 });
    const regions = ["Controls", "In words", "This moment"].map((name) => screen.getByRole("region", { name }) !== null);
    expect([
      ...regions,
      screen.getByRole("main", { name: "Stage" }) !== null,
      screen.getByRole("complementary", { name: "Inspector" }) !== null,
    ]).toEqual([true, true, true, true, true]);
    expect(screen.getAllByRole("tab").map((tab) => tab.textContent)).toEqual([
      "Journey",
      "Service",
      "Rules",
      "DNS",
      "Conntrack",
      "Node",
      "Object",
      "Causes",
    ]);
  });

  it("makes Controls a tab where there is none, each control once", async () => {
    const { screen, user, frames } = await setup(<Shell />, { width: 820 });
    await user.click(screen.getByRole("tab", { name: "Controls" }));
    await frames();
    expect(screen.getAllByRole("slider", { name: "Replicas of your-app" }).length).toBe(1);
    expect(screen.getAllByRole("slider", { name: "Speed" }).length).toBe(1);
  });

  it("on a phone has the scrubber instead of lanes, and Speed among the controls", async () => {
    const { screen, page, user, frames } = await setup(<Shell />, { width: 390 });
    expect([page.container.querySelectorAll(".lane").length, screen.getAllByRole("slider", { name: "Time" }).length]).toEqual([0, 1]);
    await user.click(screen.getByRole("tab", { name: "Controls" }));
    await frames();
    expect(screen.getAllByRole("slider", { name: "Speed" }).length).toBe(1);
  });

  it("moves among the tabs by arrows with one tab stop", async () => {
    const { screen, user, key, frames } = await setup(<Shell />);
    await user.click(screen.getByRole("tab", { name: "Journey" }));
    await key("{ArrowRight}{ArrowRight}");
    await frames();
    const stops = screen
      .getAllByRole("tab")
      .filter((tab) => tab.tabIndex === 0)
      .map((tab) => tab.textContent);
    expect([stops, document.activeElement?.textContent]).toEqual([["Rules"], "Rules"]);
  });

  it("says notices as status and errors as alert, and puts them away on demand", async () => {
    const { screen, actions, press } = await setup(<Shell />);
    act(() => actions.say("notice", "The cluster is open."));
    act(() => actions.say("error", "This link cannot be opened."));
    expect([screen.getByRole("status").textContent, screen.getByRole("alert").textContent]).toEqual([
      "The cluster is open.",
      "This link cannot be opened.",
    ]);
    screen.getAllByRole("button", { name: "Dismiss" });
    act(() => actions.dismiss(2));
    expect(screen.queryByRole("alert")).toBe(null);
    await press("Dismiss");
    expect(screen.getByRole("status").textContent).toBe("");
  });

  it("says that the simulation failed, and starts again at the same moment", async () => {
    const { screen, transport, frames, press, state } = await setup(<Shell />);
    const before = state().playback.at;
    transport.say({ type: "failed", id: -1, problem: { message: "out of memory." } });
    await frames();
    expect(screen.getByRole("alert").textContent).toMatch(/^The simulation stopped\. out of memory\. What you did is kept/);
    await press("Start again");
    await frames(4);
    expect([screen.queryByRole("alert"), state().session.phase, state().playback.at]).toEqual([null, "ready", before]);
  });

  it("offers the branches of time once there are several", async () => {
    const { screen, transport, frames, state } = await setup(<Shell />);
    expect(screen.queryByRole("combobox", { name: "Branch" })).toBe(null);
    const { session } = state();
    if (session.moment === null) throw new Error("no moment");
    transport.say({
      type: "moment",
      id: 99,
      moment: session.moment,
      journey: null,
      journeyKey: "",
      branches: [branch("a", false), branch("b", true)],
      head: session.head,
      headEvent: 1,
    });
    await frames();
    expect(screen.getByRole<HTMLSelectElement>("combobox", { name: "Branch" }).value).toBe("b");
  });
});
