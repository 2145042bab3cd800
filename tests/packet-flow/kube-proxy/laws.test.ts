/**
 * Laws of kube-proxy's rules over random clusters, in both engines: who may be reached, what the probabilities come to,
 * that no packet meets a rule which the printed text has not, and that answers come back as what was asked.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Endpoint, EndpointSlice, Service } from "../../../src/cluster/objects";
import { simTime } from "../../../src/engine/time";
import { nodeRuleset } from "../../../src/node/agents/flannel-rules";
import { syncNft } from "../../../src/node/agents/kube-proxy/nftables/sync";
import { evaluateTable } from "../../../src/node/kernel/netfilter/evaluate";
import { statisticLimit } from "../../../src/node/kernel/netfilter/matching";
import type { Hook, Rule, Ruleset, TableName } from "../../../src/node/kernel/netfilter/rules";
import { saveLine, saveText } from "../../../src/node/kernel/netfilter/show";
import { evaluateBaseChain } from "../../../src/node/kernel/nftables/evaluate";
import { listedRule, listText } from "../../../src/node/kernel/nftables/show";
import type { NftTable } from "../../../src/node/kernel/nftables/tables";
import { chainsOf } from "../../../src/panels/inspector/rules/rules-text";
import { finish } from "../../../src/recording/recording";
import { twoAppsRecording } from "../../fixtures/world";
import { nftInputOf } from "../../unit/kube-proxy-nftables/input";
import { nftOutcomeOf } from "../../unit/kube-proxy-nftables/outcome";
import { someServices } from "../../unit/kube-proxy-nftables/some-services";
import { factsOf, outcomeOf, type Flow } from "./outcome";

const RUNS = Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50");
/** As many clusters as are asked for, as far as a minute goes. */
const BOUNDS = { numRuns: RUNS, interruptAfterTimeLimit: 60_000 } as const;
const NODE = { name: "node-a", address: "192.168.0.11" } as const;
const SOURCES = ["10.244.1.9", "203.0.113.7", NODE.address];

type Objects = readonly (Service | EndpointSlice)[];

interface Rules {
  readonly ruleset: Ruleset;
  readonly table: NftTable;
}

function rulesOf(objects: Objects): Rules {
  const input = nftInputOf(objects);
  return {
    ruleset: nodeRuleset({ ...input, podCIDR: "10.244.0.0/16", nodePodCIDR: "10.244.1.0/24" }),
    table: syncNft(null, input).table,
  };
}

function isLocal(address: string): boolean {
  return address === NODE.address || address.startsWith("127.");
}

/** First packets to every front end of a Service, from a Pod, from outside and from the node. */
function flowsTo({ spec, status }: Service): readonly Flow[] {
  const [{ port = 0, nodePort, protocol = "TCP" } = {}] = spec.ports ?? [];
  const fronts: readonly (readonly [string, number])[] = [
    [spec.clusterIP ?? "", port],
    ...(nodePort === undefined ? [] : [[NODE.address, nodePort] as const]),
    ...(spec.externalIPs ?? []).map((address) => [address, port] as const),
    ...(status?.loadBalancer?.ingress ?? []).map(({ ip = "" }) => [ip, port] as const),
  ];
  return SOURCES.flatMap((source) => fronts.map(([destination, to]) => ({ protocol, source, destination, port: to })));
}

function servicesIn(objects: Objects): readonly { readonly service: Service; readonly endpoints: readonly Endpoint[] }[] {
  return objects.flatMap((one) => {
    if (one.kind !== "Service") return [];
    const slices = objects.filter(
      (slice): slice is EndpointSlice =>
        slice.kind === "EndpointSlice" && slice.metadata.labels?.["kubernetes.io/service-name"] === one.metadata.name,
    );
    return [{ service: one, endpoints: slices.flatMap((slice) => slice.endpoints) }];
  });
}

/** The same cluster with each address behind a Service once, as Pods have them. */
function withOwnAddresses(objects: Objects): Objects {
  return objects.map((one) => {
    if (one.kind !== "EndpointSlice") return one;
    const endpoints = one.endpoints.filter(
      ({ addresses }, index) => one.endpoints.findIndex((other) => other.addresses[0] === addresses[0]) === index,
    );
    return { ...one, endpoints };
  });
}

/** Whether an endpoint may be sent to at all: it is ready, or the last resort where nobody is. Source: KEP-1669. */
function mayBeReached(address: string, endpoints: readonly Endpoint[]): boolean {
  const own = endpoints.filter(({ addresses }) => addresses.includes(address));
  if (own.some(({ conditions }) => conditions?.ready === true)) return true;
  const isLastResort = own.some(({ conditions }) => conditions?.serving === true && conditions.terminating === true);
  const nobodyIsReady = (among: readonly Endpoint[]): boolean => !among.some(({ conditions }) => conditions?.ready === true);
  return isLastResort && (nobodyIsReady(endpoints) || nobodyIsReady(endpoints.filter(({ nodeName }) => nodeName === NODE.name)));
}

