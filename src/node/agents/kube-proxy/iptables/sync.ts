/**
 * One sync of kube-proxy in iptables mode: what it makes of its informers' view and what then stands in the kernel.
 * A full sync writes everything; a partial one writes the chains that all Services share and those of changed Services.
 * When to sync is the caller's affair. Source: pkg/proxy/iptables/proxier.go (syncProxyRules), KEP-3453.
 */
import { between, START } from "../../../../engine/time";
import { emptyRuleset } from "../../../kernel/netfilter/build";
import { changeChains } from "../../../kernel/netfilter/chain-map";
import { changeMap } from "../../../kernel/nftables/layered-map";
import type { Chain, Ruleset, Table, TableName } from "../../../kernel/netfilter/rules";
import { changedServices, inViewOrder } from "../changes";
import { backedServices } from "../services";
import { makeContext, type RuleContext } from "./context";
import { ensureJumps } from "./jumps";
import { isServiceChain } from "./names";
import { serviceRules, type ServiceRules } from "./port-rules";
import type { ProxyState, SyncInput } from "./proxy-state";
import { commonChains, sameDispatch, type CommonChains } from "./tables";
import { addToSums, versionText, ZERO_SUMS, type Sums } from "./version";

/** More endpoints than this make a large cluster. */
const LARGE_CLUSTER_ENDPOINTS = 1000;

/** Runs one sync. Full if there was none before, if settings or node changed, or if asked for. */
export function syncRules(previous: ProxyState | null, input: SyncInput): ProxyState {
  if (previous === null || input.full === true || !isSameSetup(previous, input)) return fullSync(previous, input);
  return partialSync(previous, input);
}

/** Chains that a sync rewrote or removed: their counters start again at zero. */
export function rewrittenChains(state: ProxyState): ReadonlyMap<TableName, ReadonlySet<string>> {
  return new Map([
    ["filter", new Set(namesOf(state.common.filter))],
    ["nat", new Set([...namesOf(state.common.nat), ...namesOf(state.written), ...state.removed])],
  ]);
}

function isSameSetup(previous: ProxyState, { settings, node }: SyncInput): boolean {
  if (previous.settings === settings && previous.node === node) return true;
  return JSON.stringify([previous.settings, previous.node]) === JSON.stringify([settings, node]);
}

function fullSync(previous: ProxyState | null, input: SyncInput): ProxyState {
  const backed = backedServices(input.view, input.settings.ipFamily);
  let endpointCount = 0;
  for (const one of backed.values()) endpointCount += one.endpointCount;
  const context = contextOf(input, endpointCount);
  const services = new Map<string, ServiceRules>();
  let sums = ZERO_SUMS;
  for (const [key, one] of backed) {
    const rules = serviceRules(one, context);
    services.set(key, rules);
    sums = addToSums(sums, rules.fingerprint, 1);
  }
  const written = [...services.values()].flatMap(ownChains);
  const standing = ensureJumps(previous?.ruleset ?? input.into ?? emptyRuleset());
  const common = commonChains(services.values(), input.settings, input.node);
  const candidates = [...(standing.tables.get("nat")?.chains.keys() ?? [])].filter(isServiceChain);
  return settle({ kind: "full", previous, input, context, standing, services, endpointCount, sums, common, written, candidates });
}

