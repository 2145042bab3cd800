/**
 * What NodeLocal DNSCache puts into a node's tables: its packets pass conntrack by, and the filter lets them through.
 * Each rule is inserted at the top, one after another, so that they stand in reverse.
 * Source: kubernetes/dns cmd/node-cache/app/cache_app.go (initIptables). Left out: ebtables' rule, the health port.
 */
import { BUILT_IN_CHAINS, builtIn, rule, table } from "../kernel/netfilter/build";
import { changeChains } from "../kernel/netfilter/chain-map";
import type { Match, Rule, Ruleset, Table, TableName, Target } from "../kernel/netfilter/rules";

/** The dummy interface that holds the addresses. */
export const NODE_CACHE_INTERFACE = "nodelocaldns";

/** The link-local address that the cache listens on, on every node the same. */
export const NODE_CACHE_ADDRESS = "169.254.20.10";

interface Inserted {
  readonly table: TableName;
  readonly chain: string;
  readonly rule: Rule;
}

/** The rule set with the cache's rules on top. */
export function withNodeCache(ruleset: Ruleset, addresses: readonly string[]): Ruleset {
  const tables = new Map<TableName, Table>();
  if (!ruleset.tables.has("raw"))
    tables.set(
      "raw",
      table(
        "raw",
        BUILT_IN_CHAINS.raw.map((hook) => builtIn(hook)),
      ),
    );
  for (const [name, one] of ruleset.tables) tables.set(name, one);
  for (const { table: name, chain, rule: added } of addresses.flatMap(insertedFor)) {
    const into = tables.get(name);
    const before = into?.chains.get(chain);
    if (into === undefined || before === undefined) continue;
    tables.set(name, { name, chains: changeChains(into.chains, { put: [{ ...before, rules: [added, ...before.rules] }] }) });
  }
  return { ...ruleset, version: `${ruleset.version}+node-cache ${addresses.join(",")}`, tables };
}

/** In the order in which they are inserted. */
function insertedFor(address: string): readonly Inserted[] {
  const to = (protocol: "tcp" | "udp"): readonly Match[] => [
    { kind: "protocol", protocol },
    { kind: "destination", text: address },
    { kind: "destination-port", port: 53 },
  ];
  const from = (protocol: "tcp" | "udp"): readonly Match[] => [
    { kind: "protocol", protocol },
    { kind: "source", text: address },
    { kind: "source-port", port: 53 },
  ];
  const both = (chain: string, name: TableName, matches: typeof to): readonly Inserted[] =>
    (["tcp", "udp"] as const).map((protocol) => ({ table: name, chain, rule: ruleOf(name, matches(protocol)) }));
  return [
    ...both("PREROUTING", "raw", to),
    ...both("INPUT", "filter", to),
    ...both("OUTPUT", "raw", from),
    ...both("OUTPUT", "filter", from),
    ...both("OUTPUT", "raw", to),
  ];
}

function ruleOf(name: TableName, matches: readonly Match[]): Rule {
  const target: Target = name === "raw" ? { kind: "NOTRACK" } : { kind: "ACCEPT" };
  const text = name === "raw" ? "NodeLocal DNS Cache: skip conntrack" : "NodeLocal DNS Cache: allow DNS traffic";
  return rule([...matches, { kind: "comment", text }], target);
}
