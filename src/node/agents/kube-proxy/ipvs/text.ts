/**
 * IPVS mode as text. The real kube-proxy speaks netlink to IPVS and calls `ipset` once an entry; what it feeds is shown
 * here in the form in which the tools take it: `ipset restore`, `ipvsadm --restore`, `iptables-restore --noflush`.
 * Source: pkg/proxy/ipvs/proxier.go; ipset(8), ipvsadm-restore(8).
 */
import { authorLine } from "../../../kernel/netfilter/author-text";
import { ipsetText } from "../../../kernel/netfilter/ipsets";
import type { Chain, Ruleset } from "../../../kernel/netfilter/rules";
import { saveText } from "../../../kernel/netfilter/show";
import { ipvsadmText } from "../../../kernel/ipvs/table";
import type { IpvsProxyState } from "./sync";

/** What a sync feeds, in the order in which it takes effect: sets, virtual servers, nat, filter. */
export function ipvsRestoreText({ ruleset, ipvs, chains }: IpvsProxyState): string {
  return setsText(ruleset) + ipvsadmText(ipvs) + tableText("nat", chains.nat) + tableText("filter", chains.filter);
}

/** What `ipvsadm-save -n`, `ipset save` and `iptables-save` print, one behind another. */
export function ipvsSaveText({ ruleset, ipvs }: Pick<IpvsProxyState, "ruleset" | "ipvs">): string {
  return ipvsadmText(ipvs) + setsText(ruleset) + saveText(ruleset);
}

/** What `ipset save` prints. */
export function setsText({ sets }: Ruleset): string {
  return sets === undefined ? "" : ipsetText(sets);
}

function tableText(table: string, chains: readonly Chain[]): string {
  const lines = chains.flatMap(({ name, rules }) => rules.map((rule) => authorLine(name, rule)));
  return [`*${table}`, ...chains.map(({ name }) => `:${name} - [0:0]`), ...lines, "COMMIT", ""].join("\n");
}
