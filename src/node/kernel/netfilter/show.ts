/**
 * Rules as `iptables-save` prints them back: a canonical form that is not what their author wrote.
 * Addresses come first and carry a length, marks lose leading zeros, probabilities come from the kernel's 31 bits.
 * Source: iptables 1.8.9 (print_rule4, xtables_save_string, libxt_{statistic,recent,mark,conntrack}.c).
 * Left out: the two comment lines with version and date around each table.
 */
import { unreachable } from "../../../base/assert";
import { compareText } from "../../../base/order";
import { networkText, prefix, showEndpoint } from "../../../network/address";
import { bang, recentAction } from "./author-text";
import { BUILT_IN_CHAINS } from "./build";
import { statisticLimit } from "./matching";
import type { Chain, CtState, Match, Rule, Ruleset, Table, TableName, Target } from "./rules";

/** Packets and bytes of one rule. */
export interface RuleCount {
  readonly packets: number;
  readonly bytes: number;
}

/** Where counts come from. */
export interface CountSource {
  of(table: TableName, chain: string, ruleIndex: number): RuleCount;
}

const TABLE_ORDER: readonly TableName[] = ["raw", "mangle", "filter", "nat"];
const STATE_ORDER: readonly CtState[] = ["INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED", "SNAT", "DNAT"];

/** The whole rule set, as `iptables-save` (or `ip6tables-save`) prints it; with counts, as `iptables-save -c`. */
export function saveText(ruleset: Ruleset, options: { readonly counters?: CountSource } = {}): string {
  let text = "";
  for (const name of TABLE_ORDER) {
    const table = ruleset.tables.get(name);
    if (table !== undefined) text += tableText(table, options.counters);
  }
  return text;
}

function tableText(table: Table, counters: CountSource | undefined): string {
  const chains = chainsInOrder(table);
  let text = `*${table.name}\n`;
  for (const { name, policy } of chains) text += `:${name} ${policy ?? "-"} [0:0]\n`;
  for (const { name, rules } of chains) {
    for (const [index, rule] of rules.entries()) {
      const count = counters?.of(table.name, name, index);
      text += `${count === undefined ? "" : `[${count.packets}:${count.bytes}] `}${saveLine(name, rule)}\n`;
    }
  }
  return `${text}COMMIT\n`;
}

/** Built-in chains in the order of their hooks, then user chains by name. */
function chainsInOrder(table: Table): readonly Chain[] {
  const hooks = BUILT_IN_CHAINS[table.name];
  const builtIn = hooks.flatMap((hook) => table.chains.get(hook) ?? []);
  const users = [...table.chains.values()].filter(({ name }) => !hooks.includes(name));
  return [...builtIn, ...users.toSorted((a, b) => compareText(a.name, b.name))];
}

/** One rule as `iptables-save` prints it. */
export function saveLine(chain: string, rule: Rule): string {
  const parts = [`-A ${chain}`];
  for (const kind of ["source", "destination", "in-interface", "out-interface", "protocol"] as const) {
    for (const match of rule.matches) if (match.kind === kind) parts.push(headerMatch(match));
  }
  const hasExtension = rule.matches.some((match) => match.kind === "extension");
  for (const match of rule.matches) parts.push(...extensionMatch(match, rule, hasExtension));
  const target = saveTarget(rule.target);
  if (target !== "") parts.push(target);
  return parts.join(" ");
}

type HeaderMatch = Extract<Match, { kind: "source" | "destination" | "in-interface" | "out-interface" | "protocol" }>;

function headerMatch(match: HeaderMatch): string {
  switch (match.kind) {
    case "source":
      return `${bang(match)}-s ${withLength(match.text)}`;
    case "destination":
      return `${bang(match)}-d ${withLength(match.text)}`;
    case "in-interface":
      return `${bang(match)}-i ${match.name}`;
    case "out-interface":
      return `${bang(match)}-o ${match.name}`;
    case "protocol":
      return `${bang(match)}-p ${match.protocol}`;
    default:
      return unreachable(match);
  }
}

function withLength(text: string): string {
  return networkText(prefix(text));
}

