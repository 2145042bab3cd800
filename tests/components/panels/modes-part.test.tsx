/** One packet in three modes side by side, over copies of a cluster that runs. */
import { act, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import "../../../src/panels/inspector/rules/modes-part";
import RulesPanel from "../../../src/panels/inspector/rules/rules-panel";
import { LAZY, onCluster } from "./on-cluster";

test("each mode has a column; where it rewrites and how many rules it meets stand in rows, and the run does not notice", async () => {
  const { app, user, until } = await onCluster(<RulesPanel />);
  act(() => app.actions.setTab("rules"));
  await until(({ session }) => session.moment?.rules !== undefined);
  const before = app.store.getState().session.moment?.stateHash;
  await user.click(screen.getByRole("radio", { name: "Modes" }));
  await user.click(await screen.findByRole("button", { name: "Send it in all three modes" }, LAZY));
  const table = within(await screen.findByRole("table", { name: "One packet in three modes" }, LAZY));
  expect(table.getAllByRole("columnheader").map((cell) => cell.textContent)).toEqual(["Station", "iptables", "nftables", "IPVS"]);
  const row = (name: string): readonly string[] => {
    const [found] = table.getAllByRole("row").filter((one) => one.firstElementChild?.textContent === name);
    return [...(found?.children ?? [])].slice(1).map((cell) => cell.textContent);
  };
  expect(row("PREROUTING").map((cell) => cell.includes("rewrites"))).toEqual([true, true, false]);
  expect(row("INPUT").map((cell) => cell.includes("rewrites"))).toEqual([false, false, true]);
  expect(
    row("Rules in all")
      .map(Number)
      .every((rules) => rules > 10),
  ).toBe(true);
  expect(row("Change of mode took")[0]).toBe("none");
  await until(({ session }) => session.moment !== null);
  expect(app.store.getState().session.moment?.stateHash).toBe(before);
});
