import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fingerprint } from "../../../../src/base/hash";
import { draw } from "../../../../src/base/draw";
import { parseType } from "../../../../src/dns/message/codes";
import { makeQuery } from "../../../../src/dns/message/types";
import type { Message, ResourceRecord } from "../../../../src/dns/message/types";
import { parseRecord } from "../../../../src/dns/message/zone-text";
import { DnsCache } from "../../../../src/dns/server/cache-store";
import type { Answer } from "../../../../src/dns/server/chain";
import { answerQuery, replyBytes } from "../../../../src/dns/server/chain";
import type { CorefileConfig } from "../../../../src/dns/server/config";
import { addonConfig, kubeadmConfig } from "../../../../src/dns/server/config";
import { simTime } from "../../../../src/engine/time";
import { viewOf } from "../../../fixtures/view-of-objects";
import { clusterOf, linesOf } from "../../../dns/zone-fixture";
import { decodeMessage } from "../../../../src/dns/message/wire";
import { RUNS } from "../message/arbitraries";

const BEFORE = clusterOf("{kind: Namespace, metadata: {name: shop}}");
const AFTER = clusterOf(`
{kind: Namespace, metadata: {name: shop}}
---
{kind: Service, metadata: {name: web, namespace: shop}, spec: {clusterIP: 10.96.0.50, ports: [{port: 80}]}}
---
{kind: Service, metadata: {name: out, namespace: shop}, spec: {type: ExternalName, externalName: gone.example}}
---
{kind: Service, metadata: {name: db, namespace: shop}, spec: {clusterIP: None}}
---
{kind: EndpointSlice, metadata: {name: db-a, namespace: shop, labels: {kubernetes.io/service-name: db}}, addressType: IPv4, endpoints: [{addresses: [10.244.1.1]}, {addresses: [10.244.1.2]}, {addresses: [10.244.1.3]}, {addresses: [10.244.1.4]}]}
`);

function record(text: string): ResourceRecord {
  const read = parseRecord(text);
  if (!read.ok) throw new Error(read.problem.message);
  return read.value;
}

/** One replica with its cache, asked at seconds. */
class Replica {
  readonly cache = new DnsCache();
  private asked = 0;
  constructor(
    private readonly config: CorefileConfig,
    private readonly seed = 1,
  ) {}

  answer(at: number, question: string, view = AFTER, outside: readonly string[] = [], truncated = false): Answer {
    const [name = "", word = "A"] = question.split(" ");
    const n = (this.asked += 1);
    return answerQuery({
      query: makeQuery(n, name, parseType(word) ?? "A"),
      view,
      config: this.config,
      cache: this.cache,
      now: simTime(at * 1_000_000),
      draw: (purpose) => draw(this.seed, "coredns", purpose, n),
      upstream: { records: outside.map(record), truncated },
    });
  }

  /** `hit|miss` and the reply's lines. */
  line(at: number, question: string, view = AFTER, outside: readonly string[] = []): string {
    const { cache, reply } = this.answer(at, question, view, outside);
    return `${cache} ${linesOf(reply).join(", ")}`;
  }
}

const WEB = "web.shop.svc.cluster.local.";

describe("the cache of the add-on's Corefile", () => {
  it("keeps a denial until its time is over, though the Service exists meanwhile", () => {
    const replica = new Replica(addonConfig());
    expect([0, 1, 29, 30].map((at) => replica.line(at, WEB, at === 0 ? BEFORE : AFTER))).toEqual([
      "miss NXDOMAIN",
      "hit NXDOMAIN",
      "hit NXDOMAIN",
      `miss ${WEB} 30 IN A 10.96.0.50`,
    ]);
  });

  it("counts TTLs down in whole seconds to 1", () => {
    const replica = new Replica(addonConfig());
    expect([0, 0.9, 1, 29.5, 30].map((at) => replica.line(at, WEB))).toEqual([
      `miss ${WEB} 30 IN A 10.96.0.50`,
      `hit ${WEB} 30 IN A 10.96.0.50`,
      `hit ${WEB} 29 IN A 10.96.0.50`,
      `hit ${WEB} 1 IN A 10.96.0.50`,
      `miss ${WEB} 30 IN A 10.96.0.50`,
    ]);
  });

  it("knows a name in any case, and gives it back in the case of the question that filled it", () => {
    const replica = new Replica(addonConfig());
    replica.line(0, WEB);
    expect(replica.answer(1, WEB.toUpperCase())).toMatchObject({
      cache: "hit",
      read: {},
      reply: { questions: [{ name: WEB.toUpperCase() }] },
    });
  });

  it("tells types apart", () => {
    const replica = new Replica(addonConfig());
    expect(
      [replica.line(0, `${WEB} A`), replica.line(0, `${WEB} AAAA`), replica.line(0, `${WEB} AAAA`)].map((line) => line.split(" ")[0]),
    ).toEqual(["miss", "miss", "hit"]);
  });

  it("shows what it holds", () => {
    const replica = new Replica(addonConfig());
    replica.line(0, WEB);
    replica.line(2, "none.shop.svc.cluster.local.");
    expect(replica.cache.entries(simTime(5_000_000))).toMatchObject([
      { key: `${WEB} IN A`, kind: "success", ttl: 30, left: 25, setBy: "records", answer: "A 10.96.0.50" },
      { key: "none.shop.svc.cluster.local. IN A", kind: "denial", ttl: 30, left: 27, setBy: "records", answer: "NXDOMAIN" },
    ]);
  });

  it("is each replica's own", () => {
    const [a, b] = [new Replica(addonConfig()), new Replica(addonConfig())];
    a.line(0, WEB, BEFORE);
    expect([a.line(1, WEB), b.line(1, WEB)]).toEqual(["hit NXDOMAIN", `miss ${WEB} 30 IN A 10.96.0.50`]);
  });
});

