import { describe, expect, it } from "vitest";
import { reuse } from "../../src/store/reuse";
import { nodeShown } from "../../src/store/selectors";
import { AT, REQUEST } from "../fixtures/view/moment";
import { setup, TWO_APPS } from "./setup";

describe("looking", () => {
  it("says what it looks at at most once a frame, and the latest wins", async () => {
    const { actions, frames, posted } = await setup({ at: AT });
    const before = posted("look").length;
    for (const at of [1, 2, 3, 4]) actions.seek(at);
    await frames(1);
    expect(
      posted("look")
        .slice(before)
        .map((message) => message.looking.at),
    ).toEqual([4]);
  });

  it("does not starve where the simulation is slow: the next look waits for the one under way", async () => {
    const { actions, frames, posted, transport, settle } = await setup({ at: AT });
    transport()?.hold();
    const before = posted("look").length;
    for (const at of [1, 2, 3, 4, 5]) {
      actions.seek(at);
      await frames(1);
    }
    expect(posted("look").length - before).toBe(1);
    transport()?.flush();
    await settle();
    await frames(1);
    expect(
      posted("look")
        .slice(before)
        .map((message) => message.looking.at),
    ).toEqual([1, 5]);
  });

  it("does not paint an answer that is older than what is painted", async () => {
    const { state, actions, frames, settle, transport } = await setup({ at: AT });
    const old = state().session.moment;
    actions.seek(11_000_000);
    await frames(2);
    const painted = state().session.moment;
    if (old !== null)
      transport()?.say({ type: "moment", id: 1, moment: old, journey: null, journeyKey: "", branches: [], head: 1, headEvent: 1 });
    await settle();
    expect(state().session.moment).toBe(painted);
  });

  it("asks for what the open tab shows, and nothing else", async () => {
    const { state, actions, frames, posted } = await setup({ at: AT });
    actions.setTab("rules");
    await frames(2);
    expect([posted("look").at(-1)?.looking.rulesOf, nodeShown(state())]).toEqual(["node-a", "node-a"]);
    actions.setTab("dns");
    await frames(2);
    const looking = posted("look").at(-1)?.looking;
    expect([looking?.rulesOf, looking?.dns]).toEqual([undefined, true]);
  });

  it("keeps what did not change as the same object, so that nothing redraws", async () => {
    const { state, actions, frames } = await setup({ at: AT });
    const before = state().session.moment;
    actions.seek(AT - 1_000);
    await frames(2);
    const after = state().session.moment;
    expect([after === before, after?.pods === before?.pods, after?.nodes === before?.nodes]).toEqual([false, true, true]);
  });

  it("sends nothing while nothing changes", async () => {
    const { actions, frames, posted } = await setup({ at: AT });
    await frames(3);
    const before = posted("look").length;
    await frames(20);
    expect([posted("look").length - before, actions.wantsFrame()]).toEqual([0, false]);
  });
});

