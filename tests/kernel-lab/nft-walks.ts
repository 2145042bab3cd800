/**
 * Walks through kube-proxy's nftables table as text, ours and the kernel's (`nft monitor trace`): the packet as it came to
 * a base chain, then the rules that matched, in order, with their verdicts. Rules that did not match are in no trace.
 */
import type { Hop, Step } from "../../src/node/kernel/hop";
import type { NftChainWalk, NftRuleTry } from "../../src/node/kernel/nftables/evaluation";
import { verdictText } from "../../src/node/kernel/nftables/script";
import { listedRule } from "../../src/node/kernel/nftables/show";
import type { NftRule, NftTable } from "../../src/node/kernel/nftables/tables";
import { destinationText, sourceText } from "../../src/node/kernel/record";

/** Matched rules as they ran: a chain that a rule leads to comes right behind it. Takes the chains off the list. */
export function inOrder(table: NftTable, walks: NftChainWalk[]): readonly string[] {
  const walk = walks.shift();
  return (walk?.tries ?? []).flatMap((one) => {
    const rule = table.chains.get(one.chain)?.rules[one.number - 1];
    if (rule === undefined || !one.matched) return [];
    const verdict = verdictOf(table, rule, one);
    const line = `${one.chain}: ${listedRule(rule)} (verdict ${verdict})`;
    return /^(jump|goto) /.test(verdict) ? [line, ...inOrder(table, walks)] : [line];
  });
}

/** What the kernel calls a rule's end: a refusal is a drop, a translation an acceptance. */
function verdictOf(table: NftTable, rule: NftRule, one: NftRuleTry): string {
  const last = rule.expressions.at(-1);
  switch (last?.kind) {
    case "verdict":
      return verdictText(last.verdict);
    case "vmap":
    case "numgen": {
      const found =
        last.kind === "vmap" ? table.sets.get(last.map)?.elements.get(one.lookup?.key ?? "")?.verdict : last.verdicts[one.draw?.value ?? 0];
      return found === undefined ? "none" : verdictText(found);
    }
    case "reject":
      return "drop";
    case "dnat":
    case "masquerade":
      return "accept";
    default:
      return "continue";
  }
}

/** Every base chain of a step that had a matching rule. */
export function ourWalks(table: NftTable, hop: Hop): readonly string[] {
  if (hop.kind !== "step") return [];
  const walks = (hop.walk ?? []).filter((walk): walk is NftChainWalk => "engine" in walk);
  const texts: string[] = [];
  while (walks.length > 0) {
    const base = walks[0]?.chain ?? "";
    const lines = inOrder(table, walks);
    if (lines.length > 0) texts.push([packetAt(hop, base), ...lines].join("\n"));
  }
  return texts;
}

/** The filter chain of OUTPUT stands behind the translation, everything else of kube-proxy's before it. */
function packetAt({ before, after }: Step, base: string): string {
  const packet = base === "filter-output" ? after : before;
  return `${base} ${sourceText(packet)} > ${destinationText(packet)}`;
}

/** The same from the lines of a trace. */
export function theirWalks(lines: readonly string[]): readonly string[] {
  const open = new Map<string, string[]>();
  const all: string[][] = [];
  for (const line of lines) {
    const [, id = "", chain = "", rest = ""] = /^trace id (\w+) ip kube-proxy (\S+) (.*)$/.exec(line) ?? [];
    if (rest.startsWith("packet: ")) {
      const walk = [`${chain} ${endsIn(rest)}`];
      open.set(id, walk);
      all.push(walk);
    }
    if (rest.startsWith("rule ")) open.get(id)?.push(`${chain}: ${rest.slice("rule ".length).trim()}`);
  }
  return all.filter(({ length }) => length > 1).map((walk) => walk.join("\n"));
}

function endsIn(packet: string): string {
  const [, src = "", dst = ""] = /ip saddr (\S+) ip daddr (\S+) /.exec(packet) ?? [];
  const [, srcPort, dstPort] = / (?:tcp|udp) sport (\d+) (?:tcp|udp) dport (\d+) /.exec(packet) ?? [];
  return srcPort === undefined ? `${src} > ${dst}` : `${src}:${srcPort} > ${dst}:${dstPort}`;
}
