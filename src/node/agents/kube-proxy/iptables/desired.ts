/**
 * kube-proxy's own rules for a view, as a full sync would leave them: no built-in chains, nothing of others.
 * Source: pkg/proxy/iptables/proxier.go, syncProxyRules.
 */
import { ruleset, table } from "../../../kernel/netfilter/build";
import type { Ruleset } from "../../../kernel/netfilter/rules";
import type { SyncInput } from "./proxy-state";
import { syncRules } from "./sync";

/** Makes the rules of the filter and nat tables. */
export function desiredRules(input: Pick<SyncInput, "view" | "settings" | "node">): Ruleset {
  const { common, written, ruleset: synced } = syncRules(null, input);
  const tables = [table("filter", common.filter), table("nat", [...common.nat, ...written])];
  return ruleset(tables, `own ${synced.version}`);
}
