import { fireEvent, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { Bar } from "../../../src/app/bar";
import { findCommands } from "../../../src/panels/dialogs/commands";
import Dialogs from "../../../src/panels/dialogs/dialogs";
import { InWords } from "../../../src/panels/in-words/in-words";
import { readLink } from "../../../src/sharing/link";
import { PICTURE_HOP } from "../../fixtures/view/journey";
import { AT, REQUEST } from "../../fixtures/view/moment";
import { setup } from "../setup";

const panel = <Dialogs />;
const POD = { kind: "Pod", namespace: "shop", name: "your-app-q8zrt" } as const;

describe("editing labels", () => {
  it("shows the labels as they are and applies what is typed", async () => {
    const { actions, frames, screen, user, press, commands, state } = await setup(panel);
    actions.openDialog({ kind: "edit-labels", ref: POD });
    await frames();
    const box = screen.getByRole<HTMLInputElement>("textbox", { name: "Labels" });
    expect(box.value).toBe("app=your-app");
    await user.clear(box);
    await user.type(box, "app=other,tier=back");
    await press("Apply");
    expect(commands()).toEqual([{ do: "relabel", kind: "Pod", name: "shop/your-app-q8zrt", labels: { app: "other", tier: "back" } }]);
    expect(state().view.dialog).toBe(null);
  });

  it.each([
    ["app", 'column 1: "app" is not a label: expected key=value, as in app=my-app'],
    ["a=b,,c=d", 'column 5: "" is not a label: expected key=value, as in app=my-app'],
    ["a=b,a=c", 'column 5: the key "a" stands twice: give each key once'],
  ])("says what is wrong with %s and keeps it", async (typed, why) => {
    const { actions, frames, screen, user, press, commands } = await setup(panel);
    actions.openDialog({ kind: "edit-labels", ref: POD });
    await frames();
    const box = screen.getByRole<HTMLInputElement>("textbox", { name: "Labels" });
    await user.clear(box);
    await user.type(box, typed);
    await press("Apply");
    expect([screen.getByRole("alert").textContent, box.value, commands()]).toEqual([why, typed, []]);
  });

  it("shows what the API server answered and keeps what was typed, even when closed and opened again", async () => {
    const { actions, frames, screen, user, press, transport } = await setup(panel);
    actions.openDialog({ kind: "edit-selector", ref: { kind: "Service", namespace: "shop", name: "your-app-svc" } });
    await frames();
    await user.type(screen.getByRole("textbox", { name: "Selector" }), "x");
    transport.refuseNext = 'Service "your-app-svc" is invalid';
    await press("Apply");
    expect(screen.getByRole("alert").textContent).toBe('Service "your-app-svc" is invalid');
    await press("Cancel");
    actions.openDialog({ kind: "edit-selector", ref: { kind: "Service", namespace: "shop", name: "your-app-svc" } });
    await frames();
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Selector" }).value).toBe("app=your-appx");
  });
});

describe("a new Service", () => {
  it("is read in the worker and POSTed", async () => {
    const { actions, frames, press, commands, transport } = await setup(panel);
    actions.openDialog({ kind: "new-service" });
    await frames();
    await press("Create");
    expect(transport.posted.some((message) => message.type === "parse" && message.text.includes("kind: Service"))).toBe(true);
    expect(commands().map((command) => command.do)).toEqual(["create"]);
  });

  it("stays with its text where it cannot be read", async () => {
    const { actions, frames, press, screen, transport, state } = await setup(panel);
    actions.openDialog({ kind: "new-service" });
    await frames();
    fireEvent.change(screen.getByRole("textbox", { name: "YAML" }), { target: { value: "kind: Service\n\tspec: {}" } });
    transport.refuseNext = "service.yaml:2:1: a tab where spaces were expected";
    await press("Create");
    expect(screen.getByRole("alert").textContent).toBe("service.yaml:2:1: a tab where spaces were expected");
    expect(screen.getByRole<HTMLTextAreaElement>("textbox", { name: "YAML" }).value).toBe("kind: Service\n\tspec: {}");
    expect(state().view.dialog?.kind).toBe("new-service");
  });
});

describe("opening YAML", () => {
  it("opens what was pasted", async () => {
    const { actions, frames, press, screen, transport, state } = await setup(panel);
    actions.openDialog({ kind: "open-yaml" });
    await frames();
    fireEvent.change(screen.getByRole("textbox", { name: "YAML" }), { target: { value: "kind: Pod" } });
    await press("Open");
    const opened = transport.posted.findLast((message) => message.type === "open");
    expect(opened?.type === "open" && opened.recording.source).toEqual({ kind: "file", name: "pasted.yaml", text: "kind: Pod" });
    expect(state().view.dialog).toBe(null);
  });

  it("opens a chosen file under its name", async () => {
    const { actions, frames, press, screen, user, transport } = await setup(panel);
    actions.openDialog({ kind: "open-yaml" });
    await frames();
    await user.upload(screen.getByLabelText("File"), new File(["kind: Node\n"], "mine.yaml"));
    await frames();
    await press("Open");
    const opened = transport.posted.findLast((message) => message.type === "open");
    expect(opened?.type === "open" && opened.recording.source).toEqual({ kind: "file", name: "mine.yaml", text: "kind: Node\n" });
  });

  it("does not read a file of more than 64 MB", async () => {
    const { actions, frames, screen, user } = await setup(panel);
    actions.openDialog({ kind: "open-yaml" });
    await frames();
    const file = new File([""], "huge.yaml");
    Object.defineProperty(file, "size", { value: 80 * 1024 * 1024 });
    await user.upload(screen.getByLabelText("File"), file);
    await frames();
    expect(screen.getByRole("alert").textContent).toMatch(/^huge\.yaml has 80 MB\. Kubewalk reads files of up to 64 MB/);
  });
});

describe("sharing", () => {
  it("shows a link to this very moment and sets it as the address", async () => {
    const { actions, frames, screen } = await setup(panel);
    actions.followAt(REQUEST, PICTURE_HOP);
    await frames(4);
    actions.openDialog({ kind: "share" });
    await frames(6);
    const link = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Link" }).value;
    const read = readLink(link.slice(link.indexOf("#")));
    expect(
      read.ok && [
        read.value.moment.anchor?.at,
        read.value.moment.anchor?.event,
        read.value.moment.anchor?.followed,
        read.value.moment.anchor?.hash,
      ],
    ).toEqual([AT, 1841, REQUEST, "7c1e04d2"]);
    expect(location.href).toBe(link);
  });
});

describe("commands", () => {
  it("are found by their words and run with Enter", async () => {
    const { actions, frames, screen, user, key, state } = await setup(panel);
    actions.openDialog({ kind: "commands" });
    await frames();
    await user.type(screen.getByRole("combobox", { name: "Command" }), "h4wnd pod");
    expect(screen.getAllByRole("option").map((option) => option.textContent)).toEqual([
      "your-app-h4wnd Pod",
      "Delete Pod your-app-h4wnd act",
    ]);
    await key("{Enter}");
    expect([state().selection.object?.name, state().selection.tab, state().view.dialog]).toEqual(["your-app-h4wnd", "object", null]);
  });

  it("delete, edit and choose as the buttons do", async () => {
    const { actions, frames, screen, user, key, state, commands } = await setup(panel);
    const run = async (words: string): Promise<void> => {
      actions.openDialog({ kind: "commands" });
      await frames();
      await user.type(screen.getByRole("combobox", { name: "Command" }), words);
      await key("{Enter}");
    };
    await run("delete pod h4wnd");
    await run("client");
    await run("nftables");
    await run("edit selector your-app-svc");
    expect(commands()).toEqual([
      { do: "delete", kind: "Pod", name: "shop/your-app-h4wnd" },
      { do: "client", client: "browser-like" },
      { do: "proxy-mode", mode: "nftables" },
    ]);
    expect(state().view.dialog).toEqual({ kind: "edit-selector", ref: { kind: "Service", namespace: "shop", name: "your-app-svc" } });
  });

  it("are offered only where they apply now", async () => {
    const { actions, frames, state } = await setup(panel);
    const words = (typed: string, isDark = false): readonly string[] => findCommands(state(), typed, isDark).map((one) => one.words);
    const acts = (): readonly string[] =>
      ["play", "pause", "follow act", "hop act", "speed"].flatMap((typed) => words(typed)).filter((one) => !one.includes("rollout"));
    expect(acts()).toEqual(["Play", "Follow this request", "Speed up: faster", "Speed down: slower"]);
    actions.followThis();
    await frames();
    actions.setSpeed(10);
    expect(acts()).toEqual(["Pause", "Stop following", "Next hop", "Speed down: slower"]);
    expect(words("rollout your-app")).toEqual(["Pause rollout of your-app"]);
    expect([words("theme"), words("theme", true), words("as text")]).toEqual([["Dark theme"], ["Light theme"], ["As text"]]);
  });
});

describe("more", () => {
  it("leads to search, keys and the text where the bar is narrow", async () => {
    const { press, screen, state, user, frames } = await setup(
      <>
        <Bar width="narrow" />
        <InWords />
        <Dialogs />
      </>,
      { width: 390 },
    );
    await press("More");
    await press("Search");
    expect(state().view.dialog?.kind).toBe("commands");
    await press("Close");
    await press("More");
    await press("Keys");
    expect(state().view.dialog?.kind).toBe("keys");
    await press("Close");
    await press("More");
    const words = screen.getByRole("region", { name: "In words" });
    words.scrollIntoView = () => undefined;
    await user.click(screen.getByRole("button", { name: "As text" }));
    await frames();
    await waitFor(() => expect(document.activeElement).toBe(words));
    expect(state().view.dialog).toBe(null);
  });
});
