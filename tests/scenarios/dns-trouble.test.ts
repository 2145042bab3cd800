/** What goes wrong with names in real clusters, each played out. */
import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../src/cluster/objects";
import { parseRecord } from "../../src/dns/message/zone-text";
import { simTime } from "../../src/engine/time";
import { loadObjects } from "../../src/manifests/load";
import { scenarioOf } from "../../src/scenarios/catalogue";
import type { Command } from "../../src/world/command";
import type { WorldConfig } from "../../src/world/settings";
import type { LookupView, TraceEvent } from "../../src/world/view-types";
import { World } from "../../src/world/world";

const SECOND = 1_000_000;

function parsed(text: string) {
  const read = parseRecord(text);
  if (!read.ok) throw new Error(read.problem.message);
  return read.value;
}

interface Cluster {
  readonly config?: Partial<WorldConfig>;
  readonly outside?: readonly string[];
  readonly change?: (object: KubeObject) => KubeObject;
}

function world({ config = {}, outside = [], change = (object) => object }: Cluster = {}): World {
  const scenario = scenarioOf("two-apps");
  if (scenario === undefined) throw new Error("two-apps is built in");
  const loaded = loadObjects(scenario.objects);
  if (!loaded.ok) throw new Error(loaded.problem.message);
  const made = World.fromObjects({
    objects: loaded.value.objects.map(({ object, at }) => ({ object: change(object), at })),
    seed: 1,
    completes: true,
    traffic: { ...scenario.traffic, perSecond: 0 },
    config: { upstream: { records: outside.map(parsed) }, ...config },
  });
  if (!made.ok) throw new Error(made.problem.message);
  return made.value;
}

function give(one: World, second: number, command: Command): void {
  const at = simTime(second * SECOND);
  one.runTo(at);
  const allowed = one.check(command);
  if (!allowed.ok) throw new Error(`${allowed.problem.at ?? ""} ${allowed.problem.message}`);
  one.give(at, command);
}

function lookUp(one: World, second: number, lookup: Omit<Extract<Command, { do: "lookup" }>, "do">, wait = 30): LookupView {
  give(one, second, { do: "lookup", ...lookup });
  const at = simTime((second + wait) * SECOND);
  one.runTo(at);
  const told = one.view({ at, ahead: 0, follow: null, dns: true }).dns?.lookup;
  if (told === null || told === undefined) throw new Error("no look-up is told");
  return told;
}

function coredns(one: World): readonly string[] {
  return one.inside.state.pods
    .all()
    .filter(({ name }) => name.startsWith("coredns"))
    .map(({ name }) => `kube-system/${name}`);
}

/** `second type outcome by`, a line a query; seconds since the look-up began. */
function lines({ asked, startedAt }: LookupView): readonly string[] {
  return asked.map(({ at, type, outcome }) => `${Math.trunc((at - startedAt) / SECOND)} s ${type} ${outcome}`);
}

const NAME = "your-app-svc.shop.svc.cluster.local.";

describe("a CoreDNS replica that dies", () => {
  /** All queries of a look-up go to one replica, since one socket asks: the first look-up that meets this replica. */
  function firstAt(one: World, replica: string, from: number): LookupView {
    for (let second = from; second < from + 400; second += 40) {
      const told = lookUp(one, second, { name: NAME });
      const address = one.inside.state.pods.all().find(({ namespace, name }) => `${namespace}/${name}` === replica)?.links?.address ?? "";
      if (told.asked[0]?.steps.some(({ did }) => did.includes(`to ${address} `)) === true) return told;
    }
    throw new Error("no look-up met the replica");
  }

  test("silently, with its endpoint still in the rules: conntrack sends the second try to it as well, and the look-up fails", () => {
    const one = world();
    const [first = ""] = coredns(one);
    give(one, 1, { do: "freeze", name: first, frozen: true });
    const told = firstAt(one, first, 2);
    expect(told.verdict).toBe("timed out");
    expect(lines(told)).toEqual(["0 s A no answer", "0 s AAAA no answer", "5 s A no answer", "5 s AAAA no answer"]);
  });

  test("and is deleted: its endpoint leaves the rules, kube-proxy clears conntrack, and the second try finds the other one", () => {
    const one = world();
    const [first = ""] = coredns(one);
    give(one, 1, { do: "freeze", name: first, frozen: true });
    // Look-ups that begin while the replica is still chosen; it is deleted two seconds after each.
    for (let second = 2; second < 200; second += 40) {
      give(one, second, { do: "lookup", name: NAME });
      one.runTo(simTime((second + 1) * SECOND));
      const row = one.inside.state.requests.all().at(-1);
      if (row?.endedAt !== null) continue;
      give(one, second + 2, { do: "delete", kind: "Pod", name: first, gracePeriodSeconds: 0 });
      one.runTo(simTime((second + 20) * SECOND));
      const told = one.view({ at: simTime((second + 20) * SECOND), ahead: 0, follow: null, dns: true }).dns?.lookup;
      if (told === null || told === undefined) throw new Error("no look-up is told");
      expect(told.verdict).toBe("resolved");
      expect(lines(told)).toEqual(["0 s A no answer", "0 s AAAA no answer", "5 s A data", "5 s AAAA NODATA"]);
      return;
    }
    throw new Error("no look-up met the replica");
  });
});

