/**
 * kube-proxy's own iptables cases (see `meta` of the vectors) against our rules, in both address families: rule text per
 * chain, and packets. kube-proxy-not-covered.txt lists what no test of either mode covers; it may only shrink.
 */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { EndpointSlice, Service } from "../../src/cluster/objects";
import type { ClusterView } from "../../src/cluster/store-types";
import type { IpFamily } from "../../src/network/address";
import { rulesBeforeProxy } from "../../src/node/agents/flannel-rules";
import { syncText } from "../../src/node/agents/kube-proxy/iptables/restore";
import type { ProxyState, SyncInput } from "../../src/node/agents/kube-proxy/iptables/proxy-state";
import { syncRules } from "../../src/node/agents/kube-proxy/iptables/sync";
import { DEFAULT_PROXY_SETTINGS, type ProxySettings } from "../../src/node/agents/kube-proxy/settings";
import { outcomeOf } from "../packet-flow/kube-proxy/outcome";
import { viewOf } from "../packet-flow/kube-proxy/view-of";
import { notCoveredIn, ofFamily, VECTORS, type Flow } from "./kube-proxy-flows";
import { normalised } from "./rule-text";

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
    readonly randomFully: boolean;
    readonly localhostNodePorts: boolean;
    readonly nodePortAddresses: readonly string[] | null;
    readonly nfacctCounters: readonly string[];
    readonly conntrackTCPLiberal: boolean;
  };
  readonly services: readonly Service[];
  readonly endpointSlices: readonly EndpointSlice[];
}

interface Case extends Setting {
  readonly scope: string;
  readonly sync: string;
  readonly previousCase?: string;
  readonly expected: string | readonly string[];
}

interface FlowGroup extends Setting {
  readonly expectedChains?: Readonly<Record<string, readonly string[]>>;
  readonly flows: readonly Flow[];
}

const notCovered = notCoveredIn("kube-proxy-not-covered.txt");

if (!existsSync(VECTORS)) {
  test.skip(`kube-proxy's own cases: ${VECTORS} is not here`, () => undefined);
} else {
  const all: { readonly cases: readonly Case[]; readonly flowGroups: readonly FlowGroup[] } = JSON.parse(readFileSync(VECTORS, "utf8"));
  const vectors = {
    cases: all.cases.filter(({ mode }) => mode === "iptables"),
    flowGroups: all.flowGroups.filter(({ mode }) => mode === "iptables"),
  };
  const cases = new Map(vectors.cases.map((one) => [one.id, one]));

  describe("rule text is kube-proxy's own", () => {
    for (const one of vectors.cases) if (!notCovered.has(one.id)) test(one.id, () => checkCase(one, cases));
  });

  describe("packets end where kube-proxy's tests say", () => {
    for (const group of vectors.flowGroups) {
      if (notCovered.has(group.id)) continue;
      for (const [at, flow] of group.flows.entries()) test(`${group.id} ${at + 1} ${flow.name}`, () => checkFlow(group, at));
      if (group.expectedChains !== undefined) test(`${group.id} chains`, () => checkChains(group));
    }
  });

  test("the list of ids not covered names just those that cannot pass yet", () => {
    const ids = [...vectors.cases, ...vectors.flowGroups].map(({ id }) => id);
    const covered = [
      ...vectors.cases.filter((one) => passes(() => checkCase(one, cases))),
      ...vectors.flowGroups.filter((group) => passes(() => group.flows.forEach((_, at) => checkFlow(group, at)))),
    ].map(({ id }) => id);
    const open = ids.filter((id) => !covered.includes(id));
    console.info(`kube-proxy cases not covered yet: ${open.length} of ${ids.length}\n  ${open.join("\n  ")}`);
    expect([...notCovered].filter((id) => id.startsWith("ipt-")).toSorted()).toEqual(open.toSorted());
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

function inputOf(setting: Setting): SyncInput {
  const { ipFamily, clusterCIDR, masqueradeAll, masqueradeMark, randomFully, localhostNodePorts } = setting.config;
  const { nodePortAddresses, nfacctCounters, conntrackTCPLiberal } = setting.config;
  const detectLocalMode = setting.config.detectLocal.startsWith("ClusterCIDR") ? "ClusterCIDR" : "None";
  const settings: ProxySettings = {
    ...DEFAULT_PROXY_SETTINGS,
    ipFamily,
    clusterCIDR,
    detectLocalMode,
    masqueradeAll,
    masqueradeMark,
    randomFully,
    localhostNodePorts,
    nfacctCounters,
    conntrackTCPLiberal,
    nodePortAddresses,
  };
  const node = { name: setting.nodeName, zone: "", addresses: ofFamily(setting.nodeIPs, ipFamily) };
  return { view: viewOfSetting(setting), settings, node, into: rulesBeforeProxy({ podCIDR: "10.0.0.0/8", nodePodCIDR: "10.180.0.0/24" }) };
}

function viewOfSetting({ services, endpointSlices }: Setting): ClusterView {
  return viewOf([...services, ...endpointSlices]);
}

/** The state after a case, from those before it. */
function stateAfter(one: Case, cases: ReadonlyMap<string, Case>): ProxyState {
  const before = one.previousCase === undefined ? undefined : cases.get(one.previousCase);
  return syncRules(before === undefined ? null : stateAfter(before, cases), inputOf(one));
}

function checkCase(one: Case, cases: ReadonlyMap<string, Case>): void {
  const state = stateAfter(one, cases);
  expect(state.kind).toBe(one.sync);
  const text = syncText(state);
  const chain = /^chain (filter|nat)\/(\S+) only$/.exec(one.scope);
  if (chain === null) return expect(normalised(text)).toEqual(normalised(textOf(one.expected)));
  const rules = normalised(text).get(`${chain[1]} ${chain[2]}`);
  expect(rules?.slice(1)).toEqual(one.expected);
}

function textOf(expected: string | readonly string[]): string {
  return typeof expected === "string" ? expected : expected.join("\n");
}

function checkFlow(group: FlowGroup, at: number): void {
  const input = inputOf(group);
  const { ruleset } = syncRules(null, input);
  const flow = group.flows[at];
  if (flow === undefined) throw new Error(`flow ${at} of ${group.id} is missing`);
  const { protocol, sourceIP: source, destIP: destination, destPort: port } = flow;
  const { output, masquerade, rules } = outcomeOf(ruleset, input.node.addresses, { protocol, source, destination, port });
  expect({ output, masquerade }, rules.join("\n")).toEqual({ output: flow.output, masquerade: flow.masq });
}

function checkChains(group: FlowGroup): void {
  const text = normalised(syncText(syncRules(null, inputOf(group))));
  for (const [place, rules] of Object.entries(group.expectedChains ?? {})) {
    expect(text.get(place.replace("/", " "))?.slice(1) ?? [], place).toEqual(rules);
  }
}
