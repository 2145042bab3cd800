/** Small makers of rules, chains, tables and rule sets. */
import { Fingerprint, mix } from "../../../base/hash";
import { chainMap } from "./chain-map";
import type { Chain, Match, Rule, Ruleset, Table, TableName, Target } from "./rules";

/** Built-in chains of each table, in the order in which `iptables-save` lists them. Source: iptables(8), TABLES. */
export const BUILT_IN_CHAINS: Readonly<Record<TableName, readonly string[]>> = {
  raw: ["PREROUTING", "OUTPUT"],
  mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
  filter: ["INPUT", "FORWARD", "OUTPUT"],
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
};

/** A rule; its target may be left out (a rule that only counts). */
export function rule(matches: readonly Match[], target: Target = { kind: "none" }): Rule {
  return { matches, target };
}

/** A jump to a user chain. */
export function jump(chain: string): Target {
  return { kind: "jump", chain };
}

/** A chain; without a policy it is a user chain. */
export function chain(name: string, rules: readonly Rule[], policy: Chain["policy"] = null): Chain {
  return { name, policy, rules };
}

/** A table from its chains. */
export function table(name: TableName, chains: Iterable<Chain>): Table {
  return { name, chains: chainMap(chains) };
}

/** A rule set; its version is a fingerprint of everything in it unless the maker knows a cheaper name. */
export function ruleset(tables: readonly Table[], version?: string): Ruleset {
  return { version: version ?? contentName(tables), tables: new Map(tables.map((one) => [one.name, one])) };
}

/** A built-in chain of a table with policy ACCEPT. */
export function builtIn(name: string, rules: readonly Rule[] = []): Chain {
  return chain(name, rules, "ACCEPT");
}

/** A rule set in which every table stands empty, as on a host that nobody has configured. */
export function emptyRuleset(): Ruleset {
  const names: readonly TableName[] = ["mangle", "filter", "nat"];
  return ruleset(
    names.map((name) =>
      table(
        name,
        BUILT_IN_CHAINS[name].map((hook) => builtIn(hook)),
      ),
    ),
  );
}

function contentName(tables: readonly Table[]): string {
  const into = new Fingerprint();
  for (const { name, chains } of tables) {
    into.text(name);
    for (const one of chains.values()) mix(into, one);
  }
  return into.hex();
}