describe("a search list of the node with a wildcard behind it", () => {
  const outside = ["www.example.com. 300 IN A 192.0.2.80", "*.corp.example. 300 IN A 198.51.100.1"];
  const config = { nodeResolvConf: "nameserver 192.168.0.1\nsearch corp.example\n" };

  test("catches names of the world outside: the address is that of somebody else", () => {
    const told = lookUp(world({ config, outside }), 1, { name: "www.example.com" });
    expect(told.addresses).toEqual(["198.51.100.1"]);
    expect(told.asked.at(-2)?.name).toBe("www.example.com.corp.example.");
  });

  test("does not where the name has a trailing dot", () => {
    expect(lookUp(world({ config, outside }), 1, { name: "www.example.com." }).addresses).toEqual(["192.0.2.80"]);
  });
});

describe("more questions outside than CoreDNS may have waiting", () => {
  test("are REFUSED at once", () => {
    const corefile = ".:53 {\n    forward . 203.0.113.9 {\n       max_concurrent 1\n    }\n    ready\n    reload 2s 1s\n}\n";
    const one = world();
    const [first = ""] = coredns(one);
    give(one, 1, { do: "corefile", text: corefile });
    give(one, 100, { do: "lookup", name: "a.example.com.", server: first, type: "A" });
    const told = lookUp(one, 100.5, { name: "b.example.com.", server: first, type: "A" }, 1);
    expect(told.asked.map(({ rcode }) => rcode)).toEqual(["REFUSED"]);
    one.runTo(simTime(110 * SECOND));
    const before = one.inside.state.requests.all().at(-2);
    expect(before?.queries.map(({ rcode }) => rcode)).toEqual(["SERVFAIL"]);
    expect(Math.trunc(((before?.endedAt ?? 0) - (before?.startedAt ?? 0)) / SECOND)).toBe(2);
  });
});

describe("a node whose resolv.conf names its own stub, 127.0.0.53", () => {
  const stub = { nodeResolvConf: "nameserver 127.0.0.53\n" };

  test("makes CoreDNS ask itself: the loop plugin ends it, again and again", () => {
    const one = world({ config: stub });
    const events: TraceEvent[] = [];
    one.listen({ event: (event) => events.push(event), flight: () => {} });
    one.runTo(simTime(60 * SECOND));
    expect(events.map(({ sentence }) => sentence).filter((sentence) => sentence.includes("plugin/loop")).length).toBeGreaterThan(2);
    expect(
      one.inside.state.pods
        .all()
        .filter(({ name }) => name.startsWith("coredns"))
        .every(({ restarts }) => (restarts?.count ?? 0) > 0),
    ).toBe(true);
    expect(lookUp(one, 61, { name: NAME }).verdict).not.toBe("resolved");
  });

  test("is mended by a Corefile that names servers itself, with the next start", () => {
    const one = world({ config: stub });
    const corefile = one.view({ at: simTime(0), ahead: 0, follow: null, dns: true }).dns?.corefile ?? "";
    give(one, 2, { do: "corefile", text: corefile.replace("/etc/resolv.conf", "192.168.0.1") });
    one.runTo(simTime(200 * SECOND));
    expect(lookUp(one, 201, { name: NAME }).verdict).toBe("resolved");
  });
});

describe("a Pod with more than resolv.conf may hold", () => {
  test("is warned of, where its resolv.conf is made and where it is read", () => {
    const many = { nameservers: ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"] };
    const change = (object: KubeObject): KubeObject => {
      if (object.kind !== "Deployment" || object.metadata.name !== "my-app") return object;
      const { template } = object.spec;
      return { ...object, spec: { ...object.spec, template: { ...template, spec: { ...template.spec, dnsConfig: many } } } };
    };
    const one = world({ change });
    const events: TraceEvent[] = [];
    one.listen({ event: (event) => events.push(event), flight: () => {} });
    give(one, 1, { do: "scale", kind: "Deployment", name: "shop/my-app", replicas: 3 });
    one.runTo(simTime(10 * SECOND));
    const warning =
      "Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 10.96.0.10 192.0.2.1 192.0.2.2";
    expect(events.map(({ sentence }) => sentence).find((sentence) => sentence.includes("Warning"))).toContain(
      `Warning DNSConfigForming: ${warning}.`,
    );
    expect(one.view({ at: simTime(10 * SECOND), ahead: 0, follow: null, dns: true }).dns?.remarks.join()).toContain(warning);
  });
});
