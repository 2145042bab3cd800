import { describe, expect, it } from "vitest";
import { showCluster } from "../../src/store";
import { currentHop } from "../../src/store/selectors";
import { journey } from "../fixtures/view/journey";
import { REQUEST } from "../fixtures/view/moment";
import { FAKE_HEAD } from "../fixtures/fake-transport";
import { setup } from "./setup";

describe("the page opens", () => {
  it("playing at 1x from the settled cluster, with nothing followed", async () => {
    const { state, frames } = await setup();
    expect([state().playback.playing, state().playback.speed, state().selection.followed]).toEqual([true, 1, null]);
    const before = state().playback.at;
    await frames(50);
    expect(state().playback.at - before).toBe(1_000_000);
  });

  it("paused at the first request's event where motion is reduced", async () => {
    const { state, frames } = await setup({ systemReducesMotion: true });
    await frames(3);
    expect([state().playback.playing, showCluster(state().playback.at)]).toEqual([false, "00:09.478 000"]);
  });
});

describe("playing", () => {
  it("waits where the simulation is not computed further", async () => {
    const { state, actions, frames } = await setup({ at: FAKE_HEAD - 20_000 });
    actions.play();
    await frames(20);
    expect([state().playback.at <= FAKE_HEAD, state().playback.playing]).toEqual([true, true]);
  });

  it("runs ten times as fast at 10x and never faster", async () => {
    const { state, actions, frames } = await setup();
    actions.setSpeed(400);
    const before = state().playback.at;
    await frames(10);
    expect([state().playback.speed, state().playback.at - before]).toEqual([10, 2_000_000]);
  });

  it("pauses where the slider Time is grabbed", async () => {
    const { state, actions } = await setup();
    actions.seek(11_000_000);
    expect([state().playback.playing, state().playback.at]).toEqual([false, 11_000_000]);
  });
});

describe("following a request", () => {
  it("goes to its first event, plays, and shows hop after hop to the last", async () => {
    const { state, actions, frames } = await setup({ at: 12_480_311 });
    actions.followThis();
    await frames(3);
    expect([state().selection.followed, state().playback.playing, state().playback.hop]).toEqual([REQUEST, true, 0]);
    const seen = new Set<number>();
    for (let n = 0; n < 3000 && state().playback.playing; n += 1) {
      seen.add(state().playback.hop);
      await frames(1);
    }
    expect(seen.size).toBe(journey.hops.length);
    expect([state().playback.playing, state().playback.hop]).toEqual([false, journey.hops.length - 1]);
  });

  it("shows the first trap within ten seconds", async () => {
    const { state, actions, frames } = await setup({ at: 12_480_311 });
    actions.followThis();
    await frames(3);
    let waited = 0;
    while (!currentHop(state())?.rules.some((rule) => rule.text.includes("KUBE-SERVICES")) && waited < 20_000) {
      await frames(1);
      waited += 20;
    }
    expect(waited).toBeLessThan(10_000);
  });

  it("plays again from its beginning after its end", async () => {
    const { state, actions, frames } = await setup({ at: 12_480_311 });
    actions.followThis();
    await frames(3);
    actions.goToEnd();
    actions.play();
    await frames(2000);
    actions.play();
    await frames(1);
    expect([state().playback.playing, state().playback.hop]).toEqual([true, 0]);
  });

  it("steps by beats of the shown level, either way, and says one sentence a step", async () => {
    const { state, actions, frames } = await setup({ at: 12_480_311 });
    actions.followThis();
    await frames(3);
    actions.setLevel("kernel");
    actions.stepHop(1);
    actions.stepHop(1);
    actions.stepHop(-1);
    const hop = currentHop(state());
    expect([state().playback.playing, hop?.index, state().view.said.endsWith(hop?.sentence ?? "?")]).toEqual([false, 1, true]);
    actions.stepHop(10);
    expect(state().playback.hop).toBe(11);
  });

  it("stays at its hop when a packet is opened further", async () => {
    const { state, actions, frames } = await setup({ at: 12_480_311 });
    actions.followThis();
    await frames(3);
    actions.stepHop(4);
    const before = [state().playback.hop, state().playback.at];
    actions.openPacket(0, "kernel");
    expect([state().playback.hop, state().playback.at]).toEqual(before);
  });

  it("never forks: looking back changes nothing", async () => {
    const { state, actions, frames, posted } = await setup({ at: 12_480_311 });
    actions.followThis();
    await frames(30);
    actions.stepHop(-1);
    await frames(3);
    expect([state().session.branches.length, posted("command").length]).toEqual([1, 0]);
  });

  it("is silent in the live region while playing", async () => {
    const { state, actions, frames } = await setup({ at: 12_480_311 });
    actions.followThis();
    await frames(200);
    expect(state().view.said).toBe("");
  });
});

describe("stepping by events of the whole cluster", () => {
  it("goes to the next and the previous one and says what happened", async () => {
    const { state, actions, frames, settle } = await setup({ at: 10_900_000, event: 1701 });
    actions.pause();
    await frames(3);
    await actions.stepEvent(1);
    await frames(3);
    await settle();
    const forward = [state().playback.event, showCluster(state().playback.at), state().view.said];
    await actions.stepEvent(-1);
    await frames(3);
    expect([forward, state().playback.event]).toEqual([
      [1702, "00:10.904 000", "The API server stores your-app with 3 replicas, revision 404."],
      1701,
    ]);
  });
});
