/** A Pod asked for a name really asks: over the simulated network, of the cluster's DNS or of one replica. */
import { describe, expect, test } from "vitest";
import { simTime } from "../../../src/engine/time";
import type { Command } from "../../../src/world/command";
import { messageView } from "../../../src/world/views/message";
import type { LookupView } from "../../../src/world/view-types";
import type { World } from "../../../src/world/world";
import { twoApps } from "../../fixtures/world";

const SECOND = 1_000_000;

type Lookup = Omit<Extract<Command, { do: "lookup" }>, "do">;

function quiet(): World {
  return twoApps({ perSecond: 0 });
}

/** Looks up at 1 s and tells how it went after some seconds. */
function after(world: World, lookup: Lookup, seconds = 3): LookupView {
  world.runTo(simTime(SECOND));
  const command: Command = { do: "lookup", ...lookup };
  const allowed = world.check(command);
  if (!allowed.ok) throw new Error(allowed.problem.message);
  world.give(simTime(SECOND), command);
  const at = simTime((1 + seconds) * SECOND);
  world.runTo(at);
  const told = world.view({ at, ahead: 0, follow: null, dns: true }).dns?.lookup;
  if (told === null || told === undefined) throw new Error("no look-up is told");
  return told;
}

/** `A name: outcome`, a line a query. */
function lines({ asked }: LookupView): readonly string[] {
  return asked.map(({ type, name, outcome, transport }) => `${type} ${name} ${outcome}${transport === "tcp" ? " over TCP" : ""}`);
}

function replicaOf(world: World, index: number): string {
  const replicas = world.inside.state.pods.all().filter(({ name }) => name.startsWith("coredns"));
  return `kube-system/${replicas[index]?.name ?? ""}`;
}

describe("a look-up by hand", () => {
  test("asks for A and AAAA along the search list, as its program would, and ends with the address", () => {
    const told = after(quiet(), { name: "your-app-svc" });
    expect(lines(told)).toEqual(["A your-app-svc.shop.svc.cluster.local. data", "AAAA your-app-svc.shop.svc.cluster.local. NODATA"]);
    expect(told).toMatchObject({ title: "getent ahosts your-app-svc", verdict: "resolved", resolver: "glibc", by: "lookup" });
    expect(told.sentence).toBe(`your-app-svc.shop.svc.cluster.local. is ${told.addresses.join(", ")}.`);
    expect(told.plan.map(({ domain, state }) => `${domain} ${state}`)).toEqual([
      "shop.svc.cluster.local done",
      "svc.cluster.local not tried",
      "cluster.local not tried",
      " not tried",
    ]);
  });

  test("is told step by step: the Pod, its node's rules, the replica, the Pod", () => {
    const world = quiet();
    const [first] = after(world, { name: "your-app-svc" }).asked;
    expect(first?.steps.map(({ place }) => place)).toEqual(["pod", "node", "coredns", "pod"]);
    const moments = first?.steps.map(({ at }) => at) ?? [];
    expect(moments).toEqual(moments.toSorted((a, b) => a - b));
    expect(first?.steps[1]?.did).toMatch(/^sends it to 10\.244\.\d+\.\d+ instead of 10\.96\.0\.10$/);
    expect(first?.steps[2]).toMatchObject({ who: first?.by, did: "answers NOERROR from its page of the cluster" });
  });

  test("asks eight times for www.example.com on a node without a search list of its own", () => {
    const told = after(quiet(), { name: "www.example.com" });
    expect(told.asked).toHaveLength(8);
    expect(told.verdict).toBe("name not found");
  });

  test("by musl takes a NODATA of both types for the end, where glibc goes on", () => {
    expect(lines(after(quiet(), { name: "shop.svc", libc: "musl" }))).toEqual([
      "A shop.svc.shop.svc.cluster.local. NXDOMAIN",
      "AAAA shop.svc.shop.svc.cluster.local. NXDOMAIN",
      "A shop.svc.svc.cluster.local. NXDOMAIN",
      "AAAA shop.svc.svc.cluster.local. NXDOMAIN",
      "A shop.svc.cluster.local. NODATA",
      "AAAA shop.svc.cluster.local. NODATA",
    ]);
    expect(after(quiet(), { name: "shop.svc" }).asked).toHaveLength(8);
  });

  test("with a type is dig's: one question, and its answer is kept as the bytes that came", () => {
    const told = after(quiet(), { name: "_http._tcp.your-app-svc.shop.svc.cluster.local", type: "SRV" });
    expect(lines(told)).toEqual(["SRV _http._tcp.your-app-svc.shop.svc.cluster.local. data"]);
    const answer = messageView(told.asked[0]?.answerWire ?? "");
    if (!answer.ok) throw new Error(answer.problem.message);
    expect(answer.value.text).toContain("status: NOERROR");
    expect(answer.value.text).toMatch(/IN\tSRV\t0 100 80 your-app-svc\.shop\.svc\.cluster\.local\./);
  });

  test("asks one chosen replica, without the Service's address and its translation", () => {
    for (const index of [0, 1]) {
      const world = quiet();
      const server = replicaOf(world, index);
      const told = after(world, { name: "your-app-svc.shop.svc.cluster.local", server });
      expect(told.title).toBe(`dig @${server} your-app-svc.shop.svc.cluster.local A`);
      expect(told.asked.map(({ by }) => `kube-system/${by}`)).toEqual([server]);
      expect(told.asked[0]?.steps.map(({ place }) => place)).toEqual(["pod", "coredns", "pod"]);
    }
  });

  test("can be followed hop by hop like a request, and does not stand among the requests", () => {
    const world = quiet();
    world.observe(1);
    after(world, { name: "your-app-svc" });
    const journey = world.journey(1);
    expect(journey?.title).toBe("getent ahosts your-app-svc");
    expect(journey?.packets.map(({ kind }) => kind)).toEqual(["dns-query", "dns-query", "dns-answer", "dns-answer"]);
    expect(world.view({ at: world.now, ahead: 0, follow: null }).requests).toEqual([]);
  });

  test("of a server where nobody listens is refused, and of an address where nobody is times out after three tries", () => {
    const refused = after(quiet(), { name: "web", server: "192.168.0.11" });
    expect(refused).toMatchObject({ verdict: "refused", sentence: "192.168.0.11:53 refused the connection." });
    const silent = after(quiet(), { name: "web", server: "192.168.0.200" }, 20);
    expect(silent.asked.map(({ at, outcome }) => `${at / SECOND} ${outcome}`)).toEqual(["1 no answer", "6 no answer", "11 no answer"]);
  });

  test("that cannot be is refused with what is missing", () => {
    const world = quiet();
    const why = (lookup: Lookup): string => {
      const checked = world.check({ do: "lookup", ...lookup });
      return checked.ok ? "" : checked.problem.message;
    };
    expect(why({ name: "web", type: "AAAAA" })).toContain('"AAAAA" is no record type');
    expect(why({ name: "web", from: "shop/my-ap" })).toContain("there is no ready Pod shop/my-ap; the nearest is shop/my-app-");
    expect(why({ name: "web", server: "kube-system/coredns" })).toContain("neither an IPv4 address nor a Pod");
    expect(why({ name: `${"x".repeat(64)}.com` })).toContain("no name that can be asked for");
  });
});
