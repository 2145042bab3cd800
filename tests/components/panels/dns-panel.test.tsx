/** The DNS panel's parts: the zone filtered, a name asked as a Pod. */
import { act, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { Zone } from "../../../src/panels/inspector/dns/zone";
import { Lookup } from "../../../src/panels/inspector/dns/lookup";
import { AskAsPod } from "../../../src/panels/inspector/dns/ask-as-pod";
import { REQUEST } from "../../fixtures/view/moment";
import { setup } from "../setup";

const RECORDS = [
  "cluster.local. 30 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 30",
  "web.shop.svc.cluster.local. 30 IN A 10.96.0.50",
  "db.shop.svc.cluster.local. 30 IN A 10.244.1.5",
];

test("the zone shows the records that hold what is typed, in any case, and counts them", async () => {
  const { user } = await setup(<Zone records={RECORDS} />);
  expect(screen.getByRole("status").textContent).toBe("3 records");
  await user.type(screen.getByRole("searchbox", { name: "Find in the records" }), "WEB.shop");
  expect(screen.getByLabelText("Records of the zone").textContent).toBe(RECORDS[1]);
  expect(screen.getByRole("status").textContent).toBe("1 of 3 records");
});

test("a name asked as a Pod shows each query with the search entry it tries, and the outcome", async () => {
  const { user, press, transport } = await setup(<AskAsPod />);
  const name = screen.getByRole("textbox", { name: "Name" });
  await user.clear(name);
  await user.type(name, "your-app-svc");
  await user.selectOptions(screen.getByRole("combobox", { name: "Resolver" }), "musl");
  await press("Look it up");
  expect(transport.posted.at(-1)).toMatchObject({ type: "ask", question: { ask: "resolve", name: "your-app-svc", libc: "musl" } });
  expect(screen.getByRole("status").textContent).toMatch(/^shop\/\S+ asked 4 queries for your-app-svc: 10\.96\.0\.20$/);
  const rows = within(screen.getByRole("list", { name: "Queries for your-app-svc" })).getAllByRole("listitem");
  expect(rows.map((row) => row.textContent)).toEqual([
    "A your-app-svc.shop.svc.cluster.local.NXDOMAINsearch entry 1 of 3, shop.svc.cluster.local, to 10.96.0.10",
    "AAAA your-app-svc.shop.svc.cluster.local.NXDOMAINsearch entry 1 of 3, shop.svc.cluster.local, to 10.96.0.10",
    "A your-app-svc.svc.cluster.local.NOERRORsearch entry 2 of 3, svc.cluster.local, to 10.96.0.10: 10.96.0.20",
    "AAAA your-app-svc.svc.cluster.local.NODATAsearch entry 2 of 3, svc.cluster.local, to 10.96.0.10",
  ]);
});

test("what goes wrong is said beside the box, and an earlier outcome goes", async () => {
  const { user, press } = await setup(<AskAsPod />);
  await press("Look it up");
  await user.selectOptions(screen.getByRole("combobox", { name: "Pod" }), "kube-system/coredns-4tzpq");
  await press("Look it up");
  expect(screen.getByRole("alert").textContent).toContain('there is no Pod "kube-system/coredns-4tzpq"');
  expect(screen.queryByRole("status")).toBeNull();
  await user.clear(screen.getByRole("textbox", { name: "Name" }));
  await press("Look it up");
  expect(screen.getByRole("alert").textContent).toBe("Type a name, such as your-app-svc.");
});

async function followed() {
  const page = await setup(<Lookup />);
  page.actions.follow(REQUEST);
  await page.frames();
  return page;
}

test("a followed request's look-up counts its queries and says why there are so many", async () => {
  await followed();
  const region = screen.getByRole("region", { name: "Look-up" });
  expect(region.textContent).toContain("1 query for this connection");
  expect(region.textContent).toContain("your-app-svc has 0 dots, fewer than ndots:5");
  const rungs = within(screen.getByRole("list", { name: "Ladder of the look-up" })).getAllByText(/search entry|as it was typed/);
  expect(rungs.map((rung) => rung.textContent)).toEqual([
    "search entry 1 of 3, shop.svc.cluster.local",
    "search entry 2 of 3, svc.cluster.local; not asked for",
    "search entry 3 of 3, cluster.local; not asked for",
    "the name as it was typed; not asked for",
  ]);
});

test("an answer opens as dig prints it and by its bytes, whose fields the arrow keys name", async () => {
  const { press, user, frames } = await followed();
  await press(/^Answer to A your-app-svc/);
  await frames();
  expect(screen.getByLabelText("The answer as dig prints it").textContent).toContain("status: NOERROR, id: 4660");
  const bytes = screen.getByRole("listbox", { name: "Fields of the answer, byte by byte" });
  expect(screen.getByRole("option", { selected: true }).textContent).toBe("85 00");
  expect(screen.getByRole("row", { name: "AA 1 from the zone's own server" })).toBeTruthy();
  act(() => bytes.focus());
  await user.keyboard("{End}");
  expect(screen.getByRole("option", { selected: true }).getAttribute("aria-label")).toMatch(
    /^bytes \d+–\d+, answer, address: 10\.96\.120\.7$/,
  );
  await user.keyboard("{ArrowLeft}{ArrowLeft}");
  expect(screen.getByRole("option", { selected: true }).getAttribute("aria-label")).toMatch(/TTL: 30 s$/);
});

test("a message leads to its packet's journey", async () => {
  const { press, state } = await followed();
  await press(/^A query for your-app-svc/);
  await press("Follow this packet");
  expect(state().selection.tab).toBe("journey");
  expect(state().playback.hop).toBe(0);
});
