/** The difference that a sync made, over a cluster that runs. */
import { act, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import "../../../src/panels/inspector/rules/changes-part";
import RulesPanel from "../../../src/panels/inspector/rules/rules-panel";
import { LAZY, onCluster } from "./on-cluster";

test("before a sync there is nothing to compare; after it the lines that came and went stand there, and two syncs can be chosen", async () => {
  const { app, user, until } = await onCluster(<RulesPanel />);
  act(() => app.actions.setTab("rules"));
  await until(({ session }) => session.moment?.rules !== undefined);
  await user.click(screen.getByRole("radio", { name: "Changes" }));
  expect(await screen.findByText("node-a has the rules with which the cluster opened", {}, LAZY)).toBeTruthy();
  await act(async () => {
    await app.actions.command({ do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 4 });
    app.actions.seek(9_000_000);
  });
  await until(({ session }) => (session.moment?.rules?.syncedAt ?? 0) > 0);
  expect((await screen.findByText(/^\d+ lines added, \d+ removed, in \d places\.$/, {}, LAZY)).textContent).toMatch(/^[1-9]/);
  expect(screen.getAllByText(/^added, rule \d:$/).length).toBeGreaterThan(3);
  const before = screen.getByRole("combobox", { name: "Before" });
  await user.selectOptions(before, "-1");
  expect(app.store.getState().selection.panes).toEqual({ "rules.part": "changes", "rules.before": "-1" });
});
