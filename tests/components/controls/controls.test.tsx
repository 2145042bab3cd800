import { fireEvent } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { Controls } from "../../../src/panels/controls/controls";
import { REQUEST } from "../../fixtures/view/moment";
import { setup } from "../setup";

const panel = <Controls />;

describe("the left column", () => {
  it("has the sliders with their names, ranges and values", async () => {
    const { screen } = await setup(panel);
    const sliders = screen
      .getAllByRole("slider")
      .map((slider) =>
        [slider.getAttribute("min"), slider.getAttribute("max"), slider.getAttribute("step"), slider.getAttribute("value")].join(" "),
      );
    const names = ["Replicas of my-app", "Replicas of your-app", "Nodes", "Requests per second"];
    expect(names.map((name) => screen.getAllByRole("slider").indexOf(screen.getByRole("slider", { name })))).toEqual([0, 1, 2, 3]);
    expect(sliders).toEqual(["0 20 1 2", "0 20 1 3", "1 5 1 2", "0 50 1 1"]);
  });

  it("scales while it is dragged, each command in the place of the one before", async () => {
    const { screen, frames, commands, transport } = await setup(panel);
    const slider = screen.getByRole("slider", { name: "Replicas of your-app" });
    fireEvent.change(slider, { target: { value: "5" } });
    fireEvent.change(slider, { target: { value: "6" } });
    await frames();
    expect(commands()).toEqual([5, 6].map((replicas) => ({ do: "scale", kind: "Deployment", name: "shop/your-app", replicas })));
    expect(new Set(transport.posted.flatMap((message) => (message.type === "command" ? [message.replaces] : [])))).toEqual(
      new Set(["replicas shop/your-app"]),
    );
  });

  it("chooses the client", async () => {
    const { screen, user, commands } = await setup(panel);
    await user.click(screen.getByRole("radio", { name: "browser-like" }));
    expect(commands()).toEqual([{ do: "client", client: "browser-like" }]);
    expect(screen.getByRole("group", { name: "Client" })).toBeTruthy();
  });

  it("chooses kube-proxy's mode", async () => {
    const { screen, user, commands } = await setup(panel);
    const group = screen.getByRole("group", { name: "Proxy mode" });
    expect(group.querySelector<HTMLInputElement>("input:checked")?.value).toBe("iptables");
    await user.click(screen.getByRole("radio", { name: "nftables" }));
    await user.click(screen.getByRole("radio", { name: "ipvs" }));
    expect(commands()).toEqual([
      { do: "proxy-mode", mode: "nftables" },
      { do: "proxy-mode", mode: "ipvs" },
    ]);
    expect(group.textContent).toContain("deprecated since 1.35");
  });

  it("sends one request and follows it, or ten, 100 ms apart", async () => {
    const { press, commands } = await setup(panel);
    await press("Send request");
    await press("Send 10 requests");
    expect(commands()).toEqual([
      { do: "request", count: 1 },
      { do: "request", count: 10, gapMs: 100 },
    ]);
  });

  it("follows the newest request under way and stops on demand", async () => {
    const { press, state, screen } = await setup(panel);
    await press("Follow this request");
    expect([state().selection.followed, state().playback.playing]).toEqual([REQUEST, true]);
    expect(screen.getByText("curl your-app-svc")).toBeTruthy();
    await press("Stop following");
    expect(state().selection.followed).toBe(null);
  });

  it("says that there is nothing to follow before the first request", async () => {
    const { screen } = await setup(panel, { at: 100 });
    const button = screen.getByRole<HTMLButtonElement>("button", { name: "Follow this request" });
    expect([button.disabled, screen.getByText(/No request has begun yet/) !== null]).toEqual([true, true]);
  });
});
