/** Chains as they were walked, line by line: what matched, what did not and why, what chance drew. */
import type { Packet } from "../../network/packet";
import type { ChainWalk, RuleTry } from "../../node/kernel/hop";
import type { Match, Rule, Ruleset, Table } from "../../node/kernel/netfilter/rules";
import { saveLine } from "../../node/kernel/netfilter/show";
import type { ChainWalkView, HopView, RuleLineView } from "../view-types";

/** A statistic draw is out of this. */
const DRAWS = 0x8000_0000;
/** Lines of one chain that are shown; of longer chains those around what matched. */
const MOST_LINES = 60;

/** One chain's walk. */
export function walkView(walk: ChainWalk, rules: Ruleset | null, packet: Packet): ChainWalkView {
  const table = rules?.tables.get(walk.table);
  const chain = table?.chains.get(walk.chain);
  const tries = new Map(walk.tries.map((one) => [one.number, one]));
  const last = walk.tries.at(-1)?.number ?? 0;
  const lines = (chain?.rules ?? []).map((rule, index) =>
    lineView(walk.chain, index + 1, rule, { packet, table, tried: tries.get(index + 1), isPassed: index + 1 < last }),
  );
  const passed = walk.tries.length + (walk.skipped ?? 0);
  return { table: walk.table, chain: walk.chain, length: walk.length, passed, lines: nearMatches(lines) };
}

function nearMatches(lines: readonly RuleLineView[]): readonly RuleLineView[] {
  if (lines.length <= MOST_LINES) return lines;
  const centre = Math.max(
    0,
    lines.findIndex((line) => line.state === "matched"),
  );
  const from = Math.max(0, Math.min(centre - MOST_LINES / 2, lines.length - MOST_LINES));
  return lines.slice(from, from + MOST_LINES);
}

interface Tried {
  readonly packet: Packet;
  readonly table: Table | undefined;
  readonly tried: RuleTry | undefined;
  /** A later rule was tried, so this one was passed, if only by the index. */
  readonly isPassed: boolean;
}

function lineView(chain: string, number: number, rule: Rule, { packet, table, tried, isPassed }: Tried): RuleLineView {
  const text = saveLine(chain, rule);
  const state = tried?.matched === true ? "matched" : tried !== undefined || isPassed ? "unmatched" : "not reached";
  const failed = tried?.failed === undefined ? firstSelective(rule) : rule.matches[tried.failed];
  const draw = tried?.draw;
  return {
    number,
    text,
    condition: state === "unmatched" ? decidingCondition(chain, rule, failed) : conditionOf(text),
    target: targetOf(rule, table),
    state,
    reason: state === "not reached" ? "" : draw === undefined ? reasonOf(state, failed, packet) : drawReason(draw),
    ...(draw === undefined ? {} : { draw: { value: draw.value / DRAWS, limit: draw.limit / DRAWS } }),
  };
}

function firstSelective(rule: Rule): Match | undefined {
  return rule.matches.find(({ kind }) => kind !== "comment" && kind !== "extension");
}

/** The line without chain, comment, extension loads and target. */
function conditionOf(text: string): string {
  return text
    .replace(/^-A \S+ ?/, "")
    .replace(/ ?-j .*$/, "")
    .replace(/-m comment --comment ("(?:[^"\\]|\\.)*"|\S+) ?/, "")
    .replace(/-m (tcp|udp|sctp) ?/, "")
    .replace(/-m statistic --mode random /, "")
    .trim();
}

/** Of a rule that did not match only the condition that failed. */
function decidingCondition(chain: string, rule: Rule, failed: Match | undefined): string {
  const alone =
    failed === undefined ? [] : failed.kind === "destination-port" || failed.kind === "source-port" ? withProtocol(rule, failed) : [failed];
  return conditionOf(saveLine(chain, { ...rule, matches: alone, target: { kind: "none" } }));
}