/** A port condition prints inside its protocol's extension, which stands where the author loaded it. */
function extensionMatch(match: Match, rule: Rule, hasExtension: boolean): readonly string[] {
  switch (match.kind) {
    case "source":
    case "destination":
    case "in-interface":
    case "out-interface":
    case "protocol":
      return [];
    case "extension":
      return [`-m ${match.name}`, ...portConditions(rule)];
    case "destination-port":
    case "source-port":
      return hasExtension ? [] : [`-m ${protocolOf(rule)}`, ...portConditions(rule)];
    case "comment":
      return [`-m comment --comment ${savedString(match.text)}`];
    case "mark":
      return [`-m mark ${bang(match)}--mark ${hex(match.value)}/${hex(match.mask)}`];
    case "conntrack":
      return [`-m conntrack ${bang(match)}--ctstate ${STATE_ORDER.filter((one) => match.states.includes(one)).join(",")}`];
    case "addrtype":
      return [`-m addrtype ${bang(match)}--${match.side}-type ${match.type}`];
    case "statistic":
      return [`-m statistic --mode random --probability ${savedProbability(statisticLimit(match.probability))}`];
    case "recent":
      return [
        `-m recent ${recentAction(match)} --name ${match.name} --mask ${match.family === "IPv6" ? "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" : "255.255.255.255"} --rsource`,
      ];
    case "nfacct":
      return [`-m nfacct --nfacct-name ${match.name}`];
    case "physdev":
      return [`-m physdev ${bang(match)}--physdev-is-${match.isIn ? "in" : "out"}`];
    case "set":
      return [`-m set ${bang(match)}--match-set ${match.name} ${match.sides.join(",")}`];
    case "ipvs":
      return [`-m ipvs --vproto ${PROTOCOL_NUMBERS[match.protocol]} --vaddr ${match.address} --vport ${match.port}`];
    default:
      return unreachable(match);
  }
}

const PROTOCOL_NUMBERS = { tcp: 6, udp: 17, sctp: 132 } as const;

function portConditions(rule: Rule): readonly string[] {
  return rule.matches.flatMap((match) => {
    if (match.kind === "destination-port") return [`${bang(match)}--dport ${match.port}`];
    return match.kind === "source-port" ? [`${bang(match)}--sport ${match.port}`] : [];
  });
}

function protocolOf(rule: Rule): string {
  return rule.matches.find((match) => match.kind === "protocol")?.protocol ?? "tcp";
}

/** Quoted unless it is made of letters, digits, `_` and `-`. */
function savedString(text: string): string {
  return /^[\w-]+$/.test(text) ? text : `"${text.replace(/["'\\]/g, "\\$&")}"`;
}

function hex(text: string): string {
  return `0x${Number(text).toString(16)}`;
}

/** limit / 2^31 with eleven decimals, halves to even as C prints them; exact, for a number's own rounding halves up. */
function savedProbability(limit: number): string {
  const scaled = BigInt(limit) * 100_000_000_000n;
  const half = 1n << 30n;
  const rest = scaled & ((1n << 31n) - 1n);
  const floor = scaled >> 31n;
  const digits = (rest > half || (rest === half && (floor & 1n) === 1n) ? floor + 1n : floor).toString().padStart(12, "0");
  return `${digits.slice(0, -11)}.${digits.slice(-11)}`;
}

function saveTarget(target: Target): string {
  switch (target.kind) {
    case "none":
      return "";
    case "jump":
      return `-j ${target.chain}`;
    case "DNAT":
      return `-j DNAT --to-destination ${showEndpoint(target.address, target.port)}`;
    case "MASQUERADE":
      return `-j MASQUERADE${target.randomFully ? " --random-fully" : ""}`;
    case "MARK":
      return `-j MARK --set-xmark ${hex(target.value)}/${target.operation === "or" ? hex(target.value) : "0x0"}`;
    case "REJECT":
      return `-j REJECT --reject-with ${target.family === "IPv6" ? "icmp6" : "icmp"}-port-unreachable`;
    case "ACCEPT":
    case "DROP":
    case "RETURN":
    case "NOTRACK":
      return `-j ${target.kind}`;
    default:
      return unreachable(target);
  }
}
