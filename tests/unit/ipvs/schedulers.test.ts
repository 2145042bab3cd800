/** IPVS's schedulers: what each promises, and what is known of the kernel's own figures. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { schedule, type Scheduling } from "../../../src/node/kernel/ipvs/schedulers";
import { hsiphash } from "../../../src/node/kernel/ipvs/siphash";
import type { ConnectionCount, SchedulerPlace } from "../../../src/node/kernel/ipvs/state";
import { IPVS_SCHEDULERS, realKey, type IpvsScheduler, type RealServer, type VirtualServer } from "../../../src/node/kernel/ipvs/table";

const RUNS = { numRuns: Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50") };

/** `a1 b3 c0`: servers by letter with their weights. */
function servers(text: string): readonly RealServer[] {
  return text.split(" ").map((one) => ({ address: `10.244.1.${one.charCodeAt(0) - 96}`, port: 8080, weight: Number(one.slice(1)) }));
}

function letterOf(server: RealServer | null): string {
  return server === null ? "-" : String.fromCharCode(96 + Number(server.address.split(".")[3]));
}

function virtual(scheduler: IpvsScheduler, of: readonly RealServer[]): VirtualServer {
  return { protocol: "tcp", address: "10.96.0.10", port: 80, scheduler, persistence: 0, servers: of };
}

interface Asked {
  readonly client?: string;
  readonly clientPort?: number;
  readonly counts?: Readonly<Record<string, ConnectionCount>>;
}

function asking(scheduler: IpvsScheduler, of: readonly RealServer[], place: SchedulerPlace | undefined, asked: Asked = {}): Scheduling {
  const { client = "10.244.2.9", clientPort = 40_000, counts = {} } = asked;
  const byKey = new Map(
    of.flatMap((one): [string, ConnectionCount][] => {
      const count = counts[letterOf(one)];
      return count === undefined ? [] : [[realKey(one), count]];
    }),
  );
  return { virtual: virtual(scheduler, of), servers: of, client, clientPort, place, counts: () => byKey };
}

/** The letters of so many choices in a row. */
function turns(scheduler: IpvsScheduler, text: string, count: number): string {
  let place: SchedulerPlace | undefined;
  let letters = "";
  for (let turn = 0; turn < count; turn += 1) {
    const scheduled = schedule(asking(scheduler, servers(text), place));
    place = scheduled.place ?? place;
    letters += letterOf(scheduled.server);
  }
  return letters;
}

const load = (active: number, inactive = 0): ConnectionCount => ({ active, inactive });

function chosen(scheduler: IpvsScheduler, text: string, counts: NonNullable<Asked["counts"]>): string {
  return letterOf(schedule(asking(scheduler, servers(text), undefined, { counts })).server);
}

describe("round robin", () => {
  test("goes round the list, leaves out weight 0, and knows no other weights", () => {
    expect(turns("rr", "a1 b1 c1", 7)).toBe("abcabca");
    expect(turns("rr", "a1 b0 c5", 5)).toBe("acaca");
    expect(turns("rr", "a0 b0", 2)).toBe("--");
  });

  test("goes on behind where a server stood that is gone", () => {
    const { place } = schedule(
      asking("rr", servers("a1 b1 c1"), { last: realKey({ address: "10.244.1.1", port: 8080 }), weight: 0, among: "" }),
    );
    expect(letterOf(schedule(asking("rr", servers("a1 c1"), place)).server)).toBe("c");
  });
});

describe("weighted round robin", () => {
  test("begins with the heaviest, and each has its share of a round: the kernel's 4, 3, 2 are AABABCABC", () => {
    expect(turns("wrr", "a4 b3 c2", 9)).toBe("aababcabc");
    expect(turns("wrr", "a4 b3 c2", 18)).toBe("aababcabc".repeat(2));
  });

  test("gives every server exactly its weight out of a whole round, whatever the weights", () => {
    const weights = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(weights, (chosen) => {
        const text = chosen.map((weight, index) => `${String.fromCharCode(97 + index)}${weight}`).join(" ");
        const round = chosen.reduce((sum, weight) => sum + weight, 0);
        const letters = turns("wrr", text, round);
        for (const [index, weight] of chosen.entries())
          expect(letters.split(String.fromCharCode(97 + index)).length - 1, text).toBe(weight);
      }),
      RUNS,
    );
  });
});