describe("the cache of kubeadm's Corefile", () => {
  it("keeps nothing of the cluster domain", () => {
    const replica = new Replica(kubeadmConfig());
    expect([replica.line(0, WEB, BEFORE), replica.line(1, WEB), replica.line(2, WEB)]).toEqual([
      "miss NXDOMAIN",
      `miss ${WEB} 30 IN A 10.96.0.50`,
      `miss ${WEB} 30 IN A 10.96.0.50`,
    ]);
  });

  it("keeps names from outside, at most 30 s and at least 5 s", () => {
    const replica = new Replica(kubeadmConfig());
    const outside = ["long.example. 3600 IN A 192.0.2.1", "short.example. 0 IN A 192.0.2.2"];
    expect([
      replica.line(0, "long.example.", AFTER, outside),
      replica.line(0, "short.example.", AFTER, outside),
      replica.line(4, "short.example."),
      replica.line(5, "short.example."),
    ]).toEqual([
      "miss long.example. 30 IN A 192.0.2.1",
      "miss short.example. 5 IN A 192.0.2.2",
      "hit short.example. 1 IN A 192.0.2.2",
      "miss NXDOMAIN",
    ]);
  });

  it("sets AA on a hit, whatever the answer had", () => {
    const replica = new Replica(kubeadmConfig());
    const outside = ["a.example. 60 IN A 192.0.2.1"];
    expect(
      [replica.answer(0, "a.example.", AFTER, outside), replica.answer(1, "a.example.")].map(({ reply }) => reply.flags.authoritative),
    ).toEqual([false, true]);
  });
});

describe("never kept are", () => {
  it.each([
    ["an alias without an end", "out.shop.svc.cluster.local. A", [], false],
    ["truncated answers", "a.example. A", ["a.example. 60 IN A 192.0.2.1"], true],
  ])("%s", (_, question, outside, truncated) => {
    const replica = new Replica(addonConfig());
    replica.answer(0, question, AFTER, outside, truncated);
    expect(replica.answer(1, question, AFTER, outside, truncated).cache).toBe("miss");
  });
});

it("an alias without an end keeps its own TTL, though it is not kept", () => {
  expect(new Replica(addonConfig()).line(0, "out.shop.svc.cluster.local.")).toBe(
    "miss out.shop.svc.cluster.local. 30 IN CNAME gone.example.",
  );
});

function entry(n: number): Parameters<DnsCache["put"]>[1] {
  return { key: `n${n}. IN A`, message: makeQuery(n, `n${n}.`, "A"), storedAt: simTime(0), ttl: 30, setBy: "records" };
}

describe("a full shard", () => {
  it("loses one drawn entry for each new one", () => {
    const cache = new DnsCache();
    for (let n = 0; n < 2000; n += 1) cache.put("success", entry(n), 256, (purpose) => draw(1, "coredns", purpose, n));
    expect(cache.entries(simTime(0)).length).toBeLessThanOrEqual(256);
    expect(cache.entries(simTime(0)).length).toBeGreaterThan(200);
  });
});

function hash(cache: DnsCache): string {
  const into = new Fingerprint();
  cache.hash(into);
  return into.hex();
}

describe("a cache's state", () => {
  it("is back after restore, and its hash with it", () => {
    const replica = new Replica(addonConfig());
    replica.line(0, WEB);
    const kept = replica.cache.checkpoint();
    const before = hash(replica.cache);
    replica.line(1, "none.shop.svc.cluster.local.");
    expect(hash(replica.cache)).not.toBe(before);
    replica.cache.restore(kept);
    expect(hash(replica.cache)).toBe(before);
    expect(replica.cache.entries(simTime(0))).toHaveLength(1);
  });
});

const DB = "db.shop.svc.cluster.local.";

/** Last digits of the addresses, in their order. */
function order(reply: Message): string {
  return reply.answers.map((item) => (item.type === "A" ? item.address.slice(-1) : "")).join("");
}