describe("commands", () => {
  it("take effect at the playhead and show in the moment", async () => {
    const { state, actions, frames, posted } = await setup({ at: AT });
    await actions.command({ do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 6 });
    await frames(2);
    expect([posted("command")[0]?.at, state().session.moment?.deployments.find((one) => one.name === "your-app")?.replicas]).toEqual([
      AT,
      6,
    ]);
  });

  it("let a dragged slider show where it is until the moment does", async () => {
    const { state, actions, frames, transport, settle } = await setup({ at: AT });
    transport()?.hold();
    const drag = (replicas: number) =>
      actions.command(
        { do: "scale", kind: "Deployment", name: "shop/your-app", replicas },
        { replaces: "slider", shows: { control: "slider", value: replicas } },
      );
    void drag(4);
    void drag(7);
    expect(state().session.asked["slider"]?.value).toBe(7);
    transport()?.flush();
    await settle();
    await frames(3);
    expect(state().session.asked["slider"]?.value).toBe(7);
    actions.seek(AT + 510_000);
    await frames(3);
    expect([state().session.asked["slider"], state().session.moment?.deployments.find((one) => one.name === "your-app")?.replicas]).toEqual(
      [undefined, 7],
    );
  });

  it("say why they were refused, and the slider goes back", async () => {
    const { state, actions, transport } = await setup({ at: AT });
    const line = transport();
    if (line !== undefined) line.refuseNext = "Deployment shop/your-app is not there any more";
    await actions.command(
      { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 4 },
      { shows: { control: "slider", value: 4 } },
    );
    expect([state().session.asked, state().session.sayings.map((one) => `${one.tone}: ${one.text}`)]).toEqual([
      {},
      ["error: Deployment shop/your-app is not there any more"],
    ]);
  });

  it("given in the past say up to where was shown, so that the old branch is kept", async () => {
    const { actions, posted, state, frames } = await setup({ at: AT });
    actions.seek(10_000_000);
    await frames(2);
    await actions.command({ do: "traffic", perSecond: 5 });
    await frames(3);
    expect([posted("command")[0]?.at, posted("command")[0]?.shownUntil]).toEqual([10_000_000, AT]);
    expect(state().session.sayings.map((one) => one.text)).toEqual([
      "You acted in the past, so time goes another way from here. What came before is kept as “before the traffic”.",
    ]);
  });

  it("going to a kept branch say up to where the one that is left was shown", async () => {
    const { actions, posted } = await setup({ at: AT });
    actions.switchBranch("main");
    expect(posted("branch").map(({ to, shownUntil }) => ({ to, shownUntil }))).toEqual([{ to: "main", shownUntil: AT }]);
  });

  it("follow the request that was sent", async () => {
    const { state, actions, frames, settle } = await setup({ at: 12_470_000 });
    actions.sendRequest();
    await settle();
    await frames(4);
    expect(state().selection.followed).toBe(REQUEST);
  });
});

describe("opening", () => {
  it("keeps the standing cluster where the new one cannot be read", async () => {
    const { state, actions, transport } = await setup({ at: AT });
    const before = state().session.moment;
    const line = transport();
    if (line !== undefined) line.refuseNext = "mine.yaml:3:1: a tab where spaces were expected";
    const result = await actions.open({ ...TWO_APPS, source: { kind: "file", name: "mine.yaml", text: "\t" } });
    expect([result.ok, state().session.moment === before, state().session.phase]).toEqual([false, true, "ready"]);
  });

  it("stands paused at a shared moment, at its hop", async () => {
    const { state, actions, frames } = await setup();
    await actions.open(TWO_APPS, { at: AT, event: 1841 });
    actions.followAt(REQUEST, 30);
    await frames(4);
    expect([state().playback.playing, state().playback.event, state().playback.hop]).toEqual([false, 1841, 30]);
  });
});

describe("a simulation that fails", () => {
  it("is said, and starting again comes back to the same moment with all that was done", async () => {
    const { state, actions, frames, settle, transport, transports } = await setup({ at: AT });
    await actions.command({ do: "traffic", perSecond: 5 });
    await frames(2);
    transport()?.say({ type: "failed", id: -1, problem: { message: "out of memory" } });
    await settle();
    expect([state().session.phase, state().session.failure?.message]).toEqual(["failed", "out of memory"]);
    await actions.restart();
    await frames(3);
    const opened = transports[1]?.posted.find((message) => message.type === "open");
    expect(opened?.type === "open" && [opened.seekTo?.at, opened.recording.journal.length]).toEqual([AT, 1]);
    expect([state().session.phase, state().playback.at]).toEqual(["ready", AT]);
  });
});

describe("dialogs", () => {
  it("pause, go on afterwards, and keep what was typed", async () => {
    const { state, actions } = await setup();
    const dialog = { kind: "new-service" } as const;
    actions.openDialog(dialog);
    actions.setDraft(dialog, "kind: Service");
    const paused = state().playback.playing;
    actions.closeDialog();
    expect([paused, state().playback.playing, state().view.drafts["new-service"]]).toEqual([false, true, "kind: Service"]);
  });
});

describe("lists that grow at their head", () => {
  it("keep their items as the same objects", () => {
    const before = [
      { id: 2, sentence: "b" },
      { id: 1, sentence: "a" },
    ];
    const after = reuse(before, [
      { id: 3, sentence: "c" },
      { id: 2, sentence: "b" },
      { id: 1, sentence: "a" },
    ]);
    expect([after[1] === before[0], after[2] === before[1], after.length]).toEqual([true, true, 3]);
  });
});
