import { fireEvent } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { Timeline } from "../../../src/panels/timeline/timeline";
import { AT } from "../../fixtures/view/moment";
import { setup } from "../setup";

const panel = <Timeline room={9} />;

describe("transport", () => {
  it("is one button that is named by what it will do", async () => {
    const { press, screen, state } = await setup(panel);
    await press("Play");
    expect([state().playback.playing, screen.queryByRole("button", { name: "Play" })]).toEqual([true, null]);
    await press("Pause");
    expect(state().playback.playing).toBe(false);
  });

  it("steps by hop only while something is followed", async () => {
    const { press, screen, actions, frames, state } = await setup(panel);
    const hop = () => screen.getByRole<HTMLButtonElement>("button", { name: "Next hop" });
    expect(hop().disabled).toBe(true);
    actions.followThis();
    await frames();
    await press("Next hop");
    await press("Next hop");
    await press("Previous hop");
    expect([hop().disabled, state().playback.beat]).toEqual([false, 1]);
  });

  it("steps by one event of the whole cluster", async () => {
    const { press, state } = await setup(panel);
    await press("Previous event");
    expect(state().playback.event).toBe(1823);
  });
});

describe("time", () => {
  it("is a slider of cluster time in microseconds that says where the packet is", async () => {
    const { screen, actions, frames } = await setup(panel);
    const slider = screen.getByRole("slider", { name: "Time" });
    expect([slider.getAttribute("min"), slider.getAttribute("value"), slider.getAttribute("aria-valuetext")]).toEqual([
      "0",
      `${AT}`,
      "00:12.480 311",
    ]);
    actions.followThis();
    await frames();
    actions.pause();
    await frames();
    expect(slider.getAttribute("aria-valuetext")).toMatch(/^00:12\.478 \d{3}, node-a \S+/);
  });

  it("goes where the slider is set and pauses", async () => {
    const { screen, state, actions } = await setup(panel);
    actions.play();
    fireEvent.change(screen.getByRole("slider", { name: "Time" }), { target: { value: "11000000" } });
    expect([state().playback.at, state().playback.playing]).toEqual([11_000_000, false]);
  });

  it("shows both clocks and the speed as a factor", async () => {
    const { screen, page } = await setup(panel);
    expect(page.container.querySelector(".clocks")?.textContent).toBe("Cluster00:12.480 311Story00:12.4, 1×");
    const speed = screen.getByRole("slider", { name: "Speed" });
    fireEvent.change(speed, { target: { value: "2" } });
    expect([
      speed.getAttribute("min"),
      speed.getAttribute("max"),
      speed.getAttribute("value"),
      speed.getAttribute("aria-valuetext"),
    ]).toEqual(["0.1", "10", "2", "2×"]);
  });

  it("has a lane for you, the API server, the controllers, each node, each CoreDNS, and what is followed", async () => {
    const { page, actions, frames } = await setup(panel);
    actions.followThis();
    await frames();
    const lanes = [...page.container.querySelectorAll(".lane > span")].map((lane) => lane.textContent);
    expect(lanes).toEqual([
      "You",
      "API server",
      "Controllers",
      "control-plane",
      "node-a",
      "node-b",
      "coredns-4tzpq",
      "coredns-9mwxk",
      "my-app to your-app-svc",
    ]);
  });

  it("folds lanes that have no room, and says how many", async () => {
    const { page, screen } = await setup(<Timeline room={4} />);
    expect(page.container.querySelectorAll(".lane").length).toBe(4);
    expect(screen.getByText("4 lanes folded")).toBeTruthy();
  });
});

describe("lanes", () => {
  it.each([
    [1, "1 lane folded"],
    [2, "2 lanes folded"],
  ])("that have no room are counted: %i", async (count, words) => {
    const all = await setup(<Timeline room={99} />);
    const lanes = all.page.container.querySelectorAll(".lane").length;
    all.page.unmount();
    const { screen } = await setup(<Timeline room={lanes - count} />);
    expect(screen.getByText(/folded/).textContent).toBe(words);
  });
});
