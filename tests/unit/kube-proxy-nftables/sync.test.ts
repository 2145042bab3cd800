import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EndpointSlice, Service } from "../../../src/cluster/objects";
import { seconds, simTime } from "../../../src/engine/time";
import type { NftProxyState } from "../../../src/node/agents/kube-proxy/nftables/proxy-state";
import { syncNft } from "../../../src/node/agents/kube-proxy/nftables/sync";
import { cleanupText, transactionText } from "../../../src/node/agents/kube-proxy/nftables/text";
import { runTransaction } from "../../../src/node/kernel/nftables/operations";
import { parseScript } from "../../../src/node/kernel/nftables/parse";
import { listText } from "../../../src/node/kernel/nftables/show";
import type { NftTable } from "../../../src/node/kernel/nftables/tables";
import { endpoint, service, slice } from "../kube-proxy/objects";
import { nftInputOf } from "./input";
import { someServices } from "./some-services";

const RUNS = Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50");

type Objects = readonly (Service | EndpointSlice)[];

/** Syncs one after another, a third of a second apart unless a step says how many seconds it waited. */
function play(steps: readonly (Objects | { readonly wait: number; readonly objects: Objects })[]): NftProxyState {
  let state: NftProxyState | null = null;
  let now = 0;
  for (const step of steps) {
    const { wait, objects } = "objects" in step ? step : { wait: 0.3, objects: step };
    now += seconds(wait);
    state = syncNft(state, { ...nftInputOf(objects), now: simTime(now) });
  }
  if (state === null) throw new Error("no step");
  return state;
}

/** A table's blocks without order and without chains that stand empty. */
function content(table: NftTable): readonly string[] {
  return listText(table)
    .split("\n\n")
    .map((block) => block.replace(/^table.*\n\tcomment.*\n/, "").replace(/\n}\n$/, ""))
    .filter((block) => !/^\tchain \S+ \{\n\t\}$/.test(block.trimEnd()))
    .toSorted();
}

function sharing(key: string, address: string): Service {
  return service(key, address, { externalIPs: ["192.0.2.5"] });
}

function verdictOfShared(state: NftProxyState): unknown {
  return state.table.sets.get("service-ips")?.elements.get("192.0.2.5 . tcp . 80")?.verdict;
}

const WEB = service("shop/web", "10.96.0.20");
const API = service("shop/api", "10.96.0.21");

describe("a partial sync", () => {
  test("writes only what differs: an endpoint more rewrites its Service's chains and no other's", () => {
    const state = play([
      [WEB, API, slice("shop/web", ["10.244.1.2"]), slice("shop/api", ["10.244.1.9"])],
      [WEB, API, slice("shop/web", ["10.244.1.2", "10.244.1.3"]), slice("shop/api", ["10.244.1.9"])],
    ]);
    expect(state.kind).toBe("partial");
    expect(state.operations).toHaveLength(12);
    expect(transactionText(state)).not.toContain("api");
    expect(transactionText(state)).not.toContain("element ip");
  });

  test("does nothing where nothing changed", () => {
    const objects = [WEB, slice("shop/web", ["10.244.1.2"])];
    const state = play([objects, objects]);
    expect(state.operations).toEqual([]);
  });

  test("empties a chain that nothing needs, and deletes it more than a second later, in a transaction of its own", () => {
    const gone = play([[WEB, slice("shop/web", ["10.244.1.2"])], []]);
    expect([...gone.stale.keys()]).toHaveLength(2);
    expect(transactionText(gone).match(/flush chain/g)).toHaveLength(2);
    const soon = play([[WEB, slice("shop/web", ["10.244.1.2"])], [], { wait: 1, objects: [] }]);
    expect(cleanupText(soon)).toBe("");
    const later = play([[WEB, slice("shop/web", ["10.244.1.2"])], [], { wait: 1.1, objects: [] }]);
    expect(
      cleanupText(later)
        .split("\n")
        .filter((line) => line.startsWith("delete chain")),
    ).toHaveLength(2);
    expect(later.stale.size).toBe(0);
    expect([...later.table.chains.keys()].filter((name) => name.includes("/"))).toEqual([]);
  });

  test("takes a stale chain back into use before it is deleted", () => {
    const state = play([
      [WEB, slice("shop/web", ["10.244.1.2"])],
      [WEB],
      [WEB, slice("shop/web", ["10.244.1.2"])],
      { wait: 2, objects: [WEB, slice("shop/web", ["10.244.1.2"])] },
    ]);
    expect(state.stale.size).toBe(0);
    expect(cleanupText(state)).toBe("");
  });

  test("deletes sets of sources at once when affinity ends", () => {
    const endpoints = slice("shop/web", ["10.244.1.2"]);
    const state = play([
      [service("shop/web", "10.96.0.20", { sessionAffinity: "ClientIP" }), endpoints],
      [WEB, endpoints],
    ]);
    expect(transactionText(state)).toContain("delete set ip kube-proxy affinity-");
    expect(content(state.table)).toEqual(content(play([[WEB, endpoints]]).table));
  });

  test("changes an element's verdict by deleting and adding it", () => {
    const local = service("shop/web", "10.96.0.20", { internalTrafficPolicy: "Local" });
    const state = play([
      [local, slice("shop/web", ["10.244.1.2@node-b"])],
      [local, slice("shop/web", [])],
    ]);
    expect(transactionText(state).match(/.*element.*/g)).toEqual([
      "delete element ip kube-proxy no-endpoint-services { 10.96.0.20 . tcp . 80 }",
      'add element ip kube-proxy no-endpoint-services { 10.96.0.20 . tcp . 80 comment "shop/web:http" : goto reject-chain }',
    ]);
  });

  test("gives a place that two Services claim to the later one, and back when that one goes", () => {
    const both = [
      sharing("shop/a", "10.96.0.1"),
      sharing("shop/b", "10.96.0.2"),
      slice("shop/a", ["10.244.1.2"]),
      slice("shop/b", ["10.244.1.3"]),
    ];
    expect(verdictOfShared(play([both.slice(0, 1), both]))).toMatchObject({ chain: expect.stringContaining("shop/b") });
    expect(verdictOfShared(play([both, [...both.slice(0, 1), ...both.slice(2, 3)]]))).toMatchObject({
      chain: expect.stringContaining("shop/a"),
    });
  });

  test("is full where settings or node changed", () => {
    const first = syncNft(null, nftInputOf([WEB]));
    const second = syncNft(first, nftInputOf([WEB], { masqueradeAll: true }));
    expect(second.kind).toBe("full");
    expect(transactionText(second)).not.toContain("delete chain");
    expect(content(second.table)).toEqual(content(syncNft(null, nftInputOf([WEB], { masqueradeAll: true })).table));
  });
});

