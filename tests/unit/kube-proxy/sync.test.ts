import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EndpointSlice, Service } from "../../../src/cluster/objects";
import { simTime } from "../../../src/engine/time";
import { rulesBeforeProxy } from "../../../src/node/agents/flannel-rules";
import type { ProxyState } from "../../../src/node/agents/kube-proxy/iptables/proxy-state";
import { syncText } from "../../../src/node/agents/kube-proxy/iptables/restore";
import { rewrittenChains, syncRules } from "../../../src/node/agents/kube-proxy/iptables/sync";
import { serviceKeyOf } from "../../../src/node/agents/kube-proxy/services";
import { saveText } from "../../../src/node/kernel/netfilter/show";
import { inputOf, service, slice } from "./objects";

const RUNS = Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50");
const INTO = rulesBeforeProxy({ podCIDR: "10.244.0.0/16", nodePodCIDR: "10.244.1.0/24" });

type Objects = readonly (Service | EndpointSlice)[];

const WEB = service("shop/web", "10.96.0.50");
const API = service("shop/api", "10.96.0.60");
const WEB_SLICE = slice("shop/web", ["10.244.1.2", "10.244.2.2"]);
const API_SLICE = slice("shop/api", ["10.244.1.9"]);

function run(steps: readonly Objects[]): ProxyState {
  let state: ProxyState | null = null;
  for (const objects of steps) state = syncRules(state, { ...inputOf(objects), into: INTO });
  if (state === null) throw new Error("no steps");
  return state;
}

/** The kinds of Service chains that a sync's text writes or removes, in order. */
function ownChainLines(state: ProxyState): readonly string[] {
  return [...syncText(state).matchAll(/^(:|-X )(KUBE-(?:SVC|SVL|EXT|FW|SEP))-/gm)].map(([, sign = "", kind = ""]) => sign + kind);
}

describe("a sync after the first is partial", () => {
  test("a changed Service's chains are written, the others' are not; the shared chains always are", () => {
    const state = run([
      [WEB, API, WEB_SLICE, API_SLICE],
      [WEB, API, WEB_SLICE, slice("shop/api", ["10.244.1.9", "10.244.2.9"])],
    ]);
    expect(state.kind).toBe("partial");
    expect(ownChainLines(state)).toEqual([":KUBE-SVC", ":KUBE-SEP", ":KUBE-SEP"]);
    expect(syncText(state).match(/-A KUBE-SERVICES .*cluster IP/g)?.length).toBe(2);
    expect([...(rewrittenChains(state).get("nat") ?? [])]).toEqual(
      expect.arrayContaining(["KUBE-SERVICES", "KUBE-POSTROUTING", ...state.written.map(({ name }) => name)]),
    );
  });

  test("a vanished endpoint's chain is flushed and removed", () => {
    const state = run([
      [WEB, WEB_SLICE],
      [WEB, slice("shop/web", ["10.244.1.2"])],
    ]);
    expect(state.removed.length).toBe(1);
    expect(ownChainLines(state)).toEqual([":KUBE-SVC", ":KUBE-SEP", ":KUBE-SEP", "-X KUBE-SEP"]);
    expect(syncText(state)).toContain(`:${state.removed[0]} - [0:0]\n`);
    expect(syncText(state)).toContain(`-X ${state.removed[0]}\nCOMMIT`);
    expect(saveText(state.ruleset)).not.toContain(state.removed[0]);
  });

  test("nothing changed: no Service's chain is written, and the rule set has the same version", () => {
    const once = run([[WEB, WEB_SLICE]]);
    const twice = run([
      [WEB, WEB_SLICE],
      [{ ...WEB }, { ...WEB_SLICE }],
    ]);
    expect(twice.written).toEqual([]);
    expect(twice.ruleset.version).toBe(once.ruleset.version);
  });

  test("an endpoint change keeps the very chain object of KUBE-SERVICES, and whatever hangs on it", () => {
    const first = run([[WEB, API, WEB_SLICE, API_SLICE]]);
    const next = syncRules(first, { ...inputOf([WEB, API, WEB_SLICE, slice("shop/api", ["10.244.7.7"])]), changed: new Set(["shop/api"]) });
    const [before, after] = [first, next].map(({ ruleset }) => ruleset.tables.get("nat")?.chains.get("KUBE-SERVICES"));
    expect(after).toBeDefined();
    expect(after).toBe(before);
    expect(next.ruleset.version).not.toBe(first.ruleset.version);
  });

  test("a change of settings, of the node's zone, or a wish makes it full", () => {
    const first = run([[WEB, WEB_SLICE]]);
    const input = inputOf([WEB, WEB_SLICE]);
    expect(syncRules(first, input).kind).toBe("partial");
    expect(syncRules(first, { ...input, full: true }).kind).toBe("full");
    expect(syncRules(first, { ...input, node: { ...input.node, zone: "zone-b" } }).kind).toBe("full");
    expect(syncRules(first, inputOf([WEB, WEB_SLICE], { masqueradeAll: true })).kind).toBe("full");
  });

  test("a full sync does not put the jumps in twice and cleans what an earlier kube-proxy left", () => {
    const first = run([[WEB, API, WEB_SLICE, API_SLICE]]);
    const restarted = syncRules(null, { ...inputOf([WEB, WEB_SLICE]), into: first.ruleset });
    expect(saveText(restarted.ruleset)).toBe(saveText(run([[WEB, WEB_SLICE]]).ruleset));
    expect(restarted.removed.length).toBe(2);
  });
});

