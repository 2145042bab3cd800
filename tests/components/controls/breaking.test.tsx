import { fireEvent } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { Controls } from "../../../src/panels/controls/controls";
import { setup } from "../setup";

const panel = <Controls />;

async function opened(): ReturnType<typeof setup> {
  const all = await setup(panel);
  await all.press("Break things");
  await all.screen.findByRole("button", { name: "A node" });
  return all;
}

describe("“Break things”", () => {
  it("is one line until it is opened, and opens at a node", async () => {
    const { screen, press } = await setup(panel);
    expect(screen.queryByRole("button", { name: "A node" })).toBeNull();
    await press("Break things");
    expect((await screen.findByRole("button", { name: "A node" })).getAttribute("aria-expanded")).toBe("true");
    expect(screen.getByRole("button", { name: "Stop kubelet of node-a" }).getAttribute("aria-describedby")).not.toBeNull();
  });

  it("breaks a chosen node in every way that a node breaks", async () => {
    const { press, commands, screen, user } = await opened();
    await user.selectOptions(screen.getByRole("combobox", { name: "Node to break" }), "node-b");
    for (const name of ["Stop kubelet of node-b", "Stop kube-proxy of node-b", "Cut off node-b", "Turn off node-b", "Drain node-b"])
      await press(name);
    await press("Fill address range of node-b");
    expect(commands()).toEqual([
      { do: "kubelet", node: "node-b", runs: false },
      { do: "kube-proxy", node: "node-b", runs: false },
      { do: "network", node: "node-b", connected: false },
      { do: "power", node: "node-b", on: false },
      { do: "drain", node: "node-b" },
      { do: "addresses", node: "node-b", taken: true },
    ]);
  });

  it("offers neither to turn the control plane off nor to cut it off", async () => {
    const { screen, user } = await opened();
    await user.selectOptions(screen.getByRole("combobox", { name: "Node to break" }), "control-plane");
    expect(screen.queryByRole("button", { name: "Turn off control-plane" })).toBeNull();
    expect(screen.queryByRole("button", { name: "Cut off control-plane" })).toBeNull();
  });

  it("breaks a chosen Pod, CoreDNS's too, and a chosen watch", async () => {
    const { press, commands, screen, user } = await opened();
    await press("A Pod");
    await press("Crash: my-app-kx2vq");
    await user.selectOptions(screen.getByRole("combobox", { name: "Pod to break" }), "coredns-4tzpq");
    await press("Freeze: coredns-4tzpq");
    await press("Delete at once: coredns-4tzpq");
    await press("A watch");
    await press("Cut the watch of kube-proxy, control-plane");
    expect(commands()).toEqual([
      { do: "crash", name: "shop/my-app-kx2vq" },
      { do: "freeze", name: "kube-system/coredns-4tzpq", frozen: true },
      { do: "delete", kind: "Pod", name: "kube-system/coredns-4tzpq", gracePeriodSeconds: 0 },
      { do: "watch", reader: "kube-proxy, control-plane", connected: false },
    ]);
  });

  it("moves delays while they are dragged, each command in the place of the one before", async () => {
    const { press, commands, screen, transport, frames } = await opened();
    await press("Delays");
    const slider = screen.getByRole("slider", { name: "Watch delay" });
    fireEvent.change(slider, { target: { value: "500" } });
    fireEvent.change(slider, { target: { value: "1500" } });
    await frames();
    expect(commands()).toEqual([500, 1500].map((milliseconds) => ({ do: "watch-delay", milliseconds })));
    expect(transport.posted.filter((message) => message.type === "command" && message.replaces === "Watch delay")).toHaveLength(2);
    expect(screen.getByRole("slider", { name: "Sync period" }).getAttribute("value")).toBe("1000");
  });

  it("changes how an app ends when a slider is let go, not while it is dragged, since that rolls the app out", async () => {
    const { press, commands, screen, user } = await opened();
    await press("How an app ends");
    const slider = screen.getByRole("slider", { name: "preStop" });
    fireEvent.input(slider, { target: { value: "3" } });
    fireEvent.input(slider, { target: { value: "5" } });
    expect(commands()).toEqual([]);
    slider.dispatchEvent(new Event("change"));
    await user.click(screen.getByRole("radio", { name: "drain" }));
    expect(commands()).toEqual([
      { do: "pod-settings", name: "shop/your-app", preStopSeconds: 5 },
      { do: "pod-settings", name: "shop/your-app", onTerm: "drain" },
    ]);
  });
});