function withProtocol(rule: Rule, failed: Match): readonly Match[] {
  return [...rule.matches.filter(({ kind }) => kind === "protocol"), failed];
}

/** Where a rule leads; an endpoint's own chain is named by the address that it rewrites to. */
function targetOf({ target }: Rule, table: Table | undefined): string {
  switch (target.kind) {
    case "jump":
      return endpointOf(target.chain, table) ?? target.chain;
    case "DNAT":
      return `${target.address}:${target.port}`;
    case "none":
      return "";
    default:
      return target.kind;
  }
}

function endpointOf(chain: string, table: Table | undefined): string | null {
  const dnat = table?.chains.get(chain)?.rules.find((rule) => rule.target.kind === "DNAT")?.target;
  return dnat?.kind === "DNAT" ? `${dnat.address}:${dnat.port}` : null;
}

function drawReason({ value, limit }: { readonly value: number; readonly limit: number }): string {
  return `drew ${(value / DRAWS).toFixed(3)}, limit ${(limit / DRAWS).toFixed(3)}`;
}

function reasonOf(state: RuleLineView["state"], failed: Match | undefined, packet: Packet): string {
  if (state === "matched") return "";
  const { transport } = packet;
  switch (failed?.kind) {
    case "protocol":
      return `the packet is ${transport.kind}`;
    case "source":
      return `from ${packet.src}`;
    case "destination":
      return `to ${packet.dst}`;
    case "destination-port":
      return transport.kind === "ICMP" ? "the packet has no port" : `the port is ${transport.dstPort}`;
    case "source-port":
      return transport.kind === "ICMP" ? "the packet has no port" : `the source port is ${transport.srcPort}`;
    case "mark":
      return failed.not === true ? "the packet is marked" : "the packet is not marked";
    case "conntrack":
      return `the connection is not ${failed.states.join(" or ")}`;
    case "addrtype":
      return `the ${failed.side === "src" ? "source" : "destination"} is ${failed.not === true ? "" : "not "}an address of this node`;
    case "in-interface":
      return "it came in by another interface";
    case "out-interface":
      return "it goes out by another interface";
    case "recent":
      return "the client is not in the list";
    case "statistic":
      return "the draw went to another";
    case "physdev":
      return "it did not come in by a bridge port";
    case "set":
      return `${failed.not === true ? "" : "not "}in that set`;
    case "ipvs":
      return "not from that virtual server";
    default:
      return "a condition does not hold";
  }
}

/** The rules that caught the packet, in the order of the walk; the last one decided. */
export function matchedRules(walks: readonly ChainWalk[], rules: Ruleset | null): HopView["rules"] {
  return walks.flatMap(({ table, chain, length, tries }) =>
    tries
      .filter((one) => one.matched)
      .map(({ number }) => {
        const rule = rules?.tables.get(table)?.chains.get(chain)?.rules[number - 1];
        return { table, chain, number, of: length, text: rule === undefined ? "" : saveLine(chain, rule) };
      }),
  );
}

/** The endpoints that a choice had: the DNAT behind each rule of the Service's chain, with the chance of each. */
export function choicesOf(
  walks: readonly ChainWalk[],
  rules: Ruleset | null,
  packet: Packet,
  taken: string,
): readonly { readonly endpoint: string; readonly probability: string; readonly taken: boolean }[] {
  const choice = walks.find(({ chain }) => chain.startsWith("KUBE-SVC-") || chain.startsWith("KUBE-SVL-"));
  const nat = rules?.tables.get("nat");
  if (choice === undefined || nat === undefined) return [];
  const endpoints = (nat.chains.get(choice.chain)?.rules ?? []).flatMap(({ target }) => {
    return target.kind === "jump" ? (endpointOf(target.chain, nat) ?? []) : [];
  });
  const all = [...new Set(endpoints)];
  return all.map((endpoint) => ({
    endpoint,
    probability: all.length === 1 ? "1" : `1/${all.length}`,
    taken: endpoint === taken && packet.src !== endpoint,
  }));
}
