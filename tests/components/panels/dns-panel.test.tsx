/** The DNS panel's parts: the zone filtered, a name asked as a Pod. */
import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { Zone } from "../../../src/panels/inspector/dns/zone";
import { AskAsPod } from "../../../src/panels/inspector/dns/ask-as-pod";
import { entryTried, searchListOf } from "../../../src/panels/inspector/dns/outcome";
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

test("the entry tried is counted from 1; 0 is the name as it is", () => {
  const search = searchListOf("search a.b c.d\nnameserver 10.0.0.1\nsearch shop.svc.cluster.local svc.cluster.local\n");
  expect(search).toEqual(["shop.svc.cluster.local", "svc.cluster.local"]);
  expect(entryTried("web.svc.cluster.local.", "web", search)).toBe(2);
  expect(entryTried("web.", "web", search)).toBe(0);
  expect(entryTried("web.", "web.", search)).toBe(0);
});
