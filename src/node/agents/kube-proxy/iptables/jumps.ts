/**
 * The rules by which the built-in chains lead into kube-proxy's, each put in front of what stands there, so that the
 * last of this list comes first. Source: pkg/proxy/iptables/proxier.go (iptablesJumpChains, iptablesKubeletJumpChains).
 */
import { ensure } from "../../../../base/assert";
import { changeChains } from "../../../kernel/netfilter/chain-map";
import { chain, jump, rule } from "../../../kernel/netfilter/build";
import type { Chain, Hook, Match, Rule, Ruleset, Table, TableName } from "../../../kernel/netfilter/rules";
import { saveLine } from "../../../kernel/netfilter/show";
import {
  KUBE_EXTERNAL_SERVICES,
  KUBE_FIREWALL,
  KUBE_FORWARD,
  KUBE_NODEPORTS,
  KUBE_POSTROUTING,
  KUBE_PROXY_CANARY,
  KUBE_PROXY_FIREWALL,
  KUBE_SERVICES,
} from "./chain-names";
import { comment, IS_NEW } from "./matches";

interface JumpRule {
  readonly table: TableName;
  readonly hooks: readonly Hook[];
  readonly to: string;
  readonly matches: readonly Match[];
}

const JUMPS: readonly JumpRule[] = [
  filterJump(["INPUT", "FORWARD"], KUBE_EXTERNAL_SERVICES, [IS_NEW, comment("kubernetes externally-visible service portals")]),
  filterJump(["INPUT"], KUBE_NODEPORTS, [comment("kubernetes health check service ports")]),
  filterJump(["FORWARD", "OUTPUT"], KUBE_SERVICES, [IS_NEW, comment("kubernetes service portals")]),
  filterJump(["FORWARD"], KUBE_FORWARD, [comment("kubernetes forwarding rules")]),
  filterJump(["INPUT", "OUTPUT", "FORWARD"], KUBE_PROXY_FIREWALL, [IS_NEW, comment("kubernetes load balancer firewall")]),
  { table: "nat", hooks: ["OUTPUT", "PREROUTING"], to: KUBE_SERVICES, matches: [comment("kubernetes service portals")] },
  { table: "nat", hooks: ["POSTROUTING"], to: KUBE_POSTROUTING, matches: [comment("kubernetes postrouting rules")] },
  filterJump(["INPUT", "OUTPUT"], KUBE_FIREWALL, []),
];

function filterJump(hooks: readonly Hook[], to: string, matches: readonly Match[]): JumpRule {
  return { table: "filter", hooks, to, matches };
}

/** Makes sure of the jump rules, their chains and the canaries, as a full sync does; what stands already stays where it is. */
export function ensureJumps(ruleset: Ruleset): Ruleset {
  const tables = new Map(ruleset.tables);
  for (const name of ["mangle", "nat", "filter"] as const) {
    const before = ensure(tables.get(name), `table ${name}`);
    const { chains } = before;
    const targets = JUMPS.filter(({ table }) => table === name).map(({ to }) => to);
    const missing = [KUBE_PROXY_CANARY, ...targets].filter((one) => !chains.has(one)).map((one) => chain(one, []));
    tables.set(name, { name, chains: changeChains(chains, { put: [...missing, ...hooksWithJumps(before)] }) });
  }
  return { version: `${ruleset.version}+jumps`, tables };
}

function hooksWithJumps({ name, chains }: Table): readonly Chain[] {
  const changed = new Map<Hook, Chain>();
  for (const { table, hooks, to, matches } of JUMPS) {
    if (table !== name) continue;
    for (const hook of hooks) {
      const before = changed.get(hook) ?? ensure(chains.get(hook), `chain ${hook} of ${name}`);
      changed.set(hook, prepend(before, rule(matches, jump(to))));
    }
  }
  return [...changed.values()];
}

function prepend(before: Chain, made: Rule): Chain {
  const line = saveLine(before.name, made);
  const stands = before.rules.some((one) => saveLine(before.name, one) === line);
  return stands ? before : { ...before, rules: [made, ...before.rules] };
}
