/**
 * kube-proxy's own nftables cases (see `meta` of the vectors) against our table: every object of it, the number of
 * operations of each transaction, and packets, in both address families. kube-proxy-not-covered.txt lists what no test of
 * either mode covers; it may only shrink.
 */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { EndpointSlice, Service } from "../../src/cluster/objects";
import { seconds, simTime } from "../../src/engine/time";
import type { IpFamily } from "../../src/network/address";
import type { NftProxyState, NftSyncInput } from "../../src/node/agents/kube-proxy/nftables/proxy-state";
import { syncNft } from "../../src/node/agents/kube-proxy/nftables/sync";
import { DEFAULT_PROXY_SETTINGS, type ProxySettings } from "../../src/node/agents/kube-proxy/settings";
import { operationsOf, scriptText } from "../../src/node/kernel/nftables/script";
import { parseTable } from "../../src/node/kernel/nftables/parse";
import { viewOf } from "../packet-flow/kube-proxy/view-of";
import { nftOutcomeOf } from "../unit/kube-proxy-nftables/outcome";
import { notCoveredIn, ofFamily, VECTORS, type Flow } from "./kube-proxy-flows";

interface Setting {
  readonly id: string;
  readonly mode: string;
  readonly nodeName: string;
  readonly nodeIPs: readonly string[];
  readonly config: {
    readonly ipFamily: IpFamily;
    readonly clusterCIDR: string;
    readonly detectLocal: string;
    readonly masqueradeAll: boolean;
    readonly masqueradeMark: string;
    readonly nodePortAddresses: readonly string[] | null;
    readonly serviceCIDRs: string;
  };
  readonly services: readonly Service[];
  readonly endpointSlices: readonly EndpointSlice[];
}

interface Case extends Setting {
  readonly sync: string;
  readonly event?: string;
  readonly previousCase?: string | null;
  readonly preexisting?: readonly string[];
  readonly expectedTransactionOperations?: number;
  readonly expected: readonly string[];
}

interface FlowGroup extends Setting {
  readonly flows: readonly Flow[];
}

const notCovered = notCoveredIn("kube-proxy-not-covered.txt");

if (!existsSync(VECTORS)) {
  test.skip(`kube-proxy's own nftables cases: ${VECTORS} is not here`, () => undefined);
} else {
  const vectors: { readonly cases: readonly Case[]; readonly flowGroups: readonly FlowGroup[] } = JSON.parse(readFileSync(VECTORS, "utf8"));
  const cases = vectors.cases.filter(({ mode }) => mode === "nftables");
  const groups = vectors.flowGroups.filter(({ mode }) => mode === "nftables");
  const byId = new Map(cases.map((one) => [one.id, one]));

  describe("the table is kube-proxy's own", () => {
    for (const one of cases) if (!notCovered.has(one.id)) test(one.id, () => checkCase(one, byId));
  });

  describe("packets end where kube-proxy's tests say", () => {
    for (const group of groups) {
      if (notCovered.has(group.id)) continue;
      for (const [at, flow] of group.flows.entries()) test(`${group.id} ${at + 1} ${flow.name}`, () => checkFlow(group, at));
    }
  });

  test("the list of ids not covered names just those that cannot pass yet", () => {
    const covered = [
      ...cases.filter((one) => passes(() => checkCase(one, byId))),
      ...groups.filter((group) => passes(() => group.flows.forEach((_, at) => checkFlow(group, at)))),
    ].map(({ id }) => id);
    const ids = [...cases, ...groups].map(({ id }) => id);
    const open = ids.filter((id) => !covered.includes(id));
    console.info(`kube-proxy nftables cases not covered yet: ${open.length} of ${ids.length}\n  ${open.join("\n  ")}`);
    expect([...notCovered].filter((id) => id.startsWith("nft-")).toSorted()).toEqual(open.toSorted());
  });
}

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

function inputOf(setting: Setting): NftSyncInput {
  const { ipFamily, clusterCIDR, masqueradeAll, masqueradeMark, nodePortAddresses, serviceCIDRs } = setting.config;
  const settings: ProxySettings = {
    ...DEFAULT_PROXY_SETTINGS,
    ipFamily,
    clusterCIDR,
    detectLocalMode: setting.config.detectLocal.startsWith("ClusterCIDR") ? "ClusterCIDR" : "None",
    masqueradeAll,
    masqueradeMark,
    serviceCIDRs: ofFamily(serviceCIDRs.split(",").filter(Boolean), ipFamily),
    nodePortAddresses,
  };
  const node = { name: setting.nodeName, zone: "", addresses: ofFamily(setting.nodeIPs, ipFamily) };
  return { view: viewOf([...setting.services, ...setting.endpointSlices]), settings, node };
}

/** The state after a case, from those before it, and its time: syncs follow within a second unless the event says otherwise. */
function stateAfter(one: Case, cases: ReadonlyMap<string, Case>): { readonly state: NftProxyState; readonly at: number } {
  const previous = typeof one.previousCase === "string" ? cases.get(one.previousCase) : undefined;
  const before = previous && stateAfter(previous, cases);
  const at = (before?.at ?? 0) + (/1s passes|age/.test(one.event ?? "") ? seconds(2) : seconds(0.3));
  const into = one.preexisting === undefined ? {} : { into: parseTable(one.preexisting.join("\n")) };
  return { state: syncNft(before?.state ?? null, { ...inputOf(one), now: simTime(at), ...into }), at };
}

function checkCase(one: Case, cases: ReadonlyMap<string, Case>): void {
  const { state } = stateAfter(one, cases);
  expect(state.kind).toBe(one.sync);
  expect(byObject(scriptText("kube-proxy", operationsOf(state.table)).split("\n"))).toEqual(byObject(one.expected));
  const count = one.expectedTransactionOperations;
  if (count !== undefined) expect(state.operations).toHaveLength(count);
  if (one.preexisting !== undefined) {
    const empty = syncNft(null, { ...inputOf(one), view: viewOf([]) });
    expect(state.operations).toHaveLength(empty.operations.length + 14);
  }
}

/** Lines by the object that they are about: declarations and elements in any order, rules of a chain in theirs. */
function byObject(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const line of lines) {
    const [, verb, kind = "", , , name = ""] = /^(\S+) (\S+) (\S+) (\S+)(?: (\S+))?/.exec(line) ?? [];
    if (verb === undefined) continue;
    const place = `${kind} ${name}`;
    found.set(place, [...(found.get(place) ?? []), line]);
  }
  for (const [place, group] of found) if (!place.startsWith("rule ")) group.sort();
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function checkFlow(group: FlowGroup, at: number): void {
  const input = inputOf(group);
  const { table } = syncNft(null, input);
  const flow = group.flows[at];
  if (flow === undefined) throw new Error(`flow ${at} of ${group.id} is missing`);
  const isLocal = (address: string): boolean => input.node.addresses.includes(address) || address.startsWith("127.") || address === "::1";
  const { protocol, sourceIP: source, destIP: destination, destPort: port } = flow;
  const { output, masquerade, rules } = nftOutcomeOf({ table, isLocal }, { protocol, source, destination, port });
  expect({ output, masquerade }, rules.join("\n")).toEqual({ output: flow.output, masquerade: flow.masq });
}
