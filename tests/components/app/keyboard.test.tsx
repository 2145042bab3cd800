import { describe, expect, it } from "vitest";
import { actOf, type Pressed } from "../../../src/app/keyboard";
import { Shell } from "../../../src/app/shell";
import { setup } from "../setup";

const plain: Pressed = { key: " ", shift: false, ctrl: false, alt: false, focus: "none" };

describe("keys", () => {
  it("play and pause by Space, step by arrows and by comma and full stop", async () => {
    const { actions, frames, key, state } = await setup(<Shell />);
    await key(" ");
    expect(state().playback.playing).toBe(true);
    await key(" ");
    await key(",");
    expect([state().playback.playing, state().playback.event]).toEqual([false, 1823]);
    actions.followThis();
    await frames();
    await key("{ArrowRight}");
    await key("{ArrowRight}");
    await key("{ArrowLeft}");
    expect(state().playback.beat).toBe(1);
    await key("{Home}");
    expect(state().playback.hop).toBe(0);
    await key("{End}");
    expect(state().playback.beat).toBe(state().playback.beats.length - 1);
  });

  it("step ten with Shift", async () => {
    const { actions, frames, key, state } = await setup(<Shell />);
    actions.followThis();
    await frames();
    await key("{Shift>}{ArrowRight}{/Shift}");
    expect(state().playback.beat).toBe(10);
  });

  it("open commands with Ctrl K and the list of keys with ?", async () => {
    const { key, state, actions } = await setup(<Shell />);
    await key("{Control>}k{/Control}");
    expect(state().view.dialog?.kind).toBe("commands");
    actions.closeDialog();
    await key("?");
    expect(state().view.dialog?.kind).toBe("keys");
  });

  it("clear the selection with Escape, then stop following", async () => {
    const { actions, frames, key, state } = await setup(<Shell />);
    actions.followThis();
    actions.selectAddress("10.96.120.7");
    await frames();
    await key("{Escape}");
    expect([state().selection.address, state().selection.followed !== null]).toEqual([null, true]);
    await key("{Escape}");
    expect(state().selection.followed).toBe(null);
  });

  it("are left to what has the focus: text boxes, choices, buttons", async () => {
    const { state } = await setup(<Shell />);
    const taken = (pressed: Partial<Pressed>): boolean => actOf({ ...plain, ...pressed }, state()) !== null;
    expect([
      taken({}),
      taken({ focus: "text" }),
      taken({ focus: "button" }),
      taken({ focus: "choice", key: "ArrowLeft" }),
      taken({ focus: "button", key: "ArrowLeft" }),
    ]).toEqual([true, false, false, false, true]);
  });

  it("can be switched off, all but Escape and Ctrl K", async () => {
    const { actions, state } = await setup(<Shell />);
    actions.setSingleKeys(false);
    const taken = (pressed: Partial<Pressed>): boolean => actOf({ ...plain, ...pressed }, state()) !== null;
    expect([taken({}), taken({ key: "?" }), taken({ key: "Escape" }), taken({ key: "k", ctrl: true })]).toEqual([false, false, true, true]);
  });
});
