import { describe, expect, it } from "vitest";
import type { ResolvConf } from "../../../../src/dns/resolver/conf-file";
import { nextSteps, searchPlan, startLookup } from "../../../../src/dns/resolver/glibc";
import { gaiText } from "../../../../src/dns/resolver/lookup";
import type { Says } from "./play";
import { playGlibc } from "./play";

const POD: ResolvConf = {
  nameservers: ["10.96.0.10"],
  search: ["shop.svc.cluster.local", "svc.cluster.local", "cluster.local"],
  options: ["ndots:5"],
};
const ON_CORP: ResolvConf = { ...POD, search: [...POD.search, "corp.example"] };
const ONE_NAME: ResolvConf = { nameservers: ["10.96.0.10"], search: [], options: [] };

/** Servers that know these names; `A AAAA` each. */
function zone(table: Readonly<Record<string, string>>): Says {
  return (_, { name, type }) => table[name]?.split(" ")[type === "A" ? 0 : 1] ?? "NXDOMAIN";
}

const WEB = zone({ "web.shop.svc.cluster.local.": "10.96.0.50 NODATA", "www.example.com.": "192.0.2.7 2001:db8::7" });

function ids(seed: number): readonly number[] {
  return playGlibc({ conf: POD, name: "nosuch", seed }, WEB).state.asked.map((query) => query.id);
}

describe("glibc asks", () => {
  it("for A and AAAA at once from one socket, and takes what has data", () => {
    expect(playGlibc({ conf: POD, name: "web" }, WEB).lines).toEqual([
      "0s 10.96.0.10/udp#0 A web.shop.svc.cluster.local. → 10.96.0.50",
      "0s 10.96.0.10/udp#0 AAAA web.shop.svc.cluster.local. → NODATA",
      "0s found web.shop.svc.cluster.local. 10.96.0.50",
    ]);
  });

  it.each([
    ["a node with its own search domain", ON_CORP, "www.example.com", 10],
    ["a node without one", POD, "www.example.com", 8],
    ["a trailing dot", ON_CORP, "www.example.com.", 2],
    ["ndots:1", { ...ON_CORP, options: ["ndots:1"] }, "www.example.com", 2],
  ])("with %s: %#", (_, conf, name, count) => {
    expect(playGlibc({ conf, name }, WEB).state.asked).toHaveLength(count);
  });

  it("for every search domain in order before the name as it is", () => {
    const names = playGlibc({ conf: ON_CORP, name: "www.example.com" }, WEB)
      .state.asked.filter((query) => query.type === "A")
      .map((query) => `${query.name} ${query.outcome}`);
    expect(names).toEqual([
      "www.example.com.shop.svc.cluster.local. NXDOMAIN",
      "www.example.com.svc.cluster.local. NXDOMAIN",
      "www.example.com.cluster.local. NXDOMAIN",
      "www.example.com.corp.example. NXDOMAIN",
      "www.example.com. data",
    ]);
  });

  it("for A alone with no-aaaa, with EDNS0 and over TCP where options say so", () => {
    const { send } = startLookup({ conf: { ...ONE_NAME, options: ["no-aaaa", "edns0", "use-vc"] }, name: "web." });
    expect(send.map((item) => [item.transport, item.message.questions[0]?.type, item.message.edns?.udpSize])).toEqual([["tcp", "A", 1200]]);
  });

  it("under another id for every query, the same for the same seed", () => {
    expect(ids(1)).toEqual(ids(1));
    expect(ids(1)).not.toEqual(ids(2));
    expect(new Set(ids(1)).size).toBe(8);
  });
});

describe("glibc's plan of names", () => {
  it.each([
    ["web", "web.shop.svc.cluster.local. web.svc.cluster.local. web.cluster.local. web."],
    ["web.", "web."],
    ["a.b.c.d.e.f", "a.b.c.d.e.f. a.b.c.d.e.f.shop.svc.cluster.local. a.b.c.d.e.f.svc.cluster.local. a.b.c.d.e.f.cluster.local."],
  ])("for %s", (name, names) => {
    expect(
      searchPlan(name, POD)
        .map((planned) => planned.name)
        .join(" "),
    ).toBe(names);
  });

  it("has the root once where it stands on the search list", () => {
    expect(searchPlan("web", { ...ONE_NAME, search: ["."], options: ["ndots:5"] }).map((planned) => planned.name)).toEqual(["web."]);
  });
});