function many(count: number): EndpointSlice {
  const addresses = Array.from({ length: count }, (_, at) => `10.244.${at >> 8}.${at & 255}`);
  return slice("shop/web", addresses);
}

/** A small Service in a large cluster. */
function besideLarge(endpoints: readonly string[]): Objects {
  return [WEB, many(1002), API, slice("shop/api", endpoints)];
}

describe("in a large cluster", () => {
  test("of more than a thousand endpoints, endpoint rules go without comments; a thousand is not large", () => {
    const commented = (count: number) => syncText(run([[WEB, many(count)]])).match(/^-A KUBE-SEP-\S+ -m comment/gm)?.length ?? 0;
    expect(commented(1000)).toBe(2000);
    expect(commented(1001)).toBe(0);
    expect(syncText(run([[WEB, many(1001)]]))).toContain('"shop/web:http cluster IP"');
  });

  test("stale chains wait until syncPeriod is over", () => {
    const first = syncRules(null, { ...inputOf(besideLarge(["10.244.9.1", "10.244.9.2"])), now: simTime(0) });
    const soon = syncRules(first, { ...inputOf(besideLarge(["10.244.9.1"])), now: simTime(5_000_000) });
    expect([soon.removed.length, soon.stale.length]).toEqual([0, 1]);
    expect(saveText(soon.ruleset)).toContain(`:${soon.stale[0]} - `);
    const later = syncRules(soon, { ...inputOf(besideLarge(["10.244.9.1"])), now: simTime(31_000_000) });
    expect(later.removed).toEqual(soon.stale);
    const back = syncRules(soon, { ...inputOf(besideLarge(["10.244.9.1", "10.244.9.2"])), now: simTime(6_000_000) });
    expect(back.stale).toEqual([]);
  });
});

describe("however it came about, the rules are those of the objects", () => {
  const names = ["shop/a", "shop/b", "shop-x/a"];
  const step = fc.array(
    fc.record({
      key: fc.constantFrom(...names),
      local: fc.boolean(),
      affinity: fc.boolean(),
      endpoints: fc.array(
        fc.constantFrom("10.244.1.1@node-a", "10.244.1.2@node-a terminating", "10.244.2.1@node-b", "10.244.2.2@node-b unready"),
        { maxLength: 4 },
      ),
    }),
    { maxLength: 3 },
  );

  test("any sequence of partial syncs leaves the text and version of one full sync, told what changed or not", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), fc.boolean(), (steps, told) => {
        let state: ProxyState | null = null;
        let before: Objects = [];
        for (const made of steps) {
          const objects = made
            .flatMap(({ key, local, affinity, endpoints }) => [
              service(key, `10.96.0.${names.indexOf(key) + 1}`, {
                ...(local
                  ? {
                      type: "NodePort",
                      externalTrafficPolicy: "Local",
                      internalTrafficPolicy: "Local",
                      ports: [{ name: "http", port: 80, nodePort: 30_000 + names.indexOf(key) }],
                    }
                  : {}),
                sessionAffinity: affinity ? "ClientIP" : "None",
              }),
              slice(key, endpoints),
            ])
            .filter(
              (one, at, all) => all.findIndex((other) => other.kind === one.kind && serviceKeyOf(other) === serviceKeyOf(one)) === at,
            );
          const changed = new Set([...before, ...objects].flatMap((one) => serviceKeyOf(one) ?? []));
          state = syncRules(state, { ...inputOf(objects), into: INTO, changed: told ? changed : null });
          before = objects;
          const full = syncRules(null, { ...inputOf(objects), into: INTO });
          expect(saveText(state.ruleset)).toBe(saveText(full.ruleset));
          expect(state.ruleset.version).toBe(full.ruleset.version);
          expect(state.endpointCount).toBe(full.endpointCount);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