describe("the first sync of a restarted kube-proxy", () => {
  test("leaves alone what stands as it should and takes away what is left over", () => {
    const before = play([[WEB, API, slice("shop/web", ["10.244.1.2"]), slice("shop/api", ["10.244.1.9"])]]).table;
    const after = syncNft(null, { ...nftInputOf([WEB, slice("shop/web", ["10.244.1.2", "10.244.1.3"])]), into: before });
    const text = transactionText(after);
    expect(text).not.toContain("flush chain ip kube-proxy endpoint-VSIOAOE4-shop/web/tcp/http__10.244.1.2/8080");
    expect(text).toContain("delete element ip kube-proxy cluster-ips { 10.96.0.21 }");
    expect([...after.stale.keys()].every((name) => name.includes("shop/api"))).toBe(true);
    expect(content(after.table)).toEqual(content(play([[WEB, slice("shop/web", ["10.244.1.2", "10.244.1.3"])]]).table));
  });
});

describe("laws", () => {
  const clusters = fc.array(fc.tuple(someServices(), fc.constantFrom(0.3, 1.5)), { minLength: 1, maxLength: 5 });

  test("any way of partial syncs leads where one full sync does, under the same version once stale chains are gone", () => {
    fc.assert(
      fc.property(clusters, (steps) => {
        const played = play(steps.map(([objects, wait]) => ({ objects, wait })));
        const last = steps.at(-1)?.[0] ?? [];
        const full = play([last]);
        expect(content(played.table)).toEqual(content(full.table));
        const settled = syncNft(played, { ...nftInputOf(last), now: simTime(seconds(100)) });
        expect(settled.operations).toEqual([]);
        expect(content(settled.table)).toEqual(content(full.table));
        expect(settled.table.version).toBe(full.table.version);
      }),
      { numRuns: RUNS },
    );
  }, 120_000);

  test("the text of each transaction, read back and run on the table before, makes the table after", () => {
    fc.assert(
      fc.property(clusters, (steps) => {
        let state: NftProxyState | null = null;
        let replayed: NftTable | null = null;
        for (const [index, [objects]] of steps.entries()) {
          const next: NftProxyState = syncNft(state, { ...nftInputOf(objects), now: simTime(index * seconds(2)) });
          const from: NftTable = replayed ?? { ...next.table, sets: new Map(), chains: new Map(), hooks: new Map() };
          const script = cleanupText(next) + transactionText(next);
          replayed = runTransaction(from, parseScript(script), "read back");
          expect(listText(replayed)).toBe(listText(next.table));
          state = next;
        }
      }),
      { numRuns: RUNS },
    );
  }, 120_000);

  test("naming the changed Services makes no difference but in speed", () => {
    fc.assert(
      fc.property(someServices(), someServices(), (before, after) => {
        const first = syncNft(null, nftInputOf(before));
        const all = new Set(
          [...before, ...after].filter(({ kind }) => kind === "Service").map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
        );
        const named = syncNft(first, { ...nftInputOf(after), changed: all });
        expect(listText(named.table)).toBe(listText(syncNft(first, nftInputOf(after)).table));
      }),
      { numRuns: RUNS },
    );
  }, 120_000);
});

test("a Service of which nothing changed shares its chains with the table before", () => {
  const first = play([[WEB, API, slice("shop/web", ["10.244.1.2"]), slice("shop/api", [endpoint("10.244.1.9")])]]);
  const name = [...first.table.chains.keys()].find((one) => one.includes("service-") && one.includes("shop/api")) ?? "";
  const second = syncNft(first, nftInputOf([WEB, API, slice("shop/web", ["10.244.1.3"]), slice("shop/api", [endpoint("10.244.1.9")])]));
  expect(second.table.chains.get(name)).toBe(first.table.chains.get(name));
});
