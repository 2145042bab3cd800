/**
 * Transactions: lists of operations that take effect together, as `nft -f` runs them, and what they make of a table.
 * Source: nft(8); net/netfilter/nf_tables_api.c (an operation that cannot be done fails the whole).
 */
import { ensure, unreachable } from "../../../base/assert";
import { compareText } from "../../../base/order";
import { changeMap, layeredMap } from "./layered-map";
import type { NftChain, NftElement, NftFamily, NftHook, NftRule, NftSet, NftTable } from "./tables";

/** A set or map as it is declared: without elements. */
export type NftSetDeclaration = Omit<NftSet, "elements">;

/** Which set or map. */
export interface NftSetName {
  readonly kind: NftSet["kind"];
  readonly name: string;
}

/** One operation on the table at hand. Adding what is there already changes nothing (`create` is not modelled). */
export type NftOperation =
  | { readonly verb: "add"; readonly what: "table"; readonly comment?: string }
  | { readonly verb: "add"; readonly what: "chain"; readonly chain: Omit<NftChain, "rules"> }
  | { readonly verb: "flush" | "delete"; readonly what: "chain"; readonly name: string }
  | { readonly verb: "add"; readonly what: "rule"; readonly chain: string; readonly rule: NftRule }
  | { readonly verb: "add"; readonly what: "set"; readonly set: NftSetDeclaration }
  | { readonly verb: "flush" | "delete"; readonly what: "set"; readonly set: NftSetName }
  | { readonly verb: "add"; readonly what: "element"; readonly set: NftSetName; readonly element: NftElement }
  | { readonly verb: "delete"; readonly what: "element"; readonly set: NftSetName; readonly key: string };

/** An empty table. */
export function emptyTable(name: string, version = "empty", family: NftFamily = "ip"): NftTable {
  return { ...(family === "ip6" ? { family } : {}), name, version, sets: layeredMap(), chains: layeredMap(), hooks: new Map() };
}

/** The table after a transaction. Throws where an operation names something that is not there. */
export function runTransaction(table: NftTable, operations: readonly NftOperation[], version: string): NftTable {
  const run = new Transaction(table);
  for (const operation of operations) run.apply(operation);
  return run.result(version);
}

/** Entries of a map while they change: dropped ones first, as `changeMap` wants them. */
class Pending<V> {
  readonly dropped = new Set<string>();
  readonly put = new Map<string, V>();

  constructor(private readonly from: ReadonlyMap<string, V>) {}

  get(key: string): V | undefined {
    return this.put.get(key) ?? (this.dropped.has(key) ? undefined : this.from.get(key));
  }

  set(key: string, value: V): void {
    this.put.set(key, value);
  }

  drop(key: string): void {
    this.put.delete(key);
    if (this.from.has(key)) this.dropped.add(key);
  }

  dropAll(): void {
    for (const key of [...this.put.keys(), ...this.from.keys()]) this.drop(key);
  }

  result(): ReadonlyMap<string, V> {
    return this.dropped.size + this.put.size === 0 ? this.from : changeMap(this.from, { drop: this.dropped, put: this.put });
  }
}

class Transaction {
  private comment: string | undefined;
  private readonly chains: Pending<NftChain>;
  private readonly sets: Pending<NftSet>;
  private readonly elements = new Map<string, Pending<NftElement>>();
  private readonly rules = new Map<string, NftRule[]>();
  private basesChanged = false;

  constructor(private readonly table: NftTable) {
    this.comment = table.comment;
    this.chains = new Pending(table.chains);
    this.sets = new Pending(table.sets);
  }

  apply(operation: NftOperation): void {
    switch (operation.what) {
      case "table":
        this.comment = operation.comment ?? this.comment;
        return;
      case "chain":
        return operation.verb === "add" ? this.addChain(operation.chain) : this.emptyChain(operation.name, operation.verb);
      case "rule":
        this.rulesOf(operation.chain).push(operation.rule);
        return;
      case "set":
        return operation.verb === "add" ? this.addSet(operation.set) : this.emptySet(operation.set.name, operation.verb);
      case "element":
        return this.changeElement(operation);
      default:
        return unreachable(operation);
    }
  }

  result(version: string): NftTable {
    for (const [name, rules] of this.rules) {
      const chain = this.chains.get(name);
      if (chain !== undefined) this.chains.set(name, { ...chain, rules });
    }
    for (const [name, elements] of this.elements) {
      const set = this.sets.get(name);
      if (set !== undefined) this.sets.set(name, { ...set, elements: elements.result() });
    }
    const chains = this.chains.result();
    const hooks = this.basesChanged ? hooksOf(chains) : this.table.hooks;
    const comment = this.comment === undefined ? {} : { comment: this.comment };
    const family = this.table.family === undefined ? {} : { family: this.table.family };
    return { ...family, name: this.table.name, ...comment, version, sets: this.sets.result(), chains, hooks };
  }

  private addChain(chain: Omit<NftChain, "rules">): void {
    if (this.chains.get(chain.name) !== undefined) return;
    this.chains.set(chain.name, { ...chain, rules: [] });
    if (chain.base !== undefined) this.basesChanged = true;
  }

  private emptyChain(name: string, verb: "flush" | "delete"): void {
    const chain = ensure(this.chains.get(name), `chain ${name} to ${verb}`);
    if (verb === "flush") this.rules.set(name, []);
    else {
      this.rules.delete(name);
      this.chains.drop(name);
      if (chain.base !== undefined) this.basesChanged = true;
    }
  }

  private rulesOf(name: string): NftRule[] {
    const open = this.rules.get(name);
    if (open !== undefined) return open;
    const rules = [...ensure(this.chains.get(name), `chain ${name} of a rule`).rules];
    this.rules.set(name, rules);
    return rules;
  }

  /** Declaring a set again may change how long its new elements live (Linux 6.5 and later) and nothing else. */
  private addSet(set: NftSetDeclaration): void {
    const there = this.sets.get(set.name);
    if (there === undefined) this.sets.set(set.name, { ...set, elements: layeredMap() });
    else if (set.timeout !== undefined && set.timeout !== there.timeout) this.sets.set(set.name, { ...there, timeout: set.timeout });
  }

  private emptySet(name: string, verb: "flush" | "delete"): void {
    if (verb === "flush") return this.elementsOf(name).dropAll();
    ensure(this.sets.get(name), `set ${name} to delete`);
    this.elements.delete(name);
    this.sets.drop(name);
  }

  private elementsOf(name: string): Pending<NftElement> {
    const open = this.elements.get(name) ?? new Pending(ensure(this.sets.get(name), `set ${name} of an element`).elements);
    this.elements.set(name, open);
    return open;
  }

  private changeElement(operation: NftOperation & { what: "element" }): void {
    const elements = this.elementsOf(operation.set.name);
    if (operation.verb === "add") return elements.set(operation.element.key, operation.element);
    ensure(elements.get(operation.key), `element ${operation.key} of ${operation.set.name}`);
    elements.drop(operation.key);
  }
}

/** Base chains by hook: lower priorities first, among equals the one that was made first. */
function hooksOf(chains: ReadonlyMap<string, NftChain>): ReadonlyMap<NftHook, readonly string[]> {
  const bases = [...chains.values()].flatMap(({ name, base }) => (base === undefined ? [] : [{ name, base }]));
  const hooks = new Map<NftHook, readonly string[]>();
  for (const { name, base } of bases.toSorted((a, b) => a.base.priority - b.base.priority)) {
    hooks.set(base.hook, [...(hooks.get(base.hook) ?? []), name]);
  }
  return new Map([...hooks].toSorted(([a], [b]) => compareText(a, b)));
}