describe("in a random cluster", () => {
  test("every endpoint that a packet can be sent to is ready, or terminates and still serves where nobody is ready", () => {
    fc.assert(
      fc.property(someServices().map(withOwnAddresses), (objects) => {
        const { ruleset, table } = rulesOf(objects);
        for (const { service, endpoints } of servicesIn(objects)) {
          for (const flow of flowsTo(service)) {
            const outputs = [outcomeOf(ruleset, [NODE.address], flow).output, nftOutcomeOf({ table, isLocal }, flow).output];
            const reached = outputs.flatMap((output) => (output.includes(":") ? output.split(", ") : []));
            for (const one of reached)
              expect(mayBeReached(one.slice(0, one.lastIndexOf(":")), endpoints), `${one} of ${service.metadata.name}`).toBe(true);
          }
        }
      }),
      BOUNDS,
    );
  }, 120_000);

  test("the probabilities of every chain that draws come to a whole, each endpoint's part within what 31 bits can say", () => {
    fc.assert(
      fc.property(someServices(), (objects) => {
        const { ruleset, table } = rulesOf(objects);
        for (const { name, rules } of ruleset.tables.get("nat")?.chains.values() ?? []) {
          const parts = partsOf(rules);
          if (parts.length === 0) continue;
          expect(
            parts.reduce((sum, part) => sum + part, 0),
            name,
          ).toBeCloseTo(1, 12);
          for (const part of parts) expect(Math.abs(part - 1 / parts.length), name).toBeLessThan(2 ** -29);
        }
        for (const { name, rules } of table.chains.values()) {
          for (const numgen of rules.flatMap(({ expressions }) => expressions.filter((one) => one.kind === "numgen"))) {
            expect(new Set(numgen.verdicts.map((verdict) => JSON.stringify(verdict))).size, name).toBe(numgen.verdicts.length);
          }
        }
      }),
      BOUNDS,
    );
  }, 120_000);

  test("no packet meets a rule that the printed text has not at that very place", () => {
    fc.assert(
      fc.property(someServices(), (objects) => {
        const { ruleset, table } = rulesOf(objects);
        const printed: ReadonlyMap<string, string> = new Map(
          [...chainsOf(saveText(ruleset)), ...chainsOf(listText(table))].flatMap(({ table: of, chain, lines }) =>
            lines.map(({ number, text }) => [`${of} ${chain} ${number}`, text] as const),
          ),
        );
        for (const { service } of servicesIn(objects)) {
          for (const flow of flowsTo(service)) {
            for (const { place, text } of [...metInIptables(ruleset, flow), ...metInNftables(table, flow)])
              expect(printed.get(place), place).toBe(text);
          }
        }
      }),
      BOUNDS,
    );
  }, 120_000);
});

/** What part of a chain's packets each of its rules that lead to an endpoint takes. */
function partsOf(rules: readonly Rule[]): readonly number[] {
  const draws = rules.some(({ matches }) => matches.some(({ kind }) => kind === "statistic"));
  if (!draws) return [];
  let left = 1;
  return rules.flatMap(({ matches, target }) => {
    if (target.kind !== "jump" || !target.chain.startsWith("KUBE-SEP-") || matches.some(({ kind }) => kind === "recent")) return [];
    const statistic = matches.find((match) => match.kind === "statistic");
    const takes = statistic?.kind === "statistic" ? left * (statisticLimit(statistic.probability) / 2 ** 31) : left;
    left -= takes;
    return [takes];
  });
}

interface Met {
  readonly place: string;
  readonly text: string;
}

const HOOKS: readonly (readonly [Hook, TableName])[] = [
  ["PREROUTING", "nat"],
  ["OUTPUT", "nat"],
  ["INPUT", "filter"],
  ["FORWARD", "filter"],
  ["OUTPUT", "filter"],
  ["POSTROUTING", "nat"],
];

/** Every rule that was looked at, in any hook that the packet could come through. */
function metInIptables(ruleset: Ruleset, flow: Flow): readonly Met[] {
  return HOOKS.flatMap(([hook, table]) => {
    const host = { isLocal, drawStatistic: () => 0 };
    const { walk = [] } = evaluateTable({ ruleset, table, hook, facts: factsOf(flow), host, recordWalk: true });
    return walk.flatMap(({ chain, tries }) =>
      tries.flatMap(({ number }) => {
        const rule = ruleset.tables.get(table)?.chains.get(chain)?.rules[number - 1];
        return rule === undefined ? [] : [{ place: `${table} ${chain} ${number}`, text: saveLine(chain, rule) }];
      }),
    );
  });
}

function metInNftables(table: NftTable, flow: Flow): readonly Met[] {
  return [...table.hooks.values()].flat().flatMap((chain) => {
    const host = { isLocal, drawNumgen: () => 0 };
    const { walk = [] } = evaluateBaseChain({ table, chain, facts: factsOf(flow), host, recordWalk: true });
    return walk.flatMap(({ chain: walked, tries }) =>
      tries.flatMap(({ number }) => {
        const rule = table.chains.get(walked)?.rules[number - 1];
        return rule === undefined ? [] : [{ place: `${table.name} ${walked} ${number}`, text: listedRule(rule) }];
      }),
    );
  });
}

describe("un-NAT undoes NAT", () => {
  test.each(["iptables", "nftables", "ipvs"] as const)(
    "in %s mode: what answers a client comes from the address and port that it asked",
    (mode) => {
      fc.assert(
        fc.property(fc.nat(1_000_000), (seed) => {
          const recording = twoAppsRecording({ seed, config: { mode } });
          finish(recording.advance(simTime(1_500_000)));
          const journey = finish(recording.journey(1));
          const inPods = (kinds: readonly string[]) =>
            journey?.hops.filter(({ packet, pod }) => pod !== "" && kinds.includes(journey.packets[packet]?.kind ?? "")) ?? [];
          const asked = inPods(["syn"])[0]?.before;
          const answered = inPods(["syn-ack"]).at(-1)?.after;
          expect([answered?.src, answered?.srcPort, answered?.dst, answered?.dstPort]).toEqual([
            asked?.dst,
            asked?.dstPort,
            asked?.src,
            asked?.srcPort,
          ]);
          expect(asked?.dst).toMatch(/^10\.(9[6-9]|10\d|11[01])\./);
        }),
        { numRuns: Math.max(1, Math.floor(Math.min(RUNS, 40) / 4)) },
      );
    },
    120_000,
  );
});
