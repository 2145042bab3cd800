/**
 * Runs nftables' rules over one packet. Source: net/netfilter/nf_tables_core.c (nft_do_chain).
 */
import { ensure, unreachable } from "../../../base/assert";
import { contains, prefix } from "../../../network/address";
import type { Packet } from "../../../network/packet";
import type { PacketFacts, TableVerdict } from "../netfilter/evaluation";
import { destinationPort } from "../netfilter/matching";
import type { EvaluateBaseChain, NftChainWalk, NftEvaluation, NftHost, NftRuleTry } from "./evaluation";
import type { NftChain, NftElement, NftExpression, NftKeyPart, NftProtocol, NftRule, NftSide, NftTable, NftVerdict } from "./tables";

/** Runs a base chain: its own rules and what they lead to, then its policy. */
export const evaluateBaseChain: EvaluateBaseChain = (options) => new Run(options).evaluate(options.chain);

type Decision = Pick<NftEvaluation, "decidedBy"> & { readonly verdict: TableVerdict };

/** What a rule came to: it did not match, it ended without a verdict, or it has one. */
type RuleEnd = "break" | "end" | NftVerdict | { readonly kind: "final"; readonly verdict: TableVerdict };

interface OpenWalk extends NftChainWalk {
  readonly tries: NftRuleTry[];
}

const PROTOCOLS: Readonly<Record<Packet["transport"]["kind"], NftProtocol>> = { TCP: "tcp", UDP: "udp", SCTP: "sctp", ICMP: "icmp" };

class Run {
  private readonly table: NftTable;
  private readonly facts: PacketFacts;
  private readonly host: NftHost;
  private readonly walk: OpenWalk[] | null;
  private mark: number;
  private rulesPassed = 0;
  private lookups = 0;
  private failed = -1;
  private draw: NftRuleTry["draw"];
  private lookup: NftRuleTry["lookup"];
  private element: NftElement | undefined;

  constructor({ table, facts, host, recordWalk }: Parameters<EvaluateBaseChain>[0]) {
    this.table = table;
    this.facts = facts;
    this.host = host;
    this.walk = recordWalk ? [] : null;
    this.mark = facts.mark;
  }

  evaluate(name: string): NftEvaluation {
    const chain = this.chainNamed(name);
    const base = ensure(chain.base, `base of chain ${name}`);
    const { verdict, decidedBy }: Decision = this.runChain(chain) ?? { verdict: { kind: base.policy } };
    const { mark, rulesPassed, lookups, walk } = this;
    const counted = { verdict, mark, rulesPassed, lookups };
    // Spelled out, as spreading an object costs more than running the rules.
    const decided = decidedBy === undefined ? counted : { verdict, mark, rulesPassed, lookups, decidedBy };
    return walk === null ? decided : { ...decided, walk };
  }

  /** Null goes back to whoever jumped here. */
  private runChain(chain: NftChain): Decision | null {
    const tries = this.openWalk(chain);
    for (let index = 0; index < chain.rules.length; index += 1) {
      const rule = ensure(chain.rules[index], "rule");
      const end = this.runRule(chain, index, rule, tries);
      if (end === "break" || end === "end") continue;
      if (end.kind === "return") return null;
      if (end.kind === "goto") return this.runChain(this.chainNamed(end.chain));
      const decision = end.kind === "jump" ? this.runChain(this.chainNamed(end.chain)) : this.decide(chain, index, rule, end);
      if (decision !== null) return decision;
    }
    return null;
  }

  private decide(chain: NftChain, index: number, rule: NftRule, end: Exclude<RuleEnd, string>): Decision {
    const verdict = end.kind === "final" ? end.verdict : plainVerdict(end);
    const { element } = this;
    const table = this.table.name;
    const number = index + 1;
    if (element === undefined) return { verdict, decidedBy: { table, chain: chain.name, number, rule } };
    return { verdict, decidedBy: { table, chain: chain.name, number, rule, element } };
  }

  private openWalk(chain: NftChain): NftRuleTry[] | null {
    if (this.walk === null) return null;
    const tries: NftRuleTry[] = [];
    this.walk.push({ engine: "nftables", table: this.table.name, chain: chain.name, length: chain.rules.length, tries });
    return tries;
  }

  private runRule(chain: NftChain, index: number, rule: NftRule, tries: NftRuleTry[] | null): RuleEnd {
    this.rulesPassed += 1;
    this.draw = undefined;
    this.lookup = undefined;
    this.element = undefined;
    const end = this.runExpressions(chain, rule);
    const matched = end !== "break";
    if (matched) this.host.count?.(this.table.name, chain.name, index);
    tries?.push({
      chain: chain.name,
      number: index + 1,
      matched,
      ...(matched ? {} : { failed: this.failed }),
      ...(this.draw === undefined ? {} : { draw: this.draw }),
      ...(this.lookup === undefined ? {} : { lookup: this.lookup }),
    });
    return end;
  }

