/** The Rules panel over a cluster that runs: what the packet walked first, finding, jumping to names and back. */
import { act, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import "../../../src/panels/inspector/rules/hooks-part";
import RulesPanel from "../../../src/panels/inspector/rules/rules-panel";
import { followTo, LAZY, onCluster } from "./on-cluster";

const TRAP = /^PREROUTING, nat: 10\.\S+:80 is your-app-svc/;

async function atTheTrap() {
  const page = await onCluster(<RulesPanel />);
  await followTo(page, TRAP);
  act(() => page.app.actions.setTab("rules"));
  await page.until(({ session }) => session.moment?.rules !== undefined);
  return page;
}

function walkedLines(): readonly string[] {
  const walked = screen.getByRole("region", { name: "Walked by the packet" });
  return [...walked.querySelectorAll("code")].map((code) => code.textContent.replace(/^matched: /, ""));
}

test("the chains that the packet walked stand first, in its order, with the matched lines verbatim", async () => {
  await atTheTrap();
  const lines = walkedLines();
  expect(lines.map((line) => line.split(" ")[1]?.replace(/[A-Z0-9]{16}$/, "…"))).toEqual([
    "PREROUTING",
    "KUBE-SERVICES",
    "KUBE-SVC-…",
    "KUBE-SEP-…",
  ]);
  expect(lines.at(-1)).toMatch(/-j DNAT --to-destination 10\.244\.\d+\.\d+:8080$/);
  const walked = screen.getByRole("region", { name: "Walked by the packet" });
  expect(walked.compareDocumentPosition(screen.getByRole("region", { name: "Table nat" }))).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
  expect(walked.textContent).toMatch(/Rules 1 to \d did not match/);
});

test("finding counts, and Next and Previous go round", async () => {
  const { user } = await atTheTrap();
  const field = screen.getByRole("searchbox", { name: "Find in the rules" });
  await user.type(field, "has no endpoints");
  expect(screen.getByRole("status", { name: "Found" }).textContent).toBe("none");
  await user.clear(field);
  await user.type(field, "--probability");
  const found = (): string => screen.getByRole("status", { name: "Found" }).textContent;
  const count = Number(/^1 of (\d+)$/.exec(found())?.[1]);
  expect(count).toBeGreaterThan(3);
  await user.click(screen.getByRole("button", { name: "Previous found" }));
  expect(found()).toBe(`${count} of ${count}`);
  await user.click(screen.getByRole("button", { name: "Next found" }));
  expect(found()).toBe(`1 of ${count}`);
  expect(document.querySelectorAll("[data-found]")).toHaveLength(1);
});

test("a name leads to the chain that it names, which opens and has the focus; Back leads to where one was", async () => {
  const { app, user } = await atTheTrap();
  const walked = within(screen.getByRole("region", { name: "Walked by the packet" }));
  const [name] = walked.getAllByRole("button", { name: /^Go to KUBE-SVC-/ });
  if (name === undefined) throw new Error("the walk names the Service's chain");
  const chain = name.textContent;
  await user.click(name);
  const opened = within(screen.getByRole("group", { name: `chain ${chain}` }));
  expect(opened.getByRole("button", { expanded: true })).toBe(document.activeElement);
  expect(opened.getAllByText(/this endpoint gets 33\.3 %/)).toHaveLength(3);
  expect(app.store.getState().selection.panes).toEqual({ "rules.open": `nat ${chain}` });
  await user.click(screen.getByRole("button", { name: /^‹ Back to/ }));
  expect(screen.queryByRole("button", { name: /^‹ Back to/ })).toBeNull();
});

test("the hooks show the packet's way, in the drawing and in words, and lead to its hops by keyboard", async () => {
  const { app, user, until } = await atTheTrap();
  await user.click(screen.getByRole("radio", { name: "Hooks" }));
  const drawing = within(await screen.findByRole("group", { name: /^Netfilter hooks of node-/ }, LAZY));
  const now = drawing.getByRole("button", { current: "step" });
  expect(now.getAttribute("aria-label")).toMatch(/^PREROUTING, called by the bridge: nat asked \d+ rules\./);
  const words = within(screen.getByRole("list", { name: /^The way through node-/ })).getAllByRole("listitem");
  expect(words.filter((item) => item.getAttribute("aria-current") === "step").map((item) => item.textContent)).toEqual([
    `2${now.getAttribute("aria-label")}`,
  ]);
  const hop = app.store.getState().playback.hop;
  const post = drawing.getByRole("button", { name: /^POSTROUTING/ });
  act(() => post.focus());
  await user.keyboard("{Enter}");
  await until((state) => state.playback.hop > hop);
  expect(drawing.getByRole("button", { current: "step" })).toBe(post);
});

test("the texts are those of the mode in which the kube-proxy runs, and IP sets open to their entries", async () => {
  const { app, user, until } = await onCluster(<RulesPanel />);
  act(() => app.actions.setTab("rules"));
  for (const [mode, command] of [
    ["nftables", "Copy nft list ruleset"],
    ["ipvs", "Copy ipvsadm-save -n"],
  ] as const) {
    const from = app.store.getState().playback.at;
    await act(async () => {
      await app.actions.command({ do: "proxy-mode", mode });
      app.actions.seek(from + 20_000_000);
    });
    await until(({ session }) => session.moment?.rules?.mode === mode);
    expect(screen.getByRole("button", { name: command })).toBeTruthy();
  }
  await user.click(screen.getByRole("button", { name: /^› ?set KUBE-CLUSTER-IP|KUBE-CLUSTER-IP/ }));
  expect(screen.getByText(/^add KUBE-CLUSTER-IP 10\.96\.0\.1,tcp:443$/)).toBeTruthy();
});
