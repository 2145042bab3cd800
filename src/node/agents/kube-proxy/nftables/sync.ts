/**
 * One sync of kube-proxy in nftables mode: what it makes of its informers' view and what then stands in the kernel.
 * A full sync writes everything, a partial one the elements that differ and the chains of changed Services. A chain that
 * nothing needs is emptied at once and deleted by a later sync: older kernels notice late that no map leads to it.
 * When to sync is the caller's affair. Source: pkg/proxy/nftables/proxier.go (syncProxyRules).
 */
import { between, seconds, START, type SimTime } from "../../../../engine/time";
import { emptyTable, runTransaction, type NftOperation } from "../../../kernel/nftables/operations";
import { ruleText } from "../../../kernel/nftables/script";
import type { NftChain, NftTable } from "../../../kernel/nftables/tables";
import { changedServices, inViewOrder } from "../changes";
import { addToSums, versionText, ZERO_SUMS, type Sums } from "../iptables/version";
import { backedServices } from "../services";
import { makeNftContext } from "./context";
import { nftFamily } from "./fragments";
import { allElementChanges, someElementChanges, type ElementChanges, type ServiceChange } from "./elements";
import { isAffinitySet, isServiceChain } from "./names";
import { KUBE_PROXY } from "./object-names";
import type { NftProxyState, NftSyncInput } from "./proxy-state";
import { serviceObjects, type NftServiceObjects } from "./service-objects";
import { emptyChain, setupOperations } from "./setup";

/** A stale chain is deleted once it is older than this. */
const STALE_FOR = seconds(1);

/** Runs one sync. Full if there was none before, if settings or node changed, or if asked for. */
export function syncNft(previous: NftProxyState | null, input: NftSyncInput): NftProxyState {
  if (previous === null || input.full === true || !isSameSetup(previous, input)) return fullSync(previous, input);
  return partialSync(previous, input);
}

function isSameSetup(previous: NftProxyState, { settings, node }: NftSyncInput): boolean {
  if (previous.settings === settings && previous.node === node) return true;
  return JSON.stringify([previous.settings, previous.node]) === JSON.stringify([settings, node]);
}

function fullSync(previous: NftProxyState | null, input: NftSyncInput): NftProxyState {
  const context = makeNftContext(input.settings, input.node);
  const services = new Map<string, NftServiceObjects>();
  let sums = ZERO_SUMS;
  for (const [key, one] of backedServices(input.view, input.settings.ipFamily)) {
    const objects = serviceObjects(one, context);
    services.set(key, objects);
    sums = addToSums(sums, objects.fingerprint, 1);
  }
  const swept = sweep(previous, input);
  const all = [...services.values()];
  const setup = setupOperations(input.settings, input.node, previous === null);
  return settle({
    kind: "full",
    input,
    swept,
    services,
    sums,
    setup,
    written: all,
    elements: allElementChanges(swept.table, all),
    candidates: [...swept.table.chains.keys()].filter(isServiceChain),
    oldSets: [...swept.table.sets.keys()].filter(isAffinitySet),
  });
}

function partialSync(previous: NftProxyState, input: NftSyncInput): NftProxyState {
  const context = makeNftContext(input.settings, input.node);
  const services = new Map(previous.services);
  const changes: ServiceChange[] = [];
  let { sums } = previous;
  for (const [key, backed] of changedServices(previous.services, input)) {
    const before = previous.services.get(key);
    const after = backed && serviceObjects(backed, context);
    if (after === undefined) services.delete(key);
    else services.set(key, after);
    if (before !== undefined) sums = addToSums(sums, before.fingerprint, -1);
    if (after !== undefined) sums = addToSums(sums, after.fingerprint, 1);
    changes.push({ before, after });
  }
  const isNewcomer = changes.some(({ before, after }) => before === undefined && after !== undefined);
  const ordered = isNewcomer ? inViewOrder(services, input.view) : services;
  const swept = sweep(previous, input);
  const before = changes.flatMap((change) => change.before ?? []);
  return settle({
    kind: "partial",
    input,
    swept,
    services: ordered,
    sums,
    setup: [],
    written: changes.flatMap((change) => change.after ?? []),
    elements: someElementChanges(swept.table, changes, ordered),
    candidates: before.flatMap(({ chains }) => chains.map(({ name }) => name)),
    oldSets: before.flatMap(({ sets }) => sets.map(({ name }) => name)),
  });
}