  private runExpressions(chain: NftChain, rule: NftRule): RuleEnd {
    for (let index = 0; index < rule.expressions.length; index += 1) {
      const expression = ensure(rule.expressions[index], "expression");
      const end = this.run(expression, chain, rule);
      if (end === "end") continue;
      this.failed = index;
      return end;
    }
    return "end";
  }

  /** `end` goes on with the rule's next expression. */
  private run(expression: NftExpression, chain: NftChain, rule: NftRule): RuleEnd {
    switch (expression.kind) {
      case "address":
      case "address-in":
      case "address-among":
      case "ct-state":
      case "fib":
      case "iif":
      case "iifname":
      case "l4proto":
      case "mark-clear":
        return this.holds(expression) === ("not" in expression && expression.not === true) ? "break" : "end";
      case "set-mark": {
        const value = Number(expression.value);
        this.mark = (expression.operation === "or" ? this.mark | value : this.mark ^ value) >>> 0;
        return "end";
      }
      case "vmap":
        return this.find(expression.map, this.key(expression.key))?.verdict ?? "break";
      case "numgen":
        return this.choose(expression.verdicts, chain, rule);
      case "update":
        this.host.dynamic?.update({ set: expression.set, address: this.facts.packet.src, timeout: this.timeoutOf(expression.set) });
        return "end";
      case "verdict":
        return expression.verdict;
      case "reject":
        return final({ kind: "reject" });
      case "dnat":
        return final({ kind: "dnat", address: expression.address, port: expression.port });
      case "masquerade":
        return final({ kind: "masquerade", randomFully: expression.fullyRandom });
      default:
        return unreachable(expression);
    }
  }

  /** Whether a condition holds, inversion left out. */
  private holds(condition: Condition): boolean {
    const { facts } = this;
    switch (condition.kind) {
      case "address":
        return contains(prefix(condition.prefix), this.address(condition.side));
      case "address-in":
        return this.isMember(condition.set, this.address(condition.side));
      case "address-among":
        this.lookups += 1;
        return condition.prefixes.some((range) => contains(prefix(range), this.address(condition.side)));
      case "ct-state":
        return facts.state === "NEW";
      case "fib":
        return this.host.isLocal(this.address(condition.side));
      case "iif":
        return facts.inInterface === condition.name;
      case "iifname":
        return namesInterface(condition.pattern, facts.inInterface);
      case "l4proto":
        return PROTOCOLS[facts.packet.transport.kind] === condition.protocol;
      case "mark-clear":
        return (this.mark & Number(condition.mask)) === 0;
      default:
        return unreachable(condition);
    }
  }

  private isMember(name: string, address: string): boolean {
    const set = ensure(this.table.sets.get(name), `set ${name}`);
    if (set.flags?.includes("dynamic") !== true) return this.find(name, address) !== undefined;
    this.lookups += 1;
    const found = this.host.dynamic?.holds(name, address) ?? false;
    this.lookup = { set: name, key: address, found };
    return found;
  }

  private find(name: string, key: string): NftElement | undefined {
    this.lookups += 1;
    this.element = ensure(this.table.sets.get(name), `set or map ${name}`).elements.get(key);
    this.lookup = { set: name, key, found: this.element !== undefined };
    return this.element;
  }

  private choose(verdicts: readonly NftVerdict[], chain: NftChain, rule: NftRule): RuleEnd {
    this.lookups += 1;
    const drawn = this.host.drawNumgen(chain.name, rule, this.table);
    const value = Math.floor((drawn * verdicts.length) / 0x1_0000_0000);
    this.draw = { value, limit: verdicts.length };
    return verdicts[value] ?? "break";
  }

  private key(parts: readonly NftKeyPart[]): string {
    let key = "";
    for (const part of parts) key = key === "" ? this.keyPart(part) : `${key} . ${this.keyPart(part)}`;
    return key;
  }

  private keyPart(part: NftKeyPart): string {
    switch (part) {
      case "ip saddr":
      case "ip6 saddr":
        return this.facts.packet.src;
      case "ip daddr":
      case "ip6 daddr":
        return this.facts.packet.dst;
      case "meta l4proto":
        return PROTOCOLS[this.facts.packet.transport.kind];
      case "th dport":
        return String(destinationPort(this.facts.packet));
      default:
        return unreachable(part);
    }
  }

  private address(side: NftSide): string {
    return side === "saddr" ? this.facts.packet.src : this.facts.packet.dst;
  }

  private timeoutOf(set: string): number {
    return this.table.sets.get(set)?.timeout ?? 0;
  }

  private chainNamed(name: string): NftChain {
    return ensure(this.table.chains.get(name), `chain ${name} of table ${this.table.name}`);
  }
}

type Condition = Extract<
  NftExpression,
  { readonly kind: "address" | "address-in" | "address-among" | "ct-state" | "fib" | "iif" | "iifname" | "l4proto" | "mark-clear" }
>;

function final(verdict: TableVerdict): RuleEnd {
  return { kind: "final", verdict };
}

function plainVerdict(verdict: NftVerdict): TableVerdict {
  return verdict.kind === "drop" ? { kind: "drop" } : { kind: "accept" };
}

/** `veth*` names every interface that begins with `veth`. */
function namesInterface(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