function partialSync(previous: ProxyState, input: SyncInput): ProxyState {
  const changed = changedServices(previous.services, input);
  let { endpointCount, sums } = previous;
  for (const [key, after] of changed) {
    endpointCount += (after?.endpointCount ?? 0) - (previous.services.get(key)?.backed.endpointCount ?? 0);
  }
  const context = contextOf(input, endpointCount);
  const put: (readonly [string, ServiceRules])[] = [];
  const drop: string[] = [];
  const written: Chain[] = [];
  const candidates = [...previous.stale];
  let sameEntries = true;
  for (const [key, backed] of changed) {
    const before = previous.services.get(key);
    const after = backed && serviceRules(backed, context);
    if (after === undefined) drop.push(key);
    else put.push([key, after]);
    if (before !== undefined) sums = addToSums(sums, before.fingerprint, -1);
    if (after !== undefined) sums = addToSums(sums, after.fingerprint, 1);
    written.push(...ownChains(after));
    candidates.push(...namesOf(ownChains(before)));
    sameEntries &&= sameDispatch(before, after);
  }
  const services = changeMap(previous.services, { put, drop });
  const isNewcomer = [...changed].some(([key, one]) => one !== undefined && !previous.services.has(key));
  const ordered = isNewcomer ? inViewOrder(services, input.view) : services;
  const common = sameEntries ? previous.common : sharedWith(previous.common, commonChains(ordered.values(), input.settings, input.node));
  const standing = previous.ruleset;
  return settle({
    kind: "partial",
    previous,
    input,
    context,
    standing,
    services: ordered,
    endpointCount,
    sums,
    common,
    written,
    candidates,
  });
}

function contextOf({ settings, node }: SyncInput, endpointCount: number): RuleContext {
  return makeContext(settings, node, endpointCount > LARGE_CLUSTER_ENDPOINTS);
}

function ownChains(rules: ServiceRules | undefined): readonly Chain[] {
  return rules?.ports.flatMap(({ chains }) => chains) ?? [];
}

function namesOf(chains: readonly Chain[]): readonly string[] {
  return chains.map(({ name }) => name);
}

/** The old object where a common chain says the same as before, so that what hangs on it (an index) lives on. */
function sharedWith(before: CommonChains, after: CommonChains): CommonChains {
  return { filter: sharedChains(before.filter, after.filter), nat: sharedChains(before.nat, after.nat) };
}

function sharedChains(before: readonly Chain[], after: readonly Chain[]): readonly Chain[] {
  return after.map((one) => before.find((old) => old.name === one.name && hasSameRules(old, one)) ?? one);
}

function hasSameRules(a: Chain, b: Chain): boolean {
  return a.rules.length === b.rules.length && a.rules.every((rule, index) => rule === b.rules[index]);
}

interface Outcome {
  readonly kind: ProxyState["kind"];
  readonly previous: ProxyState | null;
  readonly input: SyncInput;
  readonly context: RuleContext;
  /** The tables before the rules are written. */
  readonly standing: Ruleset;
  readonly services: ReadonlyMap<string, ServiceRules>;
  readonly endpointCount: number;
  readonly sums: Sums;
  readonly common: CommonChains;
  readonly written: readonly Chain[];
  /** Service chains that stand and may be needed no more. */
  readonly candidates: readonly string[];
}

/** Writes the chains and removes, or sets aside, those that nothing needs. */
function settle(outcome: Outcome): ProxyState {
  const { kind, previous, input, standing, services, endpointCount, sums, common, written } = outcome;
  const { settings, node } = input;
  const now = input.now ?? START;
  const needed = new Set(namesOf(written));
  const unneeded = [...new Set(outcome.candidates)].filter((name) => !needed.has(name)).toSorted();
  const mayRemove = previous === null || !outcome.context.isLargeCluster || between(previous.lastCleanup, now) > settings.syncPeriod;
  const removed = mayRemove ? unneeded : [];
  const stale = mayRemove ? [] : unneeded;
  const tables = new Map(standing.tables);
  tables.set("filter", changedTable(tables.get("filter"), "filter", common.filter, []));
  tables.set("nat", changedTable(tables.get("nat"), "nat", [...common.nat, ...written], removed));
  const baseVersion = previous?.baseVersion ?? standing.version;
  const version = versionText(sums, JSON.stringify([baseVersion, settings, node, stale]));
  const lastCleanup = mayRemove ? now : (previous?.lastCleanup ?? now);
  const ruleset = { version, tables };
  return { kind, ruleset, services, endpointCount, common, written, removed, stale, lastCleanup, settings, node, baseVersion, sums };
}

function changedTable(table: Table | undefined, name: TableName, put: readonly Chain[], drop: readonly string[]): Table {
  return { name, chains: changeChains(table?.chains ?? new Map(), { put, drop }) };
}
