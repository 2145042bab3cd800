/**
 * One sync of kube-proxy in iptables mode: what it makes of its informers' view and what then stands in the kernel.
 * A full sync writes everything; a partial one writes the chains that all Services share and those of changed Services.
 * When to sync is the caller's affair. Source: pkg/proxy/iptables/proxier.go (syncProxyRules), KEP-3453.
 */
import { Fingerprint } from "../../../../base/hash";
import type { ClusterView } from "../../../../cluster/store-types";
import { between, START, type SimTime } from "../../../../engine/time";
import { emptyRuleset } from "../../../kernel/netfilter/build";
import { changeChains } from "../../../kernel/netfilter/chain-map";
import type { Chain, Ruleset, Table, TableName } from "../../../kernel/netfilter/rules";
import { backedServices, someBackedServices, type BackedService } from "../services";
import type { ProxyNode, ProxySettings } from "../settings";
import { makeContext } from "./context";
import { ensureJumps } from "./jumps";
import { isServiceChain } from "./names";
import { serviceRules, type ServiceRules } from "./port-rules";
import { commonChains, type CommonChains } from "./tables";

/** More endpoints than this make a large cluster. */
const LARGE_CLUSTER_ENDPOINTS = 1000;

/** What a sync looks at. */
export interface SyncInput {
  readonly view: ClusterView;
  readonly settings: ProxySettings;
  readonly node: ProxyNode;
  /**
   * Keys (`serviceKeyOf`) of all Services of which the Service or a slice may have changed since the last sync;
   * null where nobody kept count, then all are compared. Slower, same outcome.
   */
  readonly changed?: ReadonlySet<string> | null;
  /** Asks for a full sync (an hour is over, the canary is gone, the last sync failed). */
  readonly full?: boolean;
  /** Cluster time; large clusters remove stale chains at most once per syncPeriod. */
  readonly now?: SimTime;
  /** What stands in the kernel before the first sync; default: empty tables. */
  readonly into?: Ruleset;
}

/** What stands after a sync. Immutable: the next sync makes a new one that shares what did not change. */
export interface ProxyState {
  readonly kind: "full" | "partial";
  /** Everything in the node's tables, kube-proxy's and others'. */
  readonly ruleset: Ruleset;
  /** By Service key, in the view's order. */
  readonly services: ReadonlyMap<string, ServiceRules>;
  /** The chains that every sync writes. */
  readonly common: CommonChains;
  /** Services' own nat chains that this sync wrote, in order. */
  readonly written: readonly Chain[];
  /** nat chains that this sync removed, in order of name. */
  readonly removed: readonly string[];
  /** nat chains that nothing needs and that still stand (large clusters). */
  readonly stale: readonly string[];
  readonly lastCleanup: SimTime;
  readonly settings: ProxySettings;
  readonly node: ProxyNode;
  /** Version of the rules that stood before kube-proxy came. */
  readonly baseVersion: string;
}

/** Runs one sync. Full if there was none before, if settings or node changed, or if asked for. */
export function syncRules(previous: ProxyState | null, input: SyncInput): ProxyState {
  const full = previous === null || input.full === true || !isSameSetup(previous, input);
  const backed = full || previous === null ? backedServices(input.view) : backedAfterChange(previous, input);
  const endpoints = [...backed.values()].reduce((sum, { endpointCount }) => sum + endpointCount, 0);
  const context = makeContext(input.settings, input.node, endpoints > LARGE_CLUSTER_ENDPOINTS);
  const services = new Map<string, ServiceRules>();
  const changed: ServiceRules[] = [];
  for (const [key, one] of backed) {
    const before = full ? undefined : previous?.services.get(key);
    const rules = before !== undefined && isSameService(before.backed, one) ? before : serviceRules(one, context);
    services.set(key, rules);
    if (rules !== before) changed.push(rules);
  }
  const written = changed.flatMap(ownChains);
  return settle({ previous, input, full, services, written, isLargeCluster: context.isLargeCluster });
}

/** Chains that a sync rewrote or removed: their counters start again at zero. */
export function rewrittenChains(state: ProxyState): ReadonlyMap<TableName, ReadonlySet<string>> {
  const names = (chains: readonly Chain[]): readonly string[] => chains.map(({ name }) => name);
  return new Map([
    ["filter", new Set(names(state.common.filter))],
    ["nat", new Set([...names(state.common.nat), ...names(state.written), ...state.removed])],
  ]);
}

function isSameSetup(previous: ProxyState, { settings, node }: SyncInput): boolean {
  if (previous.settings === settings && previous.node === node) return true;
  return JSON.stringify([previous.settings, previous.node]) === JSON.stringify([settings, node]);
}

function isSameService(before: BackedService, after: BackedService): boolean {
  return before === after || before.text === after.text;
}