describe("least connections", () => {
  test("counts an active connection as 256 inactive ones; the first of equals is taken", () => {
    expect(chosen("lc", "a1 b1", { a: load(1), b: load(0, 255) })).toBe("b");
    expect(chosen("lc", "a1 b1", { a: load(1), b: load(0, 257) })).toBe("a");
    expect(chosen("lc", "a1 b1 c1", {})).toBe("a");
  });

  test("weighs where it is weighted", () => {
    const counts = { a: load(2), b: load(3) };
    expect(chosen("lc", "a1 b2", counts)).toBe("a");
    expect(chosen("wlc", "a1 b2", counts)).toBe("b");
  });

  test("sed counts the connection that comes, so an idle light server may lose; nq takes the idle one at once", () => {
    const counts = { a: load(1), b: load(0) };
    expect(chosen("sed", "a3 b1", counts)).toBe("a");
    expect(chosen("nq", "a3 b1", counts)).toBe("b");
    expect(chosen("nq", "a3 b1", { a: load(1), b: load(1) })).toBe("a");
  });
});

describe("hashing", () => {
  test("the hash is the kernel's own: its self-test's figure for the bytes 0 1 2 3", () => {
    expect(hsiphash(0x0302_0100, [0x0706_0504_0302_0100n, 0x0f0e_0d0c_0b0a_0908n])).toBe(0x88d3_8328);
  });

  test("sh and mh send a client to one server, dh everybody", () => {
    const of = servers("a1 b1 c1 d1");
    const to = (scheduler: IpvsScheduler, client: string, clientPort: number): string =>
      letterOf(schedule(asking(scheduler, of, undefined, { client, clientPort })).server);
    const clients = Array.from({ length: 64 }, (_, index) => `10.244.${index >> 4}.${index * 3}`);
    for (const scheduler of ["sh", "mh", "dh"] as const) {
      for (const client of clients) expect(to(scheduler, client, 5)).toBe(to(scheduler, client, 5));
    }
    expect(new Set(clients.map((client) => to("sh", client, 1))).size).toBe(4);
    expect(clients.every((client) => to("sh", client, 1) === to("sh", client, 2))).toBe(true);
    expect(new Set(clients.map((client) => to("mh", client, 1))).size).toBe(4);
    expect(new Set(Array.from({ length: 64 }, (_, port) => to("mh", "10.244.1.9", 40_000 + port))).size).toBe(4);
    expect(new Set(clients.map((client) => to("dh", client, 1))).size).toBe(1);
  });

  test("mh moves few clients when a server comes; sh does not look further where its server takes nobody", () => {
    const clients = Array.from({ length: 500 }, (_, index) => `10.${index & 7}.${index >> 3}.9`);
    const where = (text: string): readonly string[] =>
      clients.map((client) => letterOf(schedule(asking("mh", servers(text), undefined, { client })).server));
    const four = where("a1 b1 c1 d1");
    const five = where("a1 b1 c1 d1 e1");
    const moved = five.filter((letter, index) => letter !== four[index] && letter !== "e").length;
    expect(moved).toBeLessThan(60);
    expect(five.filter((letter) => letter === "e").length).toBeGreaterThan(60);
    const sh = clients.map((client) => letterOf(schedule(asking("sh", servers("a1 b0"), undefined, { client })).server));
    expect(new Set(sh)).toEqual(new Set(["a", "-"]));
  });
});

test("no scheduler ever gives a connection to a server of weight 0, and all but the hashing ones find one that has weight", () => {
  const some = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.nat(5), fc.nat(300)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom(...IPVS_SCHEDULERS), some, fc.nat(0xffff), (scheduler, drawn, port) => {
      const letters = drawn.map((_, index) => String.fromCharCode(97 + index));
      const text = drawn.map(([weight], index) => `${letters[index]}${weight}`).join(" ");
      const counts = Object.fromEntries(drawn.map(([, active, inactive], index) => [letters[index] ?? "", load(active, inactive)]));
      const { server } = schedule(asking(scheduler, servers(text), undefined, { clientPort: port, counts }));
      if (server !== null) expect(server.weight).toBeGreaterThan(0);
      const isThere = drawn.some(([weight]) => weight > 0);
      if (!["sh", "dh", "mh"].includes(scheduler)) expect(server !== null).toBe(isThere);
    }),
    RUNS,
  );
});
