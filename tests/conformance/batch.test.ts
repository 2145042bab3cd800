/**
 * The batch command gives what the rooms give: the DNS cases (every query that the command can be asked) and
 * kube-proxy's own rule cases go through `dns` and `rules` as JSON lines. What differs is printed; ids that the rooms do
 * not cover are theirs to list (dns-not-covered.txt, kube-proxy-not-covered.txt).
 */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { BatchAnswer } from "../fixtures/ask-batch";
import { askBatch } from "../fixtures/ask-batch";
import { operationsOf, scriptText } from "../../src/node/kernel/nftables/script";
import { parseTable } from "../../src/node/kernel/nftables/parse";
import type { QueryCase, VectorCase } from "./dns-cases";
import { readDnsCases } from "./dns-cases";
import { sectionDiffers } from "./dns-sections";
import { notCoveredIn } from "./kube-proxy-flows";
import { normalised } from "./rule-text";

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function asked(vector: VectorCase, query: QueryCase): BatchAnswer {
  return askBatch({
    id: `${vector.id} ${query.n}`,
    do: "dns",
    objects: Object.values(vector.objects).flat(),
    query: { name: query.qname, type: query.qtype },
    config: { corefile: vector.corefile, runtime: vector.runtime, ...(query.upstream === undefined ? {} : { upstream: query.upstream }) },
  });
}

/** What differs between an answer and what the case expects; "" is agreement. */
function difference(answer: BatchAnswer, { expect: want }: QueryCase): string {
  if (!answer.ok) return answer.error ?? "refused";
  if (want.next === true) return answer["forwarded"] === true ? "" : "answered, where the next plugin should have been asked";
  const wrong = [
    answer["rcode"] === want.rcode ? "" : `rcode ${String(answer["rcode"])}, want ${want.rcode}; `,
    answer["aa"] === want.aa ? "" : `aa ${String(answer["aa"])}; `,
    (answer["tc"] ?? false) === (want.tc ?? false) ? "" : "tc; ",
    sectionDiffers("answer", texts(answer["answer"]), want.answer ?? []),
    sectionDiffers("authority", texts(answer["authority"]), want.ns ?? []),
    sectionDiffers("additional", texts(answer["additional"]), want.extra ?? []),
  ];
  return wrong.join("");
}

const dns = readDnsCases();
if (dns === null) test.skip("DNS cases: ../shared/vectors/dns.json is absent, nothing is asked", () => undefined);
else {
  const open = notCoveredIn("dns-not-covered.txt");
  describe("batch `dns` answers as CoreDNS's own tests say", () => {
    const cases = dns.vectors.flatMap((vector) => vector.queries.map((query) => ({ id: `${vector.id} ${query.n}`, vector, query })));
    test.each(cases.filter(({ id }) => !open.has(id)))("$id", ({ vector, query }) => {
      expect(difference(asked(vector, query), query)).toBe("");
    });
  });
}

interface RuleCase {
  readonly id: string;
  readonly mode: string;
  readonly nodeName: string;
  readonly nodeIPs: readonly string[];
  readonly scope: string;
  readonly sync: string;
  readonly previousCase?: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly services: readonly unknown[];
  readonly endpointSlices: readonly unknown[];
  readonly preexisting?: readonly string[];
  readonly expected: string | readonly string[];
}

const VECTORS = "../shared/vectors/kube-proxy.json";
const CONFIG = [
  "clusterCIDR",
  "masqueradeAll",
  "masqueradeMark",
  "randomFully",
  "localhostNodePorts",
  "nodePortAddresses",
  "nfacctCounters",
  "conntrackTCPLiberal",
];

function objectsOf({ nodeName, nodeIPs, services, endpointSlices }: RuleCase): readonly unknown[] {
  const addresses = nodeIPs.filter((address) => !address.includes(":")).map((address) => ({ type: "InternalIP", address }));
  const node = { apiVersion: "v1", kind: "Node", metadata: { name: nodeName }, status: { addresses } };
  return [node, ...services, ...endpointSlices];
}

function historyOf(one: RuleCase, all: ReadonlyMap<string, RuleCase>): readonly RuleCase[] {
  const previous = all.get(one.previousCase ?? "");
  return previous === undefined ? [one] : [...historyOf(previous, all), one];
}

function rulesOf(one: RuleCase, all: ReadonlyMap<string, RuleCase>): BatchAnswer {
  const steps = historyOf(one, all).map(objectsOf);
  const detectLocalMode = String(one.config["detectLocal"]).startsWith("ClusterCIDR") ? "ClusterCIDR" : "None";
  const serviceCIDRs = one.mode === "nftables" ? { serviceCIDRs: String(one.config["serviceCIDRs"]).split(",") } : {};
  const config = { ...Object.fromEntries(CONFIG.map((name) => [name, one.config[name]])), detectLocalMode, ...serviceCIDRs };
  return askBatch({ id: one.id, do: "rules", mode: one.mode, node: one.nodeName, format: "restore", steps, config });
}

if (!existsSync(VECTORS)) test.skip(`kube-proxy's own cases: ${VECTORS} is absent, nothing is asked`, () => undefined);
else {
  const vectors: { readonly cases: readonly RuleCase[] } = JSON.parse(readFileSync(VECTORS, "utf8"));
  const all = new Map(vectors.cases.map((one) => [one.id, one]));
  const open = notCoveredIn("kube-proxy-not-covered.txt");
  describe("batch `rules` prints kube-proxy's own text", () => {
    for (const one of vectors.cases) {
      if (open.has(one.id) || one.mode !== "iptables") continue;
      test(one.id, () => {
        const answer = rulesOf(one, all);
        expect(answer.error).toBeUndefined();
        expect(answer["sync"]).toBe(one.sync);
        const text = normalised(String(answer["text"]));
        const chain = /^chain (filter|nat)\/(\S+) only$/.exec(one.scope);
        if (chain !== null) return expect(text.get(`${chain[1]} ${chain[2]}`)?.slice(1)).toEqual(one.expected);
        expect(text).toEqual(normalised(typeof one.expected === "string" ? one.expected : one.expected.join("\n")));
      });
    }
  });

  describe("batch `rules` in nftables mode: the scripts of all syncs, fed one after another, leave kube-proxy's own table", () => {
    for (const one of vectors.cases) {
      if (one.mode !== "nftables" || one.preexisting !== undefined) continue;
      test(one.id, () => {
        const scripts = historyOf(one, all).map((step) => rulesOf(step, all));
        expect(scripts.map(({ error }) => error ?? "")).toEqual(scripts.map(() => ""));
        expect(scripts.at(-1)?.["sync"]).toBe(one.sync);
        const table = parseTable(scripts.map(({ text }) => String(text)).join(""));
        const lines = scriptText("kube-proxy", operationsOf(table)).split("\n");
        expect(lines.filter((line) => line !== "").toSorted()).toEqual([...one.expected].toSorted());
      });
    }
  });
}