/** The Services as they are now; only those that may have changed are looked at. */
function backedAfterChange(previous: ProxyState, { view, changed }: SyncInput): ReadonlyMap<string, BackedService> {
  if (changed === undefined || changed === null) return backedServices(view);
  const found = someBackedServices(view, changed);
  if ([...found].some(([key, one]) => one !== undefined && !previous.services.has(key))) return backedServices(view);
  const after = new Map<string, BackedService>();
  for (const [key, { backed }] of previous.services) {
    const now = found.has(key) ? found.get(key) : backed;
    if (now !== undefined) after.set(key, now);
  }
  return after;
}

function ownChains({ ports }: ServiceRules): readonly Chain[] {
  return ports.flatMap(({ chains }) => chains);
}

interface Settling {
  readonly previous: ProxyState | null;
  readonly input: SyncInput;
  readonly full: boolean;
  readonly services: ReadonlyMap<string, ServiceRules>;
  readonly written: readonly Chain[];
  readonly isLargeCluster: boolean;
}

function settle(settling: Settling): ProxyState {
  const { previous, input, full, services, written } = settling;
  const { settings, node } = input;
  const before = previous?.ruleset ?? input.into ?? emptyRuleset();
  const standing = full ? ensureJumps(before) : before;
  const common = sharedWith(previous?.common, commonChains(services.values(), settings, node));
  const unneeded = unneededChains(settling, standing);
  const now = input.now ?? START;
  const mayRemove = previous === null || !settling.isLargeCluster || between(previous.lastCleanup, now) > settings.syncPeriod;
  const removed = mayRemove ? unneeded : [];
  const stale = mayRemove ? [] : unneeded;
  const baseVersion = previous?.baseVersion ?? before.version;
  const tables = new Map(standing.tables);
  tables.set("filter", changeTable(tables.get("filter"), "filter", common.filter, []));
  tables.set("nat", changeTable(tables.get("nat"), "nat", [...common.nat, ...written], removed));
  const version = versionOf({ services, settings, node, stale, baseVersion });
  const lastCleanup = mayRemove ? now : (previous?.lastCleanup ?? now);
  const kind = full ? "full" : "partial";
  const ruleset = { version, tables };
  return { kind, ruleset, services, common, written, removed, stale, lastCleanup, settings, node, baseVersion };
}

function changeTable(table: Table | undefined, name: TableName, put: readonly Chain[], drop: readonly string[]): Table {
  return { name, chains: changeChains(table?.chains ?? new Map(), { put, drop }) };
}

/** The old object where a common chain says the same as before, so that what hangs on it (an index) lives on. */
function sharedWith(before: CommonChains | undefined, after: CommonChains): CommonChains {
  if (before === undefined) return after;
  return { filter: sharedChains(before.filter, after.filter), nat: sharedChains(before.nat, after.nat) };
}

function sharedChains(before: readonly Chain[], after: readonly Chain[]): readonly Chain[] {
  return after.map((one) => before.find((old) => old.name === one.name && hasSameRules(old, one)) ?? one);
}

function hasSameRules(a: Chain, b: Chain): boolean {
  return a.rules.length === b.rules.length && a.rules.every((rule, index) => rule === b.rules[index]);
}

/** Service chains that stand and that no Service has any more, in order of name. */
function unneededChains({ previous, full, services, written }: Settling, standing: Ruleset): readonly string[] {
  const nat = standing.tables.get("nat")?.chains ?? new Map<string, Chain>();
  const candidates = full || previous === null ? [...nat.keys()].filter(isServiceChain) : chainsOfChanged(previous, services);
  if (candidates.length === 0) return [];
  const needed = new Set(full ? [...services.values()].flatMap(ownChains).map(({ name }) => name) : written.map(({ name }) => name));
  return [...new Set(candidates)].filter((name) => !needed.has(name)).toSorted();
}

/** Chains of Services as they were before they changed or vanished, and those that were unneeded before. */
function chainsOfChanged(previous: ProxyState, services: ReadonlyMap<string, ServiceRules>): readonly string[] {
  const names = [...previous.stale];
  for (const [key, before] of previous.services) {
    if (services.get(key) === before) continue;
    for (const { name } of ownChains(before)) names.push(name);
  }
  return names;
}

interface VersionParts {
  readonly services: ReadonlyMap<string, ServiceRules>;
  readonly settings: ProxySettings;
  readonly node: ProxyNode;
  readonly stale: readonly string[];
  readonly baseVersion: string;
}

function versionOf({ services, settings, node, stale, baseVersion }: VersionParts): string {
  const into = new Fingerprint();
  into.text(JSON.stringify([baseVersion, settings, node, stale]));
  for (const [key, { fingerprint }] of services) {
    into.text(key);
    into.text(fingerprint);
  }
  return into.hex();
}
