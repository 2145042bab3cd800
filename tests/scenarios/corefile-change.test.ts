/** The Corefile is edited while the cluster runs: each replica finds it changed in its own time, by its reload plugin. */
import { describe, expect, test } from "vitest";
import { addonConfig } from "../../src/dns/server/config";
import { showCorefile } from "../../src/dns/server/show-corefile";
import { simTime } from "../../src/engine/time";
import type { Command } from "../../src/world/command";
import type { DnsView, TraceEvent } from "../../src/world/view-types";
import type { World } from "../../src/world/world";
import { twoApps } from "../fixtures/world";

const SECOND = 1_000_000;
const ADDON = showCorefile(addonConfig());

function give(one: World, second: number, command: Command): void {
  const at = simTime(second * SECOND);
  one.runTo(at);
  const allowed = one.check(command);
  if (!allowed.ok) throw new Error(allowed.problem.message);
  one.give(at, command);
}

function dnsAt(one: World, second: number): DnsView {
  const at = simTime(second * SECOND);
  one.runTo(at);
  const { dns } = one.view({ at, ahead: 0, follow: null, dns: true });
  if (dns === undefined) throw new Error("no DNS is shown");
  return dns;
}

/** The world a second after the Corefile was given, and its reload events until the end of a span. */
function changed(text: string, seconds = 200): { readonly world: World; readonly reloads: readonly TraceEvent[] } {
  const world = twoApps({ perSecond: 0 });
  const reloads: TraceEvent[] = [];
  world.listen({ event: (event) => void (event.kind === "reload" && reloads.push(event)), flight: () => {} });
  give(world, 1, { do: "corefile", text });
  world.runTo(simTime(seconds * SECOND));
  return { world, reloads };
}

describe("a Corefile that is edited", () => {
  test("is taken up by each replica at a moment of its own, within the volume's minute and the reload's 45 s", () => {
    const { world, reloads } = changed(ADDON);
    expect(reloads).toHaveLength(2);
    const seconds = reloads.map(({ at }) => at / SECOND - 1);
    for (const second of seconds) {
      expect(second).toBeGreaterThan(15);
      expect(second).toBeLessThan(106);
    }
    expect(new Set(seconds).size).toBe(2);
    const { corefile, corefileIs, replicas } = dnsAt(world, 201);
    expect(corefile).toBe(ADDON);
    expect(corefileIs).toBe("The add-on's Corefile: everything is cached for up to 30 s, denials too.");
    expect(replicas.map(({ hasCurrentCorefile }) => hasCurrentCorefile)).toEqual([true, true]);
  });

  test("leaves the replicas apart meanwhile: one answers by the new text while the other still goes by the old", () => {
    const { reloads } = changed(ADDON);
    const between = ((reloads[0]?.at ?? 0) + (reloads[1]?.at ?? 0)) / 2 / SECOND;
    const { replicas } = dnsAt(changed(ADDON, 2).world, between);
    expect(replicas.map(({ hasCurrentCorefile }) => hasCurrentCorefile).toSorted()).toEqual([false, true]);
  });

  test("empties the caches of a replica that reloads, and makes it keep what it did not keep before", () => {
    const { world } = changed(ADDON);
    give(world, 201, { do: "lookup", name: "your-app-svc" });
    const kept = dnsAt(world, 203).replicas.flatMap(({ cache }) => cache.map(({ key, ttl, setBy }) => `${key} ${ttl} ${setBy}`));
    expect(kept).toEqual([
      "your-app-svc.shop.svc.cluster.local. IN A 29 the records' TTL of 30 s",
      "your-app-svc.shop.svc.cluster.local. IN AAAA 29 the SOA's TTL of 30 s",
    ]);
  });

  test("with a mistake is refused with its line and column, and nothing is written", () => {
    const world = twoApps({ perSecond: 0 });
    const refusal = (text: string): string => {
      const checked = world.check({ do: "corefile", text });
      return checked.ok ? "" : `${checked.problem.at ?? ""}: ${checked.problem.message}`;
    };
    expect(refusal(ADDON.replace("ttl 30", "ttl 9999"))).toBe("Corefile:10:12: ttl: expected a whole number from 0 to 3600");
    expect(refusal(ADDON.replace("loadbalance", "loadbalence"))).toBe(
      'Corefile:19:5: "loadbalence" is no plugin of CoreDNS; the nearest is "loadbalance"',
    );
    expect(refusal(ADDON.replace("cache 30", "cache 30 {"))).toBe('Corefile:1:6: "{" is never closed; expected "}" on a line of its own');
  });

  test("with a mistake that comes by another way is left alone by the replicas, who go on with the old one", () => {
    const world = twoApps({ perSecond: 0 });
    const reloads: TraceEvent[] = [];
    world.listen({ event: (event) => void (event.kind === "reload" && reloads.push(event)), flight: () => {} });
    const map = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "coredns", namespace: "kube-system" },
      data: { Corefile: "nonsense" },
    } as const;
    give(world, 1, { do: "apply", objects: [map] });
    world.runTo(simTime(200 * SECOND));
    expect(reloads).toHaveLength(2);
    for (const { sentence } of reloads) expect(sentence).toContain("cannot read it (ConfigMap kube-system/coredns:1:1:");
    give(world, 201, { do: "lookup", name: "your-app-svc" });
    expect(dnsAt(world, 203).lookup?.verdict).toBe("resolved");
  });

  test("without the reload plugin before is not seen until a replica starts anew", () => {
    const world = changed(ADDON.replace("    reload\n", "")).world;
    give(world, 201, { do: "corefile", text: ADDON.replace("cache 30", "cache 60") });
    const before = dnsAt(world, 400).replicas;
    expect(before.map(({ hasCurrentCorefile }) => hasCurrentCorefile)).toEqual([false, false]);
    give(world, 401, { do: "delete", kind: "Pod", name: `kube-system/${before[0]?.pod ?? ""}` });
    const after = dnsAt(world, 440).replicas;
    expect(after.map(({ hasCurrentCorefile }) => hasCurrentCorefile).toSorted()).toEqual([false, true]);
  });
});