function orders(seed: number): readonly string[] {
  const replica = new Replica(addonConfig(), seed);
  return Array.from({ length: 20 }, () => order(replica.answer(0, DB).reply));
}

describe("loadbalance", () => {
  it("shuffles hits anew, loses no address, and does the same for the same seed", () => {
    expect(orders(1)).toEqual(orders(1));
    expect(new Set(orders(1)).size).toBeGreaterThan(5);
    expect(new Set(orders(1).map((text) => text.split("").toSorted().join("")))).toEqual(new Set(["1234"]));
  });

  it("puts each address first about equally often", () => {
    const replica = new Replica(addonConfig(), 3);
    const firsts = new Map<string, number>();
    for (let n = 0; n < 4000; n += 1) {
      const first = order(replica.answer(0, DB).reply).charAt(0);
      firsts.set(first, (firsts.get(first) ?? 0) + 1);
    }
    // Chi-square with three degrees of freedom: 11.34 at 1 %.
    const chi = [...firsts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(firsts.size).toBe(4);
    expect(chi).toBeLessThan(11.34);
  });
});

function recordsOf(message: Message | undefined): readonly ResourceRecord[] {
  return [...(message?.answers ?? []), ...(message?.authority ?? [])];
}

/** The records without their TTLs, in a fixed order. */
function bare(message: Message | undefined): readonly string[] {
  return recordsOf(message)
    .map((item) => JSON.stringify({ ...item, ttl: 0 }))
    .toSorted();
}

function highestTtl(message: Message | undefined): number {
  return Math.max(...recordsOf(message).map((item) => item.ttl));
}

describe("laws of the cache", () => {
  const questions = fc.constantFrom(
    WEB,
    `${WEB} AAAA`,
    `${WEB} SRV`,
    "none.shop.svc.cluster.local.",
    "db.shop.svc.cluster.local.",
    "shop.svc.cluster.local.",
    "a.example.",
  );
  const asks = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), questions), { maxLength: 30 });
  const OUTSIDE = ["a.example. 300 IN A 192.0.2.1"];

  it("a hit says what the miss before it said, with TTLs that only fall", () => {
    fc.assert(
      fc.property(asks, (steps) => {
        const replica = new Replica(addonConfig());
        const last = new Map<string, Message>();
        let now = 0;
        for (const [pause, question] of steps) {
          now += pause;
          const { cache, reply } = replica.answer(now, question, AFTER, OUTSIDE);
          const before = last.get(question);
          if (cache === "hit") {
            expect(before).toBeDefined();
            expect(bare(reply)).toEqual(bare(before));
            expect(reply.rcode).toBe(before?.rcode);
            expect(highestTtl(reply)).toBeLessThanOrEqual(highestTtl(before));
            expect(highestTtl(reply)).toBeGreaterThanOrEqual(1);
          }
          last.set(question, reply);
        }
      }),
      RUNS,
    );
  });

  it("without a cache every question is decided on the view at hand", () => {
    fc.assert(
      fc.property(asks, (steps) => {
        const replica = new Replica({ ...addonConfig(), cache: null, loadbalance: false });
        const fresh = (question: string): Message =>
          new Replica({ ...addonConfig(), cache: null, loadbalance: false }).answer(0, question, AFTER, OUTSIDE).reply;
        for (const [, question] of steps)
          expect(linesOf(replica.answer(0, question, AFTER, OUTSIDE).reply)).toEqual(linesOf(fresh(question)));
      }),
      RUNS,
    );
  });
});

describe("a reply's bytes", () => {
  const many = viewOf([
    ...BEFORE.list("Namespace"),
    { apiVersion: "v1", kind: "Service", metadata: { name: "db", namespace: "shop" }, spec: { clusterIP: "None" } },
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: "db-a", namespace: "shop", labels: { "kubernetes.io/service-name": "db" } },
      addressType: "IPv4",
      endpoints: Array.from({ length: 100 }, (_, index) => ({ addresses: [`10.244.1.${index + 1}`] })),
    },
  ]);

  it.each([
    ["512 bytes over UDP", undefined, "udp", 512, true],
    ["what the OPT allows over UDP", 1232, "udp", 1232, true],
    ["all of it over TCP", undefined, "tcp", 65535, false],
  ] as const)("fit %s", (_, udpSize, transport, most, truncated) => {
    const edns = udpSize === undefined ? undefined : { udpSize, version: 0, dnssecOk: false, options: new Uint8Array() };
    const query = makeQuery(1, "db.shop.svc.cluster.local.", "A", edns);
    const { reply } = answerQuery({ query, view: many, config: kubeadmConfig(), cache: new DnsCache(), now: simTime(0), draw: () => 0 });
    const bytes = replyBytes(query, reply, transport);
    const read = decodeMessage(bytes);
    expect(bytes.length).toBeLessThanOrEqual(most);
    expect(read.ok && read.value.flags.truncated).toBe(truncated);
  });
});
