/**
 * What a sync feeds to `iptables-restore --noflush --counters`: for each table the chains it writes (a chain line
 * flushes), their rules, and last the removal of chains that nothing needs.
 * Source: pkg/proxy/iptables/proxier.go (syncProxyRules, "Sync rules").
 */
import { authorLine } from "../../../kernel/netfilter/author-text";
import type { Chain } from "../../../kernel/netfilter/rules";
import type { ProxyState, SyncInput } from "./proxy-state";
import { syncRules } from "./sync";

/** The text of the first full sync over a view. */
export function restoreText(input: Pick<SyncInput, "view" | "settings" | "node">): string {
  return syncText(syncRules(null, input));
}

/** The text of the sync that led to a state. */
export function syncText({ common, written, removed }: ProxyState): string {
  return tableText("filter", common.filter, []) + tableText("nat", [...common.nat, ...written], removed);
}

function tableText(table: string, chains: readonly Chain[], removed: readonly string[]): string {
  const lines = [`*${table}`];
  for (const { name } of chains) lines.push(`:${name} - [0:0]`);
  for (const name of removed) lines.push(`:${name} - [0:0]`);
  for (const { name, rules } of chains) for (const rule of rules) lines.push(authorLine(name, rule));
  for (const name of removed) lines.push(`-X ${name}`);
  lines.push("COMMIT", "");
  return lines.join("\n");
}
