/** Replicas that read at their own pace: each answers from what has reached it, and equal pages give equal answers. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { draw } from "../../src/base/draw";
import type { Endpoint, EndpointSlice, KubeObject } from "../../src/cluster/objects";
import { Store } from "../../src/cluster/store";
import { Watches } from "../../src/cluster/watch";
import { showRecord } from "../../src/dns/message/show";
import { makeQuery } from "../../src/dns/message/types";
import type { Message } from "../../src/dns/message/types";
import { DnsCache } from "../../src/dns/server/cache-store";
import { answerQuery } from "../../src/dns/server/chain";
import type { CorefileConfig } from "../../src/dns/server/config";
import { addonConfig, kubeadmConfig } from "../../src/dns/server/config";
import { simTime } from "../../src/engine/time";
import { RUNS } from "../unit/dns/message/arbitraries";

/** From write to reader: 1 ms to 2 s, so that replicas fall far apart. */
const DELAY = [1000, 50_000, 2_000_000];

const DB: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "db", namespace: "shop" },
  spec: { clusterIP: "None", ports: [{ name: "sql", port: 5432 }] },
};
const WEB: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "shop" },
  spec: { clusterIP: "10.96.0.50", ports: [{ name: "http", port: 80 }] },
};
const SHOP: KubeObject = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } };

const endpoint: fc.Arbitrary<Endpoint> = fc.record(
  {
    addresses: fc.integer({ min: 1, max: 9 }).map((last) => [`10.244.1.${last}`]),
    conditions: fc.record({ ready: fc.boolean() }),
    hostname: fc.constantFrom("db-0", "db-1"),
  },
  { requiredKeys: ["addresses", "conditions"] },
);

/** Writes in the order of time: a pause before each, and the slice's endpoints after it. */
const writes = fc.array(fc.tuple(fc.integer({ min: 0, max: 1_000_000 }), fc.array(endpoint, { maxLength: 5 })), {
  minLength: 1,
  maxLength: 8,
});
const QUESTIONS = [
  ["db.shop.svc.cluster.local.", "A"],
  ["db.shop.svc.cluster.local.", "AAAA"],
  ["db-0.db.shop.svc.cluster.local.", "A"],
  ["_sql._tcp.db.shop.svc.cluster.local.", "SRV"],
  ["3.1.244.10.in-addr.arpa.", "PTR"],
  ["web.shop.svc.cluster.local.", "A"],
  ["none.shop.svc.cluster.local.", "A"],
] as const;
const questions = fc.constantFrom(...QUESTIONS);
const moments = fc.array(fc.tuple(fc.integer({ min: 0, max: 10_000_000 }), questions), { minLength: 1, maxLength: 12 });

const REPLICAS = ["coredns-a", "coredns-b"] as const;

class Cluster {
  readonly store = new Store();
  readonly watches: Watches;
  private asked = 0;

  constructor(seed: number, history: readonly (readonly [number, readonly Endpoint[]])[]) {
    this.watches = new Watches(this.store, seed, DELAY);
    for (const object of [SHOP, DB, WEB]) this.write(0, object, "ADDED");
    for (const replica of REPLICAS) this.watches.register(replica, this.store.head);
    let at = 0;
    for (const [index, [pause, endpoints]] of history.entries()) {
      at += pause;
      this.write(at, sliceOf(endpoints), index === 0 ? "ADDED" : "MODIFIED");
    }
  }

  private write(at: number, object: KubeObject, type: "ADDED" | "MODIFIED"): void {
    this.store.write({ type, kind: object.kind, object, at: simTime(at), event: 0 });
  }

  /** Addresses that the newest slice that has reached the replica holds ready. */
  readyAt(replica: string, at: number): ReadonlySet<string> {
    const arrived = this.store
      .writesOf("EndpointSlice")
      .filter(({ revision }) => this.watches.arrivalOf(replica, "EndpointSlice", revision) <= at);
    const object = arrived.at(-1)?.object;
    const endpoints = object?.kind === "EndpointSlice" ? (object.endpoints ?? []) : [];
    return new Set(endpoints.filter(({ conditions }) => conditions?.ready !== false).flatMap(({ addresses }) => addresses));
  }

