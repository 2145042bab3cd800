import { describe, expect, it } from "vitest";
import { Lately } from "../../../src/panels/inspector/journey/lately";
import { setup } from "../setup";

describe("the newest requests", () => {
  it("say who asked whom and how it ended, and each leads into its journey", async () => {
    const { screen, user, state, within } = await setup(<Lately />);
    const requests = state().session.moment?.requests ?? [];
    const items = within(screen.getByRole("region", { name: "Lately" })).getAllByRole("listitem");
    const rows = items.map((item) => within(item).getAllByRole("button")[0]);
    expect(rows.map((row) => row?.textContent)).toEqual(
      requests.slice(0, rows.length).map(({ client, to }) => `${client.split("/")[1]} to ${to.replace("http://", "")}`),
    );
    expect(rows.length).toBeGreaterThan(0);
    const first = rows[0];
    if (first !== undefined) await user.click(first);
    expect(state().selection.followed).toBe(requests[0]?.id);
  });
});
