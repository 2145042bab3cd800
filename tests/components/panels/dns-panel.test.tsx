/** The DNS panel's parts: the zone filtered, a name asked as a Pod. */
import type { ReactNode } from "react";
import { act, render, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { Zone } from "../../../src/panels/inspector/dns/zone";
import { Caches } from "../../../src/panels/inspector/dns/caches";
import { Lookup } from "../../../src/panels/inspector/dns/lookup";
import { Settings } from "../../../src/panels/inspector/dns/settings";
import { AppProvider } from "../../../src/store";
import { AskAsPod } from "../../../src/panels/inspector/dns/ask-as-pod";
import { REQUEST } from "../../fixtures/view/moment";
import { JourneyPanel } from "../../../src/panels/inspector/journey/journey-panel";
import { DnsTables } from "../../../src/panels/in-words/dns-tables";
import { rowsOf, setup } from "../setup";

/** The DNS tab is open: the simulation is asked for what it shows. */
async function opened(panel: ReactNode) {
  const page = await setup(panel);
  page.actions.setTab("dns");
  await page.frames();
  return page;
}

test("the zone shows the records that hold what is typed, each beside the denial that a cache still has for it", async () => {
  const { user } = await opened(<Zone />);
  expect(screen.getByRole("status").textContent).toBe("3 records, made from revision 412");
  await user.type(screen.getByRole("searchbox", { name: "Find in the records" }), "LATE-svc");
  expect(screen.getByRole("status").textContent).toBe("1 of 3 records, made from revision 412");
  const [record, ...others] = within(screen.getByRole("list", { name: "Records" })).getAllByRole("listitem");
  expect(others).toEqual([]);
  expect(record?.textContent).toBe("late-svc.shop.svc.cluster.local.30 A 10.96.77.3 but coredns-4tzpq has cached NXDOMAIN, for 21 s more");
});

test("each cache shows its entries, what is left of their time and who set it", async () => {
  await opened(<Caches />);
  const [entry] = within(screen.getByRole("list", { name: "Entries of coredns-4tzpq" })).getAllByRole("listitem");
  expect(entry?.textContent).toBe(
    "late-svc.shop.svc.cluster.local. A NXDOMAIN21 s left of 30 sdenial, since 00:03.400, for the SOA's TTL of 30 s",
  );
  const program = screen.getByRole("list", { name: "Names that the program in shop/my-app-kx2vq keeps" });
  expect(program.textContent).toBe("your-app-pods.shop  10.244.1.3, 10.244.2.312 s left of 30 sfor 30 s, the program's own time");
  const other = screen.getByRole("region", { name: "Cache of coredns-9mwxk" });
  expect(other.textContent).toContain("stopping, 2 answers so far; its page is revision 410, 349 ms behind");
  expect(other.textContent).toContain("Its cache is empty");
});

test("a name asked as a Pod is a command: as a program asks, by dig with a type, of one replica", async () => {
  const { user, press, commands } = await opened(<AskAsPod />);
  const name = screen.getByRole("combobox", { name: "Name" });
  await user.clear(name);
  await user.type(name, "your-app-svc");
  await user.selectOptions(screen.getByRole("combobox", { name: "Resolver" }), "musl");
  await press("Look it up");
  const from = screen.getByRole<HTMLSelectElement>("combobox", { name: "Pod" }).value;
  expect(commands().at(-1)).toEqual({ do: "lookup", from, name: "your-app-svc", libc: "musl" });
  await user.selectOptions(screen.getByRole("combobox", { name: "Type" }), "PTR");
  await user.selectOptions(screen.getByRole("combobox", { name: "Server" }), "kube-system/coredns-9mwxk");
  expect(screen.queryByRole("combobox", { name: "Resolver" })).toBeNull();
  await user.clear(name);
  await user.type(name, "10.96.0.20");
  await press("Look it up");
  expect(commands().at(-1)).toEqual({
    do: "lookup",
    from,
    name: "20.0.96.10.in-addr.arpa",
    type: "PTR",
    server: "kube-system/coredns-9mwxk",
  });
});

test("what goes wrong is said beside the box, and what was typed stays", async () => {
  const { user, press, transport } = await opened(<AskAsPod />);
  transport.refuseNext = "there is no ready Pod shop/my-ap";
  await press("Look it up");
  expect(screen.getByRole("alert").textContent).toBe("there is no ready Pod shop/my-ap");
  expect(screen.getByRole<HTMLInputElement>("combobox", { name: "Name" }).value).toBe("www.example.com");
  await user.clear(screen.getByRole("combobox", { name: "Name" }));
  await press("Look it up");
  expect(screen.getByRole("alert").textContent).toBe("Type a name, such as your-app-svc.");
});

test("what may be cached is changed in one press, as the add-on and as kubeadm have it", async () => {
  const { press } = await opened(<Settings />);
  const box = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Corefile" });
  await press(/as kubeadm$/);
  expect(box.value).toBe(".:53 {\n    cache 30 {\n        disable success cluster.local\n        disable denial cluster.local\n    }\n}\n");
  await press(/as the add-on$/);
  expect(box.value).toBe(".:53 {\n    cache 30\n}\n");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Write it to the ConfigMap" }).disabled).toBe(true);
});

test("the Corefile is edited in place: a mistake is told with its line and column, and nothing typed is lost", async () => {
  const { user, press, commands, transport, page, app } = await opened(<Settings />);
  const box = (): HTMLTextAreaElement => screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Corefile" });
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Write it to the ConfigMap" }).disabled).toBe(true);
  await user.clear(box());
  await user.type(box(), ".:53 {{");
  transport.refuseNext = 'ConfigMap kube-system/coredns:1:6: "{" is never closed';
  await press("Write it to the ConfigMap");
  expect(screen.getByRole("alert").textContent).toContain(":1:6");
  expect(box().value).toBe(".:53 {");
  page.unmount();
  render(<AppProvider app={app}>{<Settings />}</AppProvider>);
  expect(box().value).toBe(".:53 {");
  await user.type(box(), "{Enter}}");
  await press("Write it to the ConfigMap");
  expect(commands().at(-1)).toEqual({ do: "corefile", text: ".:53 {\n}" });
  expect(screen.queryByRole("alert")).toBeNull();
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
  await press(/Answer to A your-app-svc/);
  await frames();
  expect(screen.getByLabelText("The answer as dig prints it").textContent).toContain("status: NOERROR, id: 4660");
  const bytes = screen.getByRole("listbox", { name: "Fields of the answer, byte by byte" });
  expect(screen.getByRole("option", { selected: true }).textContent).toBe("85 00 bytes 2–3, header, flags: qr aa rd, NOERROR");
  expect(screen.getByRole("row", { name: "AA 1 from the zone's own server" })).toBeTruthy();
  act(() => bytes.focus());
  await user.keyboard("{End}");
  expect(screen.getByRole("option", { selected: true }).textContent).toMatch(
    /^0a 60 78 07 bytes \d+–\d+, answer, address: 10\.96\.120\.7$/,
  );
  await user.keyboard("{ArrowLeft}{ArrowLeft}");
  expect(screen.getByRole("option", { selected: true }).textContent).toMatch(/TTL: 30 s$/);
});

test("a message leads to its packet's journey", async () => {
  const { press, state } = await followed();
  await press(/A query for your-app-svc/);
  await press("Go along with this packet");
  expect(state().selection.tab).toBe("journey");
  expect(state().playback.hop).toBe(0);
});

test("a packet's journey leads to its message in the ladder, whose bytes are in the text too", async () => {
  const page = await setup(
    <>
      <JourneyPanel />
      <DnsTables />
    </>,
  );
  page.actions.follow(REQUEST);
  await page.frames();
  await page.press(/The message, in the look-up’s ladder/);
  expect(page.state().selection).toMatchObject({ tab: "dns", panes: { "dns.message": "0 query" } });
  await page.frames(30);
  const rows = rowsOf("Bytes of the opened message");
  expect(rows[0]).toBe("0 to 1 | header | ID | 4660 |  | The asker chose it; the answer carries it back, and so they belong together.");
  expect(rows.find((row) => row.includes("flags"))).toContain("QR 0: a query; OPCODE 0: QUERY");
});