describe("glibc ends with", () => {
  it.each([
    ["no such name", POD, "nosuch", zone({}), "0s EAI_NONAME"],
    ["no data, where any name had none", POD, "shop", zone({ "shop.svc.cluster.local.": "NODATA NODATA" }), "0s EAI_NODATA"],
    ["no data, where an alias leads nowhere in both types", ONE_NAME, "x.", zone({ "x.": "NODATA NODATA" }), "0s EAI_NODATA"],
    [
      "the first error, where the name was tried as it is first",
      { ...POD, options: ["ndots:1"] },
      "a.b",
      zone({ "a.b.shop.svc.cluster.local.": "NODATA NODATA" }),
      "0s EAI_NONAME",
    ],
  ])("%s", (_, conf, name, says, end) => {
    expect(playGlibc({ conf, name }, says).lines.at(-1)).toBe(end);
  });

  it("data of one type, whatever the other says", () => {
    expect(playGlibc({ conf: ONE_NAME, name: "x." }, zone({ "x.": "NXDOMAIN fd00::1" })).lines.at(-1)).toBe("0s found x. fd00::1");
  });

  it("what getaddrinfo's caller prints", () => {
    expect(gaiText("EAI_AGAIN")).toBe("Temporary failure in name resolution");
  });
});

describe("glibc and trouble", () => {
  const two: ResolvConf = { nameservers: ["10.0.0.1", "10.0.0.2"], search: ["one.test", "two.test"], options: ["ndots:5"] };

  it("SERVFAIL: the next server, the next attempt, then the next search domain", () => {
    const { lines } = playGlibc({ conf: two, name: "db" }, (_, { name }) =>
      name === "db.one.test." ? "SERVFAIL" : name === "db.two.test." ? "10.1.1.1" : "NXDOMAIN",
    );
    expect(lines.filter((line) => !line.includes("AAAA"))).toEqual([
      "0s 10.0.0.1/udp#0 A db.one.test. → SERVFAIL",
      "0s 10.0.0.2/udp#5 A db.one.test. → SERVFAIL",
      "0s 10.0.0.1/udp#8 A db.one.test. → SERVFAIL",
      "0s 10.0.0.2/udp#13 A db.one.test. → SERVFAIL",
      "0s 10.0.0.1/udp#20 A db.two.test. → 10.1.1.1",
      "0s found db.two.test. 10.1.1.1 10.1.1.1",
    ]);
  });

  it("REFUSED everywhere ends the search; the name itself is still tried", () => {
    const names = playGlibc({ conf: two, name: "db" }, (_, { name }) => (name === "db." ? "10.1.1.1" : "REFUSED")).state.asked.map(
      (query) => query.name,
    );
    expect([...new Set(names)]).toEqual(["db.one.test.", "db."]);
  });

  it("silence: 5 s for the first server, max(1, 5·2/2) for the second, twice by the same sockets; then the name itself, then an end", () => {
    const { lines } = playGlibc({ conf: two, name: "db" }, () => "lost");
    expect(lines.filter((line) => !line.includes("AAAA"))).toEqual([
      "0s 10.0.0.1/udp#0 A db.one.test. → lost",
      "5s 10.0.0.2/udp#1 A db.one.test. → lost",
      "10s 10.0.0.1/udp#0 A db.one.test. → lost",
      "15s 10.0.0.2/udp#1 A db.one.test. → lost",
      "20s 10.0.0.1/udp#4 A db. → lost",
      "25s 10.0.0.2/udp#5 A db. → lost",
      "30s 10.0.0.1/udp#4 A db. → lost",
      "35s 10.0.0.2/udp#5 A db. → lost",
      "40s EAI_AGAIN",
    ]);
  });

  it("every try of a name goes out with the same id, another name with another", () => {
    const { state } = playGlibc({ conf: two, name: "db" }, () => "lost");
    const ids = (name: string): number => new Set(state.asked.filter((query) => query.name === name).map(({ id }) => id)).size;
    expect([ids("db.one.test."), ids("db."), new Set(state.asked.map(({ id }) => id)).size]).toEqual([2, 2, 4]);
  });

  it("one server that is silent costs 10 s a name", () => {
    expect(playGlibc({ conf: ONE_NAME, name: "x." }, () => "lost").lines.at(-1)).toBe("10s EAI_AGAIN");
  });

  it("a lost AAAA: after 5 s one after the other, and so for good", () => {
    const { lines, state } = playGlibc({ conf: ONE_NAME, name: "x." }, (_, { type, nth }) =>
      nth === 1 ? "lost" : type === "A" ? "10.1.1.1" : "NODATA",
    );
    expect(lines).toEqual([
      "0s 10.96.0.10/udp#0 A x. → 10.1.1.1",
      "0s 10.96.0.10/udp#0 AAAA x. → lost",
      "5s 10.96.0.10/udp#0 A x. → 10.1.1.1",
      "5s 10.96.0.10/udp#0 AAAA x. → NODATA",
      "5s found x. 10.1.1.1",
    ]);
    expect(state.mode).toBe("single-request");
    expect(playGlibc({ conf: ONE_NAME, name: "www.example.com.", mode: state.mode }, WEB).state.mode).toBe("single-request");
  });

  it("a AAAA that stays lost: three tries of 5 s, then what A said", () => {
    const { lines, state } = playGlibc({ conf: ONE_NAME, name: "x." }, (_, { type }) => (type === "A" ? "10.1.1.1" : "lost"));
    expect(lines.at(-1)).toBe("15s found x. 10.1.1.1");
    expect(state.mode).toBe("single-request-reopen");
  });

  it("single-request-reopen: a new socket for the second query", () => {
    const { lines } = playGlibc({ conf: { ...ONE_NAME, options: ["single-request-reopen"] }, name: "www.example.com." }, WEB);
    expect(lines.slice(0, 2)).toEqual([
      "0s 10.96.0.10/udp#0 A www.example.com. → 192.0.2.7",
      "0s 10.96.0.10/udp#4 AAAA www.example.com. → 2001:db8::7",
    ]);
  });

  it("a truncated answer: both again over TCP, same server", () => {
    const { lines } = playGlibc({ conf: ONE_NAME, name: "x." }, ({ transport }, { type }) =>
      transport === "udp" ? "TC" : type === "A" ? "10.1.1.1" : "NODATA",
    );
    expect(lines.slice(2)).toEqual(["0s 10.96.0.10/tcp#4 A x. → 10.1.1.1", "0s 10.96.0.10/tcp#4 AAAA x. → NODATA", "0s found x. 10.1.1.1"]);
  });

  it("nobody listens anywhere: an end at once, without the rest of the search", () => {
    const { state, lines } = playGlibc({ conf: two, name: "db" }, (_, { type }) => (type === "A" ? "refused" : "lost"));
    expect(lines.at(-1)).toBe("0s EAI_AGAIN");
    expect(new Set(state.asked.map((query) => query.name))).toEqual(new Set(["db.one.test."]));
  });

  it("answers that belong to no query are left alone", () => {
    const step = startLookup({ conf: POD, name: "web" });
    const [first] = step.send;
    if (first === undefined) throw new Error("nothing was sent");
    const stray = { ...first.message, id: first.message.id ^ 1 };
    const { send, state, done } = nextSteps(step.state, { kind: "answer", message: stray });
    expect([send.length, done, state.asked]).toEqual([0, undefined, step.state.asked]);
  });
});

describe("glibc asks nobody", () => {
  it.each([
    ["an address", "10.1.2.3", "0s found 10.1.2.3 10.1.2.3"],
    ["a name of /etc/hosts", "my-pod", "0s found my-pod 10.244.1.5"],
  ])("for %s", (_, name, end) => {
    const hosts = [
      { address: "127.0.0.1", names: ["localhost"] },
      { address: "10.244.1.5", names: ["my-pod"] },
    ];
    expect(playGlibc({ conf: POD, name, hosts }, WEB).lines).toEqual([end]);
  });
});
