/**
 * Tables as `nft list ruleset` prints them. Byte for byte what nft 1.0.6 prints (see tests/kernel-lab).
 * Source: nftables src/rule.c (table_print, chain_print_declaration, set_print), nft(8).
 */
import { START, type SimTime } from "../../../engine/time";
import type { DynamicElement } from "./dynamic-sets";
import { listedPrefixes, prefixText } from "./intervals";
import { commonText, familyWord, quoted, verdictText } from "./script";
import { durationText, elementLines } from "./show-elements";
import type { NftBase, NftChain, NftExpression, NftHook, NftRule, NftSet, NftTable } from "./tables";

/** What a listing shows beside the table itself. */
export interface NftListing {
  /** What dynamic sets hold; default: nothing. */
  readonly elementsOf?: (set: string) => readonly DynamicElement[];
  /** The moment of listing, from which expiries are counted. */
  readonly now?: SimTime;
}

/** A table with everything in it; ends with a line break. */
export function listText(table: NftTable, { elementsOf = () => [], now = START }: NftListing = {}): string {
  const blocks = [
    ...[...table.sets.values()].map((set) => setText(set, elementsOf(set.name), now)),
    ...[...table.chains.values()].map(chainText),
  ];
  const said = table.comment === undefined ? "" : `\tcomment ${quoted(table.comment)}\n`;
  return `table ${table.family ?? "ip"} ${table.name} {\n${said}${blocks.join("\n")}}\n`;
}

/** One rule as a listing has it, without indentation. */
export function listedRule(rule: NftRule): string {
  const said = rule.comment === undefined ? [] : [`comment ${quoted(rule.comment)}`];
  return [...rule.expressions.map(listedExpression), ...said].join(" ");
}

/** A set's block. The tool gives sets that rules fill a size, as the kernel wants one for them. */
function setText(set: NftSet, dynamic: readonly DynamicElement[], now: SimTime): string {
  const lines = [
    `\t\ttype ${set.type}${set.kind === "map" ? " : verdict" : ""}`,
    ...(set.flags?.includes("dynamic") === true ? ["\t\tsize 65535"] : []),
    ...(set.flags === undefined ? [] : [`\t\tflags ${set.flags.join(",")}`]),
    ...(set.timeout === undefined ? [] : [`\t\ttimeout ${durationText(set.timeout * 1000)}`]),
    ...(set.comment === undefined ? [] : [`\t\tcomment ${quoted(set.comment)}`]),
    ...elementLines(set, dynamic, now),
  ];
  return block(`${set.kind} ${set.name}`, lines);
}

function chainText({ name, base, comment, rules }: NftChain): string {
  return block(`chain ${name}`, [
    ...(comment === undefined ? [] : [`\t\tcomment ${quoted(comment)}`]),
    ...(base === undefined ? [] : [`\t\t${baseText(base)}`]),
    ...rules.map((rule) => `\t\t${listedRule(rule)}`),
  ]);
}

function block(head: string, lines: readonly string[]): string {
  return `\t${head} {\n${lines.map((line) => `${line}\n`).join("")}\t}\n`;
}

function baseText({ type, hook, priority, policy }: NftBase): string {
  return `type ${type} hook ${hook} priority ${priorityText(priority, hook)}; policy ${policy};`;
}

/** Priorities that have names; two of them at one hook only. */
const NAMED: readonly { readonly name: string; readonly priority: number; readonly only?: NftHook }[] = [
  { name: "raw", priority: -300 },
  { name: "mangle", priority: -150 },
  { name: "dstnat", priority: -100, only: "prerouting" },
  { name: "filter", priority: 0 },
  { name: "security", priority: 50 },
  { name: "srcnat", priority: 100, only: "postrouting" },
];

/** A name, a name with up to ten added or taken off, or the number. */
function priorityText(priority: number, hook: NftHook): string {
  const near = NAMED.find((one) => Math.abs(priority - one.priority) <= 10 && (one.only === undefined || one.only === hook));
  if (near === undefined) return String(priority);
  const away = priority - near.priority;
  return away === 0 ? near.name : `${near.name} ${away < 0 ? "-" : "+"} ${Math.abs(away)}`;
}

function listedExpression(expression: NftExpression): string {
  const unless = "not" in expression && expression.not === true ? "!= " : "";
  switch (expression.kind) {
    case "address":
      return `${familyWord(expression.prefix)} ${expression.side} ${unless}${prefixText(expression.prefix)}`;
    case "address-among":
      return `${familyWord(expression.prefixes[0] ?? "")} ${expression.side} ${unless}${amongText(expression.prefixes)}`;
    case "iif":
      return `iif ${unless}${quoted(expression.name)}`;
    case "iifname":
      return `iifname ${unless}${quoted(expression.pattern)}`;
    case "mark-clear":
      return `meta mark & ${hex(expression.mask)} == 0x00000000`;
    case "set-mark":
      return `meta mark set meta mark ${expression.operation === "or" ? "|" : "^"} ${hex(expression.value)}`;
    case "numgen": {
      const elements = expression.verdicts.map((verdict, index) => `${index} : ${verdictText(verdict)}`);
      return `numgen random mod ${expression.verdicts.length} vmap { ${elements.join(", ")} }`;
    }
    default:
      return commonText(expression) ?? "";
  }
}

/** A set of one that was written as a set of one is listed as a plain value. */
function amongText(prefixes: readonly string[]): string {
  const [only] = prefixes;
  if (only !== undefined && prefixes.length === 1) return prefixText(only);
  return `{ ${listedPrefixes(prefixes).join(", ")} }`;
}

/** Marks have eight digits. */
function hex(value: string): string {
  return `0x${Number(value).toString(16).padStart(8, "0")}`;
}
