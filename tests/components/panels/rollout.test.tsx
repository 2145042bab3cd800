/** A rollout in the Object tab and in words, over a cluster that runs. */
import { act, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import "../../../src/panels/in-words/rollout-tables";
import "../../../src/panels/inspector/rollout/rollout-section";
import { InWords } from "../../../src/panels/in-words/in-words";
import { ObjectPanel } from "../../../src/panels/inspector/object-panel";
import { onCluster, type OnCluster } from "./on-cluster";

const YOUR_APP = { kind: "Deployment", namespace: "shop", name: "your-app" } as const;

async function shown(): Promise<OnCluster & { readonly section: HTMLElement }> {
  const on = await onCluster(
    <>
      <ObjectPanel />
      <InWords />
    </>,
  );
  act(() => on.app.actions.selectObject(YOUR_APP, true));
  await on.until(({ session }) => session.moment?.rollout !== undefined);
  return { ...on, section: await screen.findByRole("region", { name: "Rollout of your-app" }) };
}

async function goTo({ app, until }: OnCluster, at: number): Promise<void> {
  act(() => app.actions.seek(at));
  await until(({ session }) => session.moment?.stamp.at === at && session.moment.rollout?.until === at);
}

/** A table of the text twin as rows of cells. */
function rows(name: string): readonly (readonly string[])[] {
  const table = screen.getByRole<HTMLTableElement>("table", { name });
  return [...(table.tBodies[0]?.rows ?? [])].map((row) => [...row.cells].map((cell) => cell.textContent ?? ""));
}

test("the proposed image goes out at a press; counts and Pods are told as they come", async () => {
  const on = await shown();
  const { section, user } = on;
  expect(within(section).getByText("Nothing of your-app has been rolled out since the start.")).toBeTruthy();
  expect(within(section).getByLabelText<HTMLInputElement>("Image of app").value).toBe("registry.example/your-app:1.1");
  await goTo(on, 1_000_000);
  await user.click(within(section).getByRole("button", { name: "Roll out your-app" }));
  await goTo(on, 9_000_000);
  expect(within(section).getByText(/^your-app has 3 Pods of the new template and 0 of older ones, 3 ready, 3 wanted/)).toBeTruthy();
  expect(within(section).getByRole("figure").getAttribute("aria-label")).toMatch(/^Timelines of the rollout of your-app/);
  const counts = Object.fromEntries(
    rows("Rollout of your-app, counts").map(([what = "", when = ""]) => [what.replace(/of \S+,/, "of"), when]),
  );
  expect(counts["Pods at most"]).toMatch(/^4 from 00:01/);
  expect(counts["Pods wanted of revision 1"]?.match(/\d+(?= from)/g)).toEqual(["3", "2", "1", "0"]);
  expect(counts["Pods wanted of revision 2, the new template"]?.match(/\d+(?= from)/g)).toEqual(["1", "2", "3"]);
  const pods = rows("Rollout of your-app, Pods");
  expect(pods.map(([, template]) => template)).toEqual(["older", "older", "older", "new", "new", "new"]);
  for (const pod of pods.filter(([, template]) => template === "new")) {
    const times = pod.slice(3, 9);
    expect(times.every((time) => /^\d\d:\d\d\.\d{3}$/.test(time))).toBe(true);
    expect(times).toEqual(times.toSorted());
    expect(pod[9]).toMatch(/^control-plane .*, node-a .*, node-b /);
  }
});

test("a rollout is paused, resumed and rolled back, also to a revision by its number; kubectl's words stand beside", async () => {
  const on = await shown();
  const { section, user } = on;
  await goTo(on, 1_000_000);
  await user.click(within(section).getByRole("button", { name: "Roll out your-app" }));
  await goTo(on, 1_200_000);
  await user.click(within(section).getByRole("button", { name: "Pause rollout of your-app" }));
  await goTo(on, 4_000_000);
  expect(within(section).getByText(/^Paused\. your-app has 1 Pod of the new template and 3 of older ones/)).toBeTruthy();
  await user.click(within(section).getByRole("button", { name: "Resume rollout of your-app" }));
  await goTo(on, 14_000_000);
  await user.click(within(section).getByText("The same with kubectl"));
  expect(section.querySelector("pre")?.textContent).toContain("kubectl -n shop rollout undo deployment/your-app");
  await user.click(within(section).getByRole("button", { name: "Roll back your-app to revision 1" }));
  await goTo(on, 24_000_000);
  const revisions = within(section).getByRole("list", { name: "Revisions of your-app" });
  expect([...revisions.children].map((one) => one.textContent)).toEqual(["3your-app:1.03 Podswanted now", "2your-app:1.10 PodsRoll back"]);
});

test("its sliders send shares, each in the place of the one before, and Recreate has none", async () => {
  const on = await shown();
  const { section, user, app } = on;
  const { fireEvent } = await import("@testing-library/react");
  fireEvent.change(within(section).getByRole("slider", { name: "Max surge" }), { target: { value: "50" } });
  await on.until(({ session }) => session.moment?.rollout?.strategy.maxSurge === "50%" || session.moment?.stamp.event === 0);
  await goTo(on, 100_000);
  expect(app.store.getState().session.moment?.rollout?.strategy).toMatchObject({ maxSurge: "50%", surge: 2, unavailable: 0 });
  await user.click(within(section).getByRole("radio", { name: "Recreate" }));
  await goTo(on, 200_000);
  expect(within(section).queryByRole("slider")).toBeNull();
});
