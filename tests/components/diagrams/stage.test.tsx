import "@testing-library/jest-dom/vitest";
import { cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Stage, Strip, type Playhead, type Selection } from "../../../src/diagrams";
import type { JourneyView, MomentView } from "../../../src/bridge/protocol";
import { droppedJourney, journey, PICTURE_HOP, rejectedJourney } from "../../fixtures/view/journey";
import { moment, momentOf } from "../../fixtures/view/moment";
import { flights, traceEvents } from "../../fixtures/view/trace";

afterEach(cleanup);
beforeEach(() => {
  HTMLCanvasElement.prototype.getContext = () => null;
});

interface Shown {
  readonly moment?: MomentView;
  readonly journey?: JourneyView | null;
  readonly playhead?: Partial<Playhead>;
  readonly selection?: Selection | null;
}

function setup(shown: Shown = {}) {
  const onSelect = vi.fn();
  const of = shown.journey === undefined ? journey : shown.journey;
  const playhead: Playhead = { at: moment.stamp.at, hopIndex: of === null ? -1 : PICTURE_HOP, level: "kernel", ...shown.playhead };
  const view = render(
    <Stage
      moment={shown.moment ?? moment}
      journey={of}
      playhead={playhead}
      selection={shown.selection ?? null}
      onSelect={onSelect}
      events={traceEvents}
      flights={flights}
      theme="light"
      reducedMotion={false}
    />,
  );
  const stage = screen.getByRole("group", { name: "Stage" });
  const part = (name: string): HTMLElement => {
    const found = view.container.querySelector<HTMLElement>(`[data-part="${name}"]`);
    if (found === null) throw new Error(`the stage has a part "${name}"`);
    return found;
  };
  return { stage, part, onSelect, user: userEvent.setup(), has: (text: string | RegExp) => within(stage).queryAllByText(text).length > 0 };
}

describe("the stage", () => {
  test("says in words what it shows", () => {
    const { stage } = setup();
    expect(stage).toHaveAccessibleDescription(/SYN to your-app-svc\. node-a, PREROUTING, nat: 10\.96\.120\.7:80 is your-app-svc/u);
  });

  test("opens the kernel: chains, the rule that matched, the draws, old and new address", () => {
    const { part } = setup();
    const lens = within(part("lens"));
    for (const text of [
      "KUBE-SERVICES",
      "KUBE-SVC-4TM5K6ZXCPM4DEN7",
      "KUBE-SEP-JYGKJ24TGYW6PA73",
      "0.713",
      "0.204",
      "10.96.120.7:80",
      "SYN_SENT",
      "not confirmed yet",
    ]) {
      expect(lens.getAllByText(text).length).toBeGreaterThan(0);
    }
    expect(lens.getAllByText("10.244.2.3:8080").length).toBeGreaterThan(1);
  });

  test("keeps the new address back until its turn in the beat has come", () => {
    const early = setup({ playhead: { progress: 0.5 } });
    expect(within(early.part("lens")).queryByText("source, unchanged")).toBeNull();
    cleanup();
    const late = setup({ playhead: { progress: 1 } });
    expect(within(late.part("lens")).queryByText("source, unchanged")).not.toBeNull();
  });

  test("draws no line to the service network", () => {
    expect(setup().part("service network").querySelectorAll("[data-mark=line]")).toHaveLength(0);
  });

  test("tells each reader's page and its age", () => {
    const words = setup().part("control plane").textContent ?? "";
    expect(words).toContain("store, revision 412");
    expect(words).toContain("kube-proxy, node-b0.349 s");
  });

  test("selecting an address anywhere selects it everywhere: by click and by key", async () => {
    const { part, user, onSelect } = setup();
    const ghost = within(part("service network")).getByRole("button", { name: "ClusterIP 10.96.120.7:80" });
    await user.click(ghost);
    ghost.focus();
    await user.keyboard("{Enter}");
    expect(onSelect.mock.calls).toEqual([[{ kind: "address", address: "10.96.120.7" }], [{ kind: "address", address: "10.96.120.7" }]]);
  });

  test("shows what is selected, wherever it stands", () => {
    const { stage } = setup({ selection: { kind: "address", address: "10.244.2.3:8080" } });
    expect(within(stage).getByRole("button", { name: "Pod address 10.244.2.3" })).toHaveAttribute("aria-pressed", "true");
  });

  test("counts in words what it folds", () => {
    const { has } = setup({ moment: momentOf({ workers: 1, myApp: 20, yourApp: 20 }), journey: null });
    expect(has("40 ready")).toBe(true);
    expect(has("my-app: 20 ready")).toBe(true);
  });

  test("says that flights are slowed while nothing is followed", () => {
    expect(setup({ journey: null }).has("flights are slowed")).toBe(true);
  });

  test("marks a drop where it happened and a refusal where it was decided, with the word", () => {
    const last = droppedJourney.hops.length - 1;
    expect(setup({ journey: droppedJourney, playhead: { hopIndex: last } }).has("dropped")).toBe(true);
    cleanup();
    const forward = rejectedJourney.hops.findIndex((hop) => hop.hook === "FORWARD");
    expect(setup({ journey: rejectedJourney, playhead: { hopIndex: forward } }).has("rejected")).toBe(true);
  });

  test("a refusal's mark stays at its hook while the ICMP error goes home", () => {
    const error = rejectedJourney.hops.filter((hop) => hop.packet === 1);
    for (const { index } of error) {
      expect(setup({ journey: rejectedJourney, playhead: { hopIndex: index } }).has("rejected")).toBe(true);
      cleanup();
    }
    expect(setup({ journey: rejectedJourney, playhead: { hopIndex: 0 } }).has("rejected")).toBe(false);
  });
});

function strip(hopIndex: number, of: JourneyView | null = journey): HTMLElement {
  render(<Strip moment={moment} journey={of} playhead={{ at: moment.stamp.at, hopIndex, level: "kernel" }} />);
  return screen.getByRole("group", { name: "Stage as a strip" });
}

describe("the strip", () => {
  test("shows both hosts, where the packet is, and its rewrite", () => {
    const words = strip(PICTURE_HOP).textContent ?? "";
    for (const text of ["node-a", "node-b", "kernel, nat", "10.96.120.7:80", "10.244.2.3:8080"]) expect(words).toContain(text);
  });

  test("before the rewrite shows where the packet is addressed to", () => {
    const words = strip(PICTURE_HOP - 1).textContent ?? "";
    expect(words).toContain("10.96.120.7:80");
    expect(words).not.toContain("10.244.2.3:8080");
  });

  test("with nothing followed counts the Pods of each host", () => {
    expect(strip(-1, null).textContent).toContain("node-b3 ready");
  });
});