  ask(replica: string, at: number, [name, type]: (typeof QUESTIONS)[number], config: CorefileConfig, cache = new DnsCache()): Message {
    const n = (this.asked += 1);
    return answerQuery({
      query: makeQuery(n, name, type),
      view: this.store.view(this.watches.revisionsAt(replica, simTime(at))),
      config,
      cache,
      now: simTime(at),
      draw: (purpose) => draw(1, replica, purpose, n),
    }).reply;
  }

  pageOf(replica: string, at: number): string {
    return JSON.stringify(this.watches.revisionsAt(replica, simTime(at)));
  }
}

function sliceOf(endpoints: readonly Endpoint[]): EndpointSlice {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "db-a", namespace: "shop", labels: { "kubernetes.io/service-name": "db" } },
    addressType: "IPv4",
    endpoints,
    ports: [{ name: "sql", port: 15_432 }],
  };
}

function endpointsIn(message: Message): readonly string[] {
  const records = [...message.answers, ...message.additional];
  return records.flatMap((record) => (record.type === "A" && record.address.startsWith("10.244.") ? [record.address] : []));
}

/** A reply without its order, which is shuffled. */
function bare(message: Message): readonly string[] {
  return [message.rcode, ...[...message.answers, ...message.authority, ...message.additional].map(showRecord).toSorted()];
}

const seeds = fc.integer({ min: 0, max: 0xffff_ffff });

describe("over random histories of a slice", () => {
  it("an answer never holds an endpoint that the replica's cursor does not hold ready", () => {
    fc.assert(
      fc.property(seeds, writes, moments, (seed, history, asks) => {
        const cluster = new Cluster(seed, history);
        for (const [at, question] of asks)
          for (const replica of REPLICAS) {
            const ready = cluster.readyAt(replica, at);
            const given = endpointsIn(cluster.ask(replica, at, question, kubeadmConfig()));
            expect(given.filter((address) => !ready.has(address))).toEqual([]);
          }
      }),
      RUNS,
    );
  });

  it("two replicas whose cursors stand at the same revisions say the same, whenever they are asked", () => {
    fc.assert(
      fc.property(seeds, writes, moments, (seed, history, asks) => {
        const cluster = new Cluster(seed, history);
        const said = new Map<string, readonly string[]>();
        for (const [at, question] of asks)
          for (const replica of REPLICAS) {
            const key = `${question.join(" ")} ${cluster.pageOf(replica, at)}`;
            const answer = bare(cluster.ask(replica, at, question, kubeadmConfig()));
            expect(answer).toEqual(said.get(key) ?? answer);
            said.set(key, answer);
          }
      }),
      RUNS,
    );
  });

  it("a cached answer holds what was ready when it was first given, at most 30 s ago", () => {
    fc.assert(
      fc.property(seeds, writes, moments, (seed, history, asks) => {
        const cluster = new Cluster(seed, history);
        const cache = new DnsCache();
        const first = new Map<string, { readonly at: number; readonly message: Message }>();
        for (const [at, question] of asks.toSorted(([a], [b]) => a - b)) {
          const key = question.join(" ");
          const reply = cluster.ask("coredns-a", at, question, addonConfig(), cache);
          const known = first.get(key);
          // All of it happens within 10 s, so nothing has run out.
          if (known === undefined) first.set(key, { at, message: reply });
          else expect(withoutTtl(reply)).toEqual(withoutTtl(known.message));
          const seconds = Math.trunc((at - (known?.at ?? at)) / 1_000_000);
          for (const record of [...reply.answers, ...reply.authority, ...reply.additional]) expect(record.ttl).toBe(30 - seconds);
        }
      }),
      RUNS,
    );
  });
});

function withoutTtl(message: Message): readonly string[] {
  return bare(message).map((line) => line.replace(/^(\S+) \d+ /, "$1 "));
}
