/**
 * Transactions as their author writes them, one operation a line: what `nft -f` is fed.
 * The words are those of the library that kube-proxy uses (sigs.k8s.io/knftables, objects.go): `mark and M == 0`,
 * spaces around commas in anonymous sets, comments quoted, numbers for priorities.
 */
import { unreachable } from "../../../base/assert";
import { familyOf, showEndpoint } from "../../../network/address";
import type { NftOperation, NftSetDeclaration } from "./operations";
import type { NftChain, NftElement, NftExpression, NftFamily, NftRule, NftTable, NftVerdict } from "./tables";

/** The text of a transaction on a table; ends with a line break unless it is empty. */
export function scriptText(tableName: string, operations: readonly NftOperation[], family: NftFamily = "ip"): string {
  return operations.map((operation) => `${operationLine(`${family} ${tableName}`, operation)}\n`).join("");
}

/** The operations that make a table from nothing: sets and maps, chains, rules, elements, each in its order. */
export function operationsOf(table: NftTable): readonly NftOperation[] {
  const sets = [...table.sets.values()];
  const chains = [...table.chains.values()];
  return [
    { verb: "add", what: "table", ...(table.comment === undefined ? {} : { comment: table.comment }) },
    ...sets.map((set): NftOperation => ({ verb: "add", what: "set", set })),
    ...chains.map((chain): NftOperation => ({ verb: "add", what: "chain", chain })),
    ...chains.flatMap(({ name, rules }) => rules.map((rule): NftOperation => ({ verb: "add", what: "rule", chain: name, rule }))),
    ...sets.flatMap((set) => [...set.elements.values()].map((element): NftOperation => ({ verb: "add", what: "element", set, element }))),
  ];
}

/** One operation as one line; `place` is family and table. */
export function operationLine(place: string, operation: NftOperation): string {
  switch (operation.what) {
    case "table":
      return `add table ${place}${operation.comment === undefined ? "" : ` { comment ${quoted(operation.comment)} ; }`}`;
    case "chain":
      if (operation.verb !== "add") return `${operation.verb} chain ${place} ${operation.name}`;
      return `add chain ${place} ${operation.chain.name}${chainBlock(operation.chain)}`;
    case "rule":
      return `add rule ${place} ${operation.chain} ${ruleText(operation.rule)}`;
    case "set":
      if (operation.verb !== "add") return `${operation.verb} ${operation.set.kind} ${place} ${operation.set.name}`;
      return `add ${operation.set.kind} ${place} ${operation.set.name} ${setBlock(operation.set)}`;
    case "element": {
      const inside = operation.verb === "add" ? elementText(operation.element) : operation.key;
      return `${operation.verb} element ${place} ${operation.set.name} { ${inside} }`;
    }
    default:
      return unreachable(operation);
  }
}

/** A rule as its author writes it. */
export function ruleText(rule: NftRule): string {
  const said = rule.comment === undefined ? [] : [`comment ${quoted(rule.comment)}`];
  return [...rule.expressions.map(expressionText), ...said].join(" ");
}

/** The word before `saddr` and `daddr` for an address or range. */
export function familyWord(address: string): NftFamily {
  return familyOf(address) === "IPv6" ? "ip6" : "ip";
}

/** A verdict. */
export function verdictText(verdict: NftVerdict): string {
  return "chain" in verdict ? `${verdict.kind} ${verdict.chain}` : verdict.kind;
}

/** An element: the comment stands before the colon. */
export function elementText({ key, comment, verdict }: NftElement): string {
  const said = comment === undefined ? "" : ` comment ${quoted(comment)}`;
  return `${key}${said}${verdict === undefined ? "" : ` : ${verdictText(verdict)}`}`;
}

/** A text in quotes. nft knows no escape in them, and nothing that is written here needs one. */
export function quoted(text: string): string {
  return `"${text}"`;
}

/** What is written the same by an author and by `nft list`; null for what is not. */
export function commonText(expression: NftExpression): string | null {
  const unless = "not" in expression && expression.not === true ? "!= " : "";
  switch (expression.kind) {
    case "address-in":
      return `${expression.family ?? "ip"} ${expression.side} ${unless}@${expression.set}`;
    case "ct-state":
      return `ct state ${expression.state}`;
    case "fib":
      return `fib ${expression.side} type local`;
    case "l4proto":
      return `meta l4proto ${expression.protocol}`;
    case "vmap":
      return `${expression.key.join(" . ")} vmap @${expression.map}`;
    case "update":
      return `update @${expression.set} { ${expression.family ?? "ip"} saddr }`;
    case "verdict":
      return verdictText(expression.verdict);
    case "reject":
      return "reject";
    case "dnat":
      return `dnat to ${showEndpoint(expression.address, expression.port)}`;
    case "masquerade":
      return expression.fullyRandom ? "masquerade fully-random" : "masquerade";
    default:
      return null;
  }
}

function expressionText(expression: NftExpression): string {
  const unless = "not" in expression && expression.not === true ? "!= " : "";
  switch (expression.kind) {
    case "address":
      return `${familyWord(expression.prefix)} ${expression.side} ${unless}${expression.prefix}`;
    case "address-among":
      return `${familyWord(expression.prefixes[0] ?? "")} ${expression.side} ${unless}{ ${expression.prefixes.join(expression.compact === true ? "," : " , ")} }`;
    case "iif":
      return `iif ${unless}${expression.name}`;
    case "iifname":
      return `iifname ${unless}${expression.pattern}`;
    case "mark-clear":
      return `mark and ${expression.mask} == 0`;
    case "set-mark":
      return `mark set mark ${expression.operation} ${expression.value}`;
    case "numgen": {
      const elements = expression.verdicts.map((verdict, index) => `${index} : ${verdictText(verdict)}`);
      return `numgen random mod ${expression.verdicts.length} vmap { ${elements.join(" , ")} }`;
    }
    default:
      return commonText(expression) ?? "";
  }
}

/** No policy is written: accept is the default. */
function chainBlock({ base, comment }: Omit<NftChain, "rules">): string {
  const parts = [
    ...(base === undefined ? [] : [`type ${base.type} hook ${base.hook} priority ${base.priority} ;`]),
    ...(base?.policy === "drop" ? ["policy drop ;"] : []),
    ...(comment === undefined ? [] : [`comment ${quoted(comment)} ;`]),
  ];
  return parts.length === 0 ? "" : ` { ${parts.join(" ")} }`;
}

function setBlock({ kind, type, flags, timeout, comment }: NftSetDeclaration): string {
  const parts = [
    `type ${type}${kind === "map" ? " : verdict" : ""} ;`,
    ...(flags === undefined ? [] : [`flags ${flags.join(",")} ;`]),
    ...(timeout === undefined ? [] : [`timeout ${timeout}s ;`]),
    ...(comment === undefined ? [] : [`comment ${quoted(comment)} ;`]),
  ];
  return `{ ${parts.join(" ")} }`;
}
