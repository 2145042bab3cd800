/** Chains of an nftables table as they were walked, line by line: what matched, what was looked up, what chance chose. */
import type { Packet } from "../../network/packet";
import type { NftChainWalk, NftRuleTry } from "../../node/kernel/nftables/evaluation";
import { listedRule } from "../../node/kernel/nftables/show";
import type { NftExpression, NftRule, NftTable, NftVerdict } from "../../node/kernel/nftables/tables";
import type { ChainWalkView, HopView, RuleLineView } from "../view-types";

/** One chain's walk. */
export function nftWalkView(walk: NftChainWalk, table: NftTable | null, packet: Packet): ChainWalkView {
  const rules = table?.chains.get(walk.chain)?.rules ?? [];
  const tries = new Map(walk.tries.map((one) => [one.number, one]));
  const lines = rules.map((rule, index) => lineView(rule, index + 1, { table, packet, tried: tries.get(index + 1) }));
  return { table: walk.table, chain: walk.chain, length: walk.length, passed: walk.tries.length, lines };
}

interface Tried {
  readonly table: NftTable | null;
  readonly packet: Packet;
  readonly tried: NftRuleTry | undefined;
}

function lineView(rule: NftRule, number: number, { table, packet, tried }: Tried): RuleLineView {
  const text = listedRule(rule);
  const state = tried === undefined ? "not reached" : tried.matched ? "matched" : "unmatched";
  const choice = tried?.draw === undefined ? {} : { choice: { value: tried.draw.value, of: tried.draw.limit } };
  const target = targetOf(rule, tried, table);
  return { number, text, condition: conditionOf(rule, tried), target, state, reason: reasonOf(rule, tried, packet), ...choice };
}

/** The line without its comment and what it does in the end; of a rule that did not match only what failed. */
function conditionOf({ expressions }: NftRule, tried: NftRuleTry | undefined): string {
  const failed = tried?.failed === undefined ? undefined : expressions[tried.failed];
  const last = expressions.at(-1);
  const kept = failed !== undefined ? [failed] : last !== undefined && isAction(last) ? expressions.slice(0, -1) : expressions;
  return kept.map(shortText).join(" ");
}

/** A map by its name alone: the key is in the reason. */
function shortText(expression: NftExpression): string {
  if (expression.kind === "vmap") return `vmap @${expression.map}`;
  return listedRule({ expressions: [expression] }).replace(/ vmap \{.*\}$/, "");
}

function isAction({ kind }: NftExpression): boolean {
  return kind === "verdict" || kind === "reject" || kind === "dnat" || kind === "masquerade";
}

/** Where a rule leads: by the element that was found or the number that was chosen, where one was. */
function targetOf(rule: NftRule, tried: NftRuleTry | undefined, table: NftTable | null): string {
  const last = rule.expressions.at(-1);
  switch (last?.kind) {
    case "verdict":
      return verdictTarget(last.verdict, table);
    case "numgen":
      return verdictTarget(tried?.draw === undefined ? undefined : last.verdicts[tried.draw.value], table);
    case "vmap":
      return verdictTarget(
        tried?.lookup?.found === true ? table?.sets.get(last.map)?.elements.get(tried.lookup.key)?.verdict : undefined,
        table,
      );
    case "dnat":
      return `${last.address}:${last.port}`;
    case "masquerade":
    case "reject":
      return last.kind;
    default:
      return "";
  }
}

/** An endpoint's own chain is named by the address that it rewrites to. */
function verdictTarget(verdict: NftVerdict | undefined, table: NftTable | null): string {
  if (verdict === undefined) return "";
  return "chain" in verdict ? (endpointOf(verdict.chain, table) ?? verdict.chain) : verdict.kind;
}

function endpointOf(name: string, table: NftTable | null): string | null {
  const expressions = table?.chains.get(name)?.rules.flatMap((rule) => rule.expressions) ?? [];
  const dnat = expressions.find((one) => one.kind === "dnat");
  return dnat?.kind === "dnat" ? `${dnat.address}:${dnat.port}` : null;
}

function reasonOf(rule: NftRule, tried: NftRuleTry | undefined, packet: Packet): string {
  if (tried === undefined) return "";
  if (tried.draw !== undefined) return `chose ${tried.draw.value} of 0 to ${tried.draw.limit - 1}`;
  if (tried.lookup !== undefined && tried.lookup.found === tried.matched) {
    return `${tried.lookup.found ? "has" : "no"} ${tried.lookup.key.replaceAll(" . ", " ")}`;
  }
  if (tried.matched) return "";
  const failed = tried.failed === undefined ? undefined : rule.expressions[tried.failed];
  return failed === undefined ? "a condition does not hold" : failureOf(failed, packet);
}

function failureOf(failed: NftExpression, packet: Packet): string {
  switch (failed.kind) {
    case "address":
    case "address-in":
    case "address-among":
      return failed.side === "saddr" ? `from ${packet.src}` : `to ${packet.dst}`;
    case "fib":
      return `the ${failed.side === "saddr" ? "source" : "destination"} is not an address of this node`;
    case "ct-state":
      return `the connection is not ${failed.state}`;
    case "iif":
    case "iifname":
      return "it came in by another interface";
    case "l4proto":
      return `the packet is ${packet.transport.kind}`;
    case "mark-clear":
      return "the packet is marked";
    default:
      return "a condition does not hold";
  }
}

/** The rules of one chain that caught the packet. */
export function nftMatchedRules({ table: name, chain, length, tries }: NftChainWalk, table: NftTable | null): HopView["rules"] {
  const rules = table?.chains.get(chain)?.rules;
  return tries
    .filter(({ matched }) => matched)
    .map(({ number }) => {
      const rule = rules?.[number - 1];
      return { table: name, chain, number, of: length, text: rule === undefined ? "" : listedRule(rule) };
    });
}

/** The endpoints behind a verdict map that chance chooses from, `address:port`, in its order. */
export function endpointsBehind(rule: NftRule, table: NftTable): readonly string[] {
  const numgen = rule.expressions.find((one) => one.kind === "numgen");
  if (numgen?.kind !== "numgen") return [];
  return numgen.verdicts.map((verdict) => ("chain" in verdict ? endpointOf(verdict.chain, table) : null) ?? "");
}

/** What the choice had to choose from, where these walks made one (or knew the client already). */
export function nftChoices(
  walks: readonly NftChainWalk[],
  table: NftTable,
  packet: Packet,
  taken: string,
): readonly { readonly endpoint: string; readonly probability: string; readonly taken: boolean }[] {
  for (const { chain } of walks) {
    const rules = table.chains.get(chain)?.rules ?? [];
    const all = rules.flatMap((rule) => endpointsBehind(rule, table));
    if (all.length === 0) continue;
    return all.map((endpoint) => ({
      endpoint,
      probability: all.length === 1 ? "1" : `1/${all.length}`,
      taken: endpoint === taken && packet.src !== endpoint,
    }));
  }
  return [];
}
