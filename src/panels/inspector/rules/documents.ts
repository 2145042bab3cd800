/** The texts of a node's rules, each as the command prints it that one would type on that node. */
import { unreachable } from "../../../base/assert";
import type { RulesView } from "../../../bridge/protocol";
import type { ChainText } from "./rules-text";
import { chainsOf } from "./rules-text";

/** What a view of the rules holds of texts. */
export type RulesTexts = Pick<RulesView, "mode" | "text" | "sets" | "beside">;

/** One text. */
export interface RulesDocument {
  /** `iptables-save`, `nft list ruleset`, `ipvsadm-save -n`, `ipset save`. */
  readonly command: string;
  readonly text: string;
  /** Chains, sets and maps by table, in the order in which they are shown. */
  readonly tables: readonly { readonly table: string; readonly chains: readonly ChainText[] }[];
  /** Whether the kernel itself keeps a counter of each rule. */
  readonly counts: boolean;
}

/** The tables that decide about Services come first. */
const TABLES = ["kube-proxy", "ipvs", "ipset", "nat", "filter", "mangle", "raw"];

/** What stands on a node, in the mode that its kube-proxy runs in. */
export function documentsOf(texts: RulesTexts): readonly RulesDocument[] {
  return commandsOf(texts)
    .filter(([, text]) => text !== "")
    .map(([command, text]) => documentOf(command, text));
}

function commandsOf({ mode, text, sets, beside }: RulesTexts): readonly (readonly [string, string])[] {
  switch (mode) {
    case "iptables":
      return [["iptables-save", text]];
    case "nftables":
      return [
        ["nft list ruleset", text],
        ["iptables-save", beside],
      ];
    case "ipvs":
      return [
        ["ipvsadm-save -n", text],
        ["ipset save", sets],
        ["iptables-save", beside],
      ];
    default:
      return unreachable(mode);
  }
}

function documentOf(command: string, text: string): RulesDocument {
  const chains = chainsOf(text);
  const names = [...new Set(chains.map(({ table }) => table))].toSorted((a, b) => place(a) - place(b));
  const tables = names.map((table) => ({ table, chains: chains.filter((chain) => chain.table === table) }));
  return { command, text, tables, counts: command === "iptables-save" };
}

function place(table: string): number {
  const at = TABLES.indexOf(table);
  return at < 0 ? TABLES.length : at;
}

/** The text with each rule's counters before it, as `iptables-save -c` prints it. */
export function withCounters(text: string, { counters, bytes }: Pick<RulesView, "counters" | "bytes">): string {
  let table = "";
  const next = new Map<string, number>();
  const lines = text.split("\n").map((line) => {
    if (line.startsWith("*")) table = line.slice(1);
    if (!line.startsWith("-A ")) return line;
    const place = `${table} ${line.split(" ")[1] ?? ""}`;
    const number = (next.get(place) ?? 0) + 1;
    next.set(place, number);
    const key = `${place} ${number}`;
    return `[${counters[key] ?? 0}:${bytes[key] ?? 0}] ${line}`;
  });
  return lines.join("\n");
}

/** `node-b.iptables-save.txt`. */
export function fileNameOf(node: string, command: string): string {
  return `${node}.${command.replaceAll(" ", "-")}.txt`;
}
