import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Bar } from "../../../src/app/bar";
import { findCommands } from "../../../src/panels/dialogs/commands";
import Dialogs from "../../../src/panels/dialogs/dialogs";
import { readCapture } from "../../fixtures/pcapng-reader";
import { REQUEST } from "../../fixtures/view/moment";
import { setup } from "../setup";

const panel = (
  <>
    <Bar width="wide" />
    <Dialogs />
  </>
);
const CAPTURE = "Capture of this journey (pcapng)";

const saved: { blob: Blob; name: string }[] = [];

beforeEach(() => {
  saved.length = 0;
  let blob = new Blob();
  vi.stubGlobal(
    "URL",
    Object.assign(URL, {
      createObjectURL: (given: Blob) => {
        blob = given;
        return "blob:kubewalk";
      },
      revokeObjectURL: () => undefined,
    }),
  );
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function click(this: HTMLAnchorElement) {
    saved.push({ blob, name: this.download });
  });
});
afterEach(() => vi.restoreAllMocks());

/** The panel with a request followed. */
async function following() {
  const page = await setup(panel);
  page.actions.follow(REQUEST, 0);
  await page.frames();
  return page;
}

describe("export", () => {
  it("offers a capture only while something is followed, and says why", async () => {
    const { press, screen } = await setup(panel);
    await press("Export");
    const button = screen.getByRole<HTMLButtonElement>("button", { name: CAPTURE });
    expect(button.disabled).toBe(true);
    expect(screen.getByText(/Follow a request first/).id).toBe(button.getAttribute("aria-describedby"));
  });

  it("says beside the button how Wireshark reads the tunnels", async () => {
    const { press, screen } = await following();
    await press("Export");
    expect(screen.getByRole("button", { name: CAPTURE })).toHaveProperty("disabled", false);
    expect(screen.getByText(/decode UDP 8472 as VXLAN/).textContent).toContain(`Every packet of request ${REQUEST}`);
  });

  it("downloads the followed request's frames as a file that reads back", async () => {
    const { press, screen } = await following();
    await press("Export");
    await press(CAPTURE);
    await vi.waitFor(() => expect(saved.map(({ name }) => name)).toEqual([`kubewalk-request-${REQUEST}.pcapng`]));
    const read = readCapture(new Uint8Array((await saved[0]?.blob.arrayBuffer()) ?? new ArrayBuffer(0)));
    expect([read.frames.length, read.comment.includes("Scenario Two apps, seed 1")]).toEqual([3, true]);
    await vi.waitFor(() => expect(screen.getByRole("status").textContent).toBe(`kubewalk-request-${REQUEST}.pcapng has 3 frames.`));
  });

  it("says what was wrong where the simulation has no frames, and saves nothing", async () => {
    const { actions, frames, press, screen } = await setup(panel);
    actions.follow(REQUEST + 1, 0);
    await frames();
    await press("Export");
    await press(CAPTURE);
    await vi.waitFor(() => expect(screen.getByRole("alert").textContent).toContain("has sent no packet yet"));
    expect(saved).toEqual([]);
  });

  it("downloads everything of the last seconds without anything followed", async () => {
    const { press, screen, actions, frames } = await setup(panel);
    actions.seek(2_000_000);
    await frames();
    await press("Export");
    await press("Capture of the last seconds (pcapng)");
    await vi.waitFor(() => expect(saved.map(({ name }) => name)).toEqual(["kubewalk-2.0s.pcapng"]));
    expect(screen.getByRole("combobox", { name: "Seconds" })).toHaveProperty("value", "2");
  });

  it("offers the network as a script at any moment, and says what was wrong where it cannot be built", async () => {
    const { press, screen } = await setup(panel);
    await press("Export");
    expect(screen.getByText(/built on a Linux machine of network namespaces/).textContent).toContain(
      "It needs iproute2, iptables and python3",
    );
    await press("Linux lab script (bash)");
    await vi.waitFor(() => expect(screen.getByRole("alert").textContent).toContain("no laboratory here"));
    expect(saved).toEqual([]);
  });

  it("is in the commands, and works by keyboard alone", async () => {
    const { actions, frames, state, key, screen } = await following();
    const [found] = findCommands(state(), "pcapng", false);
    found?.run(actions);
    await frames();
    expect(screen.getByRole("dialog", { name: "Export" })).toBeTruthy();
    screen.getByRole("button", { name: CAPTURE }).focus();
    await key("{Enter}");
    await vi.waitFor(() => expect(saved.length).toBe(1));
  });
});