/** The table before the sync's own transaction, old stale chains deleted. */
interface Swept {
  readonly table: NftTable;
  readonly cleanup: readonly NftOperation[];
  readonly stale: ReadonlyMap<string, SimTime>;
}

function sweep(previous: NftProxyState | null, input: NftSyncInput): Swept {
  const { into, now = START } = input;
  const table = previous?.table ?? into ?? emptyTable(KUBE_PROXY, "empty", nftFamily(input.settings));
  const stale = [...(previous?.stale ?? [])];
  const old = stale.filter(([, since]) => between(since, now) > STALE_FOR);
  if (old.length === 0) return { table, cleanup: [], stale: new Map(stale) };
  const cleanup = old.map(([name]): NftOperation => ({ verb: "delete", what: "chain", name }));
  return { table: runTransaction(table, cleanup, table.version), cleanup, stale: new Map(stale.filter((one) => !old.includes(one))) };
}

interface Outcome {
  readonly kind: NftProxyState["kind"];
  readonly input: NftSyncInput;
  readonly swept: Swept;
  readonly services: ReadonlyMap<string, NftServiceObjects>;
  readonly sums: Sums;
  /** What makes the fixed part; nothing in a partial sync. */
  readonly setup: readonly NftOperation[];
  /** Services whose chains are written. */
  readonly written: readonly NftServiceObjects[];
  readonly elements: ElementChanges;
  /** Chains that stand and may be needed no more. */
  readonly candidates: readonly string[];
  /** Sets of sources that stand and may be needed no more. */
  readonly oldSets: readonly string[];
}

/** Puts the transaction together and runs it. */
function settle(outcome: Outcome): NftProxyState {
  const { kind, input, swept, services, sums, setup, written, elements } = outcome;
  const { settings, node, now = START } = input;
  const chains = written.flatMap((one) => one.chains);
  const sets = written.flatMap((one) => one.sets);
  const needed = new Set(chains.map(({ name }) => name));
  const stale = new Map([...swept.stale].filter(([name]) => !needed.has(name)));
  const unneeded = outcome.candidates.filter((name) => !needed.has(name) && !stale.has(name));
  for (const name of unneeded) stale.set(name, now);
  const rewritten = kind === "full" ? chains.filter((chain) => !standsAlready(swept.table, chain)) : chains;
  const neededSets = new Set(sets.map(({ name }) => name));
  const operations: readonly NftOperation[] = [
    ...setup,
    ...rewritten.flatMap(({ name }) => emptyChain({ name })),
    ...sets.map((set): NftOperation => ({ verb: "add", what: "set", set })),
    ...elements.additions,
    ...rewritten.flatMap(({ name, rules }) => rules.map((rule): NftOperation => ({ verb: "add", what: "rule", chain: name, rule }))),
    ...unneeded.map((name): NftOperation => ({ verb: "flush", what: "chain", name })),
    ...outcome.oldSets
      .filter((name) => !neededSets.has(name))
      .map((name): NftOperation => ({ verb: "delete", what: "set", set: { kind: "set", name } })),
    ...elements.deletions,
  ];
  const version = versionText(sums, JSON.stringify([settings, node, [...stale.keys()].toSorted()]));
  const table = runTransaction(swept.table, operations, version);
  return { kind, table, services, cleanup: swept.cleanup, operations, stale, settings, node, sums };
}

/** An endpoint's chain says all of itself in its name, so a full sync leaves alone what a kube-proxy before it wrote. */
function standsAlready(table: NftTable, chain: NftChain): boolean {
  if (!chain.name.startsWith("endpoint-")) return false;
  const there = table.chains.get(chain.name);
  return there !== undefined && rulesText(there) === rulesText(chain);
}

function rulesText({ rules }: NftChain): string {
  return rules.map(ruleText).join("\n");
}
