/** The scenario `names` as the page opens it: what www.example.com costs, and what CoreDNS keeps of it. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Command, DnsView, LookupView } from "../../src/bridge/protocol";
import { Line } from "../fixtures/line";

const SECOND = 1_000_000;

let line = new Line();
beforeEach(() => {
  line = new Line();
});
afterEach(() => line.close());

type Lookup = Omit<Extract<Command, { do: "lookup" }>, "do">;

async function dnsAt(at: number): Promise<DnsView> {
  const { moment } = await line.look({ at, dns: true });
  if (moment.dns === undefined) throw new Error("DNS was looked at");
  return moment.dns;
}

async function lookUp(lookup: Lookup, at = SECOND): Promise<LookupView> {
  line.expect(await line.command(at, { do: "lookup", ...lookup }), "done");
  const later = at + SECOND / 2;
  const mine = (await dnsAt(later)).lookups.find(({ by }) => by === "lookup");
  const told = (await line.look({ at: later, dns: true, ...(mine === undefined ? {} : { lookup: mine.request }) })).moment.dns?.lookup;
  if (told === null || told === undefined) throw new Error("a look-up was asked for");
  return told;
}

/** Each name with how often it was asked for, in order. */
function names({ asked }: LookupView): readonly string[] {
  const counts = new Map<string, number>();
  for (const { name } of asked) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} ${name}`);
}

describe("www.example.com", () => {
  test("from a default Pod is ten queries: four search entries and the name itself, A and AAAA each", async () => {
    await line.open(1, { kind: "scenario", id: "names" });
    const told = await lookUp({ name: "www.example.com" });
    expect(names(told)).toEqual([
      "2 www.example.com.shop.svc.cluster.local.",
      "2 www.example.com.svc.cluster.local.",
      "2 www.example.com.cluster.local.",
      "2 www.example.com.corp.example.",
      "2 www.example.com.",
    ]);
    expect(told).toMatchObject({ verdict: "resolved", queries: 10 });
    expect(told.addresses).toContain("192.0.2.80");
  });

  test("is two with a trailing dot, and two from the Pod that has ndots:1", async () => {
    await line.open(1, { kind: "scenario", id: "names" });
    expect(names(await lookUp({ name: "www.example.com." }))).toEqual(["2 www.example.com."]);
    expect(names(await lookUp({ name: "www.example.com", from: "shop/ndots-1" }, 2 * SECOND))).toEqual(["2 www.example.com."]);
  });

  test("is eight in two apps, whose machines have no search list", async () => {
    await line.open();
    expect((await lookUp({ name: "www.example.com" })).queries).toBe(8);
  });
});

describe("what is cached", () => {
  test("stays in the replica that was asked, denials as well as answers, for the add-on's 30 s at most", async () => {
    await line.open(1, { kind: "scenario", id: "names" });
    const { replicas } = await dnsAt(SECOND);
    const [asked, other] = replicas.map(({ pod }) => pod);
    await lookUp({ name: "late-svc.shop.svc.cluster.local", server: `kube-system/${asked}` }, SECOND);
    const dns = await dnsAt(3 * SECOND);
    expect(dns.corefileIs).toContain("The add-on's Corefile");
    const kept = (pod: string | undefined): readonly string[] =>
      dns.replicas
        .filter((one) => one.pod === pod)
        .flatMap(({ cache }) => cache)
        .filter(({ name }) => name.startsWith("late-svc"))
        .map(({ type, answer, ttl, storedFor, setBy }) => `${type} ${answer} ${ttl} of ${storedFor}: ${setBy}`);
    expect(kept(asked)).toEqual(["A NXDOMAIN 29 of 30: the SOA's TTL of 30 s"]);
    expect(kept(other)).toEqual([]);
  });
});

test("on a kernel before 5.0 a request now and then loses a query in conntrack, and its look-up takes five seconds", async () => {
  await line.open(1, { kind: "scenario", id: "old-kernel" });
  const { lookups, remarks } = await dnsAt(20 * SECOND);
  const slow = lookups.filter(({ startedAt, endedAt }) => endedAt !== null && endedAt - startedAt > SECOND);
  expect(remarks.join(" ")).toContain("4.19");
  expect(slow.map(({ startedAt, endedAt }) => Math.trunc(((endedAt ?? 0) - startedAt) / SECOND))).toEqual([5]);
  const { moment } = await line.look({ at: 20 * SECOND, dns: true, lookup: slow[0]?.request ?? -1 });
  const lost = moment.dns?.lookup?.asked.filter(({ outcome }) => outcome === "no answer") ?? [];
  expect(lost.map(({ steps }) => steps.at(-1)?.did ?? "")).toEqual([expect.stringContaining("insert_failed")]);
});
