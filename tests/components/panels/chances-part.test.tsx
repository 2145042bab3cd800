/** Probabilities beside hits, and 10,000 connections at once, over a cluster that runs. */
import { act, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import "../../../src/panels/inspector/rules/chances-part";
import RulesPanel from "../../../src/panels/inspector/rules/rules-panel";
import { LAZY, onCluster } from "./on-cluster";

test("each endpoint has its draw, what comes as far and what it gets; a fast-forward tries them and says how uneven it is", async () => {
  const { app, user, until } = await onCluster(<RulesPanel />);
  act(() => app.actions.setTab("rules"));
  await until(({ session }) => session.moment?.rules !== undefined);
  await user.click(screen.getByRole("radio", { name: "Chances" }));
  const table = within(await screen.findByRole("table", { name: "What each endpoint gets of new connections" }, LAZY));
  const rows = table.getAllByRole("row").slice(1);
  expect(
    rows.map((row) =>
      [...row.children]
        .slice(1)
        .map((cell) => cell.textContent)
        .join(" | "),
    ),
  ).toEqual(["0.3333… | 100.0 % | 33.3 % | 0", "0.5000… | 66.7 % | 33.3 % | 0", "the rest | 33.3 % | 33.3 % | 0"]);
  await user.click(screen.getByRole("button", { name: "Fast-forward 10,000 connections" }));
  const verdict = await screen.findByText(/^χ² is /, {}, LAZY);
  expect(verdict.textContent).toMatch(/^χ² is \d+\.\d\d with 2 degrees of freedom: .* in \d+\.\d % of runs\. 1\d\.\d rules were looked at/);
  expect(table.getAllByText(/^\d+ of 10,000, 3333 expected$/)).toHaveLength(3);
  expect(app.store.getState().selection.panes).toEqual({ "rules.part": "chances", "rules.seed": "1" });
});
